package io.stopline.scene.scenario;

/** Draws drives up to signs; the same seed gives the same drive. */
@FunctionalInterface
public interface Approaches {

  /**
   * A drive.
   *
   * @param signClass of the German traffic sign benchmark, 0..42
   * @throws IllegalArgumentException if there is no such class
   */
  Scenario to(int signClass, long seed);
}
