package io.stopline.attacks.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Norm;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.Victim;
import io.stopline.attacks.plugin.Attacks;
import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All but Square, on a model whose smallest change is known. */
final class QueryAttacksTest {

  private static final ImageShape SHAPE = new ImageShape(8, 8, 3);
  private static final Attacks ATTACKS = Attacks.installed();

  @ParameterizedTest
  @CsvSource({
    "spsa, linf, steps=60",
    "nes, linf, queries=4000",
    "nes, l2, queries=4000",
    "hopskipjump, linf, queries=6000",
    "hopskipjump, l2, queries=6000",
  })
  void findsWhatIsThereAndNothingElse(String name, String norm, String option) {
    double epsilon = norm.equals("linf") ? 0.06 : 0.6;
    for (boolean rounding : new boolean[] {false, true}) {
      for (double ofSmallest : new double[] {1.5, 0.98}) {
        LinearVictim victim = new LinearVictim(SHAPE, 4, 2);
        double dual = norm.equals("linf") ? victim.dualOfLinf() : victim.dualOfL2();
        Inputs inputs = victim.inputs(epsilon * dual / ofSmallest, 5);
        Map<String, String> options = new HashMap<>();
        options.put("norm", norm);
        options.put("eps", Double.toString(epsilon));
        options.put("rounding", Boolean.toString(rounding));
        int equals = option.indexOf('=');
        options.put(option.substring(0, equals), option.substring(equals + 1));
        Attack attack = ATTACKS.byName(name, options);
        Attack.Outcome outcome = attack.attack(victim, inputs, Run.of(6));
        assertThat(outcome.success())
            .as("%s with %s, ε %s times the smallest", name, options, ofSmallest)
            .containsOnly(ofSmallest > 1);
        PixelBudget budget =
            new PixelBudget("linf".equals(norm) ? Norm.LINF : Norm.L2, epsilon, rounding);
        budget.assertWithin(inputs, outcome.images());
        for (int i = 0; i < inputs.count(); i++) {
          assertThat(victim.score(outcome.images(), i) < 0).isEqualTo(outcome.success()[i]);
        }
        assertThat(victim.outOfRange).isFalse();
        assertAskedNoMoreThanDeclared(attack, victim);
      }
    }
  }

  private static void assertAskedNoMoreThanDeclared(Attack attack, LinearVictim victim) {
    long declared = ((ThreatModel.Perturbation) attack.threatModel().budget()).queries();
    for (long asked : victim.asked) {
      assertThat(asked).isBetween(1L, declared);
    }
  }

  @Test
  void spsaAndNesAskExactlyAsOftenAsTheyMay() {
    LinearVictim victim = new LinearVictim(SHAPE, 1, 2);
    Inputs inputs = victim.inputs(1e6, 2);
    ATTACKS.byName("spsa", Map.of("steps", "3", "samples", "10")).attack(victim, inputs, Run.of(1));
    assertThat(victim.asked).containsOnly(3 * 11L + 1);
    victim = new LinearVictim(SHAPE, 1, 2);
    inputs = victim.inputs(1e6, 2);
    ATTACKS
        .byName("nes", Map.of("queries", "103", "samples", "20"))
        .attack(victim, inputs, Run.of(1));
    // Four times 21, then the last image alone; what is left is too little for another estimate.
    assertThat(victim.asked).containsOnly(4 * 21L + 1);
  }

  @ParameterizedTest
  @CsvSource({"l2", "linf"})
  void hopSkipJumpComesNearTheSmallestChange(String norm) {
    LinearVictim victim = new LinearVictim(SHAPE, 8, 1);
    Norm measured = norm.equals("l2") ? Norm.L2 : Norm.LINF;
    double dual = measured == Norm.L2 ? victim.dualOfL2() : victim.dualOfLinf();
    double smallest = measured == Norm.L2 ? 0.5 : 0.03;
    Inputs inputs = victim.inputs(smallest * dual, 3);
    Attack.Outcome outcome =
        ATTACKS
            .byName("hopskipjump", Map.of("norm", norm, "eps", "inf", "queries", "8000"))
            .attack(victim, inputs, Run.of(2));
    assertThat(outcome.success()).containsOnly(true);
    double distance =
        PixelBudget.distance(measured, inputs.images(), 0, outcome.images(), 0, SHAPE);
    assertThat(distance).isBetween(smallest * 0.999, smallest * 1.3);
  }

