package io.stopline.attacks.physical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Attack.Outcome;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Run;
import io.stopline.attacks.SmoothModel;
import io.stopline.attacks.ThreatModel.Knowledge;
import io.stopline.autodiff.ImageShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole runs of attacks that are found by their name, on a model that is easily fooled. */
class PhysicalAttackTest {

  private static final ImageShape SHAPE = new ImageShape(16, 18, 3);
  private final SmoothModel model = new SmoothModel(SHAPE, 4, 3);

  private Inputs inputs(int count) {
    float[] images = new float[count * SHAPE.size()];
    int[] labels = new int[count];
    long[] ids = new long[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % 4;
      ids[i] = i;
      float[] image = model.image(labels[i], 0.06 + 0.01 * i);
      System.arraycopy(image, 0, images, i * SHAPE.size(), SHAPE.size());
    }
    return new Inputs(SHAPE, images, labels, ids);
  }

  private static Attack attack(String name, Map<String, String> options) {
    return ServiceLoader.load(AttackProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(p -> p.name().equals(name))
        .findFirst()
        .orElseThrow()
        .create(options);
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float v : values) {
      sum += v;
    }
    return sum / values.length;
  }

  @ParameterizedTest
  @CsvSource({"shadow,15", "shadow,0", "light,25", "laser,15", "laser,0", "lens-dots,25"})
  void succeedsInMoreViewsThanTheCleanInputWould(String name, int steps) {
    Map<String, String> options = new HashMap<>();
    options.put("steps", "" + steps);
    options.put("fresh", "12");
    // The model looks at colours as a whole, so that changes of exposure alone fool it.
    options.put("viewing", "0.3");
    if (!name.equals("light") && !name.equals("lens-dots")) {
      options.put("population", "10");
      options.put("generations", "6");
    }
    Attack attack = attack(name, options);
    ModelVictim victim = steps == 0 ? ModelVictim.withoutGradients(model) : ModelVictim.of(model);
    Inputs inputs = inputs(8);
    List<Double> told = new ArrayList<>();
    Outcome outcome = attack.attack(victim, inputs, new Run(4, told::add, () -> false));
    assertThat(attack.threatModel().knowledge())
        .isEqualTo(steps == 0 ? Knowledge.SCORE_QUERIES : Knowledge.WHITE_BOX);
    double views = mean(Figures.of(outcome, Outcome.VIEW_SUCCESS));
    double clean = mean(Figures.of(outcome, Outcome.CLEAN_VIEW_SUCCESS));
    assertThat(views).isGreaterThan(clean + 0.3);
    float[] logits = new float[8 * 4];
    model.logits(outcome.images(), 8, logits);
    for (int i = 0; i < 8; i++) {
      boolean wrong = ModelVictim.answer(logits, 4 * i, 4) != inputs.labels()[i];
      assertThat(outcome.success()[i]).isEqualTo(wrong);
    }
    assertThat(told).isSorted().endsWith(1.0);
  }

  @Test
  void aCancelledRunReturnsWhatItHas() {
    Attack attack = attack("patch", Map.of("fresh", "3"));
    Outcome outcome =
        attack.attack(ModelVictim.of(model), inputs(2), new Run(4, share -> {}, () -> true));
    assertThat(outcome.success()).hasSize(2);
  }

  @Test
  void whatIsLearntOnOneInputIsJudgedOnTheOthers() {
    Attack attack =
        attack("lens-dots", Map.of("steps", "10", "fresh", "3", "learn", "0", "viewing", "0.3"));
    Outcome outcome = attack.attack(ModelVictim.of(model), inputs(6), Run.of(1));
    assertThat(mean(Figures.of(outcome, Outcome.LEARNT_ON))).isEqualTo(1 / 6.0);
    float[] succeeds = Figures.of(outcome, Outcome.HELD_OUT_SUCCESS);
    for (int i = 0; i < 6; i++) {
      assertThat(succeeds[i] > 0).isEqualTo(outcome.success()[i]);
    }
  }

  @Test
  void refusesModelsOfOneChannel() {
    SmoothModel grey = new SmoothModel(new ImageShape(8, 8, 1), 2, 1);
    Inputs inputs = new Inputs(grey.shape(), new float[64], new int[1], new long[1]);
    Attack attack = attack("shadow", Map.of());
    assertThatThrownBy(() -> attack.attack(ModelVictim.of(grey), inputs, Run.of(1)))
        .hasMessageContaining("three colours");
  }
}
