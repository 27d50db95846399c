package io.stopline.campaign;

import io.stopline.attacks.ScoreTarget;
import io.stopline.config.Bundle;
import io.stopline.tflite.RuntimeOptions;
import org.jspecify.annotations.Nullable;

/** Asks the bare ensemble. */
final class EnsembleSession extends ViewSession {
  private final BareEnsemble ensemble;
  private final Aim aim;

  EnsembleSession(
      Bundle bundle,
      @Nullable String policy,
      RuntimeOptions options,
      SignViews.Viewer viewer,
      AlterationSpace space,
      Aim aim) {
    super(viewer, space);
    this.aim = aim;
    ensemble = BareEnsemble.open(bundle, policy, options);
  }

  @Override
  public ScoreTarget.Answer ask(long sample) {
    double margin = aim.margin(ensemble.probabilities(viewer.sample(sample)));
    return new ScoreTarget.Answer(margin, margin < 0);
  }

  @Override
  public void close() {
    ensemble.close();
  }
}
