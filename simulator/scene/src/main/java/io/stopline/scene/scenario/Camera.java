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
    int jpegQuality) {

  /** What a drive is filmed with where a scenario says nothing: 1280×720, 52°, 30 frames/s. */
  public static Camera standard() {
    return new Camera(1280, 720, 52, 30, 1.35, 0, -0.06, 0.01, 4, 0, 1, 0.03, 90);
  }
}
