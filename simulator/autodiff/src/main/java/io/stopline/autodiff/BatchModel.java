package io.stopline.autodiff;

/**
 * A classifier that is asked about many images at once. Pixels are 0..1, where 1 is the 8-bit value
 * 255: what the model's file expects (other ranges, means, quantisation) is inside. Belongs to one
 * thread at a time unless an implementation says more.
 */
public interface BatchModel extends AutoCloseable {

  /** Size of the images that it takes. */
  ImageShape shape();

  /** Number of classes, at least 2. */
  int classes();

  /**
   * Scores each image.
   *
   * @param images NHWC, 0..1, at least {@code count} images
   * @param count how many of them are looked at, at least 1
   * @param logits receives {@code count × classes()} scores before any softmax; for a model that
   *     only tells probabilities, their logarithms
   */
  void logits(float[] images, int count, float[] logits);

  /**
   * How many images should be asked about at once at most, so that memory stays within bounds: some
   * hundred MiB for what is remembered of them. Any number unless an implementation says less.
   */
  default int largestBatch() {
    return Integer.MAX_VALUE;
  }

  @Override
  void close();
}
