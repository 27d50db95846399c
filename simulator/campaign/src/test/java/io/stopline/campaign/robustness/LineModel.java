package io.stopline.campaign.robustness;

import io.stopline.attacks.Inputs;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;

/** Two classes of one grey pixel in three channels: 1 from a mean of a half on. */
final class LineModel implements DifferentiableModel {

  static final ImageShape SHAPE = new ImageShape(1, 1, 3);

  /** What scores are multiplied by. */
  private final float scale;

  LineModel(float scale) {
    this.scale = scale;
  }

  /** Inputs with labels that are right, but for those below {@code wrong}. */
  static Inputs inputs(int count, int wrong) {
    float[] images = new float[3 * count];
    int[] labels = new int[count];
    long[] ids = new long[count];
    for (int i = 0; i < count; i++) {
      // From 0 to 1, none of them at a half.
      float grey = (i + 0.25f) / count;
      java.util.Arrays.fill(images, 3 * i, 3 * i + 3, grey);
      labels[i] = (grey >= 0.5 ? 1 : 0) ^ (i < wrong ? 1 : 0);
      ids[i] = 100L + i;
    }
    return new Inputs(SHAPE, images, labels, ids);
  }

  /** Rules as the model says. */
  Judge judge() {
    return images -> {
      float[] scores = new float[2 * images.count()];
      logits(images.images(), images.count(), scores);
      Judge.Ruling[] rulings = new Judge.Ruling[images.count()];
      for (int i = 0; i < rulings.length; i++) {
        rulings[i] = Judge.Ruling.of(scores[2 * i + 1] > scores[2 * i] ? 1 : 0, images.labels()[i]);
      }
      return rulings;
    };
  }

  @Override
  public ImageShape shape() {
    return SHAPE;
  }

  @Override
  public int classes() {
    return 2;
  }

  @Override
  public void logits(float[] images, int count, float[] logits) {
    for (int i = 0; i < count; i++) {
      logits[2 * i + 1] = scale * (images[3 * i] + images[3 * i + 1] + images[3 * i + 2] - 1.5f);
      logits[2 * i] = -logits[2 * i + 1];
    }
  }

  @Override
  public Recording record(float[] images, int count) {
    float[] scores = new float[2 * count];
    logits(images, count, scores);
    return new Recording() {
      @Override
      public float[] logits() {
        return scores;
      }

      @Override
      public void backward(float[] cotangent, float[] gradient) {
        for (int i = 0; i < 3 * count; i++) {
          gradient[i] = scale * (cotangent[2 * (i / 3) + 1] - cotangent[2 * (i / 3)]);
        }
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void close() {}
}
