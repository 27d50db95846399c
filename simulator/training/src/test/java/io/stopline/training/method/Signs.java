package io.stopline.training.method;

import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TfliteModels;
import io.stopline.autodiff.TrainableModel;
import io.stopline.evaluation.PackedDataset;
import io.stopline.evaluation.Sample;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.testing.SharedFiles;
import io.stopline.training.Batch;
import java.util.List;

/** Real signs and a real model, which are not part of the project: skips a test without them. */
final class Signs {
  private Signs() {}

  /** A starting model. */
  static TrainableModel model(String name) {
    byte[] file = SharedFiles.bytes("models/" + name + "-float32.tflite");
    return TfliteModels.openTrainable(file, InputEncoding.UNIT);
  }

  /** Training images of all classes; other ones for another {@code part}. */
  static Batch batch(int count, int part, ImageShape shape) {
    List<Sample> all = Data.TRAIN;
    float[] images = new float[count * shape.size()];
    int[] labels = new int[count];
    long[] ids = new long[count];
    int at = 0;
    for (int i = 0; i < count; i++) {
      int index = (int) ((i + 0.31 * part) * all.size() / count) % all.size();
      Sample sample = all.get(index);
      labels[i] = sample.label();
      ids[i] = index;
      Image image = sample.image();
      for (int y = 0; y < shape.height(); y++) {
        for (int x = 0; x < shape.width(); x++) {
          int pixel =
              image.index(x * image.width() / shape.width(), y * image.height() / shape.height());
          for (int c = 0; c < 3; c++) {
            images[at++] = (image.data()[pixel + c] & 0xff) / 255f;
          }
        }
      }
    }
    return new Batch(images, labels, ids, count);
  }

  /** Read once, when the first test asks. */
  private static final class Data {
    static final List<Sample> TRAIN =
        PackedDataset.read(SharedFiles.path("data/gtsrb")).split("train").samples();
  }
}
