package io.stopline.training.method;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Norm;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.gradient.ProjectedGradient;
import io.stopline.autodiff.BatchModel;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import io.stopline.training.StepResult;
import io.stopline.training.TrainingMethod;
import java.util.Arrays;

/** A task that a small model learns in a moment: which of four quarters is the brighter one. */
final class Shapes {

  static final ImageShape SHAPE = new ImageShape(8, 8, 3);
  static final int CLASSES = 4;

  private Shapes() {}

  static TinyNet net(long seed) {
    return new TinyNet(SHAPE, 16, CLASSES, seed);
  }

  /** Images drawn from a seed. */
  static Batch batch(int count, long seed) {
    RandomStream random = new RandomStream(seed);
    float[] images = new float[count * SHAPE.size()];
    int[] labels = new int[count];
    long[] ids = new long[count];
    for (int n = 0; n < count; n++) {
      labels[n] = random.nextInt(CLASSES);
      ids[n] = 1000 * seed + n;
      for (int y = 0; y < 8; y++) {
        for (int x = 0; x < 8; x++) {
          boolean bright = (y / 4) * 2 + x / 4 == labels[n];
          for (int c = 0; c < 3; c++) {
            double value = (bright ? 0.65 : 0.4) + 0.08 * random.nextGaussian();
            images[((n * 8 + y) * 8 + x) * 3 + c] = (float) Math.max(0, Math.min(1, value));
          }
        }
      }
    }
    return new Batch(images, labels, ids, count);
  }

  /** Steps with momentum, each on images of its own. */
  static StepResult train(TrainableModel model, TrainingMethod method, int steps, double rate) {
    float[] weights = new float[model.weights()];
    float[] velocity = new float[weights.length];
    float[] gradient = new float[weights.length];
    model.read(weights);
    StepResult last = new StepResult(Double.NaN, 0, 0, 0);
    for (int step = 0; step < steps; step++) {
      Arrays.fill(gradient, 0);
      RandomStream random = new RandomStream(RandomStream.derive(7, step));
      last = method.gradient(model, batch(32, 100 + step), random, gradient);
      for (int i = 0; i < weights.length; i++) {
        velocity[i] = 0.9f * velocity[i] + gradient[i];
        weights[i] -= (float) rate * velocity[i];
      }
      model.write(weights);
    }
    return last;
  }

  static double accuracy(BatchModel model, float[] images, int[] labels) {
    float[] logits = new float[labels.length * CLASSES];
    model.logits(images, labels.length, logits);
    int right = 0;
    for (int n = 0; n < labels.length; n++) {
      right += ModelVictim.answer(logits, n * CLASSES, CLASSES) == labels[n] ? 1 : 0;
    }
    return (double) right / labels.length;
  }

  /** What projected gradient descent makes of the images. */
  static float[] attack(DifferentiableModel model, Batch batch, double epsilon) {
    Inputs inputs = new Inputs(SHAPE, batch.images(), batch.labels(), batch.ids());
    return ProjectedGradient.pgd(new PixelBudget(Norm.LINF, epsilon, false), 20)
        .attack(ModelVictim.of(model), inputs, Run.of(3))
        .images();
  }
}
