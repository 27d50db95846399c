package io.stopline.attacks.adaptive;

/**
 * How the two wishes of who attacks a guard make one step: that the models say a wrong label, and
 * that the checks let it pass. Where the two pull against each other, a sum may go to and fro; the
 * other two never take a step for both (Bryniarski et al. 2022, "Evading adversarial example
 * detection defenses with orthogonal projected gradient descent").
 */
public enum Pull {
  /** The sum of both, the checks' part only once the models say the target. */
  JOINT {
    @Override
    void combine(boolean lags, float[] label, float[] passing, int at, int size, float[] into) {
      throw new IllegalStateException("the sum is differentiated as a whole");
    }
  },

  /** The label's while the models do not say the target, then the checks' alone. */
  SELECTIVE {
    @Override
    void combine(boolean lags, float[] label, float[] passing, int at, int size, float[] into) {
      System.arraycopy(wanted(lags, label, passing, at, size), at, into, at, size);
    }
  },

  /** As selective, less what would change the other wish. */
  ORTHOGONAL {
    @Override
    void combine(boolean lags, float[] label, float[] passing, int at, int size, float[] into) {
      float[] wanted = wanted(lags, label, passing, at, size);
      float[] other = wanted == label ? passing : label;
      double share = dot(wanted, other, at, size) / Math.max(1e-30, dot(other, other, at, size));
      for (int i = at; i < at + size; i++) {
        into[i] = (float) (wanted[i] - share * other[i]);
      }
    }
  };

  /**
   * Makes one gradient of two.
   *
   * @param lags whether the models do not say the target yet
   * @param label gradient of what the models say
   * @param passing gradient of what the checks let pass
   * @param at where the image's values begin, in all three
   * @param into receives {@code size} values
   */
  abstract void combine(
      boolean lags, float[] label, float[] passing, int at, int size, float[] into);

  /** The gradient of what lags; of the other one where that is flat. */
  private static float[] wanted(boolean lags, float[] label, float[] passing, int at, int size) {
    float[] wanted = lags ? label : passing;
    return dot(wanted, wanted, at, size) > 0 ? wanted : lags ? passing : label;
  }

  private static double dot(float[] a, float[] b, int at, int size) {
    double sum = 0;
    for (int i = at; i < at + size; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
