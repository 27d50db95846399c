package io.stopline.training.detection;

import io.stopline.sdk.image.Image;
import java.util.List;

/**
 * Adversarial patches that are stuck onto signs while a detector learns.
 *
 * @param prints what is on them; may be empty
 * @param label of a patch as an object of its own (after Ji et al. 2021, "Adversarial YOLO"); −1:
 *     nothing is told of patches, only that the sign below is still a sign
 */
public record Patches(List<Image> prints, int label) {

  /** There are none. */
  public static final Patches NONE = new Patches(List.of(), -1);

  public Patches {
    prints = List.copyOf(prints);
  }

  /** Whether patches are objects that the detector is to report. */
  boolean told() {
    return label >= 0;
  }
}
