package io.stopline.attacks;

import io.stopline.sdk.random.RandomStream;

/**
 * Parameter vectors that an attacker may choose from. All methods return vectors that keep the
 * budget of the threat model, and leave their arguments as they are. Thread-safe.
 */
public interface SearchSpace {

  /** One at random. */
  double[] random(RandomStream random);

  /**
   * A neighbour.
   *
   * @param step how far: 1 is coarse, 0.1 fine
   */
  double[] change(double[] from, double step, RandomStream random);

  /** Something of both. */
  double[] cross(double[] a, double[] b, RandomStream random);
}
