package io.stopline.sdk.model;

import io.stopline.sdk.image.Region;

/**
 * An object that was found in a frame.
 *
 * @param region where, inside the frame, px
 * @param label index into the finder's own labels
 * @param probability that there is such an object, 0..1
 * @param box the object itself, px, where the region has more than that around it
 */
public record Detection(Region region, int label, float probability, Region box) {

  /** One whose region is the object itself. */
  public Detection(Region region, int label, float probability) {
    this(region, label, probability, region);
  }

  /**
   * @throws IllegalArgumentException if the label is negative or the probability not within 0..1
   */
  public Detection {
    if (label < 0) {
      throw new IllegalArgumentException("label " + label + " of a detection must be at least 0");
    }
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          "probability " + probability + " of a detection must lie in 0..1");
    }
  }
}
