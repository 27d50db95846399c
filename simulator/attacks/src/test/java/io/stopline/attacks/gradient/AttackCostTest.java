package io.stopline.attacks.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.attacks.Inputs;
import org.junit.jupiter.api.Test;

final class AttackCostTest {

  @Test
  void bothSidesMakeTheSamePassesAndTheAttackOnlyTwoMore() {
    Linear model = Linear.random(Batches.small(), 3, 1);
    Inputs inputs = Batches.grey(model, 10, 2);
    model.passes = 0;

    AttackCost.Figure figure = AttackCost.measure(model, model, inputs, 4, 7);

    // The first batch of 4 is attacked once more, unmeasured.
    assertThat(model.passes).isEqualTo(10 * (7 + 7 + 2) + 4 * (7 + 2));
    assertThat(figure.images()).isEqualTo(10);
    assertThat(figure.steps()).isEqualTo(7);
    assertThat(figure.ratio()).isPositive();
    assertThatThrownBy(() -> AttackCost.measure(model, model, inputs, 0, 7))
        .hasMessageContaining("batches of 0");
  }
}
