package io.stopline.attacks.query;

import io.stopline.attacks.PixelBudget;

/** The two ends of what an L∞ budget allows a value to become; never farther than ε in float. */
final class LinfRange {

  /** Slack, in 8-bit steps, for what should be a whole number of steps. */
  private static final double STEP_SLACK = 1e-4;

  private final double epsilon;
  private final boolean rounding;

  LinfRange(PixelBudget budget) {
    this.epsilon = budget.epsilon();
    this.rounding = budget.rounding();
  }

  /** Smallest value allowed for a pixel. */
  float low(float pixel) {
    double low = pixel - epsilon;
    if (rounding) {
      double steps = Math.ceil(Math.max(0, low) * 255 - STEP_SLACK);
      float level = (float) steps / 255f;
      // Between two levels and near neither: it stays as it is.
      return level <= pixel + epsilon + STEP_SLACK / 255 ? level : pixel;
    }
    if (low <= 0) {
      return 0;
    }
    float near = (float) low;
    return near < low ? Math.nextUp(near) : near;
  }

  /** Largest value allowed for a pixel. */
  float high(float pixel) {
    double high = pixel + epsilon;
    if (rounding) {
      double steps = Math.floor(Math.min(1, high) * 255 + STEP_SLACK);
      float level = (float) steps / 255f;
      return level >= pixel - epsilon - STEP_SLACK / 255 ? level : pixel;
    }
    if (high >= 1) {
      return 1;
    }
    float near = (float) high;
    return near > high ? Math.nextDown(near) : near;
  }
}
