package io.stopline.attacks.query;

import io.stopline.attacks.PixelBudget;
import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;

/**
 * Square's moves for L2 (Andriushchenko et al. 2020, algorithm 3): the change is a field of
 * pyramids; a move takes the change out of one window and piles it up in another, so that the whole
 * keeps the norm of the budget. Each channel keeps its own: what is piled up in a channel is what
 * the two windows held in that channel, and a fair part of what the budget has left. The code
 * published with AutoAttack takes the sum over all channels for each of them instead, which gives
 * the new window several times the energy before all is shrunk to the budget again; the paper and
 * the code published with it do not.
 */
final class L2Squares implements Moves {

  private static final double TINY = 1e-12;

  /** The first change is made of tiles of a fifth of the image's height. */
  private static final int TILES = 5;

  /** Smallest window that holds two pyramids. */
  private static final int SMALLEST = 3;

  private final ImageShape shape;
  private final PixelBudget budget;
  private final WindowSchedule schedule;
  private final double[] delta;

  /** The new window, one channel after the other. */
  private final double[] fresh;

  /** What the two windows held, each channel's squares. */
  private final double[] taken;

  private double[] pyramids = new double[0];
  private int pyramidSide;

  L2Squares(ImageShape shape, PixelBudget budget, WindowSchedule schedule) {
    this.shape = shape;
    this.budget = budget;
    this.schedule = schedule;
    this.delta = new double[shape.size()];
    this.fresh = new double[shape.size()];
    this.taken = new double[shape.channels()];
  }

  @Override
  public void start(RandomStream random, float[] original, int from, float[] candidate, int at) {
    Arrays.fill(delta, 0);
    int side = Math.min(Math.max(1, shape.height() / TILES), shape.width());
    int firstTop = shape.height() % side / 2;
    int firstLeft = shape.width() % side / 2;
    for (int top = firstTop; top + side <= shape.height(); top += side) {
      for (int left = firstLeft; left + side <= shape.width(); left += side) {
        drawPyramids(random, side);
        write(top, left, side);
      }
    }
    apply(original, from, candidate, at);
  }

  @Override
  public void move(
      RandomStream random, int move, float[] original, int from, float[] candidate, int at) {
    int side = windowSide(move);
    // As in the reference: the last position is never drawn.
    int rows = Math.max(1, shape.height() - side);
    int columns = Math.max(1, shape.width() - side);
    int top = random.nextInt(rows);
    int left = random.nextInt(columns);
    int otherTop = random.nextInt(rows);
    int otherLeft = random.nextInt(columns);
    double all = 0;
    for (int k = 0; k < delta.length; k++) {
      double d = (double) candidate[at + k] - original[from + k];
      delta[k] = d;
      all += d * d;
    }
    double free = Math.max(0, budget.epsilon() * budget.epsilon() - all) / shape.channels();
    Arrays.fill(taken, 0);
    addSquares(1, top, left, top + side, left + side);
    addSquares(1, otherTop, otherLeft, otherTop + side, otherLeft + side);
    addSquares(
        -1,
        Math.max(top, otherTop),
        Math.max(left, otherLeft),
        Math.min(top, otherTop) + side,
        Math.min(left, otherLeft) + side);
    drawPyramids(random, side);
    pileUp(top, left, side, free);
    for (int y = otherTop; y < otherTop + side; y++) {
      int first = index(y, otherLeft);
      Arrays.fill(delta, first, first + side * shape.channels(), 0);
    }
    write(top, left, side);
    apply(original, from, candidate, at);
  }

  /** Odd, so that a pyramid has a middle, and at least 3. */
  private int windowSide(int move) {
    double wanted = Math.sqrt(schedule.areaShare(move) * shape.height() * shape.width());
    int side = Math.max((int) Math.rint(wanted), SMALLEST);
    side += side % 2 == 0 ? 1 : 0;
    return Math.min(side, Math.min(shape.height(), shape.width()));
  }

