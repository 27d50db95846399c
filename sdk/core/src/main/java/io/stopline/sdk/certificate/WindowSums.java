package io.stopline.sdk.certificate;

import java.nio.ByteBuffer;

/** What is left of a map's local scores outside each window. Belongs to one thread at a time. */
interface WindowSums {

  /**
   * Takes the scores of one picture.
   *
   * @param local in native byte order; read from its beginning, and not afterwards
   */
  void read(ByteBuffer local);

  /** The group of the largest sum outside a window, the first of equals. */
  int leader(int window);

  /**
   * For each window, by how much the largest sum of a group's classes exceeds the largest of all
   * others; negative where another group leads.
   */
  void leads(int group, int[] result);
}
