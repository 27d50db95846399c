package io.stopline.training.method;

import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import io.stopline.training.StepResult;
import io.stopline.training.TrainingMethod;

/**
 * Cross-entropy of images that were altered on purpose: noise, masks, patches, stickers, shadows.
 * What is drawn for an image comes from the step's seed and the image's id. Belongs to one thread.
 */
abstract class AlteredTraining implements TrainingMethod {

  /** What {@link #alter} returns where nobody looked at the images as they came. */
  static final int UNKNOWN = -1;

  /** Which of a step's streams says what stays as it came. */
  private static final long KEPT = 0x6b657074;

  private final String name;
  private final double clean;
  private final double smoothing;
  private float[] altered = new float[0];
  private float[] cotangent = new float[0];

  /**
   * @param clean share of the images that stay as they came, 0..1, drawn anew each step
   * @param smoothing of the labels, 0..1
   */
  AlteredTraining(String name, double clean, double smoothing) {
    this.name = name;
    this.clean = clean;
    this.smoothing = smoothing;
  }

  /**
   * Alters each image.
   *
   * @param seed of this step's draws
   * @param into receives {@code batch.count()} images, NHWC
   * @return how many images the model labels right as they came, or {@link #UNKNOWN}
   */
  abstract int alter(TrainableModel model, Batch batch, long seed, float[] into);

  @Override
  public final String name() {
    return name;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Where the alteration asks the model nothing, {@code right} counts the altered images too: a
   * pass over the images as they came would cost a third more and teach nothing.
   */
  @Override
  public final StepResult gradient(
      TrainableModel model, Batch batch, RandomStream random, float[] gradient) {
    int count = batch.count();
    int size = model.shape().size();
    long seed = random.nextLong();
    altered = Buffers.of(altered, count * size);
    int right = alter(model, batch, seed, altered);
    putBack(batch, size, RandomStream.derive(seed, KEPT));
    cotangent = Buffers.zeros(cotangent, count * model.classes());
    try (TrainableModel.Training training = model.train(altered, count)) {
      Losses.Rows rows = Losses.Rows.of(training.logits(), count, model.classes());
      double loss = Losses.crossEntropy(rows, batch.labels(), smoothing, 1, cotangent);
      training.backward(cotangent, gradient, null);
      int rightAltered = Losses.right(rows, batch.labels());
      return new StepResult(loss, right == UNKNOWN ? rightAltered : right, rightAltered, count);
    }
  }

  private void putBack(Batch batch, int size, long seed) {
    if (clean == 0) {
      return;
    }
    RandomStream draws = new RandomStream(0);
    for (int i = 0; i < batch.count(); i++) {
      draws.reseed(RandomStream.derive(seed, batch.ids()[i]));
      if (draws.nextDouble() < clean) {
        System.arraycopy(batch.images(), i * size, altered, i * size, size);
      }
    }
  }
}
