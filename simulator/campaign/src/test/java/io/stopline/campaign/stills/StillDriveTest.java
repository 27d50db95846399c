package io.stopline.campaign.stills;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The geometry of a drive through a still, and what a camera adds to it. */
final class StillDriveTest {

  private static final int WIDTH = 200;
  private static final int HEIGHT = 120;
  private static final int LAST = StillDrive.FRAMES - 1;

  @Test
  void theFirstFrameIsThePictureItself() {
    Image picture = noise();
    assertThat(new StillDrive(picture).frame(0).data()).isEqualTo(picture.data());
  }

  @Test
  void theLastFrameShowsEverythingOneAndAHalfTimesAsLarge() {
    // A white square of 20 px whose upper left corner lies 40 px right of and 26 px above the
    // vanishing point at (100, 66).
    Region square = new Region(140, 40, 20, 20);
    StillDrive drive = new StillDrive(square(square));

    Region last = drive.region(square, LAST);

    assertThat(last).isEqualTo(new Region(160, 27, 30, 30));
    Image frame = drive.frame(LAST);
    assertThat(red(frame, 175, 42)).isEqualTo(255);
    assertThat(red(frame, 163, 30)).isEqualTo(255);
    assertThat(red(frame, 187, 54)).isEqualTo(255);
    assertThat(red(frame, 156, 42)).isZero();
    assertThat(red(frame, 194, 42)).isZero();
    assertThat(red(frame, 175, 61)).isZero();
  }

