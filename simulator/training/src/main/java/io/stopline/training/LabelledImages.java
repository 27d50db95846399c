package io.stopline.training;

import io.stopline.autodiff.ImageShape;
import io.stopline.evaluation.BilinearResize;
import io.stopline.evaluation.Sample;
import io.stopline.sdk.image.Image;
import java.util.List;

/**
 * Labelled 8-bit RGB images of one size, kept in memory: a quarter of what floats would take.
 * Thread-safe.
 */
public final class LabelledImages {

  private static final float[] UNIT = new float[256];

  static {
    for (int i = 0; i < UNIT.length; i++) {
      UNIT[i] = i / 255f;
    }
  }

  private final ImageShape shape;
  private final byte[][] pixels;
  private final int[] labels;
  private final int resized;

  private LabelledImages(ImageShape shape, byte[][] pixels, int[] labels, int resized) {
    this.shape = shape;
    this.pixels = pixels;
    this.labels = labels;
    this.resized = resized;
  }

  /**
   * Decodes images, and brings those of another size to the model's.
   *
   * @throws IllegalArgumentException if the model does not take three channels
   * @throws io.stopline.evaluation.UnusableDatasetException if an image cannot be decoded
   */
  public static LabelledImages of(List<Sample> samples, ImageShape shape) {
    if (shape.channels() != 3) {
      throw new IllegalArgumentException(
          "the model takes images of %d channels; training data are RGB, so give a model that takes 3"
              .formatted(shape.channels()));
    }
    byte[][] pixels = new byte[samples.size()][];
    int[] labels = new int[samples.size()];
    int resized = 0;
    for (int i = 0; i < pixels.length; i++) {
      Image image = samples.get(i).image();
      if (image.width() != shape.width() || image.height() != shape.height()) {
        image = BilinearResize.resize(image, shape.width(), shape.height());
        resized++;
      }
      pixels[i] = image.copy().data();
      labels[i] = samples.get(i).label();
    }
    return new LabelledImages(shape, pixels, labels, resized);
  }

  /** Number of images. */
  public int count() {
    return labels.length;
  }

  /** Size of each image. */
  public ImageShape shape() {
    return shape;
  }

  /** How many had another size in the data set. */
  public int resized() {
    return resized;
  }

  /** Class of an image. */
  public int label(int index) {
    return labels[index];
  }

  /** The bytes of an image, HWC, shared: not to be written to. */
  byte[] bytes(int index) {
    return pixels[index];
  }

  /**
   * Writes an image as values in 0..1.
   *
   * @param images NHWC
   * @param position the image's place in that batch
   */
  public void read(int index, float[] images, int position) {
    byte[] from = pixels[index];
    int at = position * shape.size();
    for (int i = 0; i < from.length; i++) {
      images[at + i] = UNIT[from[i] & 0xff];
    }
  }
}
