package io.stopline.attacks.physical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Attack.Outcome;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Run;
import io.stopline.attacks.SmoothModel;
import io.stopline.autodiff.ImageShape;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PatchTest {

  private static final ImageShape SHAPE = Adjoints.SHAPE;
  private final SmoothModel model = new SmoothModel(SHAPE, 4, 11);

  private Inputs inputs(int... labels) {
    float[] images = new float[labels.length * SHAPE.size()];
    long[] ids = new long[labels.length];
    for (int i = 0; i < labels.length; i++) {
      System.arraycopy(
          model.image(labels[i], 0.2 + 0.02 * i), 0, images, i * SHAPE.size(), SHAPE.size());
      ids[i] = 100L + i;
    }
    return new Inputs(SHAPE, images, labels, ids);
  }

  @Test
  void adjointsAgreeWithFiniteDifferences() {
    Adjoints.check(new PatchPainter(SHAPE, 5, Ink.ANY, false, 3, 4), 1, 0);
    Adjoints.check(new PatchPainter(SHAPE, 5, Ink.FILM, false, 3, 4), 2, 0);
    Adjoints.check(new PatchPainter(SHAPE, 5, Ink.ANY, true, 0, 0), 3, 0);
  }

  @Test
  void aPatchSucceedsUnderFreshConditionsAndStaysInItsPlace() {
    Attack attack =
        new PatchProvider()
            .create(Map.of("area", "0.2", "place", "0.3,0.6", "steps", "40", "fresh", "20"));
    Inputs inputs = inputs(0, 1, 2, 3, 1);
    Outcome outcome = attack.attack(ModelVictim.of(model), inputs, Run.of(7));
    int side = 9;
    int left = (int) Math.round(0.3 * 24 - 4.5);
    int top = (int) Math.round(0.6 * 20 - 4.5);
    for (int i = 0; i < outcome.images().length; i++) {
      int x = i / 3 % SHAPE.width() - left;
      int y = i / 3 / SHAPE.width() % SHAPE.height() - top;
      float v = outcome.images()[i];
      assertThat(v * 255).isEqualTo(Math.round(v * 255));
      if (x < 0 || y < 0 || x >= side || y >= side) {
        assertThat(v).isEqualTo(inputs.images()[i]);
      }
    }
    float[] views = Figures.of(outcome, Outcome.VIEW_SUCCESS);
    float[] clean = Figures.of(outcome, Outcome.CLEAN_VIEW_SUCCESS);
    for (int i = 0; i < inputs.count(); i++) {
      assertThat(outcome.success()[i]).isTrue();
      assertThat(views[i]).isGreaterThan(0.8f);
      assertThat(clean[i]).isLessThan(0.3f);
      assertThat(Figures.of(outcome, Outcome.COVERED)[i]).isBetween(0.15f, 0.2f);
    }
  }

  @Test
  void whatIsFoundDoesNotDependOnTheBatch() {
    Attack attack =
        new PatchProvider().create(Map.of("steps", "8", "fresh", "5", "place", "random"));
    Inputs all = inputs(0, 1, 2);
    Outcome together = attack.attack(ModelVictim.of(model), all, Run.of(7));
    Outcome alone = attack.attack(ModelVictim.of(model), all.rows(new int[] {2}), Run.of(7));
    float[] third = new float[SHAPE.size()];
    System.arraycopy(together.images(), 2 * SHAPE.size(), third, 0, third.length);
    assertThat(alone.images()).containsExactly(third);
    assertThat(Figures.of(alone, Outcome.VIEW_SUCCESS)[0])
        .isEqualTo(Figures.of(together, Outcome.VIEW_SUCCESS)[2]);
  }

  @Test
  void aUniversalTargetedPatchIsTheSameEverywhereAndJudgedOnInputsThatItWasNotLearntOn() {
    Attack attack =
        new PatchProvider()
            .create(
                Map.of(
                    "area",
                    "0.4",
                    "universal",
                    "true",
                    "targeted",
                    "2",
                    "steps",
                    "40",
                    "fresh",
                    "10"));
    Inputs inputs = inputs(0, 1, 3, 0, 1, 3, 2);
    Outcome outcome = attack.attack(ModelVictim.of(model), inputs, Run.of(1));
    float[] learnt = Figures.of(outcome, Outcome.LEARNT_ON);
    int lessons = 0;
    int middle = (10 * SHAPE.width() + 12) * 3;
    for (int i = 0; i < 6; i++) {
      lessons += (int) learnt[i];
      assertThat(outcome.success()[i]).isTrue();
      assertThat(outcome.images()[i * SHAPE.size() + middle]).isEqualTo(outcome.images()[middle]);
    }
    assertThat(lessons).isEqualTo(3);
    // It is the target's already: nothing to attack.
    assertThat(outcome.success()[6]).isFalse();
    assertThat(outcome.images()[6 * SHAPE.size() + middle])
        .isEqualTo(inputs.images()[6 * SHAPE.size() + middle]);
    assertThat(attack.threatModel().describe())
        .contains("targeted", "white box", "patch", "on at most 40 % of the image");
  }

  @Test
  void refusesWhatMakesNoSense() {
    PatchProvider provider = new PatchProvider();
    assertThatThrownBy(() -> provider.create(Map.of("place", "left")))
        .hasMessageContaining("random, centre, or X,Y");
    assertThatThrownBy(() -> provider.create(Map.of("size", "3")))
        .hasMessageContaining("size")
        .hasMessageContaining("area");
    Attack blind = provider.create(Map.of());
    assertThatThrownBy(
            () -> blind.attack(ModelVictim.withoutGradients(model), inputs(1), Run.of(1)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("steps=0");
  }
}
