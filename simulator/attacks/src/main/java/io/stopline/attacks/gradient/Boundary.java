package io.stopline.attacks.gradient;

import io.stopline.attacks.Norm;

/** Shortest ways to a linearised decision boundary. Thread-safe. */
final class Boundary {

  /** Each round fixes the values that meet the box; far fewer rounds are needed in practice. */
  private static final int ROUNDS = 200;

  private Boundary() {}

  /**
   * The smallest change {@code d} with {@code w · d = need} that keeps {@code point + d} in 0..1;
   * where the box leaves no such change, the one that comes nearest to it (Croce and Hein 2020,
   * "Minimally Distorted Adversarial Examples with a Fast Adaptive Boundary Attack", equation 5).
   *
   * <p>Every value moves by {@code min(λ, room)} in L∞, by {@code min(λ|w|, room)} in L2. What is
   * gained grows with λ, piecewise linear and concave, so Newton's method from the left meets the
   * solution exactly after finitely many rounds; nothing is sorted and nothing allocated.
   *
   * @param change receives {@code size} values from 0 on
   * @return length of the change in the norm
   */
  static double project(
      Norm norm,
      float[] point,
      int pointAt,
      float[] w,
      int wAt,
      int size,
      double need,
      float[] change) {
    double wanted = Math.abs(need);
    boolean linf = norm == Norm.LINF;
    double lambda = 0;
    for (int round = 0; round < ROUNDS; round++) {
      double gained = 0;
      double slope = 0;
      for (int i = 0; i < size; i++) {
        float weight = w[wAt + i];
        double strength = Math.abs(weight);
        double step = linf ? lambda : lambda * strength;
        double room = room(point[pointAt + i], weight, need);
        if (step < room) {
          slope += linf ? strength : strength * strength;
        } else {
          gained += strength * room;
        }
      }
      if (!(slope > 0)) {
        lambda = Double.POSITIVE_INFINITY;
        break;
      }
      double next = (wanted - gained) / slope;
      if (!(next > lambda)) {
        break;
      }
      lambda = next;
    }
    return fill(norm, point, pointAt, w, wAt, size, need, lambda, change);
  }

  private static double fill(
      Norm norm,
      float[] point,
      int pointAt,
      float[] w,
      int wAt,
      int size,
      double need,
      double lambda,
      float[] change) {
    boolean linf = norm == Norm.LINF;
    double length = 0;
    for (int i = 0; i < size; i++) {
      float weight = w[wAt + i];
      double strength = Math.abs(weight);
      if (!(strength > 0)) {
        change[i] = 0;
        continue;
      }
      double room = room(point[pointAt + i], weight, need);
      double step = Math.min(linf ? lambda : lambda * strength, room);
      length = linf ? Math.max(length, step) : length + step * step;
      change[i] = (float) (weight > 0 == need > 0 ? step : -step);
    }
    return linf ? length : Math.sqrt(length);
  }

  /** How far a value may move in the direction that helps; 0 where its weight is no number. */
  private static double room(float value, float weight, double need) {
    if (Float.isNaN(weight)) {
      return 0;
    }
    return weight > 0 == need > 0 ? 1.0 - value : value;
  }

  /** Dual norm of a gradient: how much a score changes with a unit step in the norm. */
  static double steepness(Norm norm, float[] w, int at, int size) {
    if (norm == Norm.L2) {
      return Steps.euclidean(w, at, size);
    }
    double sum = 0;
    for (int i = at; i < at + size; i++) {
      sum += Float.isNaN(w[i]) ? 0 : Math.abs(w[i]);
    }
    return sum;
  }
}
