package io.stopline.campaign;

import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.ReadyGuard;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.tflite.RuntimeOptions;
import org.jspecify.annotations.Nullable;

/** What a bundle's own files and guard make of one frame after another. Belongs to one thread. */
public final class FrameJudge implements AutoCloseable {

  private final BareEnsemble ensemble;
  private final ReadyGuard ready;

  /**
   * @param policy its name, or null for the bundle's default
   * @throws io.stopline.config.ConfigException if the bundle cannot be used
   */
  public FrameJudge(Bundle bundle, @Nullable String policy) {
    RuntimeOptions options = RuntimeOptions.defaults().withThreads(1);
    ensemble = BareEnsemble.open(bundle, policy, options);
    boolean done = false;
    try {
      // Each inspection is given its seed.
      ready = GuardFactory.create(bundle, policy, options, InspectionSeeds.reproducible(0));
      done = true;
    } finally {
      if (!done) {
        ensemble.close();
      }
    }
  }

  /**
   * Judges a frame.
   *
   * @param crop of a sign of which the attacker wants errors
   * @param seen which frame, in which drive, and how high the sign is
   * @param seed of the guard's draws
   * @param track of this drive, which goes on
   */
  FrameScore score(Image crop, Seen seen, Aim aim, long seed, TrackState track) {
    float[] p = ensemble.probabilities(crop);
    int label = BareEnsemble.best(p);
    float probability = p[label];
    double margin = aim.margin(p);
    int first = BareEnsemble.best(ensemble.ofMember(0));
    Verdict v = ready.guard().replay(crop, seed, ready.guard().passesPerInspection(), track);
    int released = track.release().label();
    return new FrameScore(
        seen.frame(),
        seen.draw(),
        seen.heightPixels(),
        label,
        probability,
        margin,
        aim.errs(label),
        aim.errs(first),
        v.decision(),
        aim.isWrong(v.label()) && v.decision() == Decision.ACCEPT,
        aim.isRight(released),
        aim.isRight(released) ? -1 : released);
  }

  /** As {@link #score(Image, Seen, Aim, long, TrackState)}, for a sign that is there. */
  public FrameScore score(Image crop, Seen seen, int signClass, long seed, TrackState track) {
    return score(crop, seen, new Aim(signClass, false), seed, track);
  }

  /**
   * Which frame is judged.
   *
   * @param draw which drive it belongs to
   * @param heightPixels of the sign
   */
  public record Seen(int frame, int draw, double heightPixels) {}

  @Override
  public void close() {
    ensemble.close();
    ready.close();
  }
}
