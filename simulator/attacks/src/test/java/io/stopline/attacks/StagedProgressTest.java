package io.stopline.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.attacks.gradient.AutoPgd;
import io.stopline.attacks.query.SquareAttack;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.junit.jupiter.api.Test;

final class StagedProgressTest {

  private final List<Double> told = new ArrayList<>();

  private double last() {
    return told.get(told.size() - 1);
  }

  @Test
  void stagesCountByWhatTheyCostAndByTheInputsThatAreLeft() {
    StagedProgress progress = new StagedProgress(new double[] {100, 900}, told::add);
    DoubleConsumer first = progress.begin(40);
    first.accept(0.5);
    // 50 of 1,000 units an input.
    assertThat(last()).isCloseTo(0.05, within(1e-9));
    first.accept(1);
    progress.end(10);
    // 100 units for each of 10 inputs, half of it for each of the 30 others; 900 are left for 10.
    assertThat(last()).isCloseTo(2500.0 / (2500 + 9000), within(1e-9));
    DoubleConsumer second = progress.begin(10);
    second.accept(0.5);
    assertThat(last()).isCloseTo(7000.0 / 11_500, within(1e-9));
    progress.end(10);
    assertThat(last()).isEqualTo(1);
    assertThat(told).isSorted();
  }

  @Test
  void nothingLeftIsAllDone() {
    StagedProgress progress = new StagedProgress(new double[] {1, 1000}, told::add);
    progress.begin(5);
    progress.end(0);
    assertThat(last()).isEqualTo(1);
    progress.begin(0);
    progress.end(0);
    assertThat(last()).isEqualTo(1);
    assertThatThrownBy(() -> progress.begin(0)).hasMessageContaining("2 attacks");
  }

  @Test
  void aGradientCostsMoreThanAScore() {
    PixelBudget budget = new PixelBudget(Norm.LINF, 0.03, false);
    AutoPgd gradients =
        new AutoPgd(AutoPgd.Settings.standard(AutoPgd.Variant.CROSS_ENTROPY, budget, 1));
    assertThat(StagedProgress.cost(gradients)).isEqualTo(3 * 102);
    assertThat(StagedProgress.cost(SquareAttack.standard(budget))).isEqualTo(5000);
  }
}
