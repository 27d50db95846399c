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
    List<Sign> signs,
    Weather weather) {

  public Scenario {
    signs = List.copyOf(signs);
  }

  /** A drive in dry weather. */
  public Scenario(
      String name,
      long seed,
      Camera camera,
      Vehicle vehicle,
      Light light,
      Background background,
      List<Sign> signs) {
    this(name, seed, camera, vehicle, light, background, signs, Weather.none());
  }

  /** The same drive in other weather. */
  public Scenario with(Weather other) {
    return new Scenario(name, seed, camera, vehicle, light, background, signs, other);
  }

  /** The same drive past other signs. */
  public Scenario with(List<Sign> others) {
    return new Scenario(name, seed, camera, vehicle, light, background, others, weather);
  }

  /** The same drive with another camera. */
  public Scenario with(Camera other) {
    return new Scenario(name, seed, other, vehicle, light, background, signs, weather);
  }

  /** The same drive in another light. */
  public Scenario with(Light other) {
    return new Scenario(name, seed, camera, vehicle, other, background, signs, weather);
  }

  /** The same drive with other draws of all that it does not state. */
  public Scenario seeded(long other) {
    return new Scenario(name, other, camera, vehicle, light, background, signs, weather);
  }

  /** The same drive before another background. */
  public Scenario before(Background other) {
    return new Scenario(name, seed, camera, vehicle, light, other, signs, weather);
  }

  /** Number of frames filmed from the first to the last position of the vehicle, at least 1. */
  public int frames() {
    double seconds = (vehicle.toMetres() - vehicle.fromMetres()) / vehicle.speedMetresPerSecond();
    return Math.max(1, (int) Math.round(seconds * camera.framesPerSecond()));
  }
}
