package io.stopline.campaign;

import io.stopline.attacks.ThreatModel;
import io.stopline.scene.alteration.Alteration;
import io.stopline.sdk.guard.Decision;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What a search found, and how it does on views that the search has not seen.
 *
 * @param coveredShare of the sign's area
 * @param threatModel what the attacker wanted, knew, could do and might spend
 * @param queries spent
 * @param searchSuccess share of the fresh samples that ended the search, 0..1
 * @param searchSamples how many those were; 0 if the queries did not last
 * @param seconds the search took
 * @param frames every near frame of the drive, several draws of each
 */
public record Found(
    Alteration alteration,
    double coveredShare,
    ThreatModel threatModel,
    long queries,
    double searchSuccess,
    int searchSamples,
    double seconds,
    List<FrameScore> frames) {

  public Found {
    frames = List.copyOf(frames);
  }

  /** Share of the judged views in which the bare ensemble errs. */
  public double ensembleErrorRate() {
    return share(FrameScore::ensembleWrong);
  }

  /** Share of the judged views in which the policy's first model errs. */
  public double firstMemberErrorRate() {
    return share(FrameScore::firstMemberWrong);
  }

  /** Share of the judged views in which the guard accepts a wrong label. */
  public double wrongAcceptedRate() {
    return share(FrameScore::wrongAccepted);
  }

  /** Share of the judged views that the guard suspects. */
  public double suspectRate() {
    return share(f -> f.decision() == Decision.SUSPECT);
  }

  /** How often which wrong label was given, by class. */
  public Map<Integer, Long> wrongLabels() {
    Map<Integer, Long> counts = new TreeMap<>();
    for (FrameScore f : frames) {
      if (f.ensembleWrong()) {
        counts.merge(f.label(), 1L, Long::sum);
      }
    }
    return counts;
  }

  private double share(Predicate<FrameScore> which) {
    return frames.isEmpty()
        ? Double.NaN
        : frames.stream().filter(which).count() / (double) frames.size();
  }
}
