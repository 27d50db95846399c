package io.stopline.campaign.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.attacks.Options;
import io.stopline.training.detection.SignCell.Outline;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Outlines from texts of a recipe. */
final class OutlinesTest {

  private static Map<Integer, Outline> outlines(Map<String, String> texts) {
    return Outlines.of(new Options("training", "train-detector", texts));
  }

  @Test
  void classesAndRangesOfClassesAreRead() {
    assertThat(outlines(Map.of("outline.triangle", "11, 18-20", "outline.yield", "13")))
        .isEqualTo(
            Map.of(
                11, Outline.TRIANGLE,
                13, Outline.YIELD,
                18, Outline.TRIANGLE,
                19, Outline.TRIANGLE,
                20, Outline.TRIANGLE));
    assertThat(outlines(Map.of())).isEmpty();
  }

  @Test
  void whatIsNoClassIsRefusedByName() {
    assertThatThrownBy(() -> outlines(Map.of("outline.diamond", "twelve")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("outline.diamond is 'twelve'; give classes such as 11,18-31");
  }
}
