package io.stopline.attacks;

import io.stopline.autodiff.BatchModel;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A bare model under attack. Success is a wrong label, or the target. Gradients come from the
 * differentiable model; whatever needs no gradient is asked of the query model, which may be a
 * faster or a more exact one (the {@code .tflite} itself). Closes nothing. Belongs to one thread.
 */
public final class ModelVictim implements Victim {

  private final BatchModel scores;
  private final @Nullable DifferentiableModel gradients;
  private final List<DifferentiableModel> surrogates;

  private ModelVictim(
      BatchModel scores,
      @Nullable DifferentiableModel gradients,
      List<DifferentiableModel> surrogates) {
    this.scores = scores;
    this.gradients = gradients;
    this.surrogates = List.copyOf(surrogates);
    if (gradients != null) {
      requireAlike(gradients);
    }
    this.surrogates.forEach(this::requireAlike);
  }

  /** A model that answers for itself. */
  public static ModelVictim of(DifferentiableModel model) {
    return new ModelVictim(model, model, List.of());
  }

  /**
   * A model with a separate one for score and label queries.
   *
   * @param scores gives the same scores
   * @throws IllegalArgumentException if the two differ in image size or number of classes
   */
  public static ModelVictim of(DifferentiableModel model, BatchModel scores) {
    return new ModelVictim(scores, model, List.of());
  }

  /** A model that has no gradients; attacks that need them refuse it. */
  public static ModelVictim withoutGradients(BatchModel scores) {
    return new ModelVictim(scores, null, List.of());
  }

  /**
   * The same with other models that the attacker has.
   *
   * @throws IllegalArgumentException if one differs in image size or number of classes
   */
  public ModelVictim withSurrogates(List<DifferentiableModel> others) {
    return new ModelVictim(scores, gradients, others);
  }

  @Override
  public ImageShape shape() {
    return scores.shape();
  }

  @Override
  public int classes() {
    return scores.classes();
  }

  @Override
  public BatchModel scores() {
    return scores;
  }

  @Override
  public Optional<DifferentiableModel> gradients() {
    return Optional.ofNullable(gradients);
  }

  @Override
  public List<DifferentiableModel> surrogates() {
    return surrogates;
  }

  @Override
  public Objective objective(Inputs inputs, LogitLoss loss, int @Nullable [] targets) {
    if (!inputs.shape().equals(shape())) {
      throw new IllegalArgumentException(
          "inputs of %s for a model that takes %s".formatted(inputs.shape(), shape()));
    }
    return new ModelObjective(inputs.labels(), loss, targets);
  }

  /** The class with the highest score; the first of equals. */
  public static int answer(float[] logits, int offset, int classes) {
    int best = 0;
    for (int i = 1; i < classes; i++) {
      if (logits[offset + i] > logits[offset + best]) {
        best = i;
      }
    }
    return best;
  }

  private void requireAlike(BatchModel other) {
    if (!other.shape().equals(shape()) || other.classes() != classes()) {
      throw new IllegalArgumentException(
          "one model takes %s and knows %d classes, the other takes %s and knows %d; they must be alike"
              .formatted(shape(), classes(), other.shape(), other.classes()));
    }
  }

  /** A loss over the model's scores. */
  private final class ModelObjective implements Objective {

    private final int[] labels;
    private final LogitLoss loss;
    private final int @Nullable [] targets;
    private float[] logits = new float[0];
    private float[] cotangent = new float[0];

    ModelObjective(int[] labels, LogitLoss loss, int @Nullable [] targets) {
      this.labels = labels;
      this.loss = loss;
      this.targets = targets;
    }

    @Override
    public ImageShape shape() {
      return ModelVictim.this.shape();
    }

    @Override
    public void evaluate(int[] rows, float[] images, Answers into) {
      if (rows.length == 0) {
        return;
      }
      int values = rows.length * classes();
      float[] gradient = into.gradient();
      if (gradient == null) {
        if (logits.length < values) {
          logits = new float[values];
        }
        scores.logits(images, rows.length, logits);
        judge(rows, logits, null, into);
        return;
      }
      if (gradients == null) {
        throw new UnsupportedOperationException(
            "the attack needs gradients, and this model has none; use an attack that only asks for "
                + "scores or labels: square, spsa, nes, hopskipjump");
      }
      if (cotangent.length != values) {
        cotangent = new float[values];
      }
      try (DifferentiableModel.Recording recording = gradients.record(images, rows.length)) {
        judge(rows, recording.logits(), cotangent, into);
        recording.backward(cotangent, gradient);
      }
    }

    private void judge(int[] rows, float[] scored, float @Nullable [] slopes, Answers into) {
      int classes = classes();
      for (int i = 0; i < rows.length; i++) {
        int label = labels[rows[i]];
        int target = targets == null ? -1 : targets[rows[i]];
        into.loss()[i] = (float) loss.evaluate(scored, i * classes, classes, label, target, slopes);
        into.success()[i] = loss.reached(answer(scored, i * classes, classes), label, target);
      }
    }
  }
}
