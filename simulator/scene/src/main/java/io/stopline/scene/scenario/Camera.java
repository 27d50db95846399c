package io.stopline.scene.scenario;

/**
 * A pinhole camera with radial distortion (Brown 1971, two coefficients) and its sensor.
 *
 * @param width of a frame, px
 * @param height of a frame, px
 * @param horizontalFieldOfViewDegrees of the undistorted picture, 20..120
 * @param framesPerSecond 1..120
 * @param heightMetres of the lens above the road
 * @param pitchDegrees positive looks up
 * @param distortionK1 radial, second order, on the normalised image plane
 * @param distortionK2 radial, fourth order
 * @param exposureMillis how long the shutter is open: motion blur, 0..40
 * @param exposureStops brighter (+) or darker (−) than metered, −3..3
 * @param noise of the sensor, 1 = a good automotive sensor by day; 0 none, 0..10
 * @param shakeDegrees standard deviation of the camera's angles from frame to frame
 * @param jpegQuality 1..100
 * @param lineMicros from reading one row to the next, 0 (all at once) to 100 µs; it matters for
 *     light that flickers, shapes are as at one moment
 * @param infraredCut share of near infrared that a filter keeps out, 0 (no filter) to 1
 */
public record Camera(
    int width,
    int height,
    double horizontalFieldOfViewDegrees,
    double framesPerSecond,
    double heightMetres,
    double pitchDegrees,
    double distortionK1,
    double distortionK2,
    double exposureMillis,
    double exposureStops,
    double noise,
    double shakeDegrees,
    int jpegQuality,
    double lineMicros,
    double infraredCut) {

  /** Of a usual sensor of 720 rows: 14 ms a frame. */
  private static final double LINE_MICROS = 20;

  /** A camera whose rows follow each other at 20 µs, without a filter against infrared. */
  public Camera(
      int width,
      int height,
      double horizontalFieldOfViewDegrees,
      double framesPerSecond,
      double heightMetres,
      double pitchDegrees,
      double distortionK1,
      double distortionK2,
      double exposureMillis,
      double exposureStops,
      double noise,
      double shakeDegrees,
      int jpegQuality) {
    this(
        width,
        height,
        horizontalFieldOfViewDegrees,
        framesPerSecond,
        heightMetres,
        pitchDegrees,
        distortionK1,
        distortionK2,
        exposureMillis,
        exposureStops,
        noise,
        shakeDegrees,
        jpegQuality,
        LINE_MICROS,
        0);
  }

  /** What a drive is filmed with where a scenario says nothing: 1280×720, 52°, 30 frames/s. */
  public static Camera standard() {
    return new Camera(1280, 720, 52, 30, 1.35, 0, -0.06, 0.01, 4, 0, 1, 0.03, 90);
  }

  /** The same camera with another exposure, ms. */
  public Camera exposing(double millis) {
    return new Camera(
        width,
        height,
        horizontalFieldOfViewDegrees,
        framesPerSecond,
        heightMetres,
        pitchDegrees,
        distortionK1,
        distortionK2,
        millis,
        exposureStops,
        noise,
        shakeDegrees,
        jpegQuality,
        lineMicros,
        infraredCut);
  }

  /** The same camera that reads its rows at another pace, µs from row to row. */
  public Camera reading(double micros) {
    return new Camera(
        width,
        height,
        horizontalFieldOfViewDegrees,
        framesPerSecond,
        heightMetres,
        pitchDegrees,
        distortionK1,
        distortionK2,
        exposureMillis,
        exposureStops,
        noise,
        shakeDegrees,
        jpegQuality,
        micros,
        infraredCut);
  }

  /** The same camera with another filter, which keeps out a share of near infrared. */
  public Camera filtering(double share) {
    return new Camera(
        width,
        height,
        horizontalFieldOfViewDegrees,
        framesPerSecond,
        heightMetres,
        pitchDegrees,
        distortionK1,
        distortionK2,
        exposureMillis,
        exposureStops,
        noise,
        shakeDegrees,
        jpegQuality,
        lineMicros,
        share);
  }
}
