package io.stopline.campaign.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Norm;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.gradient.ProjectedGradient;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.TfliteModels;
import io.stopline.campaign.model.TfliteBatchModel;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.random.RandomStream;
import io.stopline.testing.SharedFiles;
import java.io.IOException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A file and a rebuilt model that disagree far more than a file and its own rebuilt one ever do:
 * they are two different networks.
 */
final class ExactVictimTest {

  private static final int COUNT = 12;

  private static byte[] file(String name) throws IOException {
    return SharedFiles.bytes("models/" + name);
  }

  /** Random pictures, with the labels that the file gives them. */
  private static Inputs inputs(TfliteBatchModel exact) {
    RandomStream random = new RandomStream(5);
    float[] images = new float[COUNT * exact.shape().size()];
    for (int i = 0; i < images.length; i++) {
      images[i] = (float) random.nextDouble();
    }
    Inputs unlabelled =
        new Inputs(
            exact.shape(),
            images,
            new int[COUNT],
            IntStream.range(0, COUNT).asLongStream().toArray());
    int[] labels = new ModelJudge(exact).labels(unlabelled);
    return new Inputs(exact.shape(), images, labels, unlabelled.ids());
  }

  @Test
  void whatOnlyTheRebuiltModelGetsWrongIsNoSuccess() throws IOException {
    byte[] shipped = file("res-float32.tflite");
    try (TfliteBatchModel exact =
            TfliteBatchModel.openAsShipped("res", shipped, InputEncoding.UNIT, 1);
        TfliteBatchModel queries = TfliteBatchModel.open("res", shipped, InputEncoding.UNIT, 1);
        DifferentiableModel rebuilt =
            TfliteModels.open(file("mobile-float32.tflite"), InputEncoding.UNIT)) {
      Inputs inputs = inputs(exact);
      ModelVictim believing = ModelVictim.of(rebuilt, queries);
      Attack attack = ProjectedGradient.pgd(new PixelBudget(Norm.LINF, 8.0 / 255, false), 3);

      boolean[] believed = attack.attack(believing, inputs, Run.of(1)).success();
      Attack.Outcome outcome =
          attack.attack(new ExactVictim(believing, exact, false), inputs, Run.of(1));

      int[] answers =
          new ModelJudge(exact)
              .labels(new Inputs(inputs.shape(), outcome.images(), inputs.labels(), inputs.ids()));
      int more = 0;
      for (int i = 0; i < COUNT; i++) {
        more += believed[i] && !outcome.success()[i] ? 1 : 0;
        if (outcome.success()[i]) {
          assertThat(answers[i]).isNotEqualTo(inputs.labels()[i]);
        }
      }
      assertThat(more).isPositive();
    }
  }

  @Test
  void onlyClaimsThatTheFileConfirmsAreLeft() throws IOException {
    byte[] asked = file("mobile-float32.tflite");
    try (TfliteBatchModel exact =
            TfliteBatchModel.openAsShipped(
                "res", file("res-float32.tflite"), InputEncoding.UNIT, 1);
        DifferentiableModel rebuilt = TfliteModels.open(asked, InputEncoding.UNIT)) {
      Inputs inputs = inputs(exact);
      // Every second label is wrong.
      for (int i = 0; i < COUNT; i += 2) {
        inputs.labels()[i] = (inputs.labels()[i] + 1) % exact.classes();
      }
      boolean[] claimed = new boolean[COUNT];
      for (int i = 0; i < COUNT; i++) {
        claimed[i] = i != 4;
      }

      boolean[] confirmed =
          new ExactVictim(ModelVictim.of(rebuilt), exact, false)
              .confirm(inputs, inputs.images(), claimed);

      for (int i = 0; i < COUNT; i++) {
        assertThat(confirmed[i]).as("input %d", i).isEqualTo(i % 2 == 0 && i != 4);
      }
    }
  }
}
