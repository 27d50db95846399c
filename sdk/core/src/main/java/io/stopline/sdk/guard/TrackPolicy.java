package io.stopline.sdk.guard;

import io.stopline.sdk.calibration.Promise;
import org.jspecify.annotations.Nullable;

/**
 * How the frames of a track are taken together. Only <em>near</em> frames take part: those in which
 * the guard judged what surely shows a sign and is large enough ({@link GuardPolicy.SignCheck}).
 *
 * @param suspectAfter so many of the last near frames must be odd to make the track suspect; null:
 *     one is enough, in the whole of the track, and a single odd frame is forgiven after many clear
 *     ones
 * @param release when a label is released to the vehicle; null: none ever is, and a planner goes by
 *     single frames
 * @param promise in which sense the policy's false-alarm rate is promised
 * @param watch with which probability at most the watch over that promise may raise a false alarm
 *     ({@link io.stopline.sdk.calibration.PromiseWatch}), 0 to 0.5; 0: nobody watches
 */
public record TrackPolicy(
    @Nullable Quorum suspectAfter, @Nullable ReleaseRule release, Promise promise, double watch) {

  /** The largest number of frames that a track remembers. */
  public static final int MOST_FRAMES = 64;

  /**
   * Without rules of its own: the running maximum decides, nothing is released, the rate is
   * promised on average.
   */
  public static final TrackPolicy NONE = new TrackPolicy(null, null, Promise.MEAN, 0);

  /**
   * @throws IllegalArgumentException if a label could be released before enough frames were seen to
   *     suspect the track, or the watch is out of its range
   */
  public TrackPolicy {
    if (!(watch >= 0 && watch <= 0.5)) {
      throw new IllegalArgumentException(
          "false alarms of the watch of %s must lie in 0..0.5".formatted(watch));
    }
    if (suspectAfter != null
        && release != null
        && release.quorum().frames() < suspectAfter.frames()) {
      throw new IllegalArgumentException(
          "a label is released after %d frames, but a track cannot be suspect before %d; release after at least as many"
              .formatted(release.quorum().frames(), suspectAfter.frames()));
    }
  }

  /**
   * So many frames out of so many.
   *
   * @param frames at least this many, 1 to {@code of}
   * @param of the last near frames, at most {@value #MOST_FRAMES}
   */
  public record Quorum(int frames, int of) {

    /**
     * @throws IllegalArgumentException naming the value that is out of its range
     */
    public Quorum {
      if (of < 1 || of > MOST_FRAMES) {
        throw new IllegalArgumentException(
            "the last %d frames; give 1 to %d".formatted(of, MOST_FRAMES));
      }
      if (frames < 1 || frames > of) {
        throw new IllegalArgumentException(
            "%d of the last %d frames; give 1 to %d".formatted(frames, of, of));
      }
    }
  }
}
