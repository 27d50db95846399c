package io.stopline.attacks;

import io.stopline.autodiff.BatchModel;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A victim that asks another one for everything; what is to be otherwise is overridden. As
 * thread-safe as the other one.
 */
public abstract class ForwardingVictim implements Victim {

  private final Victim victim;

  /**
   * @param victim that is asked
   */
  protected ForwardingVictim(Victim victim) {
    this.victim = victim;
  }

  /** The victim that is asked. */
  protected final Victim victim() {
    return victim;
  }

  @Override
  public ImageShape shape() {
    return victim.shape();
  }

  @Override
  public int classes() {
    return victim.classes();
  }

  @Override
  public BatchModel scores() {
    return victim.scores();
  }

  @Override
  public Optional<DifferentiableModel> gradients() {
    return victim.gradients();
  }

  @Override
  public List<DifferentiableModel> surrogates() {
    return victim.surrogates();
  }

  @Override
  public Objective objective(Inputs inputs, LogitLoss loss, int @Nullable [] targets) {
    return victim.objective(inputs, loss, targets);
  }

  @Override
  public boolean[] confirm(Inputs inputs, float[] images, boolean[] claimed) {
    return victim.confirm(inputs, images, claimed);
  }

  @Override
  public void nearness(Inputs inputs, float[] into) {
    victim.nearness(inputs, into);
  }
}
