package io.stopline.attacks.query;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.Norm;
import io.stopline.attacks.PixelBudget;
import io.stopline.autodiff.ImageShape;
import java.util.Arrays;

/**
 * The search of RayS for one input (Chen and Gu 2020, algorithms 2 and 3), one question at a time:
 * {@link #candidate} makes it, {@link #told} takes the answer. Belongs to one thread.
 */
final class Ray {

  /** Changes whose L2 norms are closer than this are not told apart. */
  private static final double TOLERANCE = 1e-3;

  private enum Asking {
    /** About the clean image. */
    CLEAN,
    /** About the first direction. */
    FIRST,
    /** Whether a flipped block is a success at the best radius. */
    FLIP,
    /** Where along the direction the boundary is. */
    RADIUS,
    /** Whether the direction holds in 8-bit values, with the whole budget. */
    ROUNDED
  }

  private final ImageShape shape;
  private final float[] clean;
  private final int from;
  private final PixelBudget budget;
  private final boolean[] up;
  private Asking asking = Asking.CLEAN;

  /** The largest change that makes sense: any image is within it. */
  private double best = 1;

  /** The best radius before the flip that is being looked at. */
  private double before = Double.POSITIVE_INFINITY;

  private double low;
  private double high;

  /** The image is cut into 2 to the power of the level blocks; the first is all of it. */
  private int level;

  /** Block that was flipped last; −1: none yet, the direction is the first one. */
  private int block = -1;

  Ray(Inputs inputs, int row, PixelBudget budget) {
    this.shape = inputs.shape();
    this.clean = inputs.images();
    this.from = row * shape.size();
    this.budget = budget;
    this.up = new boolean[shape.size()];
    Arrays.fill(up, true);
  }

  /** Writes the image that is to be asked about. */
  void candidate(float[] into, int at) {
    switch (asking) {
      case CLEAN -> System.arraycopy(clean, from, into, at, shape.size());
      case FIRST -> write(best, into, at);
      case FLIP -> {
        flip();
        write(best, into, at);
      }
      case RADIUS -> write((low + high) / 2, into, at);
      case ROUNDED -> bestWithinBudget(into, at);
    }
  }

  /**
   * Takes the answer about the last candidate.
   *
   * @return whether the search is over: the candidate is a success within the budget
   */
  boolean told(boolean success) {
    switch (asking) {
      case CLEAN -> {
        if (success) {
          return true;
        }
        asking = Asking.FIRST;
      }
      case FIRST -> {
        if (success && bisect(best)) {
          return true;
        }
        if (!success) {
          next();
        }
      }
      case FLIP -> {
        if (success && bisect(best)) {
          return true;
        }
        if (!success) {
          flip(); // back
          next();
        }
      }
      case RADIUS -> {
        if (success && bisect((low + high) / 2)) {
          return true;
        }
        if (!success) {
          low = (low + high) / 2;
        }
        if ((high - low) * Math.sqrt(shape.size()) < TOLERANCE) {
          if (best >= before) {
            flip(); // no nearer than without it, as far as can be told
          } else if (budget.rounding() && best <= budget.epsilon()) {
            asking = Asking.ROUNDED;
            return false;
          }
          next();
        }
      }
      case ROUNDED -> {
        if (success) {
          return true;
        }
        next();
      }
    }
    return false;
  }

  /** Goes on inwards from a success; true where it is near enough already. */
  private boolean bisect(double radius) {
    if (asking != Asking.RADIUS) {
      low = 0;
      before = asking == Asking.FLIP ? best : Double.POSITIVE_INFINITY;
    }
    high = radius;
    best = radius;
    asking = Asking.RADIUS;
    return radius <= budget.epsilon() && !budget.rounding();
  }

  /** The next block; after the last, half as large ones; after single values, from the start. */
  private void next() {
    asking = Asking.FLIP;
    if (++block == blocks()) {
      block = 0;
      level = blocks() == shape.size() ? 0 : level + 1;
    }
  }

  private int blocks() {
    return Math.min(1 << level, shape.size());
  }

  /** Channel after channel, so that a block is a stripe of one of them. */
  private void flip() {
    int size = shape.size();
    int channels = shape.channels();
    int plane = size / channels;
    int first = (int) ((long) size * block / blocks());
    int end = (int) ((long) size * (block + 1) / blocks());
    for (int k = first; k < end; k++) {
      int value = k % plane * channels + k / plane;
      up[value] = !up[value];
    }
  }

  /** Not rounded: 8-bit steps are larger than what one value makes of the radius. */
  private void write(double radius, float[] into, int at) {
    for (int k = 0; k < shape.size(); k++) {
      into[at + k] = (float) (clean[from + k] + (up[k] ? radius : -radius));
    }
    new PixelBudget(Norm.LINF, radius, false).project(clean, from, into, at, shape);
  }

  /** Where the best direction meets the budget: what is given back of an input that held. */
  void bestWithinBudget(float[] into, int at) {
    if (asking == Asking.CLEAN) {
      return;
    }
    write(budget.epsilon(), into, at);
    if (budget.rounding()) {
      budget.round(clean, from, into, at, shape);
    }
  }
}
