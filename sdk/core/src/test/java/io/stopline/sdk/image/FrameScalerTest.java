package io.stopline.sdk.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FrameScalerTest {

  private static Image noise(int width, int height, long seed) {
    byte[] rgb = new byte[3 * width * height];
    new Random(seed).nextBytes(rgb);
    return Image.of(width, height, rgb);
  }

  private static byte[][] scale(Image frame, FrameScaler scaler, int height) {
    byte[][] rows = new byte[height][3 * scaler.width()];
    scaler.begin(frame);
    for (int y = 0; y < height; y++) {
      scaler.row(frame, y, rows[y]);
    }
    return rows;
  }

  /** One value as the definition has it: the mean over the rectangle, or bilinear where larger. */
  private static double reference(Image frame, FramePlacement at, int x, int y, int channel) {
    double sum = 0;
    double total = 0;
    for (int v = 0; v < frame.height(); v++) {
      double wy = weight(v, frame.height(), at.scaleY(), y);
      if (wy == 0) {
        continue;
      }
      for (int u = 0; u < frame.width(); u++) {
        double w = wy * weight(u, frame.width(), at.scaleX(), x);
        sum += w * (frame.data()[frame.index(u, v) + channel] & 0xff);
        total += w;
      }
    }
    return sum / total;
  }

  private static double weight(int pixel, int side, double scale, int at) {
    if (scale >= 1) {
      return Math.max(0, Math.min(pixel + 1, (at + 1) * scale) - Math.max(pixel, at * scale));
    }
    double centre = Math.max(0, Math.min(side - 1, (at + 0.5) * scale - 0.5));
    return Math.max(0, 1 - Math.abs(pixel - centre));
  }

  @Property(tries = 300)
  void rowsAreWhatTheSlowDefinitionGives(
      @ForAll FrameFit fit,
      @ForAll @IntRange(min = 1, max = 90) int frameWidth,
      @ForAll @IntRange(min = 1, max = 70) int frameHeight,
      @ForAll @IntRange(min = 1, max = 48) int width,
      @ForAll @IntRange(min = 1, max = 40) int height,
      @ForAll long seed) {
    // A view, so that offset and stride of the frame count.
    Image frame =
        noise(frameWidth + 5, frameHeight + 3, seed)
            .view(new Region(4, 2, frameWidth, frameHeight));
    FrameScaler scaler = new FrameScaler(width, height, fit);

    byte[][] rows = scale(frame, scaler, height);

    FramePlacement at = scaler.begin(frame);
    int grey = fit == FrameFit.LETTERBOX ? 114 : 128;
    for (int y = 0; y < height; y++) {
      for (int i = 0; i < 3 * width; i++) {
        int value = rows[y][i] & 0xff;
        int u = i / 3 - at.offsetX();
        int v = y - at.offsetY();
        if (u < 0 || v < 0 || u >= at.contentWidth() || v >= at.contentHeight()) {
          assertThat(value).isEqualTo(grey);
          continue;
        }
        // Rounded half up; where the definition's own sum is a hair from a half, either is right.
        double exact = reference(frame, at, u, v, i % 3);
        assertThat((double) value)
            .as("(%d, %d) of %s", i / 3, y, at)
            .isBetween(exact - 0.5 - 1e-6, exact + 0.5 + 1e-6);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    // frame, result, factor
    "1360, 800, 688, 400, 2",
    "1376, 800, 688, 400, 2",
    "1377, 800, 688, 400, 2.001453488372093",
    "1342, 780, 688, 400, 2",
    "1341, 780, 688, 400, 1.95",
    "680, 400, 688, 400, 1",
    "688, 400, 688, 400, 1",
    "344, 200, 688, 400, 0.5",
    "2752, 1600, 688, 400, 4",
    "7680, 4320, 688, 400, 11.162790697674419",
    "1, 1, 688, 400, 0.0025"
  })
  void theFactorIsExactButForWholeOnesThatAreNear(
      int frameWidth, int frameHeight, int width, int height, double expected) {
    FramePlacement at =
        FramePlacement.of(FrameFit.TOP_LEFT, frameWidth, frameHeight, width, height);
    double factor = at.scaleX();

    assertThat(at.scaleY()).isEqualTo(factor);
    assertThat(at.offsetX() + at.offsetY()).isZero();
    assertThat(factor).isEqualTo(expected, within(1e-12));
    assertThat(width * factor).isGreaterThanOrEqualTo(frameWidth - 1e-9);
    assertThat(height * factor).isGreaterThanOrEqualTo(frameHeight - 1e-9);
  }

  @Test
  void theUsualFrameIsHalvedWithEightGreyColumnsAtTheRight() {
    Image frame = noise(1360, 800, 4);
    FrameScaler scaler = new FrameScaler(688, 400);

    byte[][] rows = scale(frame, scaler, 400);

    assertThat(scaler.begin(frame).contentWidth()).isEqualTo(680);
    assertThat(scaler.begin(frame).contentHeight()).isEqualTo(400);
    for (int y = 0; y < 400; y++) {
      for (int i = 0; i < 3 * 680; i++) {
        int a = frame.index(i / 3 * 2, 2 * y) + i % 3;
        int b = a + frame.rowStride();
        byte[] d = frame.data();
        int mean = ((d[a] & 0xff) + (d[a + 3] & 0xff) + (d[b] & 0xff) + (d[b + 3] & 0xff) + 2) >> 2;
        assertThat(rows[y][i] & 0xff).isEqualTo(mean);
      }
      assertThat(Arrays.copyOfRange(rows[y], 3 * 680, 3 * 688)).containsOnly(FrameScaler.GREY);
    }
  }

  @Test
  void halfStepsAreRoundedUpAtEveryWholeFactor() {
    for (int factor : new int[] {2, 4, 6, 10}) {
      // Half of the pixels are 1: the mean is exactly 0.5.
      Image frame = Image.black(factor * 8, factor * 8);
      for (int y = 0; y < frame.height(); y++) {
        for (int x = 0; x < frame.width(); x += 2) {
          Arrays.fill(frame.data(), frame.index(x, y), frame.index(x, y) + 3, (byte) 1);
        }
      }
      for (byte[] row : scale(frame, new FrameScaler(8, 8), 8)) {
        assertThat(row).as("factor %d", factor).containsOnly(1);
      }
    }
  }

  @Test
  void oneScalerServesFramesOfManySizesInAnyOrderOfRows() {
    FrameScaler scaler = new FrameScaler(32, 24);
    Image[] frames = {noise(90, 70, 1), noise(20, 13, 2), noise(90, 70, 3), noise(64, 48, 4)};
    for (Image frame : frames) {
      byte[][] fresh = scale(frame, new FrameScaler(32, 24), 24);
      scaler.begin(frame);
      byte[] row = new byte[3 * 32];
      for (int y = 23; y >= 0; y--) {
        scaler.row(frame, y, row);
        assertThat(row).isEqualTo(fresh[y]);
      }
    }
  }

  @Test
  void aFrameOfAnotherSizeThanBegunIsRefused() {
    FrameScaler scaler = new FrameScaler(8, 8);
    scaler.begin(Image.black(16, 16));
    assertThatThrownBy(() -> scaler.row(Image.black(16, 15), 0, new byte[24]))
        .hasMessageContaining("16×15")
        .hasMessageContaining("call begin first");
    assertThatThrownBy(() -> new FrameScaler(0, 8)).hasMessageContaining("0×8");
  }

  @Test
  void averagingKeepsAnEvenColourEven() {
    for (int width : new int[] {33, 100, 777, 1920}) {
      Image frame = Image.black(width, width / 2 + 1);
      Arrays.fill(frame.data(), (byte) 201);
      FrameScaler scaler = new FrameScaler(64, 64);
      byte[][] rows = scale(frame, scaler, 64);
      FramePlacement at = scaler.begin(frame);
      for (int y = 0; y < at.contentHeight(); y++) {
        byte[] content = Arrays.copyOf(rows[y], 3 * at.contentWidth());
        assertThat(content).containsOnly((byte) 201);
      }
    }
  }
}
