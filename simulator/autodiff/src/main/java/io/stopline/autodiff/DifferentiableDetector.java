package io.stopline.autodiff;

/**
 * A detector before its decisions (no threshold, no suppression): every candidate box with a score
 * a label, which can be differentiated with respect to the input. Several recordings may be open.
 */
public interface DifferentiableDetector extends AutoCloseable {

  /** One input image. */
  ImageShape shape();

  /** N: boxes that the model considers in each image. */
  int candidates();

  /** C: scores a candidate; a score for the background is not among them. */
  int labels();

  /**
   * The label, as a {@link io.stopline.sdk.model.Detection} counts it, that the first of a
   * candidate's scores belongs to: score k is that of label {@code firstLabel() + k}.
   */
  int firstLabel();

  /**
   * Whether candidates are votes: cells of a grid, all of which that lie on an object together make
   * one detection. Else each candidate is a whole box.
   */
  default boolean votes() {
    return false;
  }

  /**
   * How many images should be looked at together at most, so that memory stays within bounds: some
   * hundred MiB for what is remembered of them.
   */
  int largestBatch();

  /**
   * Runs a batch and remembers how, until the recording is closed.
   *
   * @param images NHWC, 0..1, at least {@code count} images; not kept
   */
  Recording record(float[] images, int count);

  @Override
  void close();

  /** One forward pass that can be walked back, any number of times. */
  interface Recording extends AutoCloseable {

    /** {@code count × N × 4}: left, top, right, bottom, px of the input, not clipped. */
    float[] boxes();

    /**
     * {@code count × N × C}: logits; the probability of a label is the logistic of its logit. (A
     * softmax with a background: the logarithm of the odds.)
     */
    float[] scores();

    /**
     * How {@code Σ boxCotangent · boxes + Σ scoreCotangent · scores} changes with each pixel.
     *
     * @param gradient receives {@code count × shape().size()} values; overwritten
     */
    void backward(float[] boxCotangent, float[] scoreCotangent, float[] gradient);

    @Override
    void close();
  }
}
