package io.stopline.evaluation.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.robustness.Evidence.DrawPoint;
import io.stopline.evaluation.robustness.Evidence.GuardEvidence;
import io.stopline.evaluation.robustness.Fallacy.Rule;
import io.stopline.evaluation.robustness.SanityFigures.Point;
import io.stopline.evaluation.robustness.SanityFigures.Probe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an honest evaluation looks like, and each way to miss it. */
final class FallacyGuardTest {

  private static final double EPSILON = 0.03;

  @Test
  void findsNothingInAnHonestEvaluation() {
    assertThat(rules(List.of(pgd(400, 0), square(3)), honest(), null)).isEmpty();
  }

  @Test
  void aBrokenBudgetComesBeforeAllElse() {
    List<Fallacy> found = judge(List.of(pgd(400, 2)), sanity(40, 4, 10, 40, 45, 30), null);
    assertThat(found.get(0).rule()).isEqualTo(Rule.BUDGET_VIOLATED);
    assertThat(found.get(0).text()).contains("pgd", "on 2 inputs", "0.05 where 0.03 is allowed");
  }

  @Test
  void gradientsThatAreZeroAreMasked() {
    assertThat(rules(List.of(pgd(400, 0)), withZeroGradients(5), null))
        .containsExactly(Rule.MASKED_GRADIENTS);
    assertThat(rules(List.of(pgd(400, 0)), withZeroGradients(4), null)).isEmpty();
  }

  @Test
  void aMarginLossThatFindsMuchMoreThanCrossEntropyIsASignOfMasking() {
    assertThat(rules(List.of(pgd(400, 0)), sanity(30, 2, 5, 30, 40, 25), null))
        .containsExactly(Rule.MASKED_GRADIENTS);
    assertThat(rules(List.of(pgd(400, 0)), sanity(30, 2, 5, 30, 36, 25), null)).isEmpty();
  }

  @Test
  void aSingleStepASearchOrNoiseThatBeatsManyStepsIsASignOfMasking() {
    assertThat(rules(List.of(pgd(400, 0)), sanity(30, 2, 37, 30, 31, 25), null))
        .containsExactly(Rule.MASKED_GRADIENTS);
    assertThat(rules(List.of(pgd(400, 0)), sanity(30, 2, 5, 30, 31, 37), null))
        .containsExactly(Rule.MASKED_GRADIENTS);
    assertThat(rules(List.of(pgd(400, 0)), sanity(30, 40, 5, 30, 31, 25), null))
        .containsExactly(Rule.MASKED_GRADIENTS);
  }

  @Test
  void whatGradientFreeAttacksBreakAfterGradientAttacksIsASignOfMasking() {
    assertThat(rules(List.of(pgd(400, 0), square(60)), honest(), null))
        .containsExactly(Rule.MASKED_GRADIENTS);
    // Before them it says nothing.
    assertThat(rules(List.of(square(60), pgd(400, 0)), honest(), null)).isEmpty();
  }

  @Test
  void noiseNearlyAsStrongAsTheAttackIsTold() {
    assertThat(rules(List.of(pgd(400, 0)), sanity(30, 26, 20, 30, 31, 29), null))
        .containsExactly(Rule.NOISE_AS_STRONG);
  }

  @Test
  void successMustGrowAndReachEverything() {
    assertThat(rules(List.of(pgd(400, 0)), growth(10, 30, 50), null)).isEmpty();
    assertThat(rules(List.of(pgd(400, 0)), growth(10, 30, 44), null))
        .containsExactly(Rule.NO_FULL_SUCCESS);
    assertThat(rules(List.of(pgd(400, 0)), growth(30, 30, 30), null))
        .containsExactly(Rule.NO_GROWTH, Rule.NO_FULL_SUCCESS);
    assertThat(rules(List.of(pgd(400, 0)), growth(30, 50, 44), null))
        .containsExactly(Rule.NO_GROWTH, Rule.NO_FULL_SUCCESS);
  }

