package io.stopline.attacks.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.attacks.detection.PatchConditions.Appearance;
import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.image.FrameScaler;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import io.stopline.sdk.transform.TransformChain;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** From texels to a model's input, and back. */
final class GeometryTest {

  private static final int[][] FRAMES = {{90, 61}, {40, 30}, {64, 48}, {128, 96}, {31, 77}};

  @ParameterizedTest
  @EnumSource(FrameFit.class)
  void anAlteredFrameIsFittedAsTheScalerDoesIt(FrameFit fit) {
    RandomStream random = new RandomStream(1);
    int differ = 0;
    for (int[] size : FRAMES) {
      Image frame = noise(size[0], size[1], random);
      Region window = new Region(size[0] / 4, size[1] / 3, size[0] / 2, size[1] / 3);
      ImageShape input = new ImageShape(48, 64, 3);
      FrameView view = new FrameView(frame, window, fit, input);
      Image altered = frame.copy();
      float[] values = new float[3 * window.width() * window.height()];
      for (int i = 0; i < values.length; i++) {
        int at =
            altered.index(window.x() + i / 3 % window.width(), window.y() + i / 3 / window.width());
        altered.data()[at + i % 3] = (byte) random.nextInt(256);
        values[i] = (altered.data()[at + i % 3] & 0xff) / 255f;
      }
      float[] seen = new float[input.size()];

      view.look().forward(values, 0, 0, seen, 0);

      FrameScaler scaler = new FrameScaler(input.width(), input.height(), fit);
      scaler.begin(altered);
      byte[] row = new byte[3 * input.width()];
      for (int y = 0; y < input.height(); y++) {
        scaler.row(altered, y, row);
        for (int i = 0; i < row.length; i++) {
          int off = Math.abs(Math.round(255 * seen[y * row.length + i]) - (row[i] & 0xff));
          // Another order of a sum may round a tie the other way.
          assertThat(off)
              .as("%s of %d×%d, row %d, value %d", fit, size[0], size[1], y, i)
              .isLessThanOrEqualTo(1);
          differ += off;
        }
      }
    }
    assertThat(differ).isLessThanOrEqualTo(10);
  }

  @Test
  void theWayBackIsTheTransposeOfTheWayThere() {
    RandomStream random = new RandomStream(2);
    ImageShape input = new ImageShape(48, 64, 3);
    for (int[] size : FRAMES) {
      Image frame = noise(size[0], size[1], random);
      Region window = new Region(size[0] / 4, size[1] / 3, size[0] / 2, size[1] / 3);
      Region crop = new Region(size[0] / 8, size[1] / 8, size[0] / 2, size[1] / 2);
      for (FrameFit fit : FrameFit.values()) {
        isTranspose(new FrameView(frame, window, fit, input), window, random);
      }
      isTranspose(
          new CropView(frame, window, crop, TransformChain.identity(), input), window, random);
    }
  }

  /** Both sides of {@code c · A d = d · Aᵀ c}, up to the rounding to 8 bits. */
  private static void isTranspose(WindowView view, Region window, RandomStream random) {
    int n = 3 * window.width() * window.height();
    float[] low = new float[n];
    float[] high = new float[n];
    for (int i = 0; i < n; i++) {
      low[i] = random.nextInt(100) / 255f;
      high[i] = low[i] + random.nextInt(150) / 255f;
    }
    float[] seenLow = new float[view.input().size()];
    float[] seenHigh = new float[seenLow.length];
    float[] cotangent = new float[seenLow.length];
    for (int i = 0; i < cotangent.length; i++) {
      cotangent[i] = (float) random.uniform(0.5, 1);
    }
    WindowView.Look look = view.look();
    look.forward(low, 0, 7, seenLow, 0);
    look.forward(high, 0, 7, seenHigh, 0);
    float[] gradient = new float[n];
    look.backward(cotangent, 0, 2, gradient, 0);
    double there = 0;
    for (int i = 0; i < cotangent.length; i++) {
      there += cotangent[i] * (seenHigh[i] - seenLow[i]);
    }
    double back = 0;
    for (int i = 0; i < n; i++) {
      back += gradient[i] * (high[i] - low[i]);
    }
    assertThat(back).isCloseTo(2 * there, within(0.02 * Math.abs(2 * there)));
    assertThat(there).isPositive();
  }

