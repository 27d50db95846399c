package io.stopline.attacks.universal;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Attack.Outcome;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Norm;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.SmoothModel;
import io.stopline.autodiff.ImageShape;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UniversalPerturbationTest {

  private static final ImageShape SHAPE = new ImageShape(12, 10, 3);
  private final SmoothModel model = new SmoothModel(SHAPE, 4, 11);

  /** Pictures of all classes, no two alike. */
  private Inputs inputs(int count) {
    float[] images = new float[count * SHAPE.size()];
    int[] labels = new int[count];
    long[] ids = new long[count];
    Random random = new Random(1);
    for (int i = 0; i < count; i++) {
      labels[i] = i % 4;
      ids[i] = 10L * i;
      float[] image = model.image(labels[i], 0.1 + 0.1 * random.nextDouble());
      System.arraycopy(image, 0, images, i * SHAPE.size(), SHAPE.size());
    }
    return new Inputs(SHAPE, images, labels, ids);
  }

  private static int[] heldOut(Outcome outcome) {
    float[] learnt = requireNonNull(outcome.figures().get(Outcome.LEARNT_ON));
    int wrong = 0;
    int of = 0;
    for (int i = 0; i < learnt.length; i++) {
      of += learnt[i] == 0 ? 1 : 0;
      wrong += learnt[i] == 0 && outcome.success()[i] ? 1 : 0;
    }
    return new int[] {wrong, of};
  }

  @Test
  void oneChangeWithinTheBudgetMakesOtherInputsTheTarget() {
    for (Norm norm : new Norm[] {Norm.LINF, Norm.L2}) {
      double epsilon = norm == Norm.LINF ? 32 / 255.0 : 1.6;
      Attack attack =
          new UniversalPerturbation.Provider()
              .create(
                  Map.of(
                      "norm",
                      norm.name(),
                      "eps",
                      "" + epsilon,
                      "rounding",
                      "true",
                      "targeted",
                      "2",
                      "steps",
                      "60"));
      Inputs inputs = inputs(40);
      Outcome outcome = attack.attack(ModelVictim.of(model), inputs, Run.of(5));
      new PixelBudget(norm, epsilon, true).assertWithin(inputs, outcome.images());
      int[] heldOut = heldOut(outcome);
      // 30 are not of the target's class; half of them are learnt on.
      assertThat(heldOut[1]).isEqualTo(25);
      assertThat(heldOut[0]).isGreaterThan(12);
      assertThat(outcome.success()[2]).isFalse();
    }
  }

  @Test
  void itIsTheSameChangeForAll() {
    Attack attack =
        new UniversalPerturbation.Provider().create(Map.of("steps", "10", "rounding", "true"));
    Inputs inputs = inputs(8);
    Outcome outcome = attack.attack(ModelVictim.of(model), inputs, Run.of(5));
    int size = SHAPE.size();
    for (int i = size; i < outcome.images().length; i++) {
      // These pictures are grey enough that nothing is clipped.
      assertThat(Math.round(255 * (outcome.images()[i] - inputs.images()[i])))
          .isEqualTo(Math.round(255 * (outcome.images()[i % size] - inputs.images()[i % size])));
    }
  }

  @Test
  void noBudgetNoSuccess() {
    Attack attack = new UniversalPerturbation.Provider().create(Map.of("steps", "10", "eps", "0"));
    Outcome outcome = attack.attack(ModelVictim.of(model), inputs(8), Run.of(5));
    assertThat(outcome.success()).containsOnly(false);
  }

  @Test
  void refusesWhatItCannotDo() {
    assertThatThrownBy(() -> new UniversalPerturbation.Provider().create(Map.of("norm", "l0")))
        .hasMessageContaining("linf, l2");
    Attack attack = new UniversalPerturbation.Provider().create(Map.of());
    assertThatThrownBy(
            () -> attack.attack(ModelVictim.withoutGradients(model), inputs(2), Run.of(5)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("hopskipjump");
  }
}
