package io.stopline.training.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.detection.Crop.Place;
import io.stopline.training.detection.Crop.View;
import io.stopline.training.detection.SceneFrame.SceneSign;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is cut out of frames and put into them. */
final class CropTest {

  private static SceneFrame frame(int width, int height, List<SceneSign> signs) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) ((i * 31) >> 3);
    }
    return SceneFrame.of("f", Image.of(width, height, rgb), 1, signs);
  }

  @Test
  void aViewOfTheSameScaleKeepsEveryPixel() {
    SceneFrame frame = frame(40, 30, List.of(new SceneSign(10, 8, 20, 18, 3)));
    Crop crop = new Crop(16, false);

    crop.cut(frame, View.of(15, 13, 8, 8, 1, 0, false));

    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 16; x++) {
        assertThat(crop.rgb[3 * (16 * y + x)]).isEqualTo(frame.rgb()[3 * (40 * (y + 5) + x + 7)]);
      }
    }
    assertThat(crop.signs).containsExactly(new SceneSign(3, 3, 13, 13, 3));
  }

  @Test
  void placesThereAndBackAreTheSame() {
    RandomStream random = new RandomStream(5);
    for (int i = 0; i < 100; i++) {
      View view =
          View.of(
              random.uniform(0, 600),
              random.uniform(0, 400),
              random.uniform(0, 256),
              random.uniform(0, 256),
              random.uniform(0.5, 2),
              random.uniform(-0.2, 0.2),
              random.nextDouble() < 0.5);
      double x = random.uniform(0, 256);
      double y = random.uniform(0, 256);
      double fx = view.frameX(x, y);
      double fy = view.frameY(x, y);

      assertThat(view.cropX(fx, fy)).isCloseTo(x, within(1e-9));
      assertThat(view.cropY(fx, fy)).isCloseTo(y, within(1e-9));
    }
  }

  @Test
  void outsideTheFrameIsGreyOrTheEdgeGoesOn() {
    SceneFrame frame = frame(8, 8, List.of());
    Crop grey = new Crop(16, false);
    Crop edge = new Crop(16, true);

    grey.cut(frame, View.of(0, 0, 8, 8, 1, 0, false));
    edge.cut(frame, View.of(0, 0, 8, 8, 1, 0, false));

    assertThat(grey.rgb[0]).isEqualTo((byte) 128);
    assertThat(edge.rgb[0]).isEqualTo(frame.rgb()[0]);
  }

  @Test
  void aPastedSignIsASignAndADecoyIsNone() {
    byte[] red = new byte[3 * 32 * 32];
    for (int i = 0; i < red.length; i += 3) {
      red[i] = (byte) 255;
    }
    SignCell cell =
        new SignCell(Image.of(32, 32, red), 0.1, 0.1, 0.9, 0.9, 7, SignCell.Outline.ROUND);
    Crop crop = new Crop(64, false);
    Crop other = new Crop(64, false);

    crop.paste(cell, new Place(20, 24, 16, 16, 0), 1, null);
    crop.paste(cell, new Place(2, 2, 16, 16, 0), 1, other);

    assertThat(crop.signs).containsExactly(new SceneSign(20, 24, 36, 40, 7));
    assertThat(crop.rgb[3 * (64 * 32 + 28)]).isEqualTo((byte) 255);
    assertThat(crop.rgb[3 * (64 * 24 + 20)]).as("corner of the box").isZero();
  }
}
