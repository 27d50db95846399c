package io.stopline.campaign.detectorguard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CloseUpSizesTest {

  private final List<Integer> sides = new ArrayList<>();
  private final List<Boolean> gone = new ArrayList<>();

  private CloseUpSizesTest finds(int side, int count, int notSeenAgain) {
    for (int i = 0; i < count; i++) {
      sides.add(2 * side); // a close-up is twice as large
      gone.add(i < notSeenAgain);
    }
    return this;
  }

  private String words(int minimumSide) {
    return new CloseUpSizes(sides, gone, 2).words(minimumSide);
  }

  @Test
  void theSmallestSideFromWhichFindsAreSeenAgainIsNamed() {
    finds(27, 100, 40).finds(45, 50, 8).finds(60, 60, 1).finds(120, 60, 0);

    assertThat(words(50))
        .contains("150 looks", "less than 50 px, 48 showed nothing", "minimumSide: 100");
    assertThat(words(100)).isEmpty(); // what is smaller is left alone already
  }

  @Test
  void aDetectorThatSeesEverythingAgainGivesNoReason() {
    assertThat(finds(27, 100, 4).finds(60, 100, 1).words(50)).isEmpty();
  }

  @Test
  void fewFindsAreNoReason() {
    assertThat(finds(27, 20, 15).finds(60, 100, 1).words(50)).isEmpty();
  }
}
