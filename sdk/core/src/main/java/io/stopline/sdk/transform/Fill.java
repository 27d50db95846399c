package io.stopline.sdk.transform;

import io.stopline.sdk.random.RandomStream;

/** The colour of pixels that a transform invents. */
public enum Fill {
  /** 0, 0, 0, as Xie et al. 2018 pad. */
  BLACK,
  /** 128, 128, 128: the least contrast to anything. */
  GREY,
  /** One uniformly random colour a draw. */
  RANDOM;

  /** Puts red, green and blue, 0..255 and whole, at {@code into[offset .. offset + 2]}. */
  void draw(RandomStream random, double[] into, int offset) {
    for (int c = 0; c < 3; c++) {
      into[offset + c] =
          switch (this) {
            case BLACK -> 0;
            case GREY -> 128;
            case RANDOM -> random.nextInt(256);
          };
    }
  }
}
