package io.stopline.attacks.physical;

import io.stopline.autodiff.ImageShape;
import java.util.Arrays;

/**
 * An unaltered image as a painter sees it. The arrays are shared: painters do not write to them.
 */
final class Canvas {

  /** Share of the values of a channel that are brighter than what is taken for white film. */
  private static final double BRIGHTER_THAN_WHITE = 0.02;

  /** Even at night something is seen; no division by nothing. */
  private static final double DARKEST = 0.02;

  final ImageShape shape;

  /** Values as the camera gives them, HWC, 0..1. */
  final float[] values;

  /** The same in linear light. */
  final float[] light;

  /**
   * Linear light that white film would send to the camera in this picture, one a channel: an
   * estimate of the illumination, from the brightest things in the picture.
   */
  final double[] white;

  Canvas(ImageShape shape) {
    this.shape = shape;
    this.values = new float[shape.size()];
    this.light = new float[shape.size()];
    this.white = new double[shape.channels()];
  }

  static Canvas of(ImageShape shape, float[] images, int at) {
    Canvas canvas = new Canvas(shape);
    System.arraycopy(images, at, canvas.values, 0, shape.size());
    canvas.expose();
    return canvas;
  }

  /** To be called when the values have changed. */
  void expose() {
    for (int i = 0; i < values.length; i++) {
      light[i] = (float) LinearLight.decode(values[i]);
    }
    int pixels = shape.height() * shape.width();
    float[] sorted = new float[pixels];
    for (int c = 0; c < white.length; c++) {
      for (int i = 0; i < pixels; i++) {
        sorted[i] = light[i * white.length + c];
      }
      Arrays.sort(sorted);
      int at = (int) ((1 - BRIGHTER_THAN_WHITE) * (pixels - 1));
      white[c] = Math.max(DARKEST, sorted[at]);
    }
  }
}
