package io.stopline.evaluation.road;

/** What a find is, by the true boxes of its frame. */
public enum FindKind {
  /** On a sign that is to be found, and the first there. */
  RIGHT(false),
  /** On a labelled sign that is smaller than those to be found. */
  SMALL(false),
  /** On a real sign of another kind, or one that is not to be judged. */
  OTHER_SIGN(false),
  /** On a sign that a better find has found already. */
  DOUBLE(true),
  /** Touches a sign that is to be found, but too badly placed to count. */
  MISPLACED(true),
  /** On no sign at all. */
  BACKGROUND(true);

  private final boolean counts;

  FindKind(boolean counts) {
    this.counts = counts;
  }

  /** Whether it counts as a false find. */
  public boolean isFalse() {
    return counts;
  }
}
