package io.stopline.scene;

import java.util.List;

/**
 * What is really there while a frame of a drive is filmed.
 *
 * @param frame 0-based
 * @param seconds since the first frame
 * @param alongMetres where along the road the camera is
 * @param signs those of which anything is in the frame, in the scenario's order
 */
public record GroundTruth(int frame, double seconds, double alongMetres, List<SignTruth> signs) {

  public GroundTruth {
    signs = List.copyOf(signs);
  }
}
