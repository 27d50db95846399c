package io.stopline.sdk.guard;

import org.jspecify.annotations.Nullable;

/**
 * How the frames of a track are taken together. Only <em>near</em> frames take part: those in which
 * the guard judged what surely shows a sign and is large enough ({@link GuardPolicy.SignCheck}).
 *
 * @param suspectAfter so many of the last near frames must be odd to make the track suspect; null:
 *     one is enough, in the whole of the track, and a single odd frame is forgiven after many clear
 *     ones
 */
public record TrackPolicy(@Nullable Quorum suspectAfter) {

  /** The largest number of frames that a track remembers. */
  public static final int MOST_FRAMES = 64;

  /** Without rules of its own: the running maximum decides. */
  public static final TrackPolicy NONE = new TrackPolicy(null);

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
