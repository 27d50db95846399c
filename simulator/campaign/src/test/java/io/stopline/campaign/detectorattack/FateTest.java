package io.stopline.campaign.detectorattack;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What became of an object, by the boxes that are seen. */
final class FateTest {

  private static final Region BOX = new Region(100, 100, 40, 40);
  private static final Region ON = new Region(104, 100, 40, 40);
  private static final Region TOUCHING = new Region(125, 100, 40, 40);
  private static final Region ELSEWHERE = new Region(200, 100, 40, 40);

  private static Fate fate(Detection... seen) {
    return Fate.of(BOX, 1, List.of(seen), 0.5);
  }

  @Test
  void aBoxOfTheRightLabelOnItIsAFindWhateverElseIsThere() {
    assertThat(fate(new Detection(ON, 2, 0.9f), new Detection(ON, 1, 0.6f))).isEqualTo(Fate.FOUND);
  }

  @Test
  void aBoxThatMovedAwayButStillTouchesHidesNothing() {
    assertThat(fate(new Detection(TOUCHING, 1, 0.6f))).isEqualTo(Fate.MISPLACED);
    assertThat(fate(new Detection(TOUCHING, 1, 0.6f), new Detection(ON, 2, 0.9f)))
        .isEqualTo(Fate.MISPLACED);
  }

  @Test
  void anotherLabelOnItMislabelsItOnlyWhereTheRightOneIsGone() {
    assertThat(fate(new Detection(ON, 2, 0.9f))).isEqualTo(Fate.MISLABELLED);
    assertThat(fate(new Detection(TOUCHING, 2, 0.9f))).isEqualTo(Fate.HIDDEN);
  }

  @Test
  void whatIsUnsureOrElsewhereDoesNotCount() {
    assertThat(fate()).isEqualTo(Fate.HIDDEN);
    assertThat(fate(new Detection(ON, 1, 0.49f), new Detection(ELSEWHERE, 1, 0.9f)))
        .isEqualTo(Fate.HIDDEN);
  }
}
