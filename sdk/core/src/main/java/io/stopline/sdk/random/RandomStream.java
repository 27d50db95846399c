package io.stopline.sdk.random;

/**
 * A reproducible stream of numbers from a 64-bit seed (SplitMix64; Steele, Lea and Flood 2014,
 * figure 16). It expands a seed that is itself unpredictable ({@link InspectionSeeds}); it is not a
 * cipher. Re-seeding allocates nothing. Belongs to one thread.
 */
public final class RandomStream {

  private static final long GAMMA = 0x9e3779b97f4a7c15L;

  private long state;
  private double spareGaussian = Double.NaN;

  public RandomStream(long seed) {
    reseed(seed);
  }

  /** Starts the stream of another seed. */
  public void reseed(long seed) {
    state = seed;
    spareGaussian = Double.NaN;
  }

  /** 64 uniform bits. */
  public long nextLong() {
    return mix(state += GAMMA);
  }

  /** Uniform in [0, 1). */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** Uniform in [low, high). */
  public double uniform(double low, double high) {
    return low + (high - low) * nextDouble();
  }

  /** Uniform in 0..bound−1. */
  public int nextInt(int bound) {
    return (int) (nextDouble() * bound);
  }

  /** Standard normal (Marsaglia's polar method; strict arithmetic, the same on every machine). */
  public double nextGaussian() {
    if (!Double.isNaN(spareGaussian)) {
      double g = spareGaussian;
      spareGaussian = Double.NaN;
      return g;
    }
    double u;
    double v;
    double s;
    do {
      u = 2 * nextDouble() - 1;
      v = 2 * nextDouble() - 1;
      s = u * u + v * v;
    } while (s >= 1 || s == 0);
    double factor = StrictMath.sqrt(-2 * StrictMath.log(s) / s);
    spareGaussian = v * factor;
    return u * factor;
  }

  /** A seed for a sub-stream: different, unrelated, and the same for the same pair of arguments. */
  public static long derive(long seed, long stream) {
    return mix(mix(seed + GAMMA) ^ (stream * 0xbf58476d1ce4e5b9L + GAMMA));
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
