package io.stopline.training.method;

import io.stopline.autodiff.TrainableModel;

/**
 * Proofs by interval arithmetic that no image within an L∞ budget is labelled otherwise (Gowal et
 * al. 2018). A proof holds whatever the attack; that there is none does not mean that an attack
 * exists. Computed in single precision, so margins below {@link #SLACK} do not count. Stateless and
 * thread-safe, as far as the model is.
 */
public final class Certificates {

  /** Margin of scores that a proof must leave for rounding. */
  public static final float SLACK = 1e-3f;

  private Certificates() {}

  /**
   * Which images are labelled right and provably stay so.
   *
   * @param images NHWC, 0..1
   * @param labels one an image
   * @param epsilon L∞ budget over pixels 0..1; pixels stay in 0..1
   * @return one value an image
   * @throws io.stopline.autodiff.UnusableModelException if the model has no interval bounds
   */
  public static boolean[] certified(
      TrainableModel model, float[] images, int[] labels, int count, double epsilon) {
    int pixels = count * model.shape().size();
    float[] low = new float[pixels];
    float[] high = new float[pixels];
    box(images, pixels, epsilon, low, high);
    boolean[] certified = new boolean[count];
    try (TrainableModel.Bounds bounds = model.bounds(low, high, labels, count)) {
      float[] margins = bounds.margins();
      for (int i = 0; i < count; i++) {
        boolean stands = true;
        for (int k = 0; k < model.classes(); k++) {
          stands &= k == labels[i] || margins[i * model.classes() + k] > SLACK;
        }
        certified[i] = stands;
      }
    }
    return certified;
  }

  /** All images within the budget. */
  static void box(float[] images, int pixels, double epsilon, float[] low, float[] high) {
    float radius = (float) epsilon;
    for (int i = 0; i < pixels; i++) {
      low[i] = Math.max(0, images[i] - radius);
      high[i] = Math.min(1, images[i] + radius);
    }
  }
}
