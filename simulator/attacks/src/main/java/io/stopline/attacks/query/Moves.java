package io.stopline.attacks.query;

import io.stopline.sdk.random.RandomStream;

/** How a random search changes one image. Keeps scratch; belongs to one thread. */
interface Moves {

  /**
   * The first candidate.
   *
   * @param original images of the batch; this one begins at {@code from}
   * @param candidate receives the image from {@code at} on
   */
  void start(RandomStream random, float[] original, int from, float[] candidate, int at);

  /**
   * The next candidate.
   *
   * @param share how much of the queries is used up, 0..1
   * @param candidate holds the best image so far from {@code at} on, and is changed in place
   */
  void move(
      RandomStream random, double share, float[] original, int from, float[] candidate, int at);
}
