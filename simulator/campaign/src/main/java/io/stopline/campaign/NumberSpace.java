package io.stopline.campaign;

import io.stopline.scene.alteration.Alteration;
import io.stopline.sdk.random.RandomStream;
import java.util.List;

/**
 * Alterations of some equal parts, each of a few bounded numbers, beside some numbers of the whole.
 * What changes and crosses them needs to know no more than the numbers' bounds; what a budget
 * allows a kind sees to itself in {@link #keep}.
 */
abstract class NumberSpace implements AlterationSpace {

  /** How a number behaves. */
  enum Sort {
    /** A step moves it by a share of its range; it stops at its bounds. */
    LENGTH,

    /** As a length, but it goes round. */
    TURN,

    /** One of the whole numbers from {@code low} to {@code high}, which have no order. */
    CHOICE
  }

  /** A number: its bounds and how it behaves. */
  record Quantity(double low, double high, Sort sort) {
    static Quantity length(double low, double high) {
      return new Quantity(low, high, Sort.LENGTH);
    }

    static Quantity turn(double low, double high) {
      return new Quantity(low, high, Sort.TURN);
    }

    /** 0 to {@code count − 1}. */
    static Quantity choice(int count) {
      return new Quantity(0, count - 1.0, Sort.CHOICE);
    }

    private double random(RandomStream random) {
      return sort == Sort.CHOICE
          ? low + random.nextInt((int) (high - low) + 1)
          : random.uniform(low, high);
    }

    private double kept(double value) {
      return switch (sort) {
        case LENGTH -> Math.max(low, Math.min(high, value));
        case TURN -> low + (value - low) - (high - low) * Math.floor((value - low) / (high - low));
        case CHOICE -> Math.max(low, Math.min(high, Math.rint(value)));
      };
    }
  }

  /** A coarse step of a length, share of its range (standard deviation). */
  private static final double STEP = 0.25;

  private final List<Quantity> whole;
  private final List<Quantity> part;
  private final int parts;

  /**
   * @param whole numbers that there are once; they come first
   * @param part numbers that each part has
   */
  NumberSpace(List<Quantity> whole, List<Quantity> part, int parts) {
    this.whole = List.copyOf(whole);
    this.part = List.copyOf(part);
    this.parts = parts;
  }

  /** Changes a vector within its bounds such that it keeps the budget. */
  abstract void keep(double[] v);

  final int parts() {
    return parts;
  }

  /** Index of a part's first number. */
  final int first(int p) {
    return whole.size() + p * part.size();
  }

  final double[] empty() {
    return new double[whole.size() + parts * part.size()];
  }

  private Quantity number(int i) {
    return i < whole.size() ? whole.get(i) : part.get((i - whole.size()) % part.size());
  }

  final double[] kept(double[] v) {
    for (int i = 0; i < v.length; i++) {
      v[i] = number(i).kept(v[i]);
    }
    keep(v);
    return v;
  }

  final IllegalArgumentException foreign(String what, Alteration alteration) {
    return new IllegalArgumentException(
        "a search for %s cannot begin from %s".formatted(what, alteration));
  }

  @Override
  public double[] random(RandomStream random) {
    double[] v = empty();
    for (int i = 0; i < v.length; i++) {
      v[i] = number(i).random(random);
    }
    return kept(v);
  }

  @Override
  public double[] change(double[] from, double step, RandomStream random) {
    double[] v = from.clone();
    int changes = 1 + random.nextInt(4);
    for (int c = 0; c < changes; c++) {
      int i = random.nextInt(v.length);
      Quantity n = number(i);
      v[i] =
          n.sort == Sort.CHOICE
              ? n.random(random)
              : v[i] + STEP * step * (n.high - n.low) * random.nextGaussian();
    }
    return kept(v);
  }

  @Override
  public double[] cross(double[] a, double[] b, RandomStream random) {
    double[] v = a.clone();
    for (int i = 0; i < whole.size(); i++) {
      v[i] = random.nextInt(2) == 0 ? a[i] : b[i];
    }
    for (int p = 0; p < parts; p++) {
      if (random.nextInt(2) == 0) {
        System.arraycopy(b, first(p), v, first(p), part.size());
      }
    }
    return kept(v);
  }
}
