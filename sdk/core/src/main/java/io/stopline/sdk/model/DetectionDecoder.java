package io.stopline.sdk.model;

import io.stopline.sdk.image.FramePlacement;
import java.util.List;

/** Reads detections from a model's output tensors. Belongs to the thread of its model. */
interface DetectionDecoder {

  /**
   * Reads what the last run gave.
   *
   * @param placement where the frame lay in the input
   * @return best first, inside the frame, a new list that the caller may change
   * @throws InferenceException if the output as a whole says nothing
   */
  List<Detection> decode(FramePlacement placement);

  /** How many values and boxes of the last run were senseless and left out. */
  int discarded();
}
