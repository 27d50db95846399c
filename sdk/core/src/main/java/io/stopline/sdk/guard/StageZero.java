package io.stopline.sdk.guard;

import io.stopline.sdk.guard.CascadeStep.Cause;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first stage of a cascade: names the label by one member, has the watches look at a secret
 * share of the frames, and says whether all members and checks are due. Belongs to one thread.
 */
final class StageZero {

  /** Streams of an inspection's seed that no pass has; passes count up from 0. */
  private static final long AUDIT_STREAM = -1;

  private static final long FIRST_WATCH_STREAM = -2;

  private static final long VERIFIER_STREAM = Long.MIN_VALUE;

  private final Cascade cascade;
  private final Passes passes;
  private final EscalationBucket bucket;
  private final Watches watches;
  private int named = -1;

  /** The guard's checks, as stage 0 asks them. */
  interface Watches {

    /**
     * Has a check look at no more than it asked for itself.
     *
     * @return whether it could
     */
    boolean look(int check, Budget budget, List<String> reasons);

    /** What it gave. */
    double nonconformity(int check);

    /** Whether what it saw is of another group than the label. */
    boolean disagrees(int check);
  }

  StageZero(Cascade cascade, Passes passes, Watches watches) {
    this.cascade = cascade;
    this.passes = passes;
    this.watches = watches;
    this.bucket = new EscalationBucket(cascade.escalationsPerFrame(), cascade.burst());
  }

  /** A region of this frame is about to be inspected. */
  void frame(String source, long sequence) {
    bucket.frame(source, sequence);
  }

  /**
   * Looks at a crop. Where the budget is exhausted afterwards, the step only says how far it came.
   *
   * @param recorded what came of it when it was first inspected, for a replay; null: by the track
   * @param live whether visits to stage 1 take tokens; else all are granted unless recorded
   *     otherwise
   */
  CascadeStep look(
      Image crop,
      long seed,
      Budget budget,
      List<String> reasons,
      CascadeTrack track,
      @Nullable CascadeStep recorded,
      boolean live) {
    named = -1;
    double held = recorded == null ? track.held() : recorded.held();
    boolean audit = isDrawn(seed, AUDIT_STREAM, cascade.auditShare());
    boolean ran = passes.runAlone(cascade.label(), budget, reasons);
    if (!ran && budget.exhausted()) {
      return new CascadeStep(Cause.NONE, false, false, false, held);
    }
    named = ran ? passes.label() : -1;
    if (audit) {
      return new CascadeStep(Cause.AUDIT, false, false, false, held);
    }
    if (Math.min(crop.width(), crop.height()) < cascade.nearSide()) {
      return new CascadeStep(Cause.NONE, false, false, false, held);
    }
    boolean accepted = recorded == null ? track.isAccepted(named) : recorded.accepted();
    Cause cause = known(ran, track, recorded);
    boolean watched = false;
    for (int w = 0; w < cascade.watches().size() && cause == Cause.NONE; w++) {
      Cascade.Watch watch = cascade.watches().get(w);
      if (!isDrawn(seed, FIRST_WATCH_STREAM - w, watch.share())) {
        continue;
      }
      if (!watches.look(watch.check(), budget, reasons)) {
        if (budget.exhausted()) {
          return new CascadeStep(Cause.NONE, watched, false, false, held);
        }
        cause = Cause.FAILURE;
        break;
      }
      watched = true;
      cause =
          watches.disagrees(watch.check())
              ? Cause.DISAGREEMENT
              : watches.nonconformity(watch.check()) > watch.threshold() ? Cause.ODD : Cause.NONE;
    }
    boolean denied = cause != Cause.NONE && !isGranted(recorded, live);
    return new CascadeStep(cause, watched, denied, accepted, held);
  }

  /** Why stage 1 is due before any watch has looked. */
  private Cause known(boolean ran, CascadeTrack track, @Nullable CascadeStep recorded) {
    boolean follow = recorded == null ? track.follow() > 0 : recorded.cause() == Cause.FOLLOW;
    if (follow) {
      return Cause.FOLLOW;
    }
    if (!ran) {
      return Cause.FAILURE;
    }
    if (named == passes.nothing() || passes.ensemble()[named] < cascade.sureProbability()) {
      return Cause.UNSURE;
    }
    boolean first =
        recorded == null
            ? track.vouched(named) < cascade.firstFrames()
            : recorded.cause() == Cause.FIRST;
    return first ? Cause.FIRST : Cause.NONE;
  }

  /** Whether a check of the policy is a watch. */
  boolean isWatch(int check) {
    for (int w = 0; w < cascade.watches().size(); w++) {
      if (cascade.watches().get(w).check() == check) {
        return true;
      }
    }
    return false;
  }

  /** Whether any frame may do without the verifier. */
  boolean maySpareVerifier() {
    return cascade.verifierShare() < 1;
  }

  /**
   * Whether the verifier need not look at a frame of a confirmed track: all checks have accepted
   * its label before, nothing speaks against it now, and the draw did not choose it.
   */
  boolean sparesVerifier(CascadeStep step, long seed) {
    return step.cause() == Cause.NONE
        && step.accepted()
        && !isDrawn(seed, VERIFIER_STREAM, cascade.verifierShare());
  }

  private boolean isGranted(@Nullable CascadeStep recorded, boolean live) {
    return recorded != null ? !recorded.denied() : !live || bucket.take();
  }

  private static boolean isDrawn(long seed, long stream, double share) {
    return (RandomStream.derive(seed, stream) >>> 11) * 0x1.0p-53 < share;
  }

  /**
   * All checks have looked: what that means for the frames of the track to come.
   *
   * @param fit whether the label is sure enough, no check refuses it and this is surely a sign: all
   *     that an acceptance takes beside a score that is low among clean tracks
   * @param rest what the checks that are no watches add to the score
   */
  void remember(CascadeTrack track, int label, boolean fit, double score, double rest) {
    track.hold(rest);
    boolean vouches = fit && label == named && score <= cascade.clearScore();
    if (vouches) {
      track.vouch(label);
    } else {
      track.object(score > cascade.clearScore() ? cascade.followFrames() : 0);
    }
  }

  /** Why a frame that ended here is not accepted. */
  String reason(CascadeStep step, Image crop) {
    if (step.denied()) {
      return "all checks were due (%s), but the visits that the policy allows are used up; %s a frame come anew"
          .formatted(step.cause().words(), cascade.escalationsPerFrame());
    }
    return Math.min(crop.width(), crop.height()) < cascade.nearSide()
        ? "the region of %d×%d px is smaller than the %d px from which on all checks may look"
            .formatted(crop.width(), crop.height(), cascade.nearSide())
        : "all checks have looked at this label on this track and not accepted it";
  }
}
