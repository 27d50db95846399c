package io.stopline.attacks.gradient;

import io.stopline.attacks.LogitLoss;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The losses of the published attacks, with their derivatives; each is maximised. All arithmetic is
 * double precision and free of overflow: in single precision the softmax of confident or scaled-up
 * scores is exactly one-hot, its cross-entropy has no slope left, and an attack stands still before
 * a model that is not robust at all: the classic masked gradient (Carlini and Wagner 2017, "Towards
 * Evaluating the Robustness of Neural Networks", on distillation; Croce and Hein 2020, section 4).
 * Double precision moves that limit, from gaps of about 100 to about 700, but does not remove it;
 * {@link #DLR} and {@link #MARGIN} do not know it, since they do not saturate.
 */
public final class Losses {

  /** {@code log Σ exp z − z_label}; with a target {@code z_target − log Σ exp z}. */
  public static final LogitLoss CROSS_ENTROPY = new CrossEntropy();

  /**
   * Logarithm of what the likeliest wrong class is given, or the target: against models whose
   * unsure labels are refused (Stutz, Hein and Schiele 2020, "Confidence-calibrated adversarial
   * training", section 4). Cross-entropy is content with any wrong class; this goes on until one of
   * them is sure.
   */
  public static final LogitLoss CONFIDENCE = new Confidence();

  /**
   * Difference of logits ratio (Croce and Hein 2020, equation 6): {@code −(z_label − max z_other) /
   * (z_1 − z_3)}, sorted scores below; it does not change when scores are scaled or shifted. Needs
   * 3 classes.
   */
  public static final LogitLoss DLR = new Ratio();

  /**
   * Towards a target (Croce and Hein 2020, equation 7): {@code −(z_label − z_target) / (z_1 − (z_3
   * + z_4)/2)}. Needs a target and 4 classes.
   */
  public static final LogitLoss TARGETED_DLR = new TargetedRatio();

  /**
   * {@code max z_other − z_label}, with a target {@code z_target − max z_other} (Carlini and Wagner
   * 2017, f6 without its cut). Above 0 exactly where the attack has succeeded.
   */
  public static final LogitLoss MARGIN = new Margin();

  /**
   * {@code z_target − z_label}, whatever the other scores are: above 0 where the target is ahead of
   * the right label. Needs a target.
   */
  public static final LogitLoss GAP = new Gap();

  /** As in the published code: keeps equal scores from dividing by 0. */
  private static final double TINY = 1e-12;

  private Losses() {}

  /**
   * The same loss where the target only gives a direction and any wrong label is a success, as in
   * targeted APGD.
   */
  public static LogitLoss towards(LogitLoss loss) {
    return new Towards(loss);
  }

  /**
   * By its name: {@code cross-entropy}, {@code confidence}, {@code dlr}, {@code targeted-dlr} or
   * {@code margin}.
   *
   * @throws IllegalArgumentException naming those that there are
   */
  public static LogitLoss byName(String name) {
    return Stream.of(CROSS_ENTROPY, CONFIDENCE, DLR, TARGETED_DLR, MARGIN)
        .filter(loss -> loss.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "loss '%s'; there are cross-entropy, confidence, dlr, targeted-dlr and margin"
                        .formatted(name)));
  }

  private static void requireClasses(int classes, int needed) {
    if (classes < needed) {
      throw new IllegalArgumentException(
          "difference of logits ratio: a model of %d classes; it needs %d; use cross-entropy (apgd-ce)"
              .formatted(classes, needed));
    }
  }

  private static void requireTarget(int target) {
    if (target < 0) {
      throw new IllegalArgumentException("a loss towards a target: no target given");
    }
  }

  /** Where the largest score but three is; the first of equals. */
  private static int largestBut(float[] logits, int offset, int classes, int a, int b, int c) {
    int best = -1;
    for (int i = 0; i < classes; i++) {
      if (i != a && i != b && i != c && (best < 0 || logits[offset + i] > logits[offset + best])) {
        best = i;
      }
    }
    return best;
  }

  private static void clear(float[] slope, int offset, int classes) {
    Arrays.fill(slope, offset, offset + classes, 0);
  }

  private static void add(float[] slope, int at, double value) {
    slope[at] += (float) value;
  }

  private record CrossEntropy() implements LogitLoss {
    @Override
    public String name() {
      return "cross-entropy";
    }

    @Override
    public double evaluate(
        float[] logits, int offset, int classes, int label, int target, float @Nullable [] slope) {
      // With a target: less cross-entropy to the target is better.
      int wanted = target < 0 ? label : target;
      double sign = target < 0 ? 1 : -1;
      double top = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < classes; i++) {
        top = Math.max(top, logits[offset + i]);
      }
      double sum = 0;
      double others = 0;
      for (int i = 0; i < classes; i++) {
        double e = Math.exp(logits[offset + i] - top);
        sum += e;
        others += i == wanted ? 0 : e;
      }
      if (slope != null) {
        for (int i = 0; i < classes; i++) {
          // 1 − p is summed from the others: subtraction would cancel for a confident model.
          double d = i == wanted ? -others / sum : Math.exp(logits[offset + i] - top) / sum;
          slope[offset + i] = (float) (sign * d);
        }
      }
      double ahead = top - logits[offset + wanted];
      double loss = ahead > 0 ? ahead + Math.log(sum) : Math.log1p(others);
      return sign * loss;
    }
  }

  private record Confidence() implements LogitLoss {
    @Override
    public String name() {
      return "confidence";
    }

    @Override
    public double evaluate(
        float[] logits, int offset, int classes, int label, int target, float @Nullable [] slope) {
      int wanted = target < 0 ? largestBut(logits, offset, classes, label, -1, -1) : target;
      return CROSS_ENTROPY.evaluate(logits, offset, classes, label, wanted, slope);
    }
  }

  private record Ratio() implements LogitLoss {
    @Override
    public String name() {
      return "dlr";
    }

    @Override
    public double evaluate(
        float[] logits, int offset, int classes, int label, int target, float @Nullable [] slope) {
      requireClasses(classes, 3);
      int first = largestBut(logits, offset, classes, -1, -1, -1);
      int second = largestBut(logits, offset, classes, first, -1, -1);
      int third = largestBut(logits, offset, classes, first, second, -1);
      int other = first == label ? second : first;
      double above = (double) logits[offset + other] - logits[offset + label];
      double below = (double) logits[offset + first] - logits[offset + third] + TINY;
      if (slope != null) {
        clear(slope, offset, classes);
        add(slope, offset + other, 1 / below);
        add(slope, offset + label, -1 / below);
        add(slope, offset + first, -above / (below * below));
        add(slope, offset + third, above / (below * below));
      }
      return above / below;
    }
  }

  private record TargetedRatio() implements LogitLoss {
    @Override
    public String name() {
      return "targeted-dlr";
    }

    @Override
    public double evaluate(
        float[] logits, int offset, int classes, int label, int target, float @Nullable [] slope) {
      requireClasses(classes, 4);
      requireTarget(target);
      int first = largestBut(logits, offset, classes, -1, -1, -1);
      int second = largestBut(logits, offset, classes, first, -1, -1);
      int third = largestBut(logits, offset, classes, first, second, -1);
      int fourth = largestBut(logits, offset, classes, first, second, third);
      double above = (double) logits[offset + target] - logits[offset + label];
      double below =
          logits[offset + first]
              - 0.5 * ((double) logits[offset + third] + logits[offset + fourth])
              + TINY;
      if (slope != null) {
        clear(slope, offset, classes);
        double bend = above / (below * below);
        add(slope, offset + target, 1 / below);
        add(slope, offset + label, -1 / below);
        add(slope, offset + first, -bend);
        add(slope, offset + third, 0.5 * bend);
        add(slope, offset + fourth, 0.5 * bend);
      }
      return above / below;
    }
  }

  private record Margin() implements LogitLoss {
    @Override
    public String name() {
      return "margin";
    }

    @Override
    public double evaluate(
        float[] logits, int offset, int classes, int label, int target, float @Nullable [] slope) {
      int from = target < 0 ? label : target;
      int other = largestBut(logits, offset, classes, from, -1, -1);
      double sign = target < 0 ? 1 : -1;
      if (slope != null) {
        clear(slope, offset, classes);
        add(slope, offset + other, sign);
        add(slope, offset + from, -sign);
      }
      return sign * ((double) logits[offset + other] - logits[offset + from]);
    }
  }

  private record Gap() implements LogitLoss {
    @Override
    public String name() {
      return "gap";
    }

    @Override
    public double evaluate(
        float[] logits, int offset, int classes, int label, int target, float @Nullable [] slope) {
      requireTarget(target);
      if (slope != null) {
        clear(slope, offset, classes);
        add(slope, offset + target, 1);
        add(slope, offset + label, -1);
      }
      return (double) logits[offset + target] - logits[offset + label];
    }
  }

  private record Towards(LogitLoss loss) implements LogitLoss {
    @Override
    public String name() {
      return loss.name();
    }

    @Override
    public boolean anyWrongLabelCounts() {
      return true;
    }

    @Override
    public double evaluate(
        float[] logits, int offset, int classes, int label, int target, float @Nullable [] slope) {
      return loss.evaluate(logits, offset, classes, label, target, slope);
    }
  }
}
