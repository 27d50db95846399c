package io.stopline.campaign;

import io.stopline.attacks.ScoreTarget;
import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.ReadyGuard;
import io.stopline.sdk.calibration.Calibration;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.ReleaseRule;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.sdk.random.RandomStream;
import io.stopline.tflite.RuntimeOptions;
import org.jspecify.annotations.Nullable;

/** Asks the whole guard, with random draws of its own for each sample. */
final class GuardSession extends ViewSession {
  private final BareEnsemble ensemble;
  private final ReadyGuard ready;
  private final long seed;
  private final double threshold;
  private final double sure;
  private final Aim aim;

  GuardSession(
      Bundle bundle,
      @Nullable String policy,
      RuntimeOptions options,
      SignViews.Viewer viewer,
      AlterationSpace space,
      Aim aim,
      long seed) {
    super(viewer, space);
    this.aim = aim;
    this.seed = seed;
    ensemble = BareEnsemble.open(bundle, policy, options);
    ready = GuardFactory.create(bundle, policy, options, InspectionSeeds.reproducible(seed));
    double accepted =
        threshold(
            bundle.calibration(bundle.policy(policy)).calibration(),
            ready.guard().policy().abstentionRate());
    ReleaseRule release = ready.guard().policy().track().release();
    // A vehicle acts on what is released: clear frames are asked for, not accepted ones.
    threshold = release == null ? accepted : Math.min(accepted, release.clearScore());
    sure = ready.guard().policy().minimumProbability();
  }

  /** The smallest score with which no label is accepted. */
  private static double threshold(Calibration calibration, double rate) {
    double low = 0;
    double high = 1;
    for (int i = 0; i < 30; i++) {
      double middle = (low + high) / 2;
      if (calibration.pValue(middle) <= rate) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  @Override
  public ScoreTarget.Answer ask(long sample) {
    Image crop = viewer.sample(sample);
    float[] p = ensemble.probabilities(crop);
    double margin = aim.margin(p);
    Verdict v =
        ready
            .guard()
            .replay(
                crop,
                RandomStream.derive(seed, sample),
                ready.guard().passesPerInspection(),
                new TrackState());
    if (v.decision() == Decision.NO_SIGN) {
      // What is dropped fools nobody into a label; it is worse than anything that is judged, and
      // the more so the less it looks like a sign.
      return new ScoreTarget.Answer(2 - v.signScore(), false);
    }
    boolean fooled =
        aim.isWrong(v.label()) && v.decision() == Decision.ACCEPT && v.score() <= threshold;
    // Joint: a wrong label, a score below the threshold with room for the worst frame of a
    // track, and a label that is sure enough; the worst of the three counts double.
    double noticed = (v.score() - 0.8 * threshold) / Math.max(0.05, threshold);
    double unsure = margin < 0 ? sure + 0.05 - v.probability() : margin;
    double worst = Math.max(margin, Math.max(Math.min(1, noticed), unsure));
    double mean = (Math.max(-0.3, margin) + Math.min(1, Math.max(-0.3, noticed)) + unsure) / 3;
    return new ScoreTarget.Answer(0.5 * worst + 0.5 * mean, fooled);
  }

  @Override
  public void close() {
    ensemble.close();
    ready.close();
  }
}
