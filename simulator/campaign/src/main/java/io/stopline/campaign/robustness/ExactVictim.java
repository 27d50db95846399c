package io.stopline.campaign.robustness;

import io.stopline.attacks.ForwardingVictim;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.LogitLoss;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Objective;
import io.stopline.attacks.Victim;
import io.stopline.autodiff.ImageShape;
import io.stopline.campaign.model.TfliteBatchModel;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A model whose losses and gradients come from the rebuilt one, while success is what the exact
 * {@code .tflite} says: an attack does not stop where only the rebuilt model is wrong. Belongs to
 * one thread.
 */
final class ExactVictim extends ForwardingVictim {

  private final TfliteBatchModel exact;
  private final boolean rounds;

  /**
   * @param rebuilt gives losses and gradients; asks TensorFlow Lite where no gradient is wanted
   * @param exact the file as it ships, one image an invocation; stays the caller's
   * @param rounds whether the file computes in integers. The rebuilt model then may be right where
   *     the file is wrong already, so that the file is asked at every step; else it only has to
   *     confirm
   */
  ExactVictim(Victim rebuilt, TfliteBatchModel exact, boolean rounds) {
    super(rebuilt);
    this.exact = exact;
    this.rounds = rounds;
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
        int[] asked =
            IntStream.range(0, rows.length).filter(i -> rounds || into.success()[i]).toArray();
        int[] answers = answers(images, asked);
        for (int k = 0; k < asked.length; k++) {
          int row = rows[asked[k]];
          into.success()[asked[k]] =
              loss.reached(answers[k], inputs.labels()[row], targets == null ? -1 : targets[row]);
        }
      }
    };
  }

  @Override
  public boolean[] confirm(Inputs inputs, float[] images, boolean[] claimed) {
    boolean[] confirmed = claimed.clone();
    int[] asked = IntStream.range(0, claimed.length).filter(i -> claimed[i]).toArray();
    int[] answers = answers(images, asked);
    for (int k = 0; k < asked.length; k++) {
      confirmed[asked[k]] = answers[k] != inputs.labels()[asked[k]];
    }
    return confirmed;
  }

  /** What the file says of some of the images. */
  private int[] answers(float[] images, int[] some) {
    int size = shape().size();
    int classes = exact.classes();
    float[] pixels = images;
    if (some.length * size < images.length) {
      pixels = new float[some.length * size];
      for (int k = 0; k < some.length; k++) {
        System.arraycopy(images, some[k] * size, pixels, k * size, size);
      }
    }
    float[] scores = new float[some.length * classes];
    if (some.length > 0) {
      exact.logits(pixels, some.length, scores);
    }
    int[] answers = new int[some.length];
    for (int k = 0; k < answers.length; k++) {
      answers[k] = ModelVictim.answer(scores, k * classes, classes);
    }
    return answers;
  }
}
