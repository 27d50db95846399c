package io.stopline.sdk.random;

/**
 * A reproducible stream of numbers from a 64-bit seed (SplitMix64; Steele, Lea and Flood 2014,
 * figure 16). It expands a seed that is itself unpredictable ({@link InspectionSeeds}); it is not a
 * cipher. Re-seeding allocates nothing. Belongs to one thread.
 */
public final class RandomStream {

  private static final long GAMMA = 0x9e3779b97f4a7c15L;

  private static final int BLOCKS = 256;

  /** Where the tail begins, and the area of each block. */
  private static final double TAIL = 3.654152885361009;

  private static final double AREA = 0.00492867323399;

  /** Right edges of the blocks, from the widest (which stands for the tail too) to 0. */
  private static final double[] EDGE = edges();

  /** Share of a block that lies wholly under the curve. */
  private static final double[] RATIO = ratios();

  /**
   * Both again for draws of 53 bits, sign and all, as whole numbers: exact, as a power of two is.
   */
  private static final double[] DRAW_RATIO = scaled(RATIO, 0x1.0p52);

  private static final double[] DRAW_EDGE = scaled(EDGE, 0x1.0p-52);

  private long state;

  public RandomStream(long seed) {
    reseed(seed);
  }

  /** Starts the stream of another seed. */
  public void reseed(long seed) {
    state = seed;
  }

  private static double[] edges() {
    double[] x = new double[BLOCKS + 1];
    double density = StrictMath.exp(-0.5 * TAIL * TAIL);
    x[0] = AREA / density;
    x[1] = TAIL;
    for (int i = 2; i < BLOCKS; i++) {
      x[i] = StrictMath.sqrt(-2 * StrictMath.log(AREA / x[i - 1] + density));
      density = StrictMath.exp(-0.5 * x[i] * x[i]);
    }
    return x;
  }

  private static double[] ratios() {
    double[] ratio = new double[BLOCKS];
    for (int i = 0; i < BLOCKS; i++) {
      ratio[i] = EDGE[i + 1] / EDGE[i];
    }
    return ratio;
  }

  private static double[] scaled(double[] values, double factor) {
    double[] scaled = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      scaled[i] = values[i] * factor;
    }
    return scaled;
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

  /**
   * Standard normal (Marsaglia and Tsang 2000, "The Ziggurat Method for Generating Random
   * Variables", as Doornik 2005 repaired it; 256 blocks). Strict arithmetic, the same on every
   * machine; most values cost one 64-bit draw and no logarithm.
   */
  public double nextGaussian() {
    while (true) {
      long bits = nextLong();
      int block = (int) bits & (BLOCKS - 1);
      double draw = bits >> 11;
      if (Math.abs(draw) < DRAW_RATIO[block]) {
        return draw * DRAW_EDGE[block];
      }
      double value = besides(block, draw * 0x1.0p-52);
      if (!Double.isNaN(value)) {
        return value;
      }
    }
  }

  /**
   * As many standard normal values as a call of {@link #nextGaussian} each would give, in less
   * time.
   *
   * @param into receives them
   * @param count how many
   */
  public void nextGaussians(double[] into, int count) {
    long next = state;
    for (int i = 0; i < count; ) {
      long bits = mix(next += GAMMA);
      int block = (int) bits & (BLOCKS - 1);
      double draw = bits >> 11;
      double value = draw * DRAW_EDGE[block];
      if (!(Math.abs(draw) < DRAW_RATIO[block])) {
        state = next;
        value = besides(block, draw * 0x1.0p-52);
        next = state;
        if (Double.isNaN(value)) {
          continue;
        }
      }
      into[i++] = value;
    }
    state = next;
  }

  /** What comes of a draw that is not wholly under the curve; not a number if it is rejected. */
  private double besides(int block, double u) {
    if (block == 0) {
      return tail(u < 0);
    }
    double x = u * EDGE[block];
    double high = StrictMath.exp(-0.5 * (EDGE[block] * EDGE[block] - x * x));
    double low = StrictMath.exp(-0.5 * (EDGE[block + 1] * EDGE[block + 1] - x * x));
    return low + nextDouble() * (high - low) < 1 ? x : Double.NaN;
  }

  /** Beyond the last block (Marsaglia 1964). */
  private double tail(boolean negative) {
    double x;
    double y;
    do {
      x = StrictMath.log(1 - nextDouble()) / TAIL;
      y = StrictMath.log(1 - nextDouble());
    } while (-2 * y < x * x);
    return negative ? x - TAIL : TAIL - x;
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
