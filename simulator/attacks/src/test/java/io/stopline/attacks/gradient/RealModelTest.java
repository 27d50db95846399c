package io.stopline.attacks.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Norm;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.TfliteModels;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Sample;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.testing.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A few real signs and the classifier as it ships. */
final class RealModelTest {

  private static final int COUNT = 6;

  @Test
  void anUndefendedModelFallsAndNoiseOfOneStepHardlyHurtsIt() throws IOException {
    Path file = SharedFiles.path("models/mobile-float32.tflite");
    try (DifferentiableModel model =
        TfliteModels.open(Files.readAllBytes(file), InputEncoding.UNIT)) {
      Inputs inputs = signs(model);
      for (Map.Entry<String, Norm> attack :
          Map.of("apgd-t", Norm.LINF, "apgd-dlr", Norm.L2).entrySet()) {
        double epsilon = attack.getValue() == Norm.LINF ? 16.0 / 255 : 3;
        Attack.Outcome outcome =
            Attacks.make(
                    attack.getKey(),
                    Map.of(
                        "norm",
                        attack.getValue() == Norm.LINF ? "linf" : "l2",
                        "eps",
                        Double.toString(epsilon),
                        "rounding",
                        "true",
                        "steps",
                        "20"))
                .attack(ModelVictim.of(model), inputs, Run.of(1));

        new PixelBudget(attack.getValue(), epsilon, true).assertWithin(inputs, outcome.images());
        assertThat(fallen(outcome)).as(attack.getKey()).isEqualTo(COUNT);
      }
      Attack.Outcome one =
          Attacks.make("fgsm", Map.of("eps", "0.1/255"))
              .attack(ModelVictim.of(model), inputs, Run.of(1));
      assertThat(fallen(one)).isZero();
    }
  }

  private static int fallen(Attack.Outcome outcome) {
    int count = 0;
    for (boolean success : outcome.success()) {
      count += success ? 1 : 0;
    }
    return count;
  }

  private static Inputs signs(DifferentiableModel model) {
    List<Sample> samples =
        Dataset.open(SharedFiles.path("data/gtsrb")).split("validation").samples();
    int size = model.shape().size();
    float[] images = new float[COUNT * size];
    for (int n = 0; n < COUNT; n++) {
      Image image = samples.get(n * samples.size() / COUNT + 20).image();
      int at = n * size;
      for (int y = 0; y < image.height(); y++) {
        for (int x = 0; x < image.width(); x++) {
          int rgb = image.rgb(x, y);
          images[at++] = (rgb >> 16 & 255) / 255f;
          images[at++] = (rgb >> 8 & 255) / 255f;
          images[at++] = (rgb & 255) / 255f;
        }
      }
    }
    return Batches.labelled(model, images, COUNT);
  }
}
