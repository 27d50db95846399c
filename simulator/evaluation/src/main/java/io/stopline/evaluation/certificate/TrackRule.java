package io.stopline.evaluation.certificate;

import java.util.Arrays;

/**
 * How the scores of a track's frames become one: the {@code least}-th largest of the last {@code
 * of} near frames. It is above τ exactly if at least {@code least} of those frames are.
 *
 * @param least how many of the frames must be beyond τ, at least 1
 * @param of how many frames are looked at, at least {@code least}
 * @param from if above 0, the track is judged at every frame from this one on, and a track is odd
 *     if it ever is; if 0 it is judged once, at its end
 */
public record TrackRule(int least, int of, int from) {

  public TrackRule {
    if (least < 1 || of < least || from < 0) {
      throw new IllegalArgumentException(
          "%d of the last %d frames from frame %d on; give 1 or more of as many or more"
              .formatted(least, of, from));
    }
  }

  /** For people. */
  public String words() {
    return "at least %d of the last %d frames beyond the threshold, judged %s"
        .formatted(
            least,
            of,
            from == 0 ? "once, at the end" : "at every frame from %d on".formatted(from));
  }

  /**
   * What counts where a false alarm is an alarm at any time.
   *
   * @param scores of the frames, in the order in which the sign came nearer
   * @return −∞ if there are fewer frames than {@code least}
   */
  public double largest(double[] scores) {
    double most = Double.NEGATIVE_INFINITY;
    for (int end = first(scores.length); end <= scores.length; end++) {
      most = Math.max(most, at(scores, end));
    }
    return most;
  }

  /** What counts where a certificate must hold whenever the track is judged. */
  public double smallest(double[] scores) {
    double least = Double.POSITIVE_INFINITY;
    for (int end = first(scores.length); end <= scores.length; end++) {
      least = Math.min(least, at(scores, end));
    }
    return least;
  }

  /** After how many frames it is first judged: a track too short for it is judged at its end. */
  private int first(int frames) {
    return from == 0 || from >= frames ? frames : from;
  }

  private double at(double[] scores, int end) {
    double[] last = Arrays.copyOfRange(scores, Math.max(0, end - of), end);
    if (last.length < least) {
      return Double.NEGATIVE_INFINITY;
    }
    Arrays.sort(last);
    return last[last.length - least];
  }
}