  @Test
  void boxesMoveWithTheFrame() {
    Image frame = Image.black(128, 96);
    Region window = new Region(32, 24, 64, 48);
    ImageShape input = new ImageShape(64, 64, 3);

    Box stretched = new FrameView(frame, window, FrameFit.STRETCH, input).inInput(window);
    Box close =
        new CropView(frame, window, new Region(0, 0, 128, 96), TransformChain.identity(), input)
            .inInput(window);

    assertThat(stretched).isEqualTo(new Box(16, 16, 48, 48));
    assertThat(close).isEqualTo(new Box(16, 16, 48, 48));
  }

  @Test
  void patchesKeepTheirBudgetAndChangeNothingElse() {
    RandomStream random = new RandomStream(3);
    Image frame = noise(100, 80, random);
    Region object = new Region(20, 10, 41, 53);
    for (double share : new double[] {0.01, 0.05, 0.1, 0.333, 1}) {
      List<Region> one = PatchSites.one(object, share, 0.5, 0.5, frame);
      assertThat(PatchSites.area(one)).isBetween(1L, PatchSites.budget(object, share));
      assertThat(PatchSites.area(one)).isGreaterThan((long) (0.6 * share * object.area()));
    }
    List<Region> bars = PatchSites.bars(object, 0.2, 3, 0.9, frame);
    assertThat(bars).hasSize(3);
    assertThat(PatchSites.area(bars)).isLessThanOrEqualTo(PatchSites.budget(object, 0.2));

    PatchCanvas canvas = new PatchCanvas(frame, object, bars, bars);
    float[] patch = new float[canvas.values()];
    for (int i = 0; i < patch.length; i++) {
      patch[i] = random.nextInt(256) / 255f;
    }
    Image painted = canvas.painted(patch);
    int at = 0;
    for (Region bar : bars) {
      for (int y = bar.y(); y < bar.y() + bar.height(); y++) {
        for (int x = bar.x(); x < bar.x() + bar.width(); x++, at += 3) {
          assertThat(painted.rgb(x, y) >> 16).isEqualTo(Math.round(255 * patch[at]));
        }
      }
    }
    for (int y = 0; y < 80; y++) {
      for (int x = 0; x < 100; x++) {
        int u = x;
        int v = y;
        if (bars.stream()
            .noneMatch(
                b -> u >= b.x() && v >= b.y() && u < b.x() + b.width() && v < b.y() + b.height())) {
          assertThat(painted.rgb(x, y)).isEqualTo(frame.rgb(x, y));
        }
      }
    }
  }

  @Test
  void gradientsOfTexelsAreDifferences() {
    RandomStream random = new RandomStream(4);
    Image frame = noise(40, 40, random);
    Region window = new Region(4, 4, 32, 32);
    List<Region> sites = List.of(new Region(10, 12, 9, 7), new Region(22, 20, 6, 5));
    // In this frame the object is further away than where the texels were counted.
    List<Region> texels = List.of(new Region(0, 0, 14, 11), new Region(0, 0, 6, 5));
    PatchCanvas canvas = new PatchCanvas(frame, window, sites, texels);
    PatchConditions conditions = new PatchConditions(0.2, 0.2, 0.1, 0.05, 0.3, 0.01);
    for (int k = 0; k < 5; k++) {
      Appearance look = k == 0 ? Appearance.PLANNED : conditions.draw(random);
      float[] patch = new float[canvas.values()];
      for (int i = 0; i < patch.length; i++) {
        patch[i] = (float) random.uniform(0.3, 0.7);
      }
      float[] weights = new float[canvas.size()];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = (float) random.uniform(-1, 1);
      }
      float[] painted = new float[canvas.size()];
      canvas.paint(patch, look, painted, 0);
      float[] gradient = new float[patch.length];
      canvas.backward(patch, look, painted, weights.clone(), 0, gradient);
      for (int i = 0; i < patch.length; i += 7) {
        float before = patch[i];
        patch[i] = before + 0.01f;
        double above = dot(canvas, patch, look, weights);
        patch[i] = before - 0.01f;
        double below = dot(canvas, patch, look, weights);
        patch[i] = before;
        assertThat((double) gradient[i]).isCloseTo((above - below) / 0.02, within(2e-3));
      }
    }
  }

  private static double dot(PatchCanvas canvas, float[] patch, Appearance look, float[] weights) {
    float[] painted = new float[canvas.size()];
    canvas.paint(patch, look, painted, 0);
    double sum = 0;
    for (int i = 0; i < painted.length; i++) {
      sum += (double) weights[i] * painted[i];
    }
    return sum;
  }

  private static Image noise(int width, int height, RandomStream random) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) random.nextInt(256);
    }
    return Image.of(width, height, rgb);
  }
}