  @Test
  void labelAttacksUseNoScores() {
    // The same answers, but losses that lead astray.
    LinearVictim honest = new LinearVictim(SHAPE, 8, 1);
    Inputs inputs = honest.inputs(0.5 * honest.dualOfL2(), 3);
    LinearVictim lying = new LinearVictim(SHAPE, 8, 1);
    lying.inputs(0.5 * lying.dualOfL2(), 3);
    lying.lies = true;
    Attack attack = ATTACKS.byName("hopskipjump", Map.of("eps", "0.7", "queries", "2000"));
    assertThat(attack.attack(lying, inputs, Run.of(2)).images())
        .isEqualTo(attack.attack(honest, inputs, Run.of(2)).images());
  }

  @ParameterizedTest
  @CsvSource({"linf, 0.06", "l2, 0.6", "l0, 5"})
  void noiseHasTheSizeThatItMayHaveAndCountsItsDraws(String norm, double epsilon) {
    LinearVictim victim = new LinearVictim(SHAPE, 8, 3);
    Inputs inputs = victim.inputs(1e6, 3);
    Norm measured = Norm.valueOf(norm.toUpperCase(Locale.ROOT));
    Attack attack =
        ATTACKS.byName(
            "noise", Map.of("norm", norm, "eps", Double.toString(epsilon), "draws", "20"));
    Attack.Outcome outcome = attack.attack(victim, inputs, Run.of(2));
    assertThat(victim.asked).containsOnly(20L);
    assertThat(outcome.success()).containsOnly(false);
    for (int i = 0; i < 3; i++) {
      int at = i * SHAPE.size();
      assertThat(PixelBudget.distance(measured, inputs.images(), at, outcome.images(), at, SHAPE))
          .isCloseTo(epsilon, within(1e-6));
    }
    // A margin that half of all draws cross.
    victim = new LinearVictim(SHAPE, 8, 3);
    inputs = victim.inputs(1e-9, 3);
    outcome = attack.attack(victim, inputs, Run.of(2));
    assertThat(outcome.success()).containsOnly(true);
    for (float share : outcome.figures().getOrDefault(NoiseBaseline.DRAW_SUCCESS, new float[1])) {
      assertThat(share).isBetween(0.2f, 0.8f);
    }
    assertThat(victim.asked).containsOnly(20L);
  }

  @Test
  void transferPushesOnWhereTheSurrogateHasLongFallen() {
    LinearVictim geometry = new LinearVictim(SHAPE, 4, 4);
    Inputs inputs = geometry.inputs(0.03 * geometry.dualOfLinf(), 5);
    LinearModel model = new LinearModel(SHAPE, geometry.weights, geometry.bias);
    // A relative that falls far too early.
    RandomStream random = new RandomStream(9);
    double[] alike = geometry.weights.clone();
    double shift = 0;
    for (int k = 0; k < alike.length; k++) {
      alike[k] += 0.3 * random.nextGaussian();
      shift += (alike[k] - geometry.weights[k]) * inputs.images()[k];
    }
    double early = geometry.bias - shift - 0.9 * 0.03 * geometry.dualOfLinf();
    LinearModel relative = new LinearModel(SHAPE, alike, early);
    Victim victim = ModelVictim.withoutGradients(model).withSurrogates(List.of(relative));
    Attack attack = ATTACKS.byName("transfer", Map.of("eps", "0.045", "steps", "10"));
    assertThat(attack.settings()).containsEntry("attack", "mi-fgsm").containsEntry("steps", 10);
    Attack.Outcome outcome = attack.attack(victim, inputs, Run.of(1));
    assertThat(outcome.success()).containsOnly(true);
    new PixelBudget(Norm.LINF, 0.045, false).assertWithin(inputs, outcome.images());

    assertThatThrownBy(() -> attack.attack(ModelVictim.withoutGradients(model), inputs, Run.of(1)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("surrogates");
    assertThatThrownBy(() -> ATTACKS.byName("transfer", Map.of("attack", "transfer")))
        .hasMessageContaining("mi-fgsm");
  }
}
