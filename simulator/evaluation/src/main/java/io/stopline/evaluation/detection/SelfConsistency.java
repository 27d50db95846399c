package io.stopline.evaluation.detection;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Rate;
import java.util.Locale;

/**
 * How far a detector agrees with itself on frames in which nothing is labelled. A right reading
 * finds the same in a frame and in its mirror image; a wrong one may do so too, so this proves
 * nothing, but what disagrees with itself is read wrongly.
 *
 * @param frames how many
 * @param finds in all of them
 * @param again how many of the finds are found in the mirrored frame, at the mirrored place and
 *     with the same label
 * @param senseless how many finds cover the whole frame or hardly a pixel
 * @param sure how many finds have a probability of 1, or next to it
 * @param discarded how many candidates were left out because their boxes or scores mean nothing
 */
public record SelfConsistency(
    int frames, int finds, Rate again, int senseless, int sure, int discarded) {

  /** From this probability on nothing is left to doubt: numbers that were no probabilities. */
  static final double NO_DOUBT = 0.9999;

  /** More finds a frame than any road has. */
  private static final int TOO_MANY = 100;

  /** Of what is found by chance, less is found again. */
  private static final double AGREES = 0.15;

  /** Whether it finds something, not everything, and mostly the same in the mirror. */
  public boolean isSensible() {
    return finds > 0
        && finds <= (long) TOO_MANY * frames
        && again.value() >= AGREES
        && 2 * senseless <= finds;
  }

  /** Real finds are less sure than that, but for some. */
  private boolean isSaturated() {
    return finds >= 10 && 10 * sure >= 9 * finds;
  }

  /** In words, to be put behind the detector's name. */
  String words() {
    String how =
        String.format(
            Locale.ROOT,
            "has %.1f finds a frame in %d frames without labels",
            frames == 0 ? 0.0 : (double) finds / frames,
            frames);
    if (finds == 0) {
      return how
          + (discarded > 0
              ? ": it finds nothing at all, and %d boxes lay outside the frame, had no size or no label, so it is read wrongly (--boxes, --scores, --format, --labels say otherwise)"
                  .formatted(discarded)
              : ": it finds nothing at all, so it is read wrongly or shows the wrong frames (--input-range, --scores, --threshold say otherwise)");
    }
    if (finds > (long) TOO_MANY * frames) {
      return how + ": more than any road has, so it is read wrongly (--scores, --format)";
    }
    if (2 * senseless > finds) {
      return how
          + ", of which %d cover the whole frame or hardly a pixel: its boxes are read wrongly (--boxes, --format)"
              .formatted(senseless);
    }
    return how
        + (isSaturated()
            ? " (%d of them with a probability of 1, as scores have that are read wrongly: --scores, --input-range)"
                .formatted(sure)
            : "")
        + (discarded > finds ? " (and %d boxes that mean nothing)".formatted(discarded) : "")
        + ", %s of them also in the mirrored frame%s"
            .formatted(
                again,
                again.value() >= AGREES ? "" : ": it contradicts itself, so it is read wrongly");
  }

  ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("finds", finds).put("senseless", senseless);
    node.put("sure", sure).put("discarded", discarded);
    node.set("again", again.toJson());
    return node;
  }
}
