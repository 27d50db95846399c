package io.stopline.evaluation.robustness;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.evaluation.Rate;
import io.stopline.evaluation.detection.Estimate;
import io.stopline.evaluation.road.FrameMean;
import io.stopline.evaluation.robustness.Fallacy.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each way in which figures of an attack on a detector may flatter it is named. */
final class DetectorFallaciesTest {

  /** An attack that nothing speaks against, and what may be wrong with it. */
  private static final class Figures {
    double cleanPrecision = 0.8;
    int objects = 20;
    int won = 18;
    int drawsWon = 340;
    int draws = 20;
    int steps = 200;
    long violations = 0;
    String withoutGradients = "";
    @Nullable DetectorGuardFigures guard = null;
    final List<DetectorControl> controls =
        new ArrayList<>(
            List.of(
                control(DetectorControl.GREY, 0),
                control(DetectorControl.NOISE, 0),
                control(DetectorControl.HUGE, 5),
                control(DetectorControl.MORE_STEPS, 5)));

    void replace(DetectorControl other) {
      controls.replaceAll(c -> c.name().equals(other.name()) ? other : c);
    }

    List<Rule> judged() {
      return fallacies().stream().map(Fallacy::rule).toList();
    }

    List<Fallacy> fallacies() {
      Rate rate = Rate.of(won, objects);
      return DetectorFallacies.judge(
          new DetectorEvidence(
              new DetectorAttackFigures(
                  "hidden",
                  new Estimate(cleanPrecision, 0.1, 0.9, objects),
                  new Estimate(0.1, 0, 0.2, objects),
                  Rate.of(objects, objects + 2),
                  rate,
                  Rate.of(0, objects),
                  Rate.of(0, objects),
                  new DetectorAttackFigures.Draws(
                      draws,
                      Rate.of(draws == 0 ? 0 : drawsWon, (long) objects * draws),
                      rate,
                      rate),
                  controls,
                  violations,
                  4000,
                  60),
              steps,
              withoutGradients,
              guard));
    }
  }

  private static DetectorControl control(String name, int won) {
    return new DetectorControl(name, Rate.of(won, 5), Rate.of(5, 5));
  }

  private static DetectorGuardFigures guard(boolean adaptive, int read) {
    return new DetectorGuardFigures(
        "int8",
        "calibration",
        adaptive,
        2,
        Rate.of(read, 20),
        Rate.of(1, 2L * read),
        Rate.of(1, read),
        Map.of(),
        FrameMean.of(new int[] {0, 1}, 1),
        FrameMean.of(new int[] {0, 1}, 1),
        1);
  }

  @Test
  void nothingIsSaidOfASoundAttack() {
    assertThat(new Figures().judged()).isEmpty();
  }

  @Test
  void aDetectorThatFindsLittleWhenClean() {
    Figures figures = new Figures();
    figures.cleanPrecision = 0.12;
    assertThat(figures.judged()).containsExactly(Rule.BAD_WHEN_CLEAN);
    assertThat(figures.fallacies().get(0).text()).contains("0.120");
  }

  @Test
  void tooFewObjects() {
    Figures figures = new Figures();
    figures.objects = 4;
    figures.won = 4;
    figures.drawsWon = 78;
    assertThat(figures.judged()).containsExactly(Rule.SMALL_SAMPLE);
  }

  @Test
  void tooFewSteps() {
    Figures figures = new Figures();
    figures.steps = 20;
    assertThat(figures.judged()).containsExactly(Rule.WEAK_ATTACKS);
    figures.steps = 200;
    figures.replace(new DetectorControl(DetectorControl.MORE_STEPS, Rate.of(5, 5), Rate.of(2, 5)));
    assertThat(figures.fallacies().get(0).text()).contains("5 of 5 objects, the attack with 2");
  }

  @Test
  void noGradientsAndNoControls() {
    Figures figures = new Figures();
    figures.withoutGradients = "operator X is not known";
    figures.controls.clear();
    assertThat(figures.judged()).containsExactly(Rule.NO_GRADIENTS, Rule.NO_SANITY);
  }

  @Test
  void paintThatDoesAsMuchAsTheAttack() {
    Figures figures = new Figures();
    figures.replace(control(DetectorControl.GREY, 5));
    assertThat(figures.judged()).containsExactly(Rule.NOISE_AS_STRONG);
    figures.replace(new DetectorControl(DetectorControl.GREY, Rate.of(5, 5), Rate.of(2, 5)));
    assertThat(figures.judged()).containsExactly(Rule.MASKED_GRADIENTS);
  }

  @Test
  void aSearchByScoresThatBeatsTheGradients() {
    Figures figures = new Figures();
    figures.controls.add(
        new DetectorControl(DetectorControl.QUERIES, Rate.of(5, 5), Rate.of(2, 5)));
    assertThat(figures.judged()).containsExactly(Rule.MASKED_GRADIENTS);
    figures.replace(new DetectorControl(DetectorControl.QUERIES, Rate.of(4, 5), Rate.of(5, 5)));
    assertThat(figures.judged()).isEmpty();
  }

  @Test
  void aHugePatchThatFails() {
    Figures figures = new Figures();
    figures.replace(control(DetectorControl.HUGE, 3));
    assertThat(figures.judged()).containsExactly(Rule.NO_FULL_SUCCESS);
  }

  @Test
  void paintingsThatAreTooLargeOrHoldInOnePlaceOnly() {
    Figures figures = new Figures();
    figures.violations = 1;
    figures.drawsWon = 40;
    assertThat(figures.judged()).containsExactly(Rule.BUDGET_VIOLATED, Rule.TOO_FEW_DRAWS);
    figures.violations = 0;
    figures.draws = 0;
    assertThat(figures.judged()).containsExactly(Rule.TOO_FEW_DRAWS);
  }

  @Test
  void aGuardWhoseAttackerDoesNotKnowItOrThatReadsLittle() {
    Figures figures = new Figures();
    figures.guard = guard(true, 18);
    assertThat(figures.judged()).isEmpty();
    figures.guard = guard(false, 18);
    assertThat(figures.judged()).containsExactly(Rule.NOT_ADAPTIVE);
    figures.guard = guard(true, 3);
    assertThat(figures.judged()).containsExactly(Rule.BAD_WHEN_CLEAN, Rule.SMALL_SAMPLE);
  }
}
