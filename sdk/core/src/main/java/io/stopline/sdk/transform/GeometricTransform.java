package io.stopline.sdk.transform;

/** Moves pixels: a projective map. */
public non-sealed interface GeometricTransform extends InputTransform {

  /** What {@link #fillOffset} returns if the draw has no fill colour. */
  int REPEATS_EDGES = -1;

  /**
   * Composes this draw into the map from output to input coordinates (both normalised to −1..1 over
   * the view, x right, y down).
   *
   * @param parameters the row that holds the draw
   * @param offset of its first number
   * @param map receives {@code map · this}
   */
  void compose(double[] parameters, int offset, Homography map);

  /**
   * Where in a draw stand the red, green and blue (0..255) that fill what lies beyond the image's
   * edges, or {@link #REPEATS_EDGES}. In a chain the last transform with a fill colour decides for
   * the whole fused pass.
   */
  default int fillOffset() {
    return REPEATS_EDGES;
  }
}
