package io.stopline.campaign.stills;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.attacks.Attack;
import io.stopline.campaign.ThreatModelJson;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.TrackBootstrap;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Verdict;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What came of drives through photographs whose signs one attack has altered. Intervals come from
 * resampling photographs.
 *
 * @param attack whose work it is
 * @param signs that were altered
 * @param bareWrong near frames (see {@link io.stopline.campaign.DriveResult}) in which the bare
 *     models are wrong
 * @param wrongAccepted near frames in which the guard accepted a wrong label
 * @param stills as for clean drives; an incident on a sign is a right one here
 * @param dropped of the signs that are judged as signs when clean: those that the guard took for
 *     none in the end and never suspected
 * @param hidden of the same signs: those that were never found, or not followed for long enough
 */
public record AlteredFigures(
    Attack attack,
    int signs,
    Rate bareWrong,
    Rate wrongAccepted,
    StillFigures stills,
    Rate dropped,
    Rate hidden) {

  /**
   * Counts.
   *
   * @param signs that were altered
   * @param clean drives through the same photographs before, in the same order
   * @param seed decides the resampling
   * @throws IllegalArgumentException if the drives are not of the same signs
   */
  public static AlteredFigures of(
      Attack attack, int signs, List<StillResult> clean, List<StillResult> altered, long seed) {
    if (clean.size() != altered.size()) {
      throw new IllegalArgumentException(
          "%d clean drives and %d altered ones".formatted(clean.size(), altered.size()));
    }
    return new AlteredFigures(
        attack,
        signs,
        rate(altered, r -> r.drive().undefendedErrors(), r -> r.drive().nearFrames(), seed),
        rate(altered, r -> r.drive().acceptedErrors(), r -> r.drive().nearFrames(), seed),
        StillFigures.of(altered, seed),
        lost(clean, altered, seed, false),
        lost(clean, altered, seed, true));
  }

  private static Rate rate(
      List<StillResult> drives,
      ToIntFunction<StillResult> hits,
      ToIntFunction<StillResult> of,
      long seed) {
    List<StillResult> with = drives.stream().filter(r -> of.applyAsInt(r) > 0).toList();
    return TrackBootstrap.rate(
        with.stream().mapToInt(hits).toArray(), with.stream().mapToInt(of).toArray(), seed);
  }

  private static Rate lost(
      List<StillResult> clean, List<StillResult> altered, long seed, boolean hidden) {
    int[] hits = new int[clean.size()];
    int[] of = new int[clean.size()];
    for (int i = 0; i < of.length; i++) {
      List<StillResult.SignEnd> before = clean.get(i).signs();
      List<StillResult.SignEnd> after = altered.get(i).signs();
      if (before.size() != after.size()) {
        throw new IllegalArgumentException(
            "drive '%s' has %d signs clean and %d altered"
                .formatted(clean.get(i).name(), before.size(), after.size()));
      }
      for (int s = 0; s < before.size(); s++) {
        if (!isLost(before.get(s), false) && !isLost(before.get(s), true)) {
          of[i]++;
          hits[i] += isLost(after.get(s), hidden) ? 1 : 0;
        }
      }
    }
    int[] some = IntStream.range(0, of.length).filter(i -> of[i] > 0).toArray();
    return TrackBootstrap.rate(
        IntStream.of(some).map(i -> hits[i]).toArray(),
        IntStream.of(some).map(i -> of[i]).toArray(),
        seed);
  }

  private static boolean isLost(StillResult.SignEnd end, boolean hidden) {
    @Nullable Verdict last = end.verdict();
    return hidden
        ? last == null
        : last != null && last.decision() == Decision.NO_SIGN && !end.suspected();
  }

  /** One of {@code altered} of a report. */
  public ObjectNode toJson() {
    ObjectNode node =
        JsonNodeFactory.instance.objectNode().put("attack", attack.name()).put("signs", signs);
    node.set("threatModel", ThreatModelJson.of(attack.threatModel()));
    node.set("bareWrongFrames", bareWrong.toJson());
    node.set("acceptedWrongFrames", wrongAccepted.toJson());
    node.set("dropped", dropped.toJson());
    node.set("hidden", hidden.toJson());
    node.set("stills", stills.toJson());
    return node;
  }
}
