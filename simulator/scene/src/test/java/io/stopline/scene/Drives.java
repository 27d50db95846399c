package io.stopline.scene;

import io.stopline.scene.scenario.Background;
import io.stopline.scene.scenario.Camera;
import io.stopline.scene.scenario.Light;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.Sign;
import io.stopline.scene.scenario.Vehicle;
import java.util.List;

/** Drives that tests share. */
final class Drives {

  private Drives() {}

  /** A stop sign, turned and rolled, on a bend, filmed with a shaken, distorting camera. */
  static Scenario small(long seed) {
    return new Scenario(
        "small",
        seed,
        new Camera(320, 180, 52, 30, 1.35, 0.5, -0.06, 0.01, 4, 0, 1, 0.05, 90),
        new Vehicle(14, 0, 20, 0.002),
        Light.standard(),
        new Background.Procedural(),
        List.of(stop(31), new Sign(1, null, 55, 3.4, 2.2, 0.6, 0, 0, 0.2, null)));
  }

  static Sign stop(double along) {
    return new Sign(14, null, along, 3.2, 2.2, 0.9, 6, 2, 0.1, null);
  }

  /** A straight road and a still, perfect camera, as one calculates by hand. */
  static Scenario plain(Sign... signs) {
    return new Scenario(
        "plain",
        7,
        new Camera(1280, 720, 90, 30, 1.4, 0, 0, 0, 0, 0, 0, 0, 90),
        new Vehicle(10, 0, 10, 0),
        new Light(45, 180, 1, 20000),
        new Background.Procedural(),
        List.of(signs));
  }
}
