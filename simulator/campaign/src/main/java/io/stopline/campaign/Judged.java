package io.stopline.campaign;

import io.stopline.evaluation.Rate;
import io.stopline.sdk.guard.Decision;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * How a sign does in all near frames of a drive, on views that no search has seen. The frames of a
 * drive are not independent: the rates' intervals are too narrow for drives like it.
 *
 * @param frames every near frame, several draws of each
 */
public record Judged(List<FrameScore> frames) {

  public Judged {
    frames = List.copyOf(frames);
  }

  /** Views in which the bare ensemble errs. */
  public Rate ensembleErrors() {
    return rate(FrameScore::ensembleWrong);
  }

  /** As {@link #ensembleErrors}, with the sign's exact margin alone: one view a frame. */
  public Rate ensembleErrorsAtTheTrueBox() {
    return new Judged(frames.stream().filter(f -> f.draw() == 0).toList()).ensembleErrors();
  }

  /** Views in which the policy's first model errs by itself. */
  public Rate firstMemberErrors() {
    return rate(FrameScore::firstMemberWrong);
  }

  /** Views in which the guard accepts a wrong label. */
  public Rate wrongAccepted() {
    return rate(FrameScore::wrongAccepted);
  }

  /**
   * Draws, each a track, of which a wrong label was released and that were never suspected; none
   * where the policy releases no labels.
   */
  public Rate wrongReleasedUnsuspected() {
    Set<Integer> draws = new TreeSet<>();
    Set<Integer> wrong = new TreeSet<>();
    for (FrameScore f : frames) {
      draws.add(f.draw());
      if (f.wrongReleased()) {
        wrong.add(f.draw());
      }
    }
    for (FrameScore f : frames) {
      if (f.decision() == Decision.SUSPECT) {
        wrong.remove(f.draw());
      }
    }
    return Rate.of(wrong.size(), draws.size());
  }

  /** Views that the guard suspects. */
  public Rate suspect() {
    return rate(f -> f.decision() == Decision.SUSPECT);
  }

  /** How often which wrong label was given by the bare ensemble, by class. */
  public Map<Integer, Long> wrongLabels() {
    Map<Integer, Long> counts = new TreeMap<>();
    for (FrameScore f : frames) {
      if (f.ensembleWrong()) {
        counts.merge(f.label(), 1L, Long::sum);
      }
    }
    return counts;
  }

  private Rate rate(Predicate<FrameScore> which) {
    return Rate.of(frames.stream().filter(which).count(), frames.size());
  }
}
