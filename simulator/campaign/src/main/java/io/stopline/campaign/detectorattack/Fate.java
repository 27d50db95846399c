package io.stopline.campaign.detectorattack;

import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import java.util.List;

/** What a detector makes of one real object in one frame. */
public enum Fate {
  /** A box of the right label lies on it: intersection over union of {@value #ON} or more. */
  FOUND,
  /** No box of the right label lies on it, but one touches it. */
  MISPLACED,
  /** No box of the right label touches it, and one of another label lies on it. */
  MISLABELLED,
  /** No box of the right label touches it, and none of another label lies on it. */
  HIDDEN;

  /** From this overlap on a box lies on an object. */
  public static final double ON = 0.5;

  /** From this overlap on a box touches an object. */
  public static final double TOUCHES = 0.1;

  /**
   * Judges.
   *
   * @param box where the object is, px of the frame
   * @param label the detector's label of it
   * @param seen what the detector reports
   * @param threshold detections with a lower probability do not count
   */
  public static Fate of(Region box, int label, List<Detection> seen, double threshold) {
    boolean touched = false;
    boolean other = false;
    for (Detection detection : seen) {
      if (detection.probability() < threshold) {
        continue;
      }
      double overlap = box.intersectionOverUnion(detection.region());
      if (detection.label() == label) {
        if (overlap >= ON) {
          return FOUND;
        }
        touched |= overlap >= TOUCHES;
      } else {
        other |= overlap >= ON;
      }
    }
    return touched ? MISPLACED : other ? MISLABELLED : HIDDEN;
  }

  /** The highest probability of a label whose box touches a place; 0 if there is none. */
  static double probability(Region box, int label, List<Detection> seen) {
    return seen.stream()
        .filter(d -> d.label() == label)
        .filter(d -> box.intersectionOverUnion(d.region()) >= TOUCHES)
        .mapToDouble(Detection::probability)
        .max()
        .orElse(0);
  }
}
