package io.stopline.attacks.gradient;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.attacks.Attack;
import io.stopline.attacks.ForwardingVictim;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Norm;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.Victim;
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
      assertThat(stage.queries()).isGreaterThan(before);
      before = stage.standing();
      for (long id : stage.broken()) {
        assertThat(outcome.success()[(int) (id - inputs.ids()[0])]).isTrue();
      }
    }
    assertThat(before).isEqualTo(standing(outcome)).isBetween(1, 14);
    assertThat(outcome.success()[5]).isTrue();
    assertThat(progress).isSorted().allMatch(share -> share >= 0 && share <= 1);
    int[] answers = Batches.labelled(model, outcome.images(), 16).labels();
    for (int row = 0; row < 16; row++) {
      assertThat(outcome.success()[row]).isEqualTo(answers[row] != inputs.labels()[row]);
    }
  }

  /** A rebuilt model is wrong about every other input: the file holds them, whatever is tried. */
  @Test
  void whatTheFileDoesNotConfirmGoesToTheNextStage() {
    Victim doubted =
        new ForwardingVictim(ModelVictim.of(model)) {
          @Override
          public boolean[] confirm(Inputs given, float[] images, boolean[] claimed) {
            boolean[] confirmed = claimed.clone();
            for (int i = 0; i < confirmed.length; i++) {
              confirmed[i] &= given.ids()[i] % 2 == 0;
            }
            return confirmed;
          }
        };
    Map<String, String> options = Map.of("eps", "0.05");
    Attack.Outcome believed =
        Attacks.make("autoattack", options).attack(ModelVictim.of(model), inputs, Run.of(1));
    Attack.Outcome outcome = Attacks.make("autoattack", options).attack(doubted, inputs, Run.of(1));

    assertThat(standing(believed)).isZero();
    for (int row = 0; row < 16; row++) {
      assertThat(outcome.success()[row]).isEqualTo(inputs.ids()[row] % 2 == 0);
    }
    assertThat(outcome.stages()).extracting(Attack.Stage::before).containsExactly(16, 8, 8, 8);
    assertThat(outcome.stages().get(3).standing()).isEqualTo(8);
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
