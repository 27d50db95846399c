package io.stopline.autodiff;

/**
 * A float classifier whose weights can be trained further: filters and biases of convolutions and
 * fully connected layers. One training step is {@link #forward} and {@link #step}. Belongs to one
 * thread.
 */
public interface TrainableModel extends AutoCloseable {

  /** Size of the images that it takes. */
  ImageShape shape();

  /** Number of classes, at least 2. */
  int classes();

  /**
   * Scores a batch with the present weights and remembers how.
   *
   * @param images NHWC, 0..1, at least {@code count} images
   * @return {@code count × classes()} logits
   */
  float[] forward(float[] images, int count);

  /**
   * Changes the weights by one step of Adam (Kingma and Ba 2015, algorithm 1; β 0.9 and 0.999, ε
   * 1e-8) against the gradient of {@code Σ cotangent · logits} of the last {@link #forward}: with
   * the gradient of a loss with respect to the logits as cotangent, that loss gets smaller.
   *
   * @param cotangent {@code count × classes()}
   * @param learningRate above 0
   * @throws IllegalStateException if no forward pass came before
   */
  void step(float[] cotangent, double learningRate);

  /** The {@code .tflite} file with the present weights. */
  byte[] file();

  @Override
  void close();
}
