package io.stopline.training;

import io.stopline.autodiff.ImageShape;
import io.stopline.evaluation.BilinearResize;
import io.stopline.evaluation.Sample;
import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.sdk.image.Image;
import java.util.List;

/**
 * Labelled 8-bit RGB images, kept in memory: a quarter of what floats would take. Those that are
 * smaller than what the model takes are kept as they are and enlarged when they are asked for, so
 * that a model of 224×224 px does not need fifty times the memory of the signs. Thread-safe.
 */
public final class LabelledImages {

  private static final float[] UNIT = new float[256];

  static {
    for (int i = 0; i < UNIT.length; i++) {
      UNIT[i] = i / 255f;
    }
  }

  private final ImageShape shape;
  private final Image[] images;
  private final int[] labels;
  private final int resized;

  private LabelledImages(ImageShape shape, Image[] images, int[] labels, int resized) {
    this.shape = shape;
    this.images = images;
    this.labels = labels;
    this.resized = resized;
  }

  /**
   * Decodes images, and brings those of another size to the model's.
   *
   * @throws IllegalArgumentException if the model does not take three channels
   * @throws io.stopline.evaluation.UnusableDatasetException if an image cannot be decoded, or all
   *     of them would not fit into memory; says how much they need, before the memory is full
   */
  public static LabelledImages of(List<Sample> samples, ImageShape shape) {
    if (shape.channels() != 3) {
      throw new IllegalArgumentException(
          "the model takes images of %d channels; training data are RGB, so give a model that takes 3"
              .formatted(shape.channels()));
    }
    Image[] images = new Image[samples.size()];
    int[] labels = new int[samples.size()];
    int resized = 0;
    Memory memory = new Memory(images.length);
    for (int i = 0; i < images.length; i++) {
      Image image = samples.get(i).image();
      if (image.width() != shape.width() || image.height() != shape.height()) {
        resized++;
      }
      boolean larger =
          (long) image.width() * image.height() > (long) shape.width() * shape.height();
      images[i] =
          larger ? BilinearResize.resize(image, shape.width(), shape.height()) : image.copy();
      labels[i] = samples.get(i).label();
      memory.took(3L * images[i].width() * images[i].height());
    }
    return new LabelledImages(shape, images, labels, resized);
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

  /** The bytes of an image in the model's size, HWC, shared: not to be written to. */
  byte[] bytes(int index) {
    Image image = images[index];
    return image.width() == shape.width() && image.height() == shape.height()
        ? image.data()
        : BilinearResize.resize(image, shape.width(), shape.height()).data();
  }

  /**
   * Writes an image as values in 0..1.
   *
   * @param images NHWC
   * @param position the image's place in that batch
   */
  public void read(int index, float[] images, int position) {
    byte[] from = bytes(index);
    int at = position * shape.size();
    for (int i = 0; i < from.length; i++) {
      images[at + i] = UNIT[from[i] & 0xff];
    }
  }

  /** Foresees from the first images what all of them need. */
  private static final class Memory {

    /** So many tell. */
    private static final int FIRST = 200;

    /** Of the memory that may be had, what images may take. */
    private static final double SHARE = 0.7;

    private static final double GIB = 1L << 30;

    private final int count;
    private int seen;
    private long bytes;

    Memory(int count) {
      this.count = count;
    }

    void took(long more) {
      bytes += more;
      seen++;
      if (seen != Math.min(FIRST, count)) {
        return;
      }
      Runtime runtime = Runtime.getRuntime();
      long free = runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
      double all = (double) bytes / seen * count;
      if (all > SHARE * free) {
        throw new UnusableDatasetException(
            "%,d images need about %.1f GiB of memory, and %.1f GiB can be had; give more with STOPLINE_JAVA_OPTS=-Xmx%dg, or fewer images"
                .formatted(
                    count,
                    all / GIB,
                    free / GIB,
                    (int) Math.ceil((all / SHARE + runtime.maxMemory() - free) / GIB)));
      }
    }
  }
}
