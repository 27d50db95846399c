package io.stopline.training.quantization;

import java.util.Locale;

/** Which real numbers the 256 steps of an activation span; what lies beyond is clipped. */
public enum RangeRule {
  /** All that was seen. */
  MIN_MAX,
  /** All but the outermost 0.01 % at each end. */
  PERCENTILE,
  /** The range for which rounding and clipping together have the least squared error. */
  SQUARED_ERROR;

  /** As it is written in commands: {@code min-max}, {@code percentile}, {@code squared-error}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The rule of that label.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static RangeRule labelled(String label) {
    for (RangeRule rule : values()) {
      if (rule.label().equals(label)) {
        return rule;
      }
    }
    throw new IllegalArgumentException(
        "range rule '%s' is not known; give min-max, percentile or squared-error".formatted(label));
  }
}
