package io.stopline.attacks.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Norm;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AutoAttackTest {

  private final Perceptron model = new Perceptron(Batches.small(), 24, 6, 8);
  private final Inputs inputs = Batches.levels(model, 16, 9);

  private static int standing(Attack.Outcome outcome) {
    int count = 0;
    for (boolean success : outcome.success()) {
      count += success ? 0 : 1;
    }
    return count;
  }

  @Test
  void everyStageGoesOnWithWhatTheOneBeforeLeft() {
    List<Double> progress = new ArrayList<>();
    // One label is wrong from the start: no stage sees that input.
    inputs.labels()[5] = (inputs.labels()[5] + 1) % 6;

    Attack.Outcome outcome =
        Attacks.make("autoattack", Map.of("eps", "0.012"))
            .attack(ModelVictim.of(model), inputs, new Run(1, progress::add, () -> false));

    new PixelBudget(Norm.LINF, 0.012, false).assertWithin(inputs, outcome.images());
    assertThat(outcome.stages())
        .extracting(Attack.Stage::attack)
        .containsExactly("apgd-ce", "apgd-t", "fab-t", "square");
    int before = 15;
    for (Attack.Stage stage : outcome.stages()) {
      assertThat(stage.before()).isEqualTo(before);
      assertThat(stage.standing()).isLessThanOrEqualTo(before);
      before = stage.standing();
    }
    assertThat(before).isEqualTo(standing(outcome)).isBetween(1, 14);
    assertThat(outcome.success()[5]).isTrue();
    assertThat(progress).isSorted().allMatch(share -> share >= 0 && share <= 1);
    int[] answers = Batches.labelled(model, outcome.images(), 16).labels();
    for (int row = 0; row < 16; row++) {
      assertThat(outcome.success()[row]).isEqualTo(answers[row] != inputs.labels()[row]);
    }
  }

  @Test
  void isNoWeakerThanItsFirstStageAloneAndHasAVersionForRandomisedVictims() {
    int whole =
        standing(
            Attacks.make("autoattack", Map.of("eps", "0.15", "norm", "l2"))
                .attack(ModelVictim.of(model), inputs, Run.of(1)));
    int part =
        standing(
            Attacks.make("apgd-ce", Map.of("eps", "0.15", "norm", "l2"))
                .attack(ModelVictim.of(model), inputs, Run.of(1)));
    Attack.Outcome random =
        Attacks.make("autoattack", Map.of("eps", "0.15", "norm", "l2", "version", "rand"))
            .attack(ModelVictim.of(model), inputs, Run.of(1));

    assertThat(whole).isLessThanOrEqualTo(part);
    assertThat(random.stages())
        .extracting(Attack.Stage::attack)
        .containsExactly("apgd-ce", "apgd-dlr");
  }
}