  @Test
  void weakAttacksMissingSanityAndSmallSamplesAreTold() {
    assertThat(rules(List.of(attack("fgsm", Access.ONE_GRADIENT, 500, 100, 0)), honest(), null))
        .containsExactly(Rule.WEAK_ATTACKS);
    assertThat(rules(List.of(pgd(400, 0)), null, null)).containsExactly(Rule.NO_SANITY);
    Evidence few = new Evidence(Rate.of(25, 50), List.of(pgd(400, 0)), false, honest(), "", null);
    assertThat(FallacyGuard.judge(few))
        .extracting(Fallacy::rule)
        .containsExactly(Rule.SMALL_SAMPLE);
  }

  @Test
  void aModelWithoutGradientsIsNeverCalledRobust() {
    Evidence evidence =
        new Evidence(
            Rate.of(500, 1000), List.of(square(60)), false, null, "no gradient through X", null);
    assertThat(FallacyGuard.judge(evidence))
        .singleElement()
        .satisfies(f -> assertThat(f.rule()).isEqualTo(Rule.NO_GRADIENTS))
        .satisfies(f -> assertThat(f.text()).contains("no gradient through X"));
  }

  @Test
  void aGuardNeedsAnAttackerWhoKnowsItItsOwnThresholdsAndEnoughDraws() {
    List<DrawPoint> flat = draws(20, 40, 41);
    assertThat(rules(List.of(pgd(400, 0)), honest(), guard(true, "calibration", flat))).isEmpty();
    assertThat(rules(List.of(pgd(400, 0)), honest(), guard(false, "calibration", flat)))
        .containsExactly(Rule.NOT_ADAPTIVE);
    assertThat(rules(List.of(pgd(400, 0)), honest(), guard(true, "test", flat)))
        .containsExactly(Rule.THRESHOLDS_NOT_CALIBRATED);
    assertThat(rules(List.of(pgd(400, 0)), honest(), guard(true, "calibration", draws(20, 40, 60))))
        .containsExactly(Rule.TOO_FEW_DRAWS);
    assertThat(rules(List.of(pgd(400, 0)), honest(), guard(true, "calibration", List.of())))
        .containsExactly(Rule.TOO_FEW_DRAWS);
  }

  @Test
  void aGuardThatBeatsItsBestMemberAtHalfTheBudgetIsNotBelieved() {
    Floor floor =
        new Floor(
            4 / 255.0,
            List.of(
                new Floor.Member("weak", Rate.of(180, 200)),
                new Floor.Member("strong", Rate.of(60, 200))));
    assertThat(floor.best().name()).isEqualTo("strong");
    assertThat(Floor.of(floor.toJson())).isEqualTo(floor);
    List<DrawPoint> flat = draws(20, 40, 41);
    Rate alarms = Rate.of(4, 200);
    assertThat(
            judge(
                List.of(pgd(400, 0)),
                honest(),
                new GuardEvidence(true, "calibration", flat, Rate.of(20, 196), alarms, floor)))
        .singleElement()
        .satisfies(f -> assertThat(f.rule()).isEqualTo(Rule.BELOW_FLOOR))
        .satisfies(f -> assertThat(f.text()).contains("12.2 % together", "'strong'", "30.0 %"));
    // Within the intervals nothing is said.
    assertThat(floor.isAbove(Rate.of(50, 196), alarms)).isFalse();
    assertThat(floor.isAbove(Rate.of(90, 196), alarms)).isFalse();
  }

  private static GuardEvidence guard(boolean adaptive, String thresholds, List<DrawPoint> draws) {
    return new GuardEvidence(adaptive, thresholds, draws, Rate.of(40, 100), Rate.of(1, 100), null);
  }

  private static List<Rule> rules(
      List<AttackFigures> attacks, @Nullable SanityFigures sanity, @Nullable GuardEvidence guard) {
    return judge(attacks, sanity, guard).stream().map(Fallacy::rule).toList();
  }

