package io.stopline.autodiff;

import io.stopline.evaluation.PackedDataset;
import io.stopline.evaluation.Sample;
import io.stopline.sdk.image.Image;
import io.stopline.testing.SharedFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** Photographs that are no part of the project; tests are skipped where they are absent. */
final class SharedData {

  /** Sheets stay decoded between tests. */
  private static final Map<Path, PackedDataset> READ = new ConcurrentHashMap<>();

  private SharedData() {}

  /** The first photographs of the GTSRB test set, enlarged to whole multiples; NHWC, 0..1. */
  static float[] photographs(int count, ImageShape shape) {
    return pixels(samples().subList(0, count), shape);
  }

  /** The same, of all classes: every n-th photograph. */
  static float[] spread(int count, ImageShape shape) {
    return pixels(spreadSamples(count), shape);
  }

  /** Those photographs, with their labels. */
  static List<Sample> spreadSamples(int count) {
    List<Sample> all = samples();
    return IntStream.range(0, count)
        .mapToObj(i -> all.get((int) ((long) i * all.size() / count)))
        .toList();
  }

  private static List<Sample> samples() {
    return READ.computeIfAbsent(SharedFiles.path("data/gtsrb"), PackedDataset::read)
        .split("test")
        .samples();
  }

  private static float[] pixels(List<Sample> samples, ImageShape shape) {
    float[] images = new float[samples.size() * shape.size()];
    int at = 0;
    for (Sample sample : samples) {
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
    return images;
  }
}
