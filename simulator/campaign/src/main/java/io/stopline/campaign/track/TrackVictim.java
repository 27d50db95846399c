package io.stopline.campaign.track;

import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.ThreatModel.GuardKnowledge;
import io.stopline.attacks.Victim;
import io.stopline.attacks.adaptive.EnsembleModel;
import io.stopline.attacks.adaptive.GuardVictim;
import io.stopline.attacks.adaptive.LocalTwin;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.TfliteModels;
import io.stopline.campaign.robustness.LocalTwins;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.sdk.calibration.Calibration;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.ReleaseRule;
import io.stopline.sdk.guard.TrackPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A policy rebuilt with gradients, as somebody sees it who wants a label released: the frames are
 * to be as clear as the policy's release asks, and never odd. Belongs to one thread.
 */
final class TrackVictim implements AutoCloseable {

  private final List<DifferentiableModel> members = new ArrayList<>();
  private final List<LocalTwin> locals = new ArrayList<>();
  private final GuardPolicy policy;
  private final Calibration calibration;

  private TrackVictim(GuardPolicy policy, Calibration calibration) {
    this.policy = policy;
    this.calibration = calibration;
  }

  /**
   * Rebuilds the models.
   *
   * @throws io.stopline.config.ConfigException if the bundle cannot be used
   * @throws io.stopline.autodiff.UnsupportedOperatorException if a member has no gradients
   */
  static TrackVictim open(Bundle bundle, PolicyFile file) {
    GuardPolicy policy = file.policy();
    TrackVictim opened =
        new TrackVictim(policy, clear(bundle.calibration(file).calibration(), policy.track()));
    boolean done = false;
    try {
      for (String member : policy.members()) {
        opened.members.add(
            TfliteModels.open(bundle.modelBytes(member), bundle.model(member).input()));
      }
      opened.locals.addAll(LocalTwins.open(bundle, policy));
      done = true;
      return opened;
    } finally {
      if (!done) {
        opened.close();
      }
    }
  }

  /** Thresholds at which frames are clear: the calibration's, or the release's where lower. */
  private static Calibration clear(Calibration calibration, TrackPolicy track) {
    ReleaseRule release = track.release();
    double most = release == null ? 1 : release.clearScore();
    return new Calibration(
        Arrays.stream(calibration.scores()).map(score -> Math.min(score, most)).toArray());
  }

  /** The mean of the members' probabilities, for somebody who knows of no guard. */
  Victim bare() {
    return ModelVictim.of(new EnsembleModel(members));
  }

  /**
   * The whole guard.
   *
   * @param draws of each random view a gradient, at least 1
   * @param seed of the attacker's own draws
   */
  Victim guard(int draws, long seed) {
    return GuardVictim.of(policy, calibration, members, locals, GuardKnowledge.POLICY, draws, seed);
  }

  @Override
  public void close() {
    locals.forEach(LocalTwin::close);
    members.forEach(DifferentiableModel::close);
  }
}
