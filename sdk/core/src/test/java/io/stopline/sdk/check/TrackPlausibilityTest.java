package io.stopline.sdk.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.sdk.image.Image;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrackPlausibilityTest {

  private final TrackPlausibility check = new TrackPlausibility(0.4, 0.05, List.of(true, false));

  private double score(int label, Course course) {
    return check.nonconformity(new Seen(label, course));
  }

  private String reason(int label, Course course) {
    Seen seen = new Seen(label, course);
    return check.reason(seen, check.nonconformity(seen));
  }

  @ParameterizedTest
  @CsvSource({
    "0.1, 0.3, 0", // small
    "0.2, 0.3, 0",
    "0.3, 0.3, 0.5",
    "0.4, 0.3, 1", // large in the middle
    "0.9, 0.3, 1",
    "0.4, 0.025, 0.5",
    "0.9, 0, 0", // comes in at an edge
    "NaN, NaN, 0", // was there before anybody looked
  })
  void whoIsBornLargeInTheMiddleIsOdd(float side, float inset, double expected) {
    Course course = new Course(side, inset, 1, 0, false);
    assertThat(score(1, course)).isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-6));
    if (expected > 0) {
      assertThat(reason(1, course))
          .contains("it was there at once, %.0f %% of the frame's side".formatted(100 * side));
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 1, 0", "16, 0, 0", "16, 2, 0.25", "16, 8, 1", "16, 12, 1"})
  void aLabelThatFlickersIsOdd(int sightings, int others, double expected) {
    Course course = new Course(0.1f, 0.3f, sightings, others, false);
    assertThat(score(1, course)).isEqualTo(expected);
    if (expected > 0) {
      assertThat(reason(1, course))
          .contains("%d of the last %d sightings".formatted(others, sightings));
    }
  }

  @Test
  void onlyWhatStandsMustMoveAsAThingBesideTheRoad() {
    Course odd = new Course(0.1f, 0.3f, 9, 0, true);
    assertThat(score(0, odd)).isEqualTo(1);
    assertThat(score(1, odd)).isZero();
    assertThat(score(-1, odd)).isZero();
    assertThat(reason(0, odd)).startsWith("'thing 0' stands, but");
    assertThat(score(0, Course.UNKNOWN)).isZero();
  }

  @Test
  void valuesOutOfTheirRangeAreRefusedByName() {
    assertThatThrownBy(() -> new TrackPlausibility(0, 0.1, List.of()))
        .hasMessageContaining("birthSide is 0.0; it must be above 0 and at most 1");
    assertThatThrownBy(() -> new TrackPlausibility(0.5, 0.6, List.of()))
        .hasMessageContaining("edge is 0.6; it must be above 0 and at most 0.5");
    assertThatThrownBy(() -> new Sighting(-2, "", 0, null, Course.UNKNOWN))
        .hasMessageContaining("label -2");
  }

  /** An observation of which only the sighting matters. */
  private record Seen(int found, Course course) implements Observation {

    @Override
    public Image crop() {
      return Image.black(8, 8);
    }

    @Override
    public Sighting sighting() {
      return new Sighting(found, found < 0 ? "" : "thing " + found, 0.5f, null, course);
    }

    @Override
    public int nothing() {
      return -1;
    }

    @Override
    public int label() {
      return 0;
    }

    @Override
    public String labelName(int label) {
      return "label " + label;
    }

    @Override
    public int classes() {
      return 2;
    }

    @Override
    public int members() {
      return 1;
    }

    @Override
    public float[] ensemble() {
      return new float[] {1, 0};
    }

    @Override
    public float[] plain(int member) {
      return ensemble();
    }

    @Override
    public float[] pass(int handle) {
      return ensemble();
    }
  }
}
