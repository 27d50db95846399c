package io.stopline.campaign.certify;

import io.stopline.attacks.ModelVictim;
import io.stopline.autodiff.BatchModel;
import io.stopline.evaluation.certificate.Level;
import io.stopline.evaluation.certificate.SmoothedInput;
import io.stopline.evaluation.certificate.SmoothingBound;
import io.stopline.sdk.certificate.Groups;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Randomised smoothing (Cohen, Rosenfeld and Kolter 2019, algorithm 1, CERTIFY): what a model most
 * likely says of an image under Gaussian noise, and the radius in L2 within which no change of the
 * image alters that. The noise goes into the model's real-valued input; what the file then does
 * with it, the rounding and clamping of an 8-bit input tensor included, is part of the base
 * classifier, which may be any fixed function. Belongs to one thread.
 */
public final class Smoothing {

  /** Noisy copies that the model is asked about at once. */
  private static final int BATCH = 64;

  private final BatchModel model;
  private final Map<Level, Groups> groups;
  private final double sigma;
  private final int first;
  private final int samples;
  private final double alpha;
  private final long seed;
  private final float[] copies;
  private final float[] scores;

  /**
   * @param model the exact file; stays its owner's
   * @param groups by level
   * @param sigma standard deviation of the noise, over pixels 0..1, above 0
   * @param first noisy copies by which the class is chosen, at least 1
   * @param samples noisy copies by which it is certified, at least 1
   * @param alpha chance that a certificate does not hold, in (0, 1)
   */
  public Smoothing(
      BatchModel model,
      Map<Level, Groups> groups,
      double sigma,
      int first,
      int samples,
      double alpha,
      long seed) {
    if (!(sigma > 0) || first < 1 || samples < 1 || !(alpha > 0 && alpha < 1)) {
      throw new IllegalArgumentException(
          "smoothing: sigma %s, %d and %d copies, alpha %s; sigma must be above 0, copies at least 1, alpha between 0 and 1"
              .formatted(sigma, first, samples, alpha));
    }
    this.model = model;
    this.groups = new TreeMap<>(groups);
    this.sigma = sigma;
    this.first = first;
    this.samples = samples;
    this.alpha = alpha;
    this.seed = seed;
    this.copies = new float[BATCH * model.shape().size()];
    this.scores = new float[BATCH * model.classes()];
  }

  /**
   * Certifies one image.
   *
   * @param id of the input; its noise comes from it
   * @param label right class
   * @param image HWC, 0..1
   */
  public SmoothedInput certify(long id, int label, float[] image) {
    System.arraycopy(image, 0, copies, 0, image.length);
    model.logits(copies, 1, scores);
    int plain = ModelVictim.answer(scores, 0, model.classes());
    RandomStream random = new RandomStream(RandomStream.derive(seed, id));
    long[] chosen = count(image, first, random);
    long[] counted = count(image, samples, random);
    List<SmoothedInput.Certificate> certificates = new ArrayList<>();
    groups.forEach(
        (level, of) -> {
          int group = most(byGroup(chosen, of));
          double radius = SmoothingBound.radius(byGroup(counted, of)[group], samples, alpha, sigma);
          certificates.add(new SmoothedInput.Certificate(level, group, of.of().get(label), radius));
        });
    return new SmoothedInput(id, label, plain, certificates);
  }

  /** How often each class is named under noise. */
  private long[] count(float[] image, int number, RandomStream random) {
    long[] counts = new long[model.classes()];
    for (int from = 0; from < number; from += BATCH) {
      int some = Math.min(BATCH, number - from);
      for (int i = 0; i < some; i++) {
        for (int k = 0; k < image.length; k++) {
          copies[i * image.length + k] = (float) (image[k] + sigma * random.nextGaussian());
        }
      }
      model.logits(copies, some, scores);
      for (int i = 0; i < some; i++) {
        counts[ModelVictim.answer(scores, i * model.classes(), model.classes())]++;
      }
    }
    return counts;
  }

  private static long[] byGroup(long[] counts, Groups groups) {
    long[] sums = new long[groups.count()];
    for (int c = 0; c < counts.length; c++) {
      sums[groups.of().get(c)] += counts[c];
    }
    return sums;
  }

  private static int most(long[] counts) {
    int best = 0;
    for (int i = 1; i < counts.length; i++) {
      best = counts[i] > counts[best] ? i : best;
    }
    return best;
  }
}
