package io.stopline.studio.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class OutcomeTest {

  @Test
  void nothingIsMissedWhenTheModelsAreFooledAndTheGuardIsNot() {
    assertThat(Outcome.missed(List.of(clean(0), attacked(80, 4, 1, 1, 1), control(3)))).isEmpty();
  }

  @Test
  void eachThingThatIsNotAsItShouldBeIsSaid() {
    assertThat(Outcome.missed(List.of(clean(1), attacked(100, 0, 1, 1, 1), control(0))))
        .containsExactly("The clean drive raised 1 incidents, not 0.");
    assertThat(Outcome.missed(List.of(clean(0), attacked(79, 0, 1, 1, 1), control(0))))
        .singleElement()
        .asString()
        .contains("79.0 %");
    assertThat(Outcome.missed(List.of(clean(0), attacked(100, 5, 1, 1, 1), control(0))))
        .singleElement()
        .asString()
        .contains("accepts a wrong label in 5.3 %");
    assertThat(Outcome.missed(List.of(clean(0), attacked(100, 0, 2, 2, 2), control(0))))
        .singleElement()
        .asString()
        .contains("raised 2 incidents");
    assertThat(Outcome.missed(List.of(clean(0), attacked(100, 0, 1, 0, 1), control(0))))
        .singleElement()
        .asString()
        .contains("another sign");
    assertThat(Outcome.missed(List.of(clean(0), attacked(100, 0, 1, 1, 0), control(0))))
        .singleElement()
        .asString()
        .contains("stored 0");
  }

  @Test
  void aDriveThatNobodySawProvesNothing() {
    DriveFigures unseen =
        new DriveFigures(Part.CLEAN, 100, 100, 0, 100, 0, 0, 100, 0, 0, 0, Double.NaN, 0, 0, 0);
    assertThat(Outcome.missed(List.of(unseen, attacked(100, 0, 1, 1, 1), control(0))))
        .containsExactly("The agent took no near frame of the clean drive.");
    DriveFigures unjudged =
        new DriveFigures(Part.CLEAN, 100, 100, 0, 100, 90, 0, 100, 0, 0, 0, 70, 0, 0, 0);
    assertThat(Outcome.missed(List.of(unjudged, attacked(100, 0, 1, 1, 1), control(0))))
        .containsExactly("The guard judged no near frame of the clean drive.");
  }

  private static DriveFigures clean(int incidents) {
    return new DriveFigures(
        Part.CLEAN, 120, 100, 0, 100, 100, 100, 0, 0, 0, 0, 70, incidents, incidents, incidents);
  }

  private static DriveFigures attacked(int fooled, int accepted, int sent, int onMain, int stored) {
    return new DriveFigures(
        Part.ATTACKED,
        120,
        100,
        fooled,
        100,
        100,
        95,
        5,
        accepted,
        60,
        5,
        70,
        sent,
        onMain,
        stored);
  }

  private static DriveFigures control(int suspect) {
    return new DriveFigures(Part.CONTROL, 120, 100, 0, 100, 100, 95, 5, 0, suspect, 0, 70, 0, 0, 0);
  }
}
