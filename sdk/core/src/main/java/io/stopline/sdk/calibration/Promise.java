package io.stopline.sdk.calibration;

/**
 * In which sense a false-alarm rate a track is promised. Both rest on clean tracks in the field
 * being exchangeable with the calibration's.
 */
public enum Promise {

  /**
   * On average over calibrations (split conformal prediction: Vovk, Gammerman and Shafer 2005,
   * section 2.2). The rate of the one calibration that a vehicle has may lie above it: given the
   * calibration's n tracks it is distributed as Beta(k, n + 1 − k), k = rate · (n + 1) (Vovk 2012,
   * section 3).
   */
  MEAN("on average over calibrations") {
    @Override
    double limit(double rate, int n) {
      return rate;
    }

    @Override
    public double smallestRate(int n) {
      return 1.0 / (n + 1);
    }
  },

  /**
   * With 95 % confidence for the calibration that a vehicle has (tolerance limits: Wilks 1941;
   * "training-conditional validity": Vovk 2012, proposition 2a).
   */
  CONFIDENT("with 95 % confidence") {
    @Override
    double limit(double rate, int n) {
      // That r or fewer of n clean tracks lie beyond the true quantile has a probability of at most
      // 5 %: so the largest score but r lies beyond it with 95 %.
      double logTerm = n * Math.log1p(-rate);
      double step = Math.log(rate) - Math.log1p(-rate);
      double sum = Math.exp(logTerm);
      int r = -1;
      while (sum <= DOUBT + ROUNDING && r + 1 < n) {
        r++;
        logTerm += Math.log(n - r) - Math.log(r + 1.0) + step;
        sum += Math.exp(logTerm);
      }
      return (1.0 + r) / (n + 1);
    }

    @Override
    public double smallestRate(int n) {
      return -Math.expm1(Math.log(DOUBT) / n);
    }
  };

  /** Where a promise holds with confidence, it fails for this share of calibrations at most. */
  public static final double DOUBT = 0.05;

  private static final double ROUNDING = 1e-12;

  private final String words;

  Promise(String words) {
    this.words = words;
  }

  /** In words, such as {@code with 95 % confidence}. */
  public String words() {
    return words;
  }

  /**
   * The largest p-value with which a track is suspect.
   *
   * @param rate one that n tracks can promise
   */
  abstract double limit(double rate, int n);

  /**
   * The smallest rate that so many calibration tracks can promise.
   *
   * @param n at least 1
   */
  public abstract double smallestRate(int n);

  /**
   * How many calibration tracks a rate needs: 99 on average and 299 with confidence for 1 %.
   *
   * @param rate above 0 and below 1
   */
  public int tracksFor(double rate) {
    // Rounding must not ask for one more.
    double exact = this == MEAN ? 1 / rate - 1 : Math.log(DOUBT) / Math.log1p(-rate);
    return Math.max(1, (int) Math.ceil(exact - 1e-9));
  }
}
