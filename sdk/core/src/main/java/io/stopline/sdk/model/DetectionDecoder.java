package io.stopline.sdk.model;

import java.util.List;

/** Reads detections from a model's output tensors. Belongs to the thread of its model. */
interface DetectionDecoder {

  /**
   * Reads what the last run gave.
   *
   * @param scale factor from input pixels to frame pixels
   * @param frameWidth px
   * @param frameHeight px
   * @return best first, inside the frame, a new list that the caller may change
   * @throws InferenceException if the output as a whole says nothing
   */
  List<Detection> decode(double scale, int frameWidth, int frameHeight);

  /** How many values and boxes of the last run were senseless and left out. */
  int discarded();
}
