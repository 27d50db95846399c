package io.stopline.evaluation.road;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.TrackBootstrap;
import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;
import java.util.Locale;

/**
 * How often something happens a frame (or a still), which may be more than once, with its 95 %
 * interval.
 *
 * @param value {@code count / of}; NaN if {@code of} is 0
 * @param low lower end of the interval
 * @param high upper end of the interval
 * @param count how often in all
 * @param of in how many frames
 */
public record FrameMean(double value, double low, double high, long count, long of) {

  private static final double TAIL = 0.025;

  /**
   * The mean with a percentile interval by resampling frames (Davison and Hinkley 1997, section
   * 5.3.1). Where nothing happened resampling shows no spread; the upper end is then that of a
   * Clopper–Pearson interval over frames.
   *
   * @param counts one a frame
   * @param seed decides the resampling
   */
  public static FrameMean of(int[] counts, long seed) {
    int frames = counts.length;
    long all = Arrays.stream(counts).asLongStream().sum();
    if (frames == 0 || all == 0) {
      Rate none = Rate.of(0, frames);
      return new FrameMean(none.value(), none.low(), none.high(), 0, frames);
    }
    RandomStream random = new RandomStream(seed);
    double[] means = new double[TrackBootstrap.RESAMPLES];
    for (int r = 0; r < means.length; r++) {
      long sum = 0;
      for (int f = 0; f < frames; f++) {
        sum += counts[random.nextInt(frames)];
      }
      means[r] = (double) sum / frames;
    }
    Arrays.sort(means);
    return new FrameMean(
        (double) all / frames,
        TrackBootstrap.quantile(means, TAIL),
        TrackBootstrap.quantile(means, 1 - TAIL),
        all,
        frames);
  }

  /** The same a minute, a second or the like: all but the counts times a factor. */
  public FrameMean times(double factor) {
    return new FrameMean(value * factor, low * factor, high * factor, count, of);
  }

  /** {@code {"value", "low", "high", "count", "of"}}; a value that is not known is null. */
  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    if (Double.isNaN(value)) {
      node.putNull("value");
    } else {
      node.put("value", rounded(value));
    }
    return node.put("low", rounded(low))
        .put("high", rounded(high))
        .put("count", count)
        .put("of", of);
  }

  private static double rounded(double x) {
    return Math.rint(x * 1e6) / 1e6;
  }

  /** For people: {@code 0.103 (0.070–0.140, 62 in 600)}. */
  @Override
  public String toString() {
    return of == 0
        ? "unknown (none)"
        : String.format(Locale.ROOT, "%.3f (%.3f–%.3f, %d in %d)", value, low, high, count, of);
  }
}
