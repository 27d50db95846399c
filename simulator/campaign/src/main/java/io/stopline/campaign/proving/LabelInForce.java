package io.stopline.campaign.proving;

/**
 * Which label of a sign a vehicle acts on, frame by frame up to the decision point and beyond.
 * Belongs to one thread.
 */
final class LabelInForce {

  private static final int NONE = -1;

  private final int signClass;
  private final double decisionMetres;
  private int now = NONE;
  private int atDecision = NONE;
  private boolean suspectedByThen;
  private boolean suspected;
  private boolean right;
  private int firstWrong = NONE;

  /**
   * @param signClass what the sign is; −1 where there is none: then no label is the right one
   * @param decisionMetres before which a label must be in force
   */
  LabelInForce(int signClass, double decisionMetres) {
    this.signClass = signClass;
    this.decisionMetres = decisionMetres;
  }

  /**
   * A frame.
   *
   * @param metres to the sign
   * @param label in force from now on; −1 for none
   * @param suspect whether the sign is suspected in this frame
   */
  void see(double metres, int label, boolean suspect) {
    now = label;
    suspected |= suspect;
    right |= label == signClass;
    if (label != NONE && label != signClass && firstWrong == NONE) {
      firstWrong = label;
    }
    if (metres >= decisionMetres) {
      atDecision = now;
      suspectedByThen = suspected;
    }
  }

  /** In force at the decision point; −1 for none. */
  int atDecision() {
    return atDecision;
  }

  Standing standing() {
    if (atDecision == NONE && suspectedByThen) {
      return Standing.SUSPECTED;
    }
    if (atDecision == NONE && signClass != NONE) {
      return Standing.UNDECIDED;
    }
    return atDecision == signClass ? Standing.RIGHT : Standing.WRONG;
  }

  boolean rightInForce() {
    return right;
  }

  /** The first wrong label that was in force; −1 for none. */
  int firstWrong() {
    return firstWrong;
  }

  boolean suspected() {
    return suspected;
  }
}
