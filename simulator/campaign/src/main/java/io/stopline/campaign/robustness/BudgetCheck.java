package io.stopline.campaign.robustness;

import io.stopline.attacks.Norm;
import io.stopline.attacks.ThreatModel;
import io.stopline.autodiff.ImageShape;
import java.util.Locale;

/**
 * Asserts that a candidate keeps the budget that its attack declared. Single-precision sums may
 * miss an exact budget by their last digits, and by no more.
 */
final class BudgetCheck {

  /** In values of 0..1: four times what rounding a sum of two floats can do. */
  private static final double LINF_SLACK = 2.5e-7;

  /** Relative, for sums over thousands of values. */
  private static final double L2_SLACK = 1e-5;

  /** In steps of 8-bit values. */
  private static final double STEP_SLACK = 1e-3;

  private final ImageShape shape;
  private final Norm norm;
  private final double declared;
  private final double limit;
  private final boolean rounding;

  /**
   * @param epsilon what the run asks about, for attacks that look for the smallest change; infinite
   *     if it asks about none
   */
  BudgetCheck(ImageShape shape, ThreatModel threat, double epsilon) {
    this.shape = shape;
    if (threat.budget() instanceof ThreatModel.Perturbation change) {
      norm = change.norm();
      declared = change.epsilon();
      limit = Math.min(declared, epsilon);
      rounding = change.rounding();
    } else if (threat.budget() instanceof ThreatModel.Area) {
      // An area bounds where, not how much; the painter keeps to it.
      norm = Norm.LINF;
      declared = Double.POSITIVE_INFINITY;
      limit = Double.POSITIVE_INFINITY;
      rounding = false;
    } else {
      throw new IllegalArgumentException(
          "nothing measures a change against a budget " + threat.budget().describe());
    }
  }

  /** Size of the change in the attack's norm. */
  double size(float[] clean, float[] candidates, int row) {
    int size = shape.size();
    int from = row * size;
    double most = 0;
    double squares = 0;
    int pixels = 0;
    for (int p = from; p < from + size; p += shape.channels()) {
      boolean changed = false;
      for (int i = p; i < p + shape.channels(); i++) {
        double d = (double) candidates[i] - clean[i];
        most = Math.max(most, Math.abs(d));
        squares += d * d;
        changed |= d != 0;
      }
      pixels += changed ? 1 : 0;
    }
    return switch (norm) {
      case LINF -> most;
      case L2 -> Math.sqrt(squares);
      case L0 -> pixels;
    };
  }

  /** Whether a change of this size counts at the budget that the run asks about. */
  boolean counts(double size) {
    return size <= slack(limit);
  }

  /** What is wrong with a candidate, in words; empty if nothing is. */
  String violation(float[] candidates, int row, double size) {
    int from = row * shape.size();
    for (int i = from; i < from + shape.size(); i++) {
      float value = candidates[i];
      if (!(value >= 0 && value <= 1)) {
        return "a pixel of %s, outside 0..1".formatted(value);
      }
      if (rounding && Math.abs(value * 255.0 - Math.rint(value * 255.0)) > STEP_SLACK) {
        return "a pixel of %s, which is no 8-bit value".formatted(value);
      }
    }
    if (!(size <= slack(declared))) {
      return String.format(
          Locale.ROOT, "a change of %.6g in %s where %.6g is allowed", size, norm, declared);
    }
    return "";
  }

  private double slack(double budget) {
    return switch (norm) {
      case LINF -> budget + LINF_SLACK;
      case L2 -> budget * (1 + L2_SLACK) + 1e-6;
      case L0 -> budget;
    };
  }
}
