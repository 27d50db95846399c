package io.stopline.training.method;

import io.stopline.attacks.Norm;
import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import io.stopline.training.StepResult;
import io.stopline.training.TrainingMethod;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The smallest trainer: steps with momentum over a few batches. */
final class ShortRun {
  private final TrainableModel model;
  private final List<Batch> batches;
  private final double rate;
  private final float[] weights;
  private final float[] gradient;
  private final float[] velocity;
  private int step;

  ShortRun(TrainableModel model, List<Batch> batches, double rate) {
    this.model = model;
    this.batches = batches;
    this.rate = rate;
    this.weights = new float[model.weights()];
    this.gradient = new float[weights.length];
    this.velocity = new float[weights.length];
    model.read(weights);
  }

  /** Trains and gives what each step said. */
  List<StepResult> train(TrainingMethod method, int steps) {
    List<StepResult> results = new ArrayList<>();
    for (int end = step + steps; step < end; step++) {
      Arrays.fill(gradient, 0);
      Batch batch = batches.get(step % batches.size());
      RandomStream random = new RandomStream(RandomStream.derive(7, step));
      results.add(method.gradient(model, batch, random, gradient));
      for (int i = 0; i < weights.length; i++) {
        velocity[i] = 0.9f * velocity[i] + gradient[i];
        weights[i] -= (float) rate * velocity[i];
      }
      model.write(weights);
    }
    return results;
  }

  float[] weights() {
    return weights;
  }

  /** Share of images that stand against projected gradient descent. */
  static double robust(TrainableModel model, Batch batch, Norm norm, double epsilon, int steps) {
    Ascent strong =
        new Ascent(
            new Ascent.Settings(
                norm, epsilon, 2.5 * epsilon / steps, steps, Ascent.Start.UNIFORM, epsilon, true));
    float[] attacked = new float[batch.count() * model.shape().size()];
    strong.walk(model, batch, batch.count(), 1, 99, Ascent.crossEntropy(batch.labels()), attacked);
    return Ascent.right(model, attacked, batch.labels(), batch.count()) / (double) batch.count();
  }

  static double clean(TrainableModel model, Batch batch) {
    return Ascent.right(model, batch.images(), batch.labels(), batch.count())
        / (double) batch.count();
  }
}
