package io.stopline.scene.scenario;

import java.util.List;

/**
 * A drive past road signs, complete: the same scenario gives the same frames to the last bit.
 *
 * <p>Road coordinates: <i>along</i> grows in driving direction, <i>lateral</i> to the right from
 * the middle of the vehicle's lane, <i>height</i> upwards from the road; all in metres.
 *
 * @param name for people and reports
 * @param seed of everything that the scenario does not state: roadside, sensor noise, shake
 */
public record Scenario(
    String name,
    long seed,
    Camera camera,
    Vehicle vehicle,
    Light light,
    Background background,
    List<Sign> signs) {

  public Scenario {
    signs = List.copyOf(signs);
  }

  /** The same drive before another background. */
  public Scenario before(Background other) {
    return new Scenario(name, seed, camera, vehicle, light, other, signs);
  }

  /** Number of frames filmed from the first to the last position of the vehicle, at least 1. */
  public int frames() {
    double seconds = (vehicle.toMetres() - vehicle.fromMetres()) / vehicle.speedMetresPerSecond();
    return Math.max(1, (int) Math.round(seconds * camera.framesPerSecond()));
  }
}
