package io.stopline.scene;

import java.util.List;

/**
 * What is on a frame.
 *
 * @param frame from 0
 * @param seconds after the first frame
 * @param alongMetres where along the road the camera is, at the middle of the exposure
 * @param signs that show their face and of which something is visible, in the scenario's order
 */
public record GroundTruth(int frame, double seconds, double alongMetres, List<SignTruth> signs) {
  public GroundTruth {
    signs = List.copyOf(signs);
  }
}
