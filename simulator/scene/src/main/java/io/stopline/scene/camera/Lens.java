package io.stopline.scene.camera;

import io.stopline.scene.scenario.Camera;

/**
 * Pinhole with radial distortion (Brown 1971, two coefficients): where on the picture a direction
 * falls, and from which direction a pixel's light comes.
 *
 * <p>Camera coordinates: x to the right, y down, z ahead. A pixel's centre lies at half a pixel.
 * Immutable.
 */
public final class Lens {

  /** Points nearer than this to the camera's plane are not projected, m. */
  public static final double NEAREST_METRES = 0.1;

  private static final int STEPS = 4096;

  private final int width;
  private final int height;
  private final double focal;
  private final double k1;
  private final double k2;
  private final double limit;
  private final float tableScale;

  /** Undistorted by distorted radius, by the square of the distorted one. */
  private final float[] unscale = new float[STEPS + 2];

  /**
   * @throws IllegalArgumentException if the distortion folds the picture over before its corners
   */
  public Lens(Camera camera) {
    width = camera.width();
    height = camera.height();
    focal =
        width
            / 2.0
            / StrictMath.tan(StrictMath.toRadians(camera.horizontalFieldOfViewDegrees() / 2));
    k1 = camera.distortionK1();
    k2 = camera.distortionK2();
    limit = foldRadius();
    double corner = Math.hypot(width, height) / 2 / focal * 1.02;
    if (!(distorted(limit) > corner)) {
      throw new IllegalArgumentException(
          "camera's distortion k1=%s, k2=%s folds the picture over before its corners; take smaller coefficients or a narrower field of view"
              .formatted(k1, k2));
    }
    double largest = corner * corner;
    tableScale = (float) (STEPS / largest);
    for (int i = 0; i < unscale.length; i++) {
      double distorted = Math.sqrt(largest * i / STEPS);
      unscale[i] = (float) (distorted < 1e-9 ? 1 : undistorted(distorted) / distorted);
    }
  }

  private double foldRadius() {
    for (double r = 0; r < 20; r += 0.001) {
      if (1 + 3 * k1 * r * r + 5 * k2 * r * r * r * r <= 0.05) {
        return r;
      }
    }
    return 20;
  }

  private double distorted(double r) {
    return r * (1 + k1 * r * r + k2 * r * r * r * r);
  }

  private double undistorted(double target) {
    double low = 0;
    double high = limit;
    for (int i = 0; i < 60; i++) {
      double middle = (low + high) / 2;
      if (distorted(middle) < target) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }

  /** Width of the picture, px. */
  public int width() {
    return width;
  }

  /** Height of the picture, px. */
  public int height() {
    return height;
  }

  /** Focal length, px. */
  public double focal() {
    return focal;
  }

  /**
   * What a point's place on the distorted image plane (in focal lengths from the middle) must be
   * multiplied with to undo the distortion. Reaches a few pixels beyond the corners, constant
   * after.
   *
   * @param squaredRadius of the distorted point
   */
  public float unscale(float squaredRadius) {
    float at = Math.min(squaredRadius * tableScale, STEPS);
    int i = (int) at;
    return unscale[i] + (unscale[i + 1] - unscale[i]) * (at - i);
  }

  /** Place on the distorted image plane of a column of the picture, in focal lengths. */
  public float planeX(float x) {
    return (x - width * 0.5f) / (float) focal;
  }

  /** Place on the distorted image plane of a row of the picture, in focal lengths. */
  public float planeY(float y) {
    return (y - height * 0.5f) / (float) focal;
  }

  /**
   * Where a point in camera coordinates falls.
   *
   * @param pixel takes x and y, px; points outside the picture get a place outside
   * @return false if the point lies behind the camera; then {@code pixel} is not set
   */
  public boolean project(double x, double y, double z, double[] pixel) {
    if (!(z >= NEAREST_METRES)) {
      return false;
    }
    double px = x / z;
    double py = y / z;
    double r = Math.hypot(px, py);
    // Beyond the fold the model is void; such a point keeps its direction and stays outside.
    double scale = r < limit ? 1 + k1 * r * r + k2 * r * r * r * r : distorted(limit) / limit;
    pixel[0] = width * 0.5 + focal * scale * px;
    pixel[1] = height * 0.5 + focal * scale * py;
    return true;
  }
}
