package io.stopline.sdk.transform;

/** Moves pixels: a projective map. */
public non-sealed interface GeometricTransform extends InputTransform {

  /**
   * Composes this draw into the map from output to input coordinates (both normalised to −1..1 over
   * the view, x right, y down).
   *
   * @param parameters the row that holds the draw
   * @param offset of its first number
   * @param map receives {@code map · this}
   */
  void compose(double[] parameters, int offset, Homography map);
}
