package io.stopline.attacks.gradient;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.ModelVictim;
import io.stopline.autodiff.BatchModel;
import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;

/** Random images with the labels that a model gives them. */
final class Batches {

  private Batches() {}

  /** Values in the middle of 0..1, so that small budgets do not meet the box. */
  static Inputs grey(BatchModel model, int count, long seed) {
    return of(model, count, seed, 0.3, 0.7);
  }

  /** Values anywhere in 0..1, in 8-bit levels. */
  static Inputs levels(BatchModel model, int count, long seed) {
    Inputs inputs = of(model, count, seed, 0, 1);
    for (int i = 0; i < inputs.images().length; i++) {
      inputs.images()[i] = Math.round(inputs.images()[i] * 255) / 255f;
    }
    return labelled(model, inputs.images(), count);
  }

  private static Inputs of(BatchModel model, int count, long seed, double low, double high) {
    RandomStream random = new RandomStream(seed);
    float[] images = new float[count * model.shape().size()];
    for (int i = 0; i < images.length; i++) {
      images[i] = (float) random.uniform(low, high);
    }
    return labelled(model, images, count);
  }

  static Inputs labelled(BatchModel model, float[] images, int count) {
    float[] logits = new float[count * model.classes()];
    model.logits(images, count, logits);
    int[] labels = new int[count];
    long[] ids = new long[count];
    for (int i = 0; i < count; i++) {
      labels[i] = ModelVictim.answer(logits, i * model.classes(), model.classes());
      ids[i] = 1000L + i;
    }
    return new Inputs(model.shape(), images, labels, ids);
  }

  static float[] image(Inputs inputs, float[] images, int row) {
    int size = inputs.shape().size();
    float[] one = new float[size];
    System.arraycopy(images, row * size, one, 0, size);
    return one;
  }

  static ImageShape small() {
    return new ImageShape(6, 5, 3);
  }
}
