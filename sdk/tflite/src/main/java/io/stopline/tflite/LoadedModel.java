package io.stopline.tflite;

import io.stopline.sdk.model.VisionModel;
import java.util.List;

/**
 * A model on the best delegate that works here.
 *
 * @param model ready to run; owned by the caller
 * @param delegate what really runs: {@code xnnpack}, {@code cpu}, {@code gpu} or {@code external:…}
 * @param passedOver delegates preferred to it, each with the reason why it is not used
 */
public record LoadedModel(VisionModel model, String delegate, List<PassedOver> passedOver) {
  public LoadedModel {
    passedOver = List.copyOf(passedOver);
  }
}