  /** Two pyramids of opposite signs, upright or turned, with a random sign a channel. */
  private void drawPyramids(RandomStream random, int side) {
    if (side != pyramidSide) {
      pyramids = twoPyramids(side);
      pyramidSide = side;
    }
    boolean turned = random.nextLong() < 0;
    for (int c = 0; c < shape.channels(); c++) {
      boolean negative = random.nextLong() < 0;
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          double value = pyramids[turned ? x * side + y : y * side + x];
          fresh[(c * side + y) * side + x] = negative ? -value : value;
        }
      }
    }
  }

  /**
   * Adds the direction of what the window already holds, and gives each channel its new norm.
   *
   * @param free what each channel may have beside what was taken, squared
   */
  private void pileUp(int top, int left, int side, double free) {
    for (int c = 0; c < shape.channels(); c++) {
      double old = 0;
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          double d = delta[index(top + y, left + x) + c];
          old += d * d;
        }
      }
      double scale = 1 / (TINY + Math.sqrt(old));
      double sum = 0;
      int first = c * side * side;
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          int k = first + y * side + x;
          fresh[k] += delta[index(top + y, left + x) + c] * scale;
          sum += fresh[k] * fresh[k];
        }
      }
      double norm = Math.sqrt(Math.max(0, free + taken[c]));
      double stretch = norm / (TINY + Math.sqrt(sum));
      for (int k = first; k < first + side * side; k++) {
        fresh[k] *= stretch;
      }
    }
  }

  private void write(int top, int left, int side) {
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int k = index(top + y, left + x);
        for (int c = 0; c < shape.channels(); c++) {
          delta[k + c] = fresh[(c * side + y) * side + x];
        }
      }
    }
  }

  /**
   * Adds the squared change of each channel to what was taken; nothing if the rectangle is empty.
   */
  private void addSquares(int sign, int top, int left, int bottom, int right) {
    int channels = shape.channels();
    for (int y = top; y < bottom; y++) {
      for (int k = index(y, left); k < index(y, right); k++) {
        taken[k % channels] += sign * delta[k] * delta[k];
      }
    }
  }

  /** Stretches the change to the whole budget and applies it, cut to 0..1 and rounded if asked. */
  private void apply(float[] original, int from, float[] candidate, int at) {
    double sum = 0;
    for (double d : delta) {
      sum += d * d;
    }
    double scale = budget.epsilon() / (Math.sqrt(sum) + TINY);
    for (int k = 0; k < delta.length; k++) {
      double value = original[from + k] + scale * delta[k];
      candidate[at + k] = (float) Math.max(0, Math.min(1, value));
    }
    budget.round(original, from, candidate, at, shape);
  }

  private int index(int y, int x) {
    return (y * shape.width() + x) * shape.channels();
  }

  /** The upper half piles up, the lower one digs; norm 1 together, each half of its own norm 1. */
  static double[] twoPyramids(int side) {
    double[] pattern = new double[side * side];
    int half = side / 2;
    pyramid(pattern, 0, half, side, 1);
    pyramid(pattern, half, side - half, side, -1);
    normalise(pattern, 0, pattern.length, 1);
    return pattern;
  }

  /** Nested rectangles, one step wider each, of heights 1/1², 1/2², … */
  private static void pyramid(double[] pattern, int firstRow, int rows, int columns, double sign) {
    int middleRow = rows / 2;
    int middleColumn = columns / 2;
    for (int step = 0; step <= Math.max(middleRow, middleColumn); step++) {
      double height = 1.0 / ((step + 1.0) * (step + 1.0));
      int bottom = Math.min(middleRow + step + 1, rows);
      int right = Math.min(middleColumn + step + 1, columns);
      for (int y = Math.max(0, middleRow - step); y < bottom; y++) {
        for (int x = Math.max(0, middleColumn - step); x < right; x++) {
          pattern[(firstRow + y) * columns + x] += height;
        }
      }
    }
    normalise(pattern, firstRow * columns, (firstRow + rows) * columns, sign);
  }

  private static void normalise(double[] values, int from, int to, double sign) {
    double sum = 0;
    for (int k = from; k < to; k++) {
      sum += values[k] * values[k];
    }
    if (sum > 0) {
      double scale = sign / Math.sqrt(sum);
      for (int k = from; k < to; k++) {
        values[k] *= scale;
      }
    }
  }
}
