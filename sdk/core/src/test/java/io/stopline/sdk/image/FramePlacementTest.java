package io.stopline.sdk.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FramePlacementTest {

  @Property
  void positionsSurviveTheWayIntoTheInputAndBack(
      @ForAll FrameFit fit,
      @ForAll @IntRange(min = 1, max = 7680) int frameWidth,
      @ForAll @IntRange(min = 1, max = 4320) int frameHeight,
      @ForAll @IntRange(min = 8, max = 1280) int width,
      @ForAll @IntRange(min = 8, max = 1280) int height,
      @ForAll @DoubleRange(min = 0, max = 1) double x,
      @ForAll @DoubleRange(min = 0, max = 1) double y) {
    FramePlacement at = FramePlacement.of(fit, frameWidth, frameHeight, width, height);

    assertThat(at.frameX(at.inputX(x * frameWidth))).isEqualTo(x * frameWidth, within(1e-6));
    assertThat(at.frameY(at.inputY(y * frameHeight))).isEqualTo(y * frameHeight, within(1e-6));
  }

  @Property
  void theWholeFrameIsShownInsideTheInput(
      @ForAll FrameFit fit,
      @ForAll @IntRange(min = 1, max = 7680) int frameWidth,
      @ForAll @IntRange(min = 1, max = 4320) int frameHeight,
      @ForAll @IntRange(min = 8, max = 1280) int width,
      @ForAll @IntRange(min = 8, max = 1280) int height) {
    FramePlacement at = FramePlacement.of(fit, frameWidth, frameHeight, width, height);

    assertThat(at.offsetX()).isNotNegative();
    assertThat(at.offsetY()).isNotNegative();
    assertThat(at.contentWidth()).isBetween(1, width - at.offsetX());
    assertThat(at.contentHeight()).isBetween(1, height - at.offsetY());
    assertThat(at.inputX(0)).isEqualTo(at.offsetX());
    assertThat(at.inputX(frameWidth)).isBetween(0.0, at.offsetX() + at.contentWidth() + 1e-6);
    assertThat(at.inputY(frameHeight)).isBetween(0.0, at.offsetY() + at.contentHeight() + 1e-6);
    if (fit == FrameFit.STRETCH) {
      assertThat(at.inputX(frameWidth)).isEqualTo(width, within(1e-6));
      assertThat(at.inputY(frameHeight)).isEqualTo(height, within(1e-6));
    }
    if (fit == FrameFit.LETTERBOX) {
      // The middle stays the middle, to the pixel that an odd rest leaves over.
      assertThat(at.inputX(frameWidth / 2.0)).isEqualTo(width / 2.0, within(0.5 + 1e-6));
      assertThat(at.inputY(frameHeight / 2.0)).isEqualTo(height / 2.0, within(0.5 + 1e-6));
    }
  }

  /** As Ultralytics' LetterBox places them (round(d - 0.1) in front). */
  @ParameterizedTest
  @CsvSource({
    // frame, input, offset, content
    "1920, 1080, 640, 640, 0, 140, 640, 360",
    "1080, 1920, 640, 640, 140, 0, 360, 640",
    "1360, 800, 640, 640, 0, 132, 640, 376",
    "640, 480, 320, 320, 0, 40, 320, 240",
    "100, 50, 320, 320, 0, 80, 320, 160",
    "1000, 333, 416, 416, 0, 138, 416, 139",
    "641, 640, 640, 640, 0, 0, 640, 639"
  })
  void lettersAreBoxedAsTheModelsWereTrained(
      int frameWidth, int frameHeight, int width, int height, int x, int y, int w, int h) {
    FramePlacement at =
        FramePlacement.of(FrameFit.LETTERBOX, frameWidth, frameHeight, width, height);

    assertThat(at.offsetX()).isEqualTo(x);
    assertThat(at.offsetY()).isEqualTo(y);
    assertThat(at.contentWidth()).isEqualTo(w);
    assertThat(at.contentHeight()).isEqualTo(h);
  }
}