  @Test
  void aSlopeStaysASlope() {
    Image picture = Image.black(WIDTH, HEIGHT);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        picture.data()[picture.index(x, y)] = (byte) x;
        picture.data()[picture.index(x, y) + 1] = (byte) (2 * y);
      }
    }
    StillDrive drive = new StillDrive(picture);
    for (int k : new int[] {7, 20, LAST}) {
      double s = Math.pow(1.5, k / 35.0);
      Image frame = drive.frame(k);
      for (int x = 3; x < WIDTH; x += 17) {
        int y = (x * 7) % HEIGHT;
        double u = 100 + (x + 0.5 - 100) / s - 0.5;
        double v = 66 + (y + 0.5 - 66) / s - 0.5;
        assertThat((double) red(frame, x, y)).isCloseTo(u, within(0.51));
        assertThat((double) (frame.rgb(x, y) >> 8 & 255)).isCloseTo(2 * v, within(0.51));
      }
    }
  }

  @Test
  void thingsGrowSteadilyAndLeaveThePicture() {
    StillDrive drive = new StillDrive(Image.black(WIDTH, HEIGHT));
    Region sign = new Region(160, 30, 20, 20);
    double before = 0;
    for (int k = 0; k <= LAST; k++) {
      double[] e = drive.edges(sign, k);
      assertThat(e[2] - e[0]).isGreaterThan(before);
      before = e[2] - e[0];
    }
    assertThat(drive.visibleShare(sign, 0)).isEqualTo(1);
    // 160..180 becomes 190..220: a third is in the picture.
    assertThat(drive.visibleShare(sign, LAST)).isCloseTo(1.0 / 3, within(1e-9));
    assertThat(drive.region(sign, LAST)).isEqualTo(new Region(190, 12, 10, 30));
    assertThat(drive.region(new Region(185, 30, 10, 10), LAST)).isNull();
    assertThat(drive.visibleShare(new Region(185, 30, 10, 10), LAST)).isZero();
  }

  @Test
  void aPassTakesTwelveTenthsOfASecond() {
    assertThat(StillDrive.seconds(LAST)).isCloseTo(1.155, within(1e-9));
    assertThat(50 * StillDrive.minutes()).isCloseTo(0.99, within(1e-9));
    StillDrive drive = new StillDrive(Image.black(8, 8));
    assertThatThrownBy(() -> drive.frame(StillDrive.FRAMES))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aDriftMovesPictureAndBoxesAlike() {
    Region square = new Region(60, 40, 30, 30);
    StillDrive drive = new StillDrive(square(square), new StillCamera(6, 0, 0, 0), 3);
    double farthest = 0;
    for (int k = 0; k <= LAST; k += 5) {
      double[] still = new StillDrive(square(square)).edges(square, k);
      double[] e = drive.edges(square, k);
      farthest = Math.max(farthest, Math.abs(e[0] - still[0]));
      assertThat(Math.abs(e[0] - still[0])).isLessThanOrEqualTo(6);
      assertThat(Math.abs(e[1] - still[1])).isLessThanOrEqualTo(6);
      Image frame = drive.frame(k);
      Region seen = drive.region(square, k);
      assertThat(seen).isNotNull();
      assertThat(red(frame, seen.x() + 2, seen.y() + 2)).isEqualTo(255);
      assertThat(red(frame, seen.x() - 3, seen.y() + 5)).isZero();
      assertThat(red(frame, seen.x() + seen.width() - 3, seen.y() + seen.height() - 3))
          .isEqualTo(255);
      assertThat(red(frame, seen.x() + 5, seen.y() + seen.height() + 2)).isZero();
    }
    assertThat(farthest).isGreaterThan(2);
  }

  @Test
  void outsideThePictureThereIsNothing() {
    Image white = Image.black(WIDTH, HEIGHT);
    Arrays.fill(white.data(), (byte) 255);
    Image frame = new StillDrive(white, new StillCamera(50, 0, 0, 0), 3).frame(0);
    int black = 0;
    for (int x = 0; x < WIDTH; x++) {
      for (int y = 0; y < HEIGHT; y++) {
        assertThat(red(frame, x, y)).isIn(0, 255);
        black += red(frame, x, y) == 0 ? 1 : 0;
      }
    }
    assertThat(black).isPositive().isLessThan(WIDTH * HEIGHT);
  }

  @Test
  void theSensorAddsNoiseAndExposure() {
    Image grey = Image.black(WIDTH, HEIGHT);
    Arrays.fill(grey.data(), (byte) 120);
    Image noisy = new StillDrive(grey, new StillCamera(0, 3, 0, 0), 1).frame(4);
    Image dark = new StillDrive(grey, new StillCamera(0, 0.001, -2, 0), 1).frame(4);
    Image plain = new StillDrive(grey, new StillCamera(0, 0.001, 0, 0), 1).frame(4);

    // In the middle, where vignetting has no part.
    assertThat(red(plain, 100, 60)).isBetween(118, 122);
    // Two stops down is a quarter of the light: 120 is 0.188, a quarter of it is 61.
    assertThat(red(dark, 100, 60)).isBetween(58, 64);
    int spread = 0;
    for (int x = 80; x < 120; x++) {
      spread = Math.max(spread, Math.abs(red(noisy, x, 60) - 120));
    }
    assertThat(spread).isBetween(4, 60);
  }

  @Test
  void theSameSeedGivesTheSameFramesAndJpegChangesThem() {
    Image picture = noise();
    StillCamera camera = new StillCamera(3, 2, 0.5, 60);
    byte[] first = new StillDrive(picture, camera, 9).frame(11).data();
    assertThat(new StillDrive(picture, camera, 9).frame(11).data()).isEqualTo(first);
    assertThat(new StillDrive(picture, camera, 10).frame(11).data()).isNotEqualTo(first);
    assertThat(new StillDrive(picture, new StillCamera(3, 2, 0.5, 0), 9).frame(11).data())
        .isNotEqualTo(first);
  }

  @Test
  void settingsAreReadFromText() {
    assertThat(StillCamera.parse("drift=3, noise=2,exposure=-1,jpeg=60"))
        .isEqualTo(new StillCamera(3, 2, -1, 60));
    assertThat(StillCamera.parse("noise=1")).isEqualTo(new StillCamera(0, 1, 0, 0));
    assertThat(StillCamera.parse("Standard")).isEqualTo(StillCamera.STANDARD);
    assertThat(StillCamera.parse("none")).isEqualTo(StillCamera.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "zoom=2|'zoom=2' is none of drift",
        "noise|'noise' is none of",
        "noise=much|'noise=much' is none of",
        "noise=NaN|'noise=NaN' is none of",
        "noise=11|noise is 11.0; give 0.0 to 10.0",
        "jpeg=101|jpeg is 101.0",
        "exposure=-4|exposure is -4.0",
        "drift=-1|drift is -1.0",
      })
  void wrongSettingsAreNamed(String text, String message) {
    assertThatThrownBy(() -> StillCamera.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static int red(Image image, int x, int y) {
    return image.rgb(x, y) >> 16;
  }

  private static Image square(Region square) {
    Image image = Image.black(WIDTH, HEIGHT);
    for (int y = square.y(); y < square.y() + square.height(); y++) {
      for (int x = square.x(); x < square.x() + square.width(); x++) {
        for (int c = 0; c < 3; c++) {
          image.data()[image.index(x, y) + c] = (byte) 255;
        }
      }
    }
    return image;
  }

  private static Image noise() {
    Image image = Image.black(WIDTH, HEIGHT);
    RandomStream random = new RandomStream(5);
    for (int i = 0; i < image.data().length; i++) {
      image.data()[i] = (byte) random.nextInt(256);
    }
    return image;
  }
}
