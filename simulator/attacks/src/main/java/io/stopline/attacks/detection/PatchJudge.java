package io.stopline.attacks.detection;

import io.stopline.sdk.image.Image;
import java.util.List;

/**
 * Says whether finished frames are a success: the exact model files, at best the whole guard. An
 * attack believes nothing else.
 */
@FunctionalInterface
public interface PatchJudge {

  /**
   * @param frames one a target of the attack, with the patch as it would be printed
   */
  boolean reached(List<Image> frames);

  /** A goal that one detector's detections of one frame are to reach. */
  static PatchJudge of(FrameDetections detector, DetectionGoal goal, double threshold) {
    return frames ->
        frames.stream().allMatch(frame -> goal.reached(detector.detect(frame), threshold));
  }
}
