package io.stopline.training.method;

import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import org.jspecify.annotations.Nullable;

/**
 * Training on masked images, for certified masking (Xiang et al. 2022, "PatchCleanser", section
 * 4.1: masks as in Cutout, DeVries and Taylor 2017): a certificate against a patch needs the right
 * label under every pair of masks. Each image gets masks of that very set. With several tries the
 * draw with the most loss is taken, a sampled form of greedy Cutout (Saha et al. 2023). Belongs to
 * one thread.
 */
final class MaskedTraining extends AlteredTraining {

  private final int patch;
  private final int perAxis;
  private final int masks;
  private final int tries;
  private final float fill;
  private final RandomStream draws = new RandomStream(0);
  private @Nullable MaskSet set;
  private float[] candidate = new float[0];
  private float[] logits = new float[0];
  private double[] worst = new double[0];

  /**
   * @param patch side of the largest patch that is to be hidden, px
   * @param perAxis masks along each axis
   * @param masks on each image; two-mask certificates need 2
   * @param tries draws of which the worst is taken, at least 1
   * @param fill value under a mask, 0..1
   * @param clean share of images without masks, 0..1
   */
  MaskedTraining(
      int patch, int perAxis, int masks, int tries, double fill, double clean, double smoothing) {
    super("masks", clean, smoothing);
    this.patch = patch;
    this.perAxis = perAxis;
    this.masks = masks;
    this.tries = tries;
    this.fill = (float) fill;
  }

  @Override
  int alter(TrainableModel model, Batch batch, long seed, float[] into) {
    ImageShape shape = model.shape();
    if (set == null) {
      set = new MaskSet(shape, patch, perAxis);
    }
    if (tries == 1) {
      draw(set, shape, batch, seed, into);
      return UNKNOWN;
    }
    int count = batch.count();
    int classes = model.classes();
    candidate = Buffers.of(candidate, count * shape.size());
    logits = Buffers.of(logits, count * classes);
    worst = worst.length >= count ? worst : new double[count];
    for (int attempt = 0; attempt < tries; attempt++) {
      draw(set, shape, batch, RandomStream.derive(seed, attempt), candidate);
      model.logits(candidate, count, logits);
      for (int i = 0; i < count; i++) {
        double loss = RowLoss.crossEntropy(logits, i * classes, classes, batch.labels()[i]);
        if (attempt == 0 || loss > worst[i]) {
          worst[i] = loss;
          System.arraycopy(candidate, i * shape.size(), into, i * shape.size(), shape.size());
        }
      }
    }
    return UNKNOWN;
  }

  private void draw(MaskSet all, ImageShape shape, Batch batch, long seed, float[] into) {
    System.arraycopy(batch.images(), 0, into, 0, batch.count() * shape.size());
    for (int i = 0; i < batch.count(); i++) {
      draws.reseed(RandomStream.derive(seed, batch.ids()[i]));
      for (int m = 0; m < masks; m++) {
        all.cover(draws.nextInt(all.count()), fill, into, i * shape.size(), shape);
      }
    }
  }
}
