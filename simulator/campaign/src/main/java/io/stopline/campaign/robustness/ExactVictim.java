package io.stopline.campaign.robustness;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.LogitLoss;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Objective;
import io.stopline.attacks.Victim;
import io.stopline.autodiff.BatchModel;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;
import io.stopline.campaign.model.TfliteBatchModel;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A quantised model whose losses and gradients come from its float twin, while success is what the
 * exact {@code .tflite} says: an attack does not stop where only the twin has fallen.
 */
final class ExactVictim implements Victim {

  private final Victim twin;
  private final TfliteBatchModel exact;

  ExactVictim(Victim twin, TfliteBatchModel exact) {
    this.twin = twin;
    this.exact = exact;
  }

  @Override
  public ImageShape shape() {
    return twin.shape();
  }

  @Override
  public int classes() {
    return twin.classes();
  }

  @Override
  public BatchModel scores() {
    return twin.scores();
  }

  @Override
  public Optional<DifferentiableModel> gradients() {
    return twin.gradients();
  }

  @Override
  public List<DifferentiableModel> surrogates() {
    return twin.surrogates();
  }

  @Override
  public Objective objective(Inputs inputs, LogitLoss loss, int @Nullable [] targets) {
    Objective objective = twin.objective(inputs, loss, targets);
    return new Objective() {
      @Override
      public ImageShape shape() {
        return objective.shape();
      }

      @Override
      public void evaluate(int[] rows, float[] images, Answers into) {
        objective.evaluate(rows, images, into);
        if (into.gradient() == null) {
          return; // asked of TensorFlow Lite already
        }
        int classes = exact.classes();
        float[] scores = new float[rows.length * classes];
        exact.logits(images, rows.length, scores);
        for (int i = 0; i < rows.length; i++) {
          into.success()[i] =
              loss.reached(
                  ModelVictim.answer(scores, i * classes, classes),
                  inputs.labels()[rows[i]],
                  targets == null ? -1 : targets[rows[i]]);
        }
      }
    };
  }
}
