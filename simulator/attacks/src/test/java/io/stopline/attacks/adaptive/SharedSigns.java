package io.stopline.attacks.adaptive;

import io.stopline.attacks.Inputs;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TfliteModels;
import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.LoadedClassifier;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Sample;
import io.stopline.sdk.image.Image;
import io.stopline.testing.SharedFiles;
import io.stopline.tflite.RuntimeOptions;
import java.nio.file.Path;
import java.util.List;

/** Photographed signs and the shipped bundle; tests are skipped where the photographs are not. */
final class SharedSigns {

  static final ImageShape SHAPE = new ImageShape(32, 32, 3);

  private SharedSigns() {}

  static Bundle bundle() {
    return Bundle.load(Path.of("../../firmware-config/bundles/traffic-signs"));
  }

  static Dataset gtsrb() {
    return Dataset.open(SharedFiles.path("data/gtsrb"));
  }

  static DifferentiableModel twin(Bundle bundle, String model) {
    return TfliteModels.open(bundle.modelBytes(model), bundle.model(model).input());
  }

  static LoadedClassifier classifier(Bundle bundle, String model) {
    return GuardFactory.open(bundle, model, RuntimeOptions.defaults());
  }

  /** Every so-many-th image of the split, {@code count} of them. */
  static Inputs inputs(Dataset data, String split, int count) {
    List<Sample> samples = data.split(split).samples();
    float[] images = new float[count * SHAPE.size()];
    int[] labels = new int[count];
    long[] ids = new long[count];
    for (int i = 0; i < count; i++) {
      int number = (int) (i * (long) samples.size() / count);
      Sample sample = samples.get(number);
      put(sample.image(), images, i);
      labels[i] = sample.label();
      ids[i] = number;
    }
    return new Inputs(SHAPE, images, labels, ids);
  }

  private static void put(Image image, float[] images, int index) {
    for (int y = 0; y < SHAPE.height(); y++) {
      for (int k = 0; k < 3 * SHAPE.width(); k++) {
        images[index * SHAPE.size() + 3 * SHAPE.width() * y + k] =
            (image.data()[image.index(0, y) + k] & 0xff) / 255f;
      }
    }
  }

  /** Those that are told right when clean. */
  static Inputs rightOnes(Inputs inputs, FreshDraws wrong) {
    int[] rows =
        java.util.stream.IntStream.range(0, inputs.count())
            .filter(i -> wrong.hits()[i] == 0)
            .toArray();
    return inputs.rows(rows);
  }
}
