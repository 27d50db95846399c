package io.stopline.attacks.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.Norm;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SquareAttackTest {

  private static final ImageShape SHAPE = new ImageShape(16, 16, 3);

  @ParameterizedTest
  @CsvSource({"LINF, false", "LINF, true", "L2, false", "L2, true"})
  void staysInItsBudgetAndAsksExactlyAsOftenAsItMay(Norm norm, boolean rounding) {
    LinearVictim victim = new LinearVictim(SHAPE, 1, 4);
    Inputs inputs = victim.inputs(1e6, 2);
    double epsilon = norm == Norm.LINF ? 8 / 255.0 : 0.5;
    PixelBudget budget = new PixelBudget(norm, epsilon, rounding);
    Attack.Outcome outcome =
        new SquareAttack(budget, OptionalInt.empty(), 300, 0.8, false)
            .attack(victim, inputs, Run.of(3));
    assertThat(outcome.success()).containsOnly(false);
    assertThat(victim.asked).containsOnly(300L);
    assertThat(victim.outOfRange).isFalse();
    if (norm == Norm.LINF) {
      assertThat((double) victim.farthestLinf).isBetween(epsilon - 1e-6, epsilon + 1e-7);
    } else {
      assertThat(victim.farthestL2).isBetween(0.9 * epsilon, epsilon + PixelBudget.TOLERANCE);
    }
    assertThat(victim.offGrid).isEqualTo(!rounding);
    assertThat(outcome.images()).isNotEqualTo(inputs.images());
  }

  @ParameterizedTest
  @CsvSource({"LINF, 1.5, true", "LINF, 0.99, false", "L2, 3, true", "L2, 0.99, false"})
  void findsWhatIsThereAndNothingElse(Norm norm, double ofSmallest, boolean expected) {
    LinearVictim victim = new LinearVictim(SHAPE, 4, 3);
    double epsilon = norm == Norm.LINF ? 0.05 : 1;
    double dual = norm == Norm.LINF ? victim.dualOfLinf() : victim.dualOfL2();
    Inputs inputs = victim.inputs(epsilon * dual / ofSmallest, 5);
    Attack.Outcome outcome =
        SquareAttack.standard(new PixelBudget(norm, epsilon, false))
            .attack(victim, inputs, Run.of(6));
    assertThat(outcome.success()).containsOnly(expected);
    for (int i = 0; i < inputs.count(); i++) {
      assertThat(victim.score(outcome.images(), i) < 0).isEqualTo(expected);
      assertThat(victim.asked[i] < SquareAttack.STANDARD_QUERIES).isEqualTo(expected);
    }
  }

  @Test
  void oneInputsResultDoesNotDependOnItsCompany() {
    LinearVictim victim = new LinearVictim(SHAPE, 7, 3);
    Inputs inputs = victim.inputs(0.03 * victim.dualOfLinf(), 8);
    SquareAttack attack =
        new SquareAttack(
            new PixelBudget(Norm.LINF, 0.05, false), OptionalInt.empty(), 1500, 0.8, false);
    Attack.Outcome together = attack.attack(victim, inputs, Run.of(9));
    Attack.Outcome again = attack.attack(victim, inputs, Run.of(9));
    assertThat(again.images()).isEqualTo(together.images());
    Attack.Outcome alone = attack.attack(victim, inputs.rows(new int[] {2}), Run.of(9));
    int size = SHAPE.size();
    assertThat(alone.images()).isEqualTo(Arrays.copyOfRange(together.images(), 2 * size, 3 * size));
    assertThat(attack.attack(victim, inputs, Run.of(10)).images()).isNotEqualTo(together.images());
  }

  @Test
  void whatIsWrongCleanCostsOneQueryAndNoChange() {
    LinearVictim victim = new LinearVictim(SHAPE, 1, 2);
    Inputs inputs = victim.inputs(-1, 2);
    Attack.Outcome outcome =
        SquareAttack.standard(new PixelBudget(Norm.LINF, 0.1, false))
            .attack(victim, inputs, Run.of(3));
    assertThat(outcome.success()).containsOnly(true);
    assertThat(outcome.images()).isEqualTo(inputs.images());
    assertThat(victim.asked).containsOnly(1L);
  }

  private static List<Integer> sides(WindowSchedule schedule, int... moves) {
    return Arrays.stream(moves)
        .mapToObj(move -> schedule.side(move, new ImageShape(32, 32, 3)))
        .toList();
  }

  /**
   * Window sides at 32×32 on both sides of each halving. AutoAttack's standard version leaves the
   * schedule of 10,000 moves as it is, so that its 5,000 never see the smallest windows.
   */
  @Test
  void theScheduleIsThePublishedOneWhateverTheQueries() {
    assertThat(
            sides(
                new WindowSchedule(0.8, WindowSchedule.PUBLISHED),
                0,
                10,
                11,
                50,
                51,
                200,
                201,
                500,
                501,
                1000,
                1001,
                2000,
                2001,
                4000,
                4001,
                4999,
                6000,
                6001,
                8000,
                8001))
        .containsExactly(29, 29, 20, 20, 14, 14, 10, 10, 7, 7, 5, 5, 4, 4, 3, 3, 3, 2, 2, 1);
    assertThat(SquareAttack.standard(new PixelBudget(Norm.LINF, 0.05, false)).settings())
        .containsEntry("rescale", false);
  }

  /** The same sides, spread over 5,000 moves. */
  @Test
  void theScheduleIsSqueezedIntoTheQueriesWhereThatIsAskedFor() {
    assertThat(
            sides(
                new WindowSchedule(0.8, 5000),
                0,
                5,
                6,
                25,
                26,
                100,
                101,
                250,
                251,
                500,
                501,
                1000,
                1001,
                2000,
                2001,
                3000,
                3001,
                4000,
                4001,
                4999))
        .containsExactly(29, 29, 20, 20, 14, 14, 10, 10, 7, 7, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1);
  }

  /**
   * Where the whole budget is in use and nothing is cut off, a move only shifts each channel's
   * change about: what it sees of one channel never becomes another's.
   */
  @Test
  void aMoveInL2LeavesEachChannelItsNorm() {
    ImageShape shape = new ImageShape(16, 16, 3);
    double epsilon = 0.5;
    float[] original = new float[shape.size()];
    Arrays.fill(original, 0.5f);
    RandomStream random = new RandomStream(1);
    double[] change = new double[shape.size()];
    double sum = 0;
    for (int k = 0; k < change.length; k++) {
      // One channel has three times, one nine times the change of the first.
      change[k] = random.nextGaussian() * Math.pow(3, k % 3);
      sum += change[k] * change[k];
    }
    float[] candidate = original.clone();
    for (int k = 0; k < change.length; k++) {
      candidate[k] += (float) (change[k] * epsilon / Math.sqrt(sum));
    }
    double[] before = channelNorms(original, candidate);
    L2Squares moves =
        new L2Squares(
            shape,
            new PixelBudget(Norm.L2, epsilon, false),
            new WindowSchedule(0.8, WindowSchedule.PUBLISHED));

    for (int move = 100; move < 120; move++) {
      float[] last = candidate.clone();
      moves.move(random, move, original, 0, candidate, 0);
      assertThat(candidate).isNotEqualTo(last);
    }

    double[] after = channelNorms(original, candidate);
    for (int c = 0; c < 3; c++) {
      assertThat(after[c]).isCloseTo(before[c], within(1e-4 * before[c]));
    }
  }

  private static double[] channelNorms(float[] original, float[] candidate) {
    double[] norms = new double[3];
    for (int k = 0; k < original.length; k++) {
      norms[k % 3] += Math.pow((double) candidate[k] - original[k], 2);
    }
    return Arrays.stream(norms).map(Math::sqrt).toArray();
  }

  @Test
  void thePyramidsAreThoseOfThePaper() {
    double[] pattern = L2Squares.twoPyramids(5);
    double sum = 0;
    for (double value : pattern) {
      sum += value * value;
    }
    assertThat(sum).isCloseTo(1, within(1e-12));
    // Rows 0–1 pile up, rows 2–4 dig; the middle of each half is its peak.
    assertThat(pattern[0]).isPositive();
    assertThat(pattern[5 + 2]).isEqualTo(Arrays.stream(pattern).max().orElseThrow());
    assertThat(pattern[3 * 5 + 2]).isEqualTo(Arrays.stream(pattern).min().orElseThrow());
    // Nested rectangles of heights 1, 1/4, 1/9: the peak is 49/36, its neighbour 13/36.
    assertThat(pattern[5 + 1] / pattern[5 + 2]).isCloseTo(13.0 / 49, within(1e-12));
  }

  @Test
  void aTargetIsReachedAndNothingElseCounts() {
    LinearVictim victim = new LinearVictim(SHAPE, 4, 1);
    Inputs inputs = victim.inputs(0.03 * victim.dualOfLinf(), 5);
    PixelBudget budget = new PixelBudget(Norm.LINF, 0.05, true);
    assertThat(
            new SquareAttack(budget, OptionalInt.of(1), 5000, 0.8, false)
                .attack(victim, inputs, Run.of(6))
                .success())
        .containsOnly(true);
    victim = new LinearVictim(SHAPE, 4, 1);
    inputs = victim.inputs(-1, 5);
    new SquareAttack(budget, OptionalInt.of(1), 5000, 0.8, false).attack(victim, inputs, Run.of(6));
    assertThat(victim.asked).containsOnly(1L);
  }

  @Test
  void saysWhatIsAllowed() {
    SquareAttack.Provider provider = new SquareAttack.Provider();
    assertThat(provider.create(Map.of("norm", "l2", "eps", "1/2", "queries", "7")).settings())
        .containsEntry("norm", "l2")
        .containsEntry("eps", 0.5)
        .containsEntry("queries", 7);
    assertThatThrownBy(() -> provider.create(Map.of("norm", "l0")))
        .hasMessageContaining("linf, l2");
    assertThatThrownBy(() -> provider.create(Map.of("querys", "7")))
        .hasMessageContaining("'querys'")
        .hasMessageContaining("queries");
    assertThatThrownBy(() -> provider.create(Map.of("queries", "0")))
        .hasMessageContaining("queries");
  }
}
