package io.stopline.attacks.detection;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.Detection;
import java.util.List;

/** What a detector finds in a frame: the exact file behind its decoder, or something like it. */
@FunctionalInterface
public interface FrameDetections {

  /** Best first. */
  List<Detection> detect(Image frame);
}
