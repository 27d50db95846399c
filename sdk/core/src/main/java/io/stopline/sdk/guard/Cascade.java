package io.stopline.sdk.guard;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How much of a guard looks at a frame before all of it does. Stage 0: one member names the label,
 * and some checks, the watches, look at a secret share of the frames. Stage 1, all members and all
 * checks, follows where the label has not been vouched for on this track, the member is not sure, a
 * watch objects, or by a secret draw.
 *
 * <p>Nothing that steers it depends on a calibration, so that a calibration can be made by the same
 * steps.
 *
 * @param label number of the member that names the label at stage 0
 * @param sureProbability labels that it gives less are for stage 1, 0..1
 * @param watches the checks of stage 0; may be none
 * @param auditShare of the frames goes to stage 1 by a secret draw, whatever stage 0 says, 0..1;
 *     needs no token
 * @param firstFrames so many times must stage 1 have vouched for a label on a track before stage 0
 *     may accept it there, 1..100
 * @param followFrames so many frames of a track go to stage 1 after one that scored above {@code
 *     clearScore} there, 0..1000
 * @param clearScore stage 1 vouches for a label that it names as stage 0 does, as sure as the
 *     policy asks for and at no more than this fused score, 0..1
 * @param nearSide regions with a smaller width or height end at stage 0 and are not accepted, px,
 *     0..4096
 * @param verifierShare what of the frames whose label stage 0 accepts, on a track that is confirmed
 *     as a sign, the policy's verifier looks at by a secret draw, 0..1; at all others it always
 *     does
 * @param escalationsPerFrame tokens that each frame brings, above 0 and at most 100; a visit to
 *     stage 1 that is no audit takes one, and without one the guard abstains
 * @param burst tokens that can be saved up, at least 1 and at most 100000
 */
public record Cascade(
    int label,
    double sureProbability,
    List<Watch> watches,
    double auditShare,
    int firstFrames,
    int followFrames,
    double clearScore,
    int nearSide,
    double verifierShare,
    double escalationsPerFrame,
    int burst) {

  /** So many tokens are never used up. */
  private static final int PLENTY = 100_000;

  /**
   * A check of the policy that looks at stage 0.
   *
   * @param check its number in the policy
   * @param share of the frames that it looks at, above 0 and at most 1; drawn secretly
   * @param threshold a nonconformity above this goes to stage 1, 0..1
   */
  public record Watch(int check, double share, double threshold) {
    /**
     * @throws IllegalArgumentException naming the value that is out of its range
     */
    public Watch {
      if (check < 0) {
        throw new IllegalArgumentException("there is no check number " + check);
      }
      if (!(share > 0 && share <= 1)) {
        throw new IllegalArgumentException(
            "share %s of a watch must be above 0 and at most 1".formatted(share));
      }
      unit("threshold of a watch", threshold);
    }
  }

  /**
   * @throws IllegalArgumentException naming the value that is out of its range
   */
  public Cascade {
    watches = List.copyOf(watches);
    if (label < 0) {
      throw new IllegalArgumentException("there is no member number " + label);
    }
    unit("sure probability of a cascade", sureProbability);
    unit("audit share of a cascade", auditShare);
    unit("clear score of a cascade", clearScore);
    unit("verifier share of a cascade", verifierShare);
    range("first frames of a cascade", firstFrames, 1, 100);
    range("follow frames of a cascade", followFrames, 0, 1000);
    range("near side of a cascade", nearSide, 0, 4096);
    if (!(escalationsPerFrame > 0 && escalationsPerFrame <= 100)) {
      throw new IllegalArgumentException(
          "escalations %s a frame must be above 0 and at most 100".formatted(escalationsPerFrame));
    }
    range("burst of escalations", burst, 1, PLENTY);
    Set<Integer> seen = new HashSet<>();
    for (Watch watch : watches) {
      if (!seen.add(watch.check())) {
        throw new IllegalArgumentException(
            "check number %d watches twice; name it once".formatted(watch.check()));
      }
    }
  }

  private static void unit(String what, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException("%s is %s; it must lie in 0..1".formatted(what, value));
    }
  }

  private static void range(String what, int value, int low, int high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(
          "%s: %d; must be %d..%d".formatted(what, value, low, high));
    }
  }

  /** The same, whose tokens never run out: for scoring clean tracks. */
  public Cascade unlimited() {
    return new Cascade(
        label,
        sureProbability,
        watches,
        auditShare,
        firstFrames,
        followFrames,
        clearScore,
        nearSide,
        verifierShare,
        100,
        PLENTY);
  }

  /**
   * The chance that all checks look at least once at a track.
   *
   * @param frames near ones
   * @param objection the chance that a frame that every watch looks at is sent on by one of them: 0
   *     for an attacker who pleases the label's model and all watches, 1 for one who pleases the
   *     model alone
   */
  public double chanceOfAll(int frames, double objection) {
    double unwatched = 1;
    for (Watch watch : watches) {
      unwatched *= 1 - watch.share();
    }
    double each = auditShare + (1 - auditShare) * (1 - unwatched) * objection;
    return 1 - Math.pow(1 - each, frames);
  }
}
