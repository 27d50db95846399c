package io.stopline.sdk.check;

import io.stopline.sdk.image.Region;
import org.jspecify.annotations.Nullable;

/**
 * What a finder says of the region that is inspected. Recorded with a verdict, which it may change.
 *
 * @param label index into the finder's own labels; −1 if it knows none
 * @param labelName the name of that label; empty if it knows none
 * @param probability what the finder gives the region, 0..1; NaN if nobody gives one
 * @param box the object itself, px of the crop, without the surroundings; null: anywhere in the
 *     crop
 * @param course how the object's track has gone so far
 */
public record Sighting(
    int label, String labelName, float probability, @Nullable Region box, Course course) {

  /** Nobody has found it: a crop that was handed in by itself. */
  public static final Sighting NONE = new Sighting(-1, "", Float.NaN, null, Course.UNKNOWN);

  /**
   * @throws IllegalArgumentException if the label is below −1
   */
  public Sighting {
    if (label < -1) {
      throw new IllegalArgumentException(
          "label %d of a sighting must be an index, or -1 for none".formatted(label));
    }
  }

  /** Of a finder of which no more is known than the probability. */
  public static Sighting of(float probability) {
    return new Sighting(-1, "", probability, null, Course.UNKNOWN);
  }

  /** The same with another probability. */
  public Sighting withProbability(float other) {
    return new Sighting(label, labelName, other, box, course);
  }

  /** Whether a finder named what it saw. */
  public boolean isLabelled() {
    return label >= 0;
  }
}
