package io.stopline.training.method;

import io.stopline.autodiff.TfliteModels;
import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import io.stopline.training.architecture.Architecture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Images of four classes that differ in two ways: in a few large squares, which a small
 * perturbation cannot change but which are wrong in some images, and in a faint pattern of all
 * pixels, which is always right and which a small perturbation turns round. A model that is merely
 * accurate leans on the faint one.
 */
final class TinyTask {
  static final int CLASSES = 4;
  private static final int SIDE = 16;
  private static final int SIZE = SIDE * SIDE * 3;
  private static final int SQUARE = 4;
  private static final float STRONG = 0.15f;
  private static final float FAINT = 0.02f;
  private static final float NOISE = 0.06f;
  private static final double MISLEADING = 0.1;

  private TinyTask() {}

  /** A small convolutional network with its initial weights. */
  static TrainableModel model(Path folder) {
    try {
      Path file =
          Files.writeString(
              folder.resolve("tiny.yaml"),
              """
              input: [16, 16, 3]
              classes: 4
              layers:
                - conv: {kernel: 3, channels: 8, stride: 2}
                - conv: {kernel: 3, channels: 16, stride: 2}
                - conv: {kernel: 4, channels: 32, padding: valid}
                - mean: {}
                - classes: {}
              """);
      return TfliteModels.openTrainable(Architecture.read(file).file(3), InputEncoding.UNIT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Batch> batches(int number, int count) {
    List<Batch> batches = new ArrayList<>();
    for (int b = 0; b < number; b++) {
      batches.add(batch(count, (long) b * count));
    }
    return batches;
  }

  /** Images {@code first} and on of an endless row. */
  static Batch batch(int count, long first) {
    float[] images = new float[count * SIZE];
    int[] labels = new int[count];
    long[] ids = new long[count];
    for (int i = 0; i < count; i++) {
      ids[i] = first + i;
      RandomStream random = new RandomStream(RandomStream.derive(11, ids[i]));
      labels[i] = random.nextInt(CLASSES);
      int shown = random.nextDouble() < MISLEADING ? random.nextInt(CLASSES) : labels[i];
      for (int p = 0; p < SIZE; p++) {
        int square = p / 3 % SIDE / SQUARE + p / 3 / SIDE / SQUARE * (SIDE / SQUARE);
        double value =
            0.5
                + STRONG * sign(shown, square)
                + FAINT * sign(labels[i], 1000 + p)
                + NOISE * random.nextGaussian();
        images[i * SIZE + p] = (float) Math.min(1, Math.max(0, value));
      }
    }
    return new Batch(images, labels, ids, count);
  }

  /** Of a class's pattern. */
  private static int sign(int label, int place) {
    return (RandomStream.derive(label, place) & 1) == 0 ? 1 : -1;
  }
}
