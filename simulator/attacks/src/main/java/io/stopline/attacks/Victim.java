package io.stopline.attacks;

import io.stopline.autodiff.BatchModel;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an attack may touch: a bare model, or a guard seen through the eyes of an attacker. Belongs
 * to one thread at a time.
 */
public interface Victim {

  /** Size of the images that it takes. */
  ImageShape shape();

  /** Number of classes. */
  int classes();

  /** For score and label queries. For a guard: the ensemble's scores under fresh draws. */
  BatchModel scores();

  /** For gradients; empty for a model that cannot be rebuilt. */
  Optional<DifferentiableModel> gradients();

  /** Other models that the attacker has, for transfer; may be empty. */
  List<DifferentiableModel> surrogates();

  /**
   * What to maximise for these inputs. The success that it reports is the one that counts: for a
   * bare model a wrong label (or the target), for a guard a wrong label that is accepted.
   *
   * <p>Which label is wrong enough is for {@link LogitLoss#reached} to say: with targets it is the
   * target, unless the loss uses targets as a mere direction.
   *
   * @param targets the wanted class of each input; null for untargeted attacks
   */
  Objective objective(Inputs inputs, LogitLoss loss, int @Nullable [] targets);

  /** How many inputs should be attacked at once at most, so that memory stays within bounds. */
  default int largestBatch() {
    return Math.min(
        scores().largestBatch(),
        gradients().map(DifferentiableModel::largestBatch).orElse(Integer.MAX_VALUE));
  }

  /**
   * Asks the file that ships about finished candidates, where that is somebody else than whom the
   * attack has been asking: a rebuilt model may be wrong in the last digits. For attacks made of
   * several, so that the next one gets what has not really fallen. It is not there to choose by.
   *
   * @param images one candidate an input, NHWC, 0..1
   * @param claimed what the attack takes for a success
   * @return of the claimed ones those that are confirmed; all of them where nobody knows better
   */
  default boolean[] confirm(Inputs inputs, float[] images, boolean[] claimed) {
    return claimed.clone();
  }

  /**
   * How near each class is to each input, for attacks that try the nearest ones: the scores, unless
   * something else than the scores decides what is accepted.
   *
   * @param into receives {@code inputs.count() × classes()} numbers; more is nearer
   */
  default void nearness(Inputs inputs, float[] into) {
    scores().logits(inputs.images(), inputs.count(), into);
  }
}
