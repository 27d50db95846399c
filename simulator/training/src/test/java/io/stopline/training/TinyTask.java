package io.stopline.training;

import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TfliteModels;
import io.stopline.autodiff.TrainableModel;
import io.stopline.evaluation.Sample;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.architecture.Architecture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A classifier and drawn images that it learns within seconds: bars, squares and crosses. */
final class TinyTask {

  static final ImageShape SHAPE = new ImageShape(12, 12, 3);
  static final int CLASSES = 4;

  private static final String LAYERS =
      """
      name: tiny
      input: [12, 12, 3]
      classes: 4
      layers:
        - conv: {kernel: 3, channels: 8, stride: 2}
        - separable: {channels: 16, stride: 2}
        - mean: {}
        - classes: {}
      """;

  private TinyTask() {}

  static TrainableModel model(Path folder, long seed) {
    Path file = folder.resolve("tiny.yaml");
    try {
      Files.writeString(file, LAYERS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return TfliteModels.openTrainable(Architecture.read(file).file(seed), InputEncoding.UNIT);
  }

  /** Rare classes come last: class {@code c} has {@code train / (c + 1)} images. */
  static TrainingData data(int train) {
    return new TrainingData(
        "shapes",
        List.of("bar", "beam", "square", "cross"),
        LabelledImages.of(samples(train, 1), SHAPE),
        LabelledImages.of(samples(60, 2), SHAPE),
        "train" + train,
        "validation");
  }

  static List<Sample> samples(int most, long seed) {
    RandomStream random = new RandomStream(seed);
    List<Sample> samples = new ArrayList<>();
    for (int label = 0; label < CLASSES; label++) {
      for (int i = 0; i < most / (label + 1); i++) {
        Image image = draw(label, random);
        samples.add(new Sample(label, "", 0, "", () -> image));
      }
    }
    return samples;
  }

  private static Image draw(int label, RandomStream random) {
    int side = SHAPE.width();
    byte[] rgb = new byte[SHAPE.size()];
    int middleX = 4 + random.nextInt(4);
    int middleY = 4 + random.nextInt(4);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int dx = Math.abs(x - middleX);
        int dy = Math.abs(y - middleY);
        boolean on =
            switch (label) {
              case 0 -> dx <= 1 && dy <= 4;
              case 1 -> dy <= 1 && dx <= 4;
              case 2 -> dx <= 3 && dy <= 3;
              default -> dx <= 4 && dy <= 4 && Math.min(dx, dy) == 0;
            };
        for (int c = 0; c < 3; c++) {
          rgb[3 * (y * side + x) + c] = (byte) ((on ? 170 : 60) + random.nextInt(50));
        }
      }
    }
    return Image.of(side, side, rgb);
  }

  /** A plan of a few seconds. */
  static TrainingPlan plan(int epochs) {
    return new TrainingPlan(
        epochs,
        32,
        0.5,
        new Optimisation(Optimisation.Kind.ADAMW, 0.01, 0.01, 0.5, 0.9, 1e-3, 1, 0.9),
        new ValidationPlan(1, 4.0 / 255, 3, 40, 0.5, 0),
        TrainingPlan.UNLIMITED,
        false,
        Duration.ZERO,
        7);
  }

  static float[] weights(TrainableModel model) {
    float[] weights = new float[model.weights()];
    model.read(weights);
    return weights;
  }
}
