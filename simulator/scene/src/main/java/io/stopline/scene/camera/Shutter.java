package io.stopline.scene.camera;

import io.stopline.scene.scenario.Camera;
import io.stopline.scene.scenario.Scenario;
import io.stopline.sdk.random.RandomStream;

/** Where the camera is, and how it is turned, while the shutter is open for a frame. */
public final class Shutter {

  private static final long STREAM = 0x5368_616b_65L;

  /** How long the camera keeps on turning one way, s: the rigid mount's own period. */
  private static final double SWING_SECONDS = 0.02;

  private final Scenario scenario;
  private final Lens lens;
  private final Road road;

  /**
   * @throws IllegalArgumentException if the camera's distortion folds its picture over
   */
  public Shutter(Scenario scenario) {
    this.scenario = scenario;
    this.lens = new Lens(scenario.camera());
    this.road = new Road(scenario.vehicle().curvaturePerMetre());
  }

  /** When a frame is taken, s after the first one. */
  public double seconds(int frame) {
    return frame / scenario.camera().framesPerSecond();
  }

  /** Where along the road a frame is taken (middle of the exposure), m. */
  public double along(int frame) {
    return scenario.vehicle().fromMetres()
        + seconds(frame) * scenario.vehicle().speedMetresPerSecond();
  }

  /**
   * The camera within an exposure.
   *
   * @param moment −0.5 (shutter opens) to 0.5 (shutter closes)
   */
  public View view(int frame, double moment) {
    Camera camera = scenario.camera();
    double open = camera.exposureMillis() / 1000;
    double travel = open * scenario.vehicle().speedMetresPerSecond();
    RandomStream random =
        new RandomStream(RandomStream.derive(RandomStream.derive(scenario.seed(), STREAM), frame));
    double[] angles = new double[3];
    for (int i = 0; i < 3; i++) {
      double still = random.nextGaussian();
      double swing = random.nextGaussian() * open / SWING_SECONDS;
      angles[i] = Math.toRadians(camera.shakeDegrees()) * (still + swing * moment);
    }
    return new View(
        lens,
        road,
        along(frame) + travel * moment,
        camera.heightMetres(),
        travel,
        Math.toRadians(camera.pitchDegrees()) + angles[0],
        angles[1],
        angles[2]);
  }

  /** How long a row is exposed, s. */
  public double exposureSeconds() {
    return scenario.camera().exposureMillis() / 1000;
  }

  /** From the exposure of one row to that of the next, s. */
  public double lineSeconds() {
    return scenario.camera().lineMicros() / 1e6;
  }

  /** Share of near infrared that the camera's filter keeps out, 0..1. */
  public double infraredCut() {
    return scenario.camera().infraredCut();
  }

  /** The lens, the same for all frames. */
  public Lens lens() {
    return lens;
  }
}
