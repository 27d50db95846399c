package io.stopline.config.images;

import java.time.Duration;

/**
 * The time that one image may take. The decoder asks wherever Java code runs while an image is
 * decoded: whenever it reads bytes and whenever it has finished a row.
 */
final class DecodeTime {

  private final String name;
  private final Duration limit;
  private final long start = System.nanoTime();

  /**
   * Starts the time.
   *
   * @param name what to call the image in an error
   * @param limit above 0
   */
  DecodeTime(String name, Duration limit) {
    this.name = name;
    this.limit = limit;
  }

  /**
   * @throws SlowImageException if the time is up
   */
  void check() {
    if (System.nanoTime() - start > limit.toNanos()) {
      throw new SlowImageException(
          "image '%s' was not decoded within %d ms and was given up; save it again as a baseline JPEG, or as PNG without interlacing"
              .formatted(name, limit.toMillis()));
    }
  }
}
