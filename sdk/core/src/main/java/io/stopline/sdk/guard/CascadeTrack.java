package io.stopline.sdk.guard;

/** What a cascade remembers of a track. Belongs to one thread. */
final class CascadeTrack {

  private int vouchedLabel = -1;
  private int vouched;
  private boolean accepted;
  private int follow;
  private double held;

  /** How often all checks have vouched for a label. */
  int vouched(int label) {
    return label == vouchedLabel ? vouched : 0;
  }

  /** Whether all checks have accepted it. */
  boolean isAccepted(int label) {
    return label == vouchedLabel && accepted;
  }

  /** How many of the next frames are for all checks. */
  int follow() {
    return follow;
  }

  /** What the checks that are no watches added to the fused score when all last looked. */
  double held() {
    return held;
  }

  /** All checks have looked; this is what those that are no watches add to the fused score. */
  void hold(double rest) {
    held = rest;
  }

  /** All checks have looked and vouch for a label. */
  void vouch(int label) {
    if (label != vouchedLabel) {
      vouchedLabel = label;
      vouched = 0;
      accepted = false;
    }
    vouched++;
    follow = Math.max(0, follow - 1);
  }

  /**
   * All checks have looked and do not vouch for anything.
   *
   * @param next so many frames are for all checks now, if that is more than there were
   */
  void object(int next) {
    follow = Math.max(follow - 1, next);
    forget();
  }

  /** All checks have accepted what they vouched for. */
  void accept(int label) {
    accepted |= label == vouchedLabel;
  }

  /** What was vouched for may be another thing now. */
  void forget() {
    vouchedLabel = -1;
    vouched = 0;
    accepted = false;
  }

  /** Becomes as another is. */
  void copyFrom(CascadeTrack other) {
    vouchedLabel = other.vouchedLabel;
    vouched = other.vouched;
    accepted = other.accepted;
    follow = other.follow;
    held = other.held;
  }
}
