package io.stopline.autodiff;

/**
 * A classifier whose scores can be differentiated with respect to its input. One recording may be
 * open at a time.
 */
public interface DifferentiableModel extends BatchModel {

  /**
   * Scores a batch and remembers how, until the recording is closed.
   *
   * @param images NHWC, 0..1, at least {@code count} images; not kept
   */
  Recording record(float[] images, int count);

  /** One forward pass that can be walked back, any number of times. */
  interface Recording extends AutoCloseable {

    /** {@code count × classes()} scores; the caller may read them until the recording is closed. */
    float[] logits();

    /**
     * The product of a vector with the Jacobian: how {@code Σ cotangent · logits} changes with each
     * pixel. Images of a batch do not influence each other.
     *
     * @param cotangent {@code count × classes()}
     * @param gradient receives {@code count × shape().size()} values; overwritten, not added to
     */
    void backward(float[] cotangent, float[] gradient);

    @Override
    void close();
  }
}
