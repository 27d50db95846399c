package io.stopline.training.method;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.attacks.Norm;
import io.stopline.autodiff.TfliteModels;
import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import io.stopline.training.StepResult;
import io.stopline.training.TrainingMethod;
import io.stopline.training.architecture.Architecture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training with interval bounds makes proofs, and proofs hold. */
final class IntervalBoundsTest {
  private static final int COUNT = 64;
  private static final double EPSILON = 1.0 / 255;
  private static final String SMALL =
      """
      name: small
      input: [32, 32, 3]
      classes: 43
      layers:
        - conv: {kernel: 3, channels: 16, stride: 2, activation: relu}
        - conv: {kernel: 3, channels: 32, stride: 2, activation: relu}
        - mean: {}
        - classes: {}
      """;

  @TempDir private Path folder;

  @Test
  void itLearnsWhatCanBeProvedAndNoAttackBreaksAProof() throws Exception {
    Path file = Files.writeString(folder.resolve("small.yaml"), SMALL);
    byte[] fresh = Architecture.read(file).file(1);
    try (TrainableModel model = TfliteModels.openTrainable(fresh, InputEncoding.UNIT)) {
      Batch batch = Signs.batch(COUNT, 0, model.shape());
      List<StepResult> results =
          new ShortRun(model, List.of(batch), 0.05)
              .train(
                  Methods.make(
                      "interval-bounds",
                      Map.of("eps", "1/255", "eps-start", "50", "eps-warmup", "200")),
                  400);
      StepResult last = results.get(results.size() - 1);
      boolean[] certified =
          Certificates.certified(model, batch.images(), batch.labels(), COUNT, EPSILON);
      int proved = 0;
      for (boolean c : certified) {
        proved += c ? 1 : 0;
      }
      assertThat(proved).isGreaterThan(COUNT / 4);
      assertThat(last.rightAttacked()).isBetween(proved / 2, last.right());
      double robust = ShortRun.robust(model, batch, Norm.LINF, EPSILON, 20);
      assertThat(robust).isGreaterThanOrEqualTo((double) proved / COUNT);
      assertThat(ShortRun.clean(model, batch)).isGreaterThanOrEqualTo(robust);
    }
  }

  @Test
  void theScheduleIsRemembered() {
    try (TrainableModel model = Signs.model("local")) {
      Batch batch = Signs.batch(8, 0, model.shape());
      TrainingMethod whole = make();
      TrainingMethod first = make();
      TrainingMethod second = make();
      float[] expected = gradients(whole, model, batch, 4);
      gradients(first, model, batch, 2);
      second.restore(first.memory());
      assertThat(gradients(second, model, batch, 2)).isEqualTo(expected);
      assertThat(gradients(make(), model, batch, 2)).isNotEqualTo(expected);
    }
  }

  private static TrainingMethod make() {
    return Methods.make(
        "interval-bounds", Map.of("eps", "1/255", "eps-start", "1", "eps-warmup", "5"));
  }

  /** The last of several gradients. */
  private static float[] gradients(
      TrainingMethod method, TrainableModel model, Batch batch, int steps) {
    float[] gradient = new float[model.weights()];
    for (int i = 0; i < steps; i++) {
      Arrays.fill(gradient, 0);
      method.gradient(model, batch, new RandomStream(i), gradient);
    }
    return gradient;
  }
}
