package io.stopline.sdk.transform;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.TensorSpec;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Draws a {@link TransformChain} and writes the resulting view of an image straight into a model's
 * input tensor. Holds its scratch memory; allocates nothing when it renders. Belongs to one thread.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class TransformRenderer {

  /**
   * @param spec the input tensor: 1×H×W×3, float32, uint8 or int8
   */
  public TransformRenderer(TransformChain chain, TensorSpec spec, InputEncoding encoding) {
    throw new UnsupportedOperationException("not built yet: " + chain + spec + encoding);
  }

  /**
   * Renders one draw.
   *
   * @param image all of it is the view; sampling beyond its edges repeats them
   * @param seed decides every draw and all noise
   * @param tensor the input tensor's memory, native order, written from index 0
   */
  public void render(Image image, long seed, ByteBuffer tensor) {
    throw new UnsupportedOperationException();
  }

  /** What {@link #render} draws for a seed, for records and reports. */
  public List<TransformDraw> draws(long seed) {
    throw new UnsupportedOperationException();
  }
}
