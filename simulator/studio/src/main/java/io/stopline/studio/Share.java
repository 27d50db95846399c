package io.stopline.studio;

/** Tells a {@link Progress} of shares of the whole. Shares that go back are not shown. */
final class Share {

  /** The whole, in a progress's units. */
  static final long UNITS = 10_000;

  private final Progress progress;
  private long told;

  Share(Progress progress) {
    this.progress = progress;
  }

  /**
   * @param share of the whole, 0..1
   */
  void to(double share) {
    long units = (long) (UNITS * Math.max(0, Math.min(1, share)));
    if (units > told) {
      progress.step(units - told);
      told = units;
    }
  }
}