  private static List<Fallacy> judge(
      List<AttackFigures> attacks, @Nullable SanityFigures sanity, @Nullable GuardEvidence guard) {
    return FallacyGuard.judge(new Evidence(Rate.of(500, 1000), attacks, false, sanity, "", guard));
  }

  private static AttackFigures pgd(long broken, long violations) {
    return attack("pgd", Access.GRADIENTS, 900, broken, violations);
  }

  private static AttackFigures square(long broken) {
    return attack("square", Access.SCORES, 500, broken, 0);
  }

  @Test
  void drawsGrowOnlyByWhatNoChanceMakes() {
    assertThat(grows(20, 5, 7)).isFalse();
    assertThat(grows(20, 5, 8)).isTrue();
    assertThat(grows(200, 50, 59)).isFalse();
    assertThat(grows(200, 50, 60)).isTrue();
    assertThat(grows(200, 60, 50)).isFalse();
  }

  private static boolean grows(int of, int fewer, int more) {
    return FallacyGuard.stillGrows(
        new Evidence.DrawPoint(4, Rate.of(fewer, of)),
        new Evidence.DrawPoint(8, Rate.of(more, of)));
  }

  static Threat threat(String words, long queries) {
    ObjectNode model =
        JsonNodeFactory.instance
            .objectNode()
            .put("goal", "untargeted")
            .put("knowledge", "white box")
            .put("guardKnown", false)
            .put("guard", "none")
            .put("capability", "digital");
    model
        .putObject("budget")
        .put("norm", "linf")
        .put("epsilon", 8.0 / 255)
        .put("rounding", false)
        .put("queries", queries)
        .put("draws", 1);
    return new Threat(words, model);
  }

  static AttackFigures attack(
      String name, Access access, long attacked, long broken, long violations) {
    return attack(name, access, attacked, broken, violations, 102);
  }

  static AttackFigures attack(
      String name, Access access, long attacked, long broken, long violations, long queries) {
    return new AttackFigures(
        name,
        access,
        threat("untargeted, white box", queries),
        Map.of("steps", 40),
        1000,
        attacked - broken,
        attacked,
        LongStream.range(0, broken).boxed().toList(),
        broken,
        0,
        violations,
        violations == 0 ? "" : "a change of 0.05 where 0.03 is allowed",
        EPSILON,
        Map.of(),
        4000,
        1.5,
        List.of());
  }

  static SanityFigures honest() {
    return sanity(40, 4, 10, 40, 42, 30);
  }

  private static SanityFigures withZeroGradients(int zero) {
    SanityFigures honest = honest();
    return new SanityFigures(honest.norm(), EPSILON, 50, zero, honest.points());
  }

  private static SanityFigures growth(int below, int at, int above) {
    return new SanityFigures(
        "linf",
        EPSILON,
        50,
        0,
        List.of(
            new Point(Probe.ITERATIVE, EPSILON / 4, below),
            new Point(Probe.ITERATIVE, EPSILON, at),
            new Point(Probe.ITERATIVE, 1, above)));
  }

  /** What each probe broke of 50 at the budget asked about, and all at the largest. */
  private static SanityFigures sanity(
      int iterativeBelow, int noise, int single, int iterative, int margin, int free) {
    return new SanityFigures(
        "linf",
        EPSILON,
        50,
        0,
        List.of(
            new Point(Probe.ITERATIVE, EPSILON / 4, Math.min(iterative, iterativeBelow) / 2),
            new Point(Probe.NOISE, EPSILON, noise),
            new Point(Probe.SINGLE_STEP, EPSILON, single),
            new Point(Probe.ITERATIVE, EPSILON, iterative),
            new Point(Probe.MARGIN, EPSILON, margin),
            new Point(Probe.GRADIENT_FREE, EPSILON, free),
            new Point(Probe.ITERATIVE, 1, 50)));
  }

  private static List<DrawPoint> draws(long... successes) {
    List<DrawPoint> points = new ArrayList<>();
    for (int i = 0; i < successes.length; i++) {
      points.add(new DrawPoint(1 << i, Rate.of(successes[i], 100)));
    }
    return points;
  }
}
