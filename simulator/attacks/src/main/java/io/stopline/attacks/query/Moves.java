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
   * @param move number of this move, counted from 0
   * @param candidate holds the best image so far from {@code at} on, and is changed in place
   */
  void move(RandomStream random, int move, float[] original, int from, float[] candidate, int at);
}
