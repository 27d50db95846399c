package io.stopline.campaign;

import io.stopline.attacks.ScoreTarget;
import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.ReadyGuard;
import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.guard.Cascade;
import io.stopline.sdk.guard.CascadeStep;
import io.stopline.sdk.guard.CascadeStep.Cause;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.sdk.random.RandomStream;
import io.stopline.tflite.RuntimeOptions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Asks how far a view is from being shown to all checks on a track whose label they have accepted
 * before: what makes a guard with a cascade expensive, and in the end its tokens run out.
 */
final class CostSession extends ViewSession {

  /**
   * A track that the cascade has accepted the label of, so that only the picture can ask for more.
   */
  private static final CascadeStep ACCEPTED = new CascadeStep(Cause.NONE, false, false, true, 0);

  private final BareEnsemble ensemble;
  private final ReadyGuard ready;
  private final Cascade cascade;
  private final long seed;

  /**
   * @param policy with a cascade
   */
  CostSession(
      Bundle bundle,
      @Nullable String policy,
      RuntimeOptions options,
      SignViews.Viewer viewer,
      AlterationSpace space,
      long seed) {
    super(viewer, space);
    this.cascade =
        Objects.requireNonNull(bundle.policy(policy).policy().cascade(), "a policy with a cascade");
    this.seed = seed;
    ensemble = BareEnsemble.open(bundle, policy, options);
    ready = GuardFactory.create(bundle, policy, options, InspectionSeeds.reproducible(seed));
  }

  @Override
  public ScoreTarget.Answer ask(long sample) {
    Image crop = viewer.sample(sample);
    ensemble.probabilities(crop);
    float[] named = ensemble.ofMember(cascade.label());
    double margin = named[BareEnsemble.best(named)] - cascade.sureProbability();
    Verdict verdict =
        ready
            .guard()
            .replay(
                crop,
                RandomStream.derive(seed, sample),
                ready.guard().passesPerInspection(),
                Sighting.NONE,
                ACCEPTED,
                new TrackState());
    for (Cascade.Watch watch : cascade.watches()) {
      double odd = verdict.checks().get(watch.check()).nonconformity();
      margin = Double.isNaN(odd) ? margin : Math.min(margin, watch.threshold() - odd);
    }
    CascadeStep step = verdict.cascade();
    boolean asked = step != null && step.stage() == 1 && step.cause() != Cause.AUDIT;
    return new ScoreTarget.Answer(asked ? Math.min(0, margin) : Math.max(0, margin), asked);
  }

  @Override
  public void close() {
    ensemble.close();
    ready.close();
  }
}
