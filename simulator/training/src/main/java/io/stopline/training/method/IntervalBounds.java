package io.stopline.training.method;

import io.stopline.attacks.Norm;
import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import io.stopline.training.StepResult;
import io.stopline.training.TrainingMethod;
import io.stopline.training.method.Methods.Description;
import io.stopline.training.method.Methods.Entry;
import io.stopline.training.method.Methods.Setting;
import java.util.List;

/**
 * Interval bound propagation (Gowal et al. 2018, "On the effectiveness of interval bound
 * propagation for training verifiably robust models"): besides the cross-entropy of the image
 * itself, that of the worst scores which interval arithmetic cannot exclude within the budget. What
 * is learnt can be proved, image by image, without any attack ({@link Certificates}). Belongs to
 * one thread.
 */
final class IntervalBounds implements TrainingMethod {

  static final Entry ENTRY =
      new Entry(
          new Description(
              "interval-bounds",
              "certified training of small models: the worst scores within interval bounds"
                  + " (Gowal et al. 2018)",
              "",
              List.of(
                  new Setting("eps", "2/255", "budget in linf, over pixels 0..1"),
                  new Setting("eps-start", "500", "steps before the budget begins to grow from 0"),
                  new Setting("eps-warmup", "5000", "steps in which it grows to its size"),
                  new Setting(
                      "kappa", "0.5", "share of the images' own loss after that, 0..1; 1 before"))),
          (options, teachers) ->
              new IntervalBounds(
                  options.epsilon(Norm.LINF, 2.0 / 255),
                  options.integer("eps-start", 500, 0, 10_000_000),
                  options.integer("eps-warmup", 5000, 0, 10_000_000),
                  options.number("kappa", 0.5, 0, 1)));

  private final double epsilon;
  private final int start;
  private final int ramp;
  private final double kappa;
  private int step;
  private float[] low = new float[0];
  private float[] high = new float[0];
  private float[] scores = new float[0];
  private float[] cotangent = new float[0];

  /**
   * @param epsilon budget at the end, over pixels 0..1
   * @param start steps at budget 0
   * @param ramp steps until the budget is whole
   * @param kappa share of the images' own loss at the end
   */
  IntervalBounds(double epsilon, int start, int ramp, double kappa) {
    this.epsilon = epsilon;
    this.start = start;
    this.ramp = ramp;
    this.kappa = kappa;
  }

  @Override
  public String name() {
    return "interval-bounds";
  }

  /** How far the schedule is, 0..1. */
  private double grown() {
    if (step < start) {
      return 0;
    }
    return ramp == 0 ? 1 : Math.min(1, (step - start + 1.0) / ramp);
  }

  @Override
  public StepResult gradient(
      TrainableModel model, Batch batch, RandomStream random, float[] gradient) {
    int count = batch.count();
    int classes = model.classes();
    double grown = grown();
    double share = 1 - (1 - kappa) * grown;
    step++;
    double loss;
    int right;
    cotangent = Buffers.zeros(cotangent, count * classes);
    try (TrainableModel.Training training = model.train(batch.images(), count)) {
      Losses.Rows rows = Losses.Rows.of(training.logits(), count, classes);
      loss = share * Losses.crossEntropy(rows, batch.labels(), 0, share, cotangent);
      training.backward(cotangent, gradient, null);
      right = Losses.right(rows, batch.labels());
    }
    if (share == 1) {
      return new StepResult(loss, right, right, count);
    }
    int pixels = count * model.shape().size();
    low = Buffers.of(low, pixels);
    high = Buffers.of(high, pixels);
    Certificates.box(batch.images(), pixels, epsilon * grown, low, high);
    try (TrainableModel.Bounds bounds = model.bounds(low, high, batch.labels(), count)) {
      // The worst scores, less that of the label: what is at least m below is at most −m above.
      float[] margins = bounds.margins();
      scores = Buffers.of(scores, margins.length);
      for (int i = 0; i < margins.length; i++) {
        scores[i] = -margins[i];
      }
      Losses.Rows worst = Losses.Rows.of(scores, count, classes);
      cotangent = Buffers.zeros(cotangent, count * classes);
      loss += (1 - share) * Losses.crossEntropy(worst, batch.labels(), 0, 1 - share, cotangent);
      for (int i = 0; i < count * classes; i++) {
        cotangent[i] = -cotangent[i];
      }
      bounds.backward(cotangent, gradient);
      return new StepResult(loss, right, Losses.right(worst, batch.labels()), count);
    }
  }

  /** Steps done; whole numbers up to 16 million are exact. */
  @Override
  public float[] memory() {
    return new float[] {step};
  }

  @Override
  public void restore(float[] memory) {
    step = (int) memory[0];
  }
}
