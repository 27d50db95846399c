package io.stopline.campaign.robustness;

import io.stopline.attacks.ForwardingVictim;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.LogitLoss;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Objective;
import io.stopline.attacks.Victim;
import io.stopline.autodiff.ImageShape;
import io.stopline.campaign.model.TfliteBatchModel;
import org.jspecify.annotations.Nullable;

/**
 * A quantised model whose losses and gradients come from its float twin, while success is what the
 * exact {@code .tflite} says: an attack does not stop where only the twin has fallen.
 */
final class ExactVictim extends ForwardingVictim {

  private final TfliteBatchModel exact;

  ExactVictim(Victim twin, TfliteBatchModel exact) {
    super(twin);
    this.exact = exact;
  }

  @Override
  public Objective objective(Inputs inputs, LogitLoss loss, int @Nullable [] targets) {
    Objective objective = victim().objective(inputs, loss, targets);
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
