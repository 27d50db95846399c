package io.stopline.evaluation;

import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;

/**
 * Intervals for rates of frames. Frames of one track are not independent, so tracks are resampled,
 * not frames (cluster bootstrap with percentile interval; Davison and Hinkley 1997, sections 3.8
 * and 5.3.1).
 */
public final class TrackBootstrap {

  /** Enough for the third digit of the ends of an interval. */
  public static final int RESAMPLES = 2000;

  private TrackBootstrap() {}

  /**
   * The rate of hits among all frames. Where no track has a hit, or every frame of every track is
   * one, resampling shows no spread at all; the interval is then the Clopper–Pearson interval over
   * tracks.
   *
   * @param hits per track, how many of its frames are hits
   * @param frames per track, how many frames it has, at least 1
   * @param seed decides the resampling
   */
  public static Rate rate(int[] hits, int[] frames, long seed) {
    if (hits.length != frames.length) {
      throw new IllegalArgumentException(
          "%d hit counts for %d tracks".formatted(hits.length, frames.length));
    }
    long allHits = Arrays.stream(hits).asLongStream().sum();
    long allFrames = Arrays.stream(frames).asLongStream().sum();
    int tracks = hits.length;
    if (allHits == 0 || allHits == allFrames) {
      double[] interval = Rate.clopperPearson(allHits == 0 ? 0 : tracks, tracks);
      double value = allFrames == 0 ? Double.NaN : (double) allHits / allFrames;
      return new Rate(value, interval[0], interval[1], allHits, allFrames);
    }
    RandomStream random = new RandomStream(seed);
    double[] rates = new double[RESAMPLES];
    for (int r = 0; r < RESAMPLES; r++) {
      long hit = 0;
      long frame = 0;
      for (int t = 0; t < tracks; t++) {
        int drawn = random.nextInt(tracks);
        hit += hits[drawn];
        frame += frames[drawn];
      }
      rates[r] = (double) hit / frame;
    }
    Arrays.sort(rates);
    return new Rate(
        (double) allHits / allFrames,
        quantile(rates, Rate.TAIL),
        quantile(rates, 1 - Rate.TAIL),
        allHits,
        allFrames);
  }

  /** A quantile of sorted values, interpolated (type 7 of Hyndman and Fan 1996). */
  public static double quantile(double[] sorted, double probability) {
    double position = probability * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}
