package io.stopline.training.method;

import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import io.stopline.training.StepResult;
import io.stopline.training.method.Losses.Rows;
import org.jspecify.annotations.Nullable;

/**
 * Adversarial training: an attack on every batch at the present weights, then a loss of the
 * attacked images, and of the clean ones where it needs them. Belongs to one thread.
 */
final class AdversarialTraining implements TwoPhaseMethod {

  private final String name;
  private final Ascent ascent;
  private final RobustLoss loss;
  private final int warmup;
  private int calls;
  private int rightAtStart;
  private float[] attacked = new float[0];
  private float[] cotangent = new float[0];
  private float[] cleanCotangent = new float[0];

  /** The clean images' pass of {@link #prepare}, which {@link #descend} walks back as well. */
  private TrainableModel.@Nullable Training cleanPass;

  /**
   * @param warmup steps in which the budget grows from nothing to its size; 0: full at once
   */
  AdversarialTraining(String name, Ascent ascent, RobustLoss loss, int warmup) {
    this.name = name;
    this.ascent = ascent;
    this.loss = loss;
    this.warmup = warmup;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void prepare(TrainableModel model, Batch batch, RandomStream random) {
    closePass();
    int count = batch.count();
    int classes = model.classes();
    attacked = Buffers.of(attacked, count * model.shape().size());
    double scale = calls < warmup ? (calls + 1.0) / warmup : 1;
    calls++;
    try {
      Rows clean = Rows.of(attacked, 0, classes);
      if (loss.attackNeedsClean()) {
        // This pass is used for the gradient too: it stays open under the attack's recordings.
        cleanPass = model.train(batch.images(), count);
        clean = Rows.of(cleanPass.logits(), count, classes);
      }
      Ascent.Climb climb = loss.climb(clean, batch.labels());
      rightAtStart = ascent.walk(model, batch, count, scale, random.nextLong(), climb, attacked);
    } catch (RuntimeException e) {
      closePass();
      throw e;
    }
  }

  @Override
  public StepResult descend(TrainableModel model, Batch batch, float[] gradient) {
    int count = batch.count();
    int classes = model.classes();
    cotangent = Buffers.zeros(cotangent, count * classes);
    cleanCotangent = Buffers.zeros(cleanCotangent, count * classes);
    try (TrainableModel.Training training = model.train(attacked, count)) {
      Rows rows = Rows.of(training.logits(), count, classes);
      int rightAttacked = Losses.right(rows, batch.labels());
      if (!loss.needsClean()) {
        double value = loss.loss(rows, cotangent, rows, cotangent, batch.labels());
        training.backward(cotangent, gradient, null);
        return new StepResult(value, rightAtStart, rightAttacked, count);
      }
      TrainableModel.Training open = cleanPass;
      if (open == null) {
        open = model.train(batch.images(), count);
        cleanPass = open;
      }
      Rows clean = Rows.of(open.logits(), count, classes);
      double value = loss.loss(clean, cleanCotangent, rows, cotangent, batch.labels());
      open.backward(cleanCotangent, gradient, null);
      training.backward(cotangent, gradient, null);
      return new StepResult(value, Losses.right(clean, batch.labels()), rightAttacked, count);
    } finally {
      closePass();
    }
  }

  private void closePass() {
    if (cleanPass != null) {
      cleanPass.close();
      cleanPass = null;
    }
  }

  @Override
  public float[] memory() {
    return new float[] {calls};
  }

  @Override
  public void restore(float[] memory) {
    calls = (int) memory[0];
  }

  @Override
  public void close() {
    closePass();
  }
}
