package io.stopline.campaign.robustness;

import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Victim;
import io.stopline.attacks.adaptive.EnsembleModel;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.TfliteModels;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import java.util.ArrayList;
import java.util.List;

/**
 * The bare members of a policy, rebuilt with gradients, as one victim that knows of no guard: its
 * scores are the mean of theirs. Belongs to one thread.
 */
public final class BareTwins implements AutoCloseable {

  private final List<DifferentiableModel> twins;

  private BareTwins(List<DifferentiableModel> twins) {
    this.twins = twins;
  }

  /**
   * Rebuilds the members.
   *
   * @throws io.stopline.config.ConfigException if the bundle cannot be used
   * @throws io.stopline.autodiff.UnsupportedOperatorException if a member has no gradients
   */
  public static BareTwins open(Bundle bundle, PolicyFile policy) {
    BareTwins opened = new BareTwins(new ArrayList<>());
    boolean done = false;
    try {
      for (String member : policy.policy().members()) {
        opened.twins.add(
            TfliteModels.open(bundle.modelBytes(member), bundle.model(member).input()));
      }
      done = true;
      return opened;
    } finally {
      if (!done) {
        opened.close();
      }
    }
  }

  /** The members, in the policy's order. */
  List<DifferentiableModel> models() {
    return List.copyOf(twins);
  }

  /** What attacks see. */
  public Victim victim() {
    return ModelVictim.of(new EnsembleModel(twins));
  }

  @Override
  public void close() {
    twins.forEach(DifferentiableModel::close);
    twins.clear();
  }
}
