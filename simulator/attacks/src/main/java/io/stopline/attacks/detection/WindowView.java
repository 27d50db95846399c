package io.stopline.attacks.detection;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.image.Region;

/**
 * How a model's input depends on the window of a frame: the rest of the frame stays as it is. One
 * for a model that sees the whole frame ({@link FrameView}), one for a close-up ({@link CropView}).
 * Belongs to one thread at a time.
 */
public interface WindowView {

  /** Size of the model's input; three channels. */
  ImageShape input();

  /** Where a rectangle of the frame is in the input; for a view that is random: in the middle. */
  Box inInput(Region rectangle);

  /** Room for one look. */
  Look look();

  /** One look and the way back through it. */
  interface Look {

    /**
     * Renders the input.
     *
     * @param windows the window's values, HWC, 0..1, from index {@code from} on
     * @param seed decides every draw of a view that is random
     * @param inputs receives the input, HWC, 0..1, from index {@code to} on
     */
    void forward(float[] windows, int from, long seed, float[] inputs, int to);

    /**
     * Goes back through the last {@link #forward}. Rounding passes gradients through.
     *
     * @param cotangents derivative with respect to the input, from index {@code from} on
     * @param gradients to which that with respect to the window, times {@code weight}, is added,
     *     from index {@code to} on
     */
    void backward(float[] cotangents, int from, double weight, float[] gradients, int to);
  }
}
