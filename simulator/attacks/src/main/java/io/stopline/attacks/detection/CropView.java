package io.stopline.attacks.detection;

import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.transform.DifferentiableView;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.transform.TransformChain;

/**
 * A part of a frame, such as an object and its surroundings, seen through a transform chain: the
 * close-ups of a guard's members. For the same seed it draws what {@link
 * io.stopline.sdk.transform.TransformRenderer} draws.
 */
public final class CropView implements WindowView {

  private static final int CHANNELS = 3;

  private final Region window;
  private final Region crop;
  private final DifferentiableView view;
  private final float[] unaltered;

  /** What window and crop share, in px of the frame. */
  private final int left;

  private final int top;
  private final int right;
  private final int bottom;

  /**
   * @param window of the frame that may change
   * @param crop of the frame that is looked at
   * @param input of the model; three channels
   * @throws IllegalArgumentException if window or crop is not inside the frame, they share nothing,
   *     or there are not three channels
   */
  public CropView(Image frame, Region window, Region crop, TransformChain chain, ImageShape input) {
    if (!window.isInside(frame.width(), frame.height())
        || !crop.isInside(frame.width(), frame.height())) {
      throw new IllegalArgumentException(
          "window %s and crop %s of a frame of %d×%d px; both must lie inside"
              .formatted(window, crop, frame.width(), frame.height()));
    }
    this.window = window;
    this.crop = crop;
    this.view =
        new DifferentiableView(chain, new ImageShape(crop.height(), crop.width(), CHANNELS), input);
    this.left = Math.max(window.x(), crop.x());
    this.top = Math.max(window.y(), crop.y());
    this.right = Math.min(window.x() + window.width(), crop.x() + crop.width());
    this.bottom = Math.min(window.y() + window.height(), crop.y() + crop.height());
    if (left >= right || top >= bottom) {
      throw new IllegalArgumentException(
          "window %s and crop %s share nothing; what changes would not be seen"
              .formatted(window, crop));
    }
    this.unaltered = new float[view.input().size()];
    for (int y = 0; y < crop.height(); y++) {
      int from = frame.index(crop.x(), crop.y() + y);
      for (int i = 0; i < CHANNELS * crop.width(); i++) {
        unaltered[CHANNELS * y * crop.width() + i] = (frame.data()[from + i] & 0xff) / 255f;
      }
    }
  }

  @Override
  public ImageShape input() {
    return view.output();
  }

  @Override
  public Box inInput(Region rectangle) {
    double x = input().width() / (double) crop.width();
    double y = input().height() / (double) crop.height();
    return new Box(
        x * (rectangle.x() - crop.x()),
        y * (rectangle.y() - crop.y()),
        x * (rectangle.x() + rectangle.width() - crop.x()),
        y * (rectangle.y() + rectangle.height() - crop.y()));
  }

  @Override
  public Look look() {
    return new CloseUp();
  }

  private int inWindow(int y) {
    return CHANNELS * ((y - window.y()) * window.width() + left - window.x());
  }

  private int inCrop(int y) {
    return CHANNELS * ((y - crop.y()) * crop.width() + left - crop.x());
  }

  private final class CloseUp implements Look {
    private final DifferentiableView.Trace trace = view.trace();
    private final float[] image = unaltered.clone();
    private final float[] gradient = new float[unaltered.length];

    @Override
    public void forward(float[] windows, int from, long seed, float[] inputs, int to) {
      for (int y = top; y < bottom; y++) {
        System.arraycopy(windows, from + inWindow(y), image, inCrop(y), CHANNELS * (right - left));
      }
      view.forward(image, 0, seed, inputs, to, trace);
    }

    @Override
    public void backward(float[] cotangents, int from, double weight, float[] gradients, int to) {
      java.util.Arrays.fill(gradient, 0);
      view.backward(trace, cotangents, from, gradient, 0);
      for (int y = top; y < bottom; y++) {
        int o = to + inWindow(y);
        int i = inCrop(y);
        for (int k = 0; k < CHANNELS * (right - left); k++) {
          gradients[o + k] += (float) (weight * gradient[i + k]);
        }
      }
    }
  }
}
