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
  private final @Nullable CollapseGuard guard;
  private int calls;
  private int rightAtStart;
  private float[] attacked = new float[0];
  private float[] cotangent = new float[0];
  private float[] cleanCotangent = new float[0];

  /** The clean images' pass of {@link #prepare}, which {@link #descend} walks back as well. */
  private TrainableModel.@Nullable Training cleanPass;

  /**
   * @param warmup steps in which the budget grows from nothing to its size; 0: full at once
   * @param guard against catastrophic overfitting; null: none
   */
  AdversarialTraining(
      String name, Ascent ascent, RobustLoss loss, int warmup, @Nullable CollapseGuard guard) {
    this.name = name;
    this.ascent = ascent;
    this.loss = loss;
    this.warmup = warmup;
    this.guard = guard;
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
      long seed = random.nextLong();
      Ascent instead = guard == null ? null : guard.instead(model, batch, scale, seed, climb);
      Ascent used = instead == null ? ascent : instead;
      rightAtStart = used.walk(model, batch, count, scale, seed, climb, attacked);
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
  public @Nullable String note() {
    return guard == null ? null : guard.note();
  }

  @Override
  public float[] memory() {
    float[] watched = guard == null ? new float[0] : guard.memory();
    float[] memory = new float[1 + watched.length];
    memory[0] = calls;
    System.arraycopy(watched, 0, memory, 1, watched.length);
    return memory;
  }

  @Override
  public void restore(float[] memory) {
    if (memory.length == 0) {
      return; // From before the first step.
    }
    calls = (int) memory[0];
    if (guard != null) {
      guard.restore(memory, 1);
    }
  }

  @Override
  public void close() {
    closePass();
  }
}
