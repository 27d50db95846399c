package io.stopline.sdk.pipeline;

import io.stopline.sdk.image.Region;

/**
 * Where a track was seen and how large, over its whole life: when its memory is full every other
 * sample goes, and from then on every other sighting is kept. Belongs to one thread.
 */
final class TrackPath {

  static final int CAPACITY = 48;

  private final long[] nanos = new long[CAPACITY];
  private final double[] x = new double[CAPACITY];
  private final double[] y = new double[CAPACITY];
  private final double[] size = new double[CAPACITY];
  private int samples;
  private int stride = 1;
  private int sightings;

  /**
   * Takes in a sighting. What touches the edge of the frame is left out: it may be cut off, and
   * then neither its place nor its size is true.
   *
   * @param time of capture, ns; later than before
   */
  void add(long time, Region region, int imageWidth, int imageHeight) {
    if (region.x() <= 0
        || region.y() <= 0
        || region.x() + region.width() >= imageWidth
        || region.y() + region.height() >= imageHeight) {
      return;
    }
    boolean kept = sightings % stride == 0;
    sightings++;
    if (!kept) {
      return;
    }
    if (samples == CAPACITY) {
      samples /= 2;
      stride *= 2;
      for (int i = 1; i < samples; i++) {
        nanos[i] = nanos[2 * i];
        x[i] = x[2 * i];
        y[i] = y[2 * i];
        size[i] = size[2 * i];
      }
    }
    nanos[samples] = time;
    x[samples] = region.x() + region.width() / 2.0;
    y[samples] = region.y() + region.height() / 2.0;
    size[samples] = Math.sqrt((double) region.width() * region.height());
    samples++;
  }

  /** How many sightings were taken in. */
  int sightings() {
    return sightings;
  }

  /** How many of them are kept, evenly spread over all. */
  int samples() {
    return samples;
  }

  /** Capture time of a sample, ns. */
  long nanos(int sample) {
    return nanos[sample];
  }

  /** Middle of a sample, px. */
  double x(int sample) {
    return x[sample];
  }

  /** Middle of a sample, px. */
  double y(int sample) {
    return y[sample];
  }

  /** Square root of a sample's area, px. */
  double size(int sample) {
    return size[sample];
  }
}
