package io.stopline.campaign.robustness;

import io.stopline.attacks.Inputs;
import io.stopline.autodiff.ImageShape;
import io.stopline.evaluation.BilinearResize;
import io.stopline.evaluation.Sample;
import io.stopline.sdk.image.Image;
import java.util.List;

/**
 * A sample as attacks take it.
 *
 * @param inputs pixels 0..1 of the model's size; ids are positions in the split
 * @param resized how many images were not of that size
 */
public record AttackData(Inputs inputs, int resized) {

  /**
   * Reads images.
   *
   * @param samples all of the split
   * @param numbers which of them, positions in the split
   */
  public static AttackData of(List<Sample> samples, List<Integer> numbers, ImageShape shape) {
    float[] pixels = new float[Math.multiplyExact(numbers.size(), shape.size())];
    int[] labels = new int[numbers.size()];
    long[] ids = new long[numbers.size()];
    int resized = 0;
    for (int i = 0; i < labels.length; i++) {
      Sample sample = samples.get(numbers.get(i));
      Image image = sample.image();
      if (image.width() != shape.width() || image.height() != shape.height()) {
        image = BilinearResize.resize(image, shape.width(), shape.height());
        resized++;
      }
      put(image, pixels, i * shape.size());
      labels[i] = sample.label();
      ids[i] = numbers.get(i);
    }
    return new AttackData(new Inputs(shape, pixels, labels, ids), resized);
  }

  private static void put(Image image, float[] pixels, int at) {
    byte[] bytes = image.data();
    int to = at;
    for (int y = 0; y < image.height(); y++) {
      int from = image.index(0, y);
      for (int k = 0; k < 3 * image.width(); k++) {
        pixels[to++] = (bytes[from + k] & 0xff) / 255f;
      }
    }
  }

  /** The same images with other labels. */
  public AttackData withLabels(int[] labels) {
    return new AttackData(
        new Inputs(inputs.shape(), inputs.images(), labels, inputs.ids()), resized);
  }
}
