package io.stopline.sdk.guard;

/**
 * How far a cascade went with one frame, and why. With the seed it is all that a replay needs: the
 * draws follow from the seed; what the track had behind it and whether there was a token, from
 * this.
 *
 * @param cause why stage 1 was due
 * @param watched whether a watch looked at stage 0
 * @param denied whether stage 1 was due, but there was no token for it
 * @param accepted whether all checks had accepted this label on this track before, and the frame is
 *     near: only then may stage 0 accept it
 * @param held what the checks that are no watches added to the fused score when all checks last
 *     looked at this track, 0..1; they are taken to say the same in frames that a watch looks at
 */
public record CascadeStep(
    Cause cause, boolean watched, boolean denied, boolean accepted, double held) {

  /** Why all members and checks are due. */
  public enum Cause {
    /** They are not: the frame ends at stage 0. */
    NONE("nothing"),
    /** By a secret draw. */
    AUDIT("a secret draw"),
    /** An earlier frame of the track was odd to all checks. */
    FOLLOW("an earlier frame of the track was odd"),
    /** The member that names the label failed, or a watch did. */
    FAILURE("a failure at stage 0"),
    /** The member that names the label is not sure. */
    UNSURE("its model is not sure of the label"),
    /** Stage 1 has not vouched for this label on this track. */
    FIRST("all checks have not vouched for this label on this track"),
    /** A watch's model names another group than the label's. */
    DISAGREEMENT("a watch's model names another group"),
    /** A watch's nonconformity is above its threshold. */
    ODD("a watch found it odd");

    private final String words;

    Cause(String words) {
      this.words = words;
    }

    /** Why, as the end of a sentence. */
    public String words() {
      return words;
    }

    /** Whether the picture itself spoke against the label. */
    boolean speaksAgainst() {
      return this == DISAGREEMENT || this == ODD;
    }
  }

  /** 0 or 1: which stage the frame ended at. */
  public int stage() {
    return cause == Cause.NONE || denied ? 0 : 1;
  }
}
