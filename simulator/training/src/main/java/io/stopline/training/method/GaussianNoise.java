package io.stopline.training.method;

import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;

/**
 * Training under Gaussian noise, for randomised smoothing (Cohen et al. 2019, "Certified
 * Adversarial Robustness via Randomized Smoothing", section 3.3): a smoothed classifier is only as
 * good as the model is on noisy images. Noisy pixels are not cut to 0..1, as in the paper: the
 * certificate holds for noise as it is drawn. Belongs to one thread.
 */
final class GaussianNoise extends AlteredTraining {

  private final double sigma;
  private final RandomStream draws = new RandomStream(0);

  /**
   * @param sigma standard deviation over pixels in 0..1, 0 or more
   * @param clean share of images without noise, 0..1
   */
  GaussianNoise(double sigma, double clean, double smoothing) {
    super("noise", clean, smoothing);
    this.sigma = sigma;
  }

  @Override
  int alter(TrainableModel model, Batch batch, long seed, float[] into) {
    int size = model.shape().size();
    float[] images = batch.images();
    for (int i = 0; i < batch.count(); i++) {
      draws.reseed(RandomStream.derive(seed, batch.ids()[i]));
      for (int j = i * size; j < (i + 1) * size; j++) {
        into[j] = images[j] + (float) (sigma * draws.nextGaussian());
      }
    }
    return UNKNOWN;
  }
}
