package io.stopline.training.method;

import io.stopline.autodiff.TfliteModels;
import io.stopline.autodiff.TrainableModel;
import io.stopline.evaluation.PackedDataset;
import io.stopline.evaluation.Rate;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.testing.SharedFiles;
import io.stopline.training.LabelledImages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Prints how many validation images a model is provably right on, for
 * docs/training/interval-bounds.md; not part of the build. {@code -Dstopline.model} names the file.
 */
@EnabledIfSystemProperty(
    named = "stopline.measure",
    matches = "true",
    disabledReason = "a measurement for the documentation; -Dstopline.measure=true runs it")
final class CertifiedShareTest {
  private static final int BATCH = 128;
  private static final int[] BUDGETS = {0, 1, 2, 4, 8};

  /** Budgets are told in quarters of a step of 8 bits. */
  private static final double QUARTER = 0.25 / 255;

  @Test
  void certifiedShareOfValidationImages() throws Exception {
    Path file = Path.of(System.getProperty("stopline.model", "missing: give -Dstopline.model"));
    Path data = SharedFiles.path("data/gtsrb");
    try (TrainableModel model =
        TfliteModels.openTrainable(Files.readAllBytes(file), InputEncoding.UNIT)) {
      LabelledImages images =
          LabelledImages.of(PackedDataset.read(data).split("validation").samples(), model.shape());
      for (int budget : BUDGETS) {
        System.out.printf(
            Locale.ROOT,
            "within %.2f/255: provably right %s%n",
            budget / 4.0,
            Rate.of(certified(model, images, budget * QUARTER), images.count()));
      }
    }
  }

  private static int certified(TrainableModel model, LabelledImages images, double epsilon) {
    int certified = 0;
    float[] pixels = new float[BATCH * model.shape().size()];
    int[] labels = new int[BATCH];
    for (int from = 0; from < images.count(); from += BATCH) {
      int count = Math.min(BATCH, images.count() - from);
      for (int i = 0; i < count; i++) {
        images.read(from + i, pixels, i);
        labels[i] = images.label(from + i);
      }
      for (boolean stands : Certificates.certified(model, pixels, labels, count, epsilon)) {
        certified += stands ? 1 : 0;
      }
    }
    return certified;
  }
}
