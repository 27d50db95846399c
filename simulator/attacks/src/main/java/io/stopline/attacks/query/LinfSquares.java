package io.stopline.attacks.query;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;

/**
 * Square's moves for L∞ (Andriushchenko et al. 2020, algorithm 2): every value stays at one end of
 * its allowed range; a move sets a square of one channel to one end.
 */
final class LinfSquares implements Moves {

  private final ImageShape shape;
  private final LinfRange range;
  private final WindowSchedule schedule;

  LinfSquares(ImageShape shape, LinfRange range, WindowSchedule schedule) {
    this.shape = shape;
    this.range = range;
    this.schedule = schedule;
  }

  /** Vertical stripes one pixel wide, one sign a column and channel. */
  @Override
  public void start(RandomStream random, float[] original, int from, float[] candidate, int at) {
    int row = shape.width() * shape.channels();
    for (int i = 0; i < row; i++) {
      boolean up = random.nextLong() < 0;
      for (int k = i; k < shape.size(); k += row) {
        candidate[at + k] = end(original[from + k], up);
      }
    }
  }

  @Override
  public void move(
      RandomStream random, int move, float[] original, int from, float[] candidate, int at) {
    int side = schedule.side(move, shape);
    // As in the reference: the last position is never drawn.
    int top = random.nextInt(Math.max(1, shape.height() - side));
    int left = random.nextInt(Math.max(1, shape.width() - side));
    int channels = shape.channels();
    int row = shape.width() * channels;
    for (int c = 0; c < channels; c++) {
      boolean up = random.nextLong() < 0;
      for (int y = top; y < top + side; y++) {
        int first = y * row + left * channels + c;
        for (int k = first; k < first + side * channels; k += channels) {
          candidate[at + k] = end(original[from + k], up);
        }
      }
    }
  }

  private float end(float pixel, boolean up) {
    return up ? range.high(pixel) : range.low(pixel);
  }
}
