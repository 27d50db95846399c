package io.stopline.attacks.corruption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.Norm;
import io.stopline.attacks.PixelBudget;
import io.stopline.autodiff.ImageShape;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class CorruptionTest {

  private static final ImageShape SMALL = new ImageShape(32, 32, 3);

  @ParameterizedTest
  @EnumSource(Corruption.class)
  void isTheSameForTheSameSeedWhateverTheCompany(Corruption kind) {
    Inputs inputs = signs(SMALL, 3);
    Inputs once = kind.corrupt(inputs, 3, 7);
    assertThat(kind.corrupt(inputs, 3, 7).images()).isEqualTo(once.images());
    Inputs alone = kind.corrupt(inputs.rows(new int[] {1}), 3, 7);
    assertThat(alone.images())
        .isEqualTo(Arrays.copyOfRange(once.images(), SMALL.size(), 2 * SMALL.size()));
    assertThat(once.labels()).isEqualTo(inputs.labels());
    assertThat(once.ids()).isEqualTo(inputs.ids());
    for (float value : once.images()) {
      assertThat(value).isBetween(0f, 1f).isEqualTo(Math.round(value * 255) / 255f);
    }
    boolean random =
        switch (kind) {
          case DEFOCUS_BLUR, ZOOM_BLUR, BRIGHTNESS, CONTRAST, PIXELATE, JPEG_COMPRESSION -> false;
          default -> true;
        };
    assertThat(Arrays.equals(kind.corrupt(inputs, 3, 8).images(), once.images()))
        .isEqualTo(!random);
  }

  @ParameterizedTest
  @EnumSource(Corruption.class)
  void changesMoreAtTheLastSeverityThanAtTheFirstAndKeepsThePictureKnowable(Corruption kind) {
    for (ImageShape shape : new ImageShape[] {SMALL, new ImageShape(128, 112, 3)}) {
      Inputs inputs = signs(shape, 4);
      double first = change(inputs, kind.corrupt(inputs, 1, 1));
      double last = change(inputs, kind.corrupt(inputs, 5, 1));
      assertThat(first).isPositive();
      switch (kind) {
        case FROST, FOG ->
            // They lay a brightness of their own over the picture: less of it is left.
            assertThat(kept(inputs, kind.corrupt(inputs, 5, 1)))
                .isLessThan(0.9 * kept(inputs, kind.corrupt(inputs, 1, 1)));
        case ELASTIC_TRANSFORM -> {
          // Severities trade one kind of warp for another; none is larger in pixels.
        }
        default -> assertThat(last).isGreaterThan(1.15 * first);
      }
      assertThat(last).isLessThan(0.5);
    }
  }

  @Test
  void knownEffectsHaveTheirKnownSize() {
    ImageShape shape = new ImageShape(64, 64, 3);
    float[] grey = new float[shape.size()];
    Arrays.fill(grey, 102 / 255f);
    Inputs flat = new Inputs(shape, grey, new int[1], new long[1]);
    // Deviation 0.10 and 8-bit values; √(0.4 / 50) for 50 photons at full scale; 7 % of values.
    assertThat(change(flat, Corruption.GAUSSIAN_NOISE.corrupt(flat, 5, 1))).isBetween(0.097, 0.103);
    assertThat(change(flat, Corruption.SHOT_NOISE.corrupt(flat, 5, 1))).isBetween(0.086, 0.093);
    float[] impulses = Corruption.IMPULSE_NOISE.corrupt(flat, 5, 1).images();
    long hit = 0;
    for (float value : impulses) {
      hit += value != grey[0] ? 1 : 0;
    }
    assertThat((double) hit / impulses.length).isBetween(0.06, 0.08);
    assertThat(change(flat, Corruption.BRIGHTNESS.corrupt(flat, 2, 1))).isBetween(0.098, 0.102);
    for (Corruption still :
        new Corruption[] {
          Corruption.DEFOCUS_BLUR,
          Corruption.GLASS_BLUR,
          Corruption.MOTION_BLUR,
          Corruption.ZOOM_BLUR,
          Corruption.CONTRAST,
          Corruption.ELASTIC_TRANSFORM,
          Corruption.PIXELATE,
          Corruption.JPEG_COMPRESSION
        }) {
      assertThat(change(flat, still.corrupt(flat, 5, 1))).as(still.text()).isLessThan(0.0045);
    }
  }

  @Test
  void saysWhatIsAllowed() {
    assertThat(Corruption.all()).hasSize(15);
    assertThat(Corruption.byName("zoom-blur")).isEqualTo(Corruption.ZOOM_BLUR);
    assertThatThrownBy(() -> Corruption.byName("hail"))
        .hasMessageContaining("'hail'")
        .hasMessageContaining("snow, frost, fog");
    assertThatThrownBy(() -> Corruption.FOG.corrupt(signs(SMALL, 1), 6, 1))
        .hasMessageContaining("severity is 6");
    assertThatThrownBy(() -> Corruption.FOG.corrupt(signs(new ImageShape(4, 9, 3), 1), 1, 1))
        .hasMessageContaining("at least 8×8");
  }

  /** A sheet of all 75 to look at: {@code target/corruptions-32.png} and {@code -128.png}. */
  @Test
  void drawsTheContactSheet() throws IOException {
    for (int side : new int[] {32, 128}) {
      ImageShape shape = new ImageShape(side, side, 3);
      Inputs sign = photograph(shape);
      int scale = side == 32 ? 3 : 1;
      int cell = side * scale + 4;
      BufferedImage sheet = new BufferedImage(cell * 15, cell * 6, BufferedImage.TYPE_INT_RGB);
      int column = 0;
      for (Corruption kind : Corruption.values()) {
        for (int severity = 0; severity <= Corruption.SEVERITIES; severity++) {
          Inputs shown = severity == 0 ? sign : kind.corrupt(sign, severity, 1);
          draw(sheet, shown, column * cell, severity * cell, scale);
        }
        column++;
      }
      File file = new File("target/corruptions-" + side + ".png");
      assertThat(ImageIO.write(sheet, "png", file)).isTrue();
    }
  }

  /** How much of the picture is left: the slope of the corrupted values over the clean ones. */
  private static double kept(Inputs before, Inputs after) {
    double meanBefore = 0;
    double meanAfter = 0;
    int count = before.images().length;
    for (int k = 0; k < count; k++) {
      meanBefore += before.images()[k] / (double) count;
      meanAfter += after.images()[k] / (double) count;
    }
    double together = 0;
    double alone = 0;
    for (int k = 0; k < count; k++) {
      double from = before.images()[k] - meanBefore;
      together += from * (after.images()[k] - meanAfter);
      alone += from * from;
    }
    return together / alone;
  }

  private static double change(Inputs before, Inputs after) {
    double distance = 0;
    int size = before.shape().size();
    for (int i = 0; i < before.count(); i++) {
      distance +=
          PixelBudget.distance(
                  Norm.L2, before.images(), i * size, after.images(), i * size, before.shape())
              / Math.sqrt(size);
    }
    return distance / before.count();
  }

  /** A red-rimmed disc with a figure, on a background that shades from sky to ground. */
  private static Inputs signs(ImageShape shape, int count) {
    float[] images = new float[count * shape.size()];
    long[] ids = new long[count];
    for (int i = 0; i < count; i++) {
      ids[i] = 40L + i;
      for (int y = 0; y < shape.height(); y++) {
        for (int x = 0; x < shape.width(); x++) {
          double v = (y + 0.5) / shape.height() - 0.5;
          double u = (x + 0.5) / shape.width() - 0.5;
          double r = Math.hypot(u, v);
          double[] rgb = {0.35 - 0.2 * v, 0.45 - 0.1 * v, 0.55 - 0.5 * v};
          if (r < 0.42) {
            rgb = r > 0.33 ? new double[] {0.75, 0.1, 0.12} : new double[] {0.85, 0.85, 0.82};
          }
          if (r < 0.28 && Math.abs(u - 0.12 * Math.sin((9 + i) * v)) < 0.05) {
            rgb = new double[] {0.08, 0.08, 0.1};
          }
          int k = ((i * shape.height() + y) * shape.width() + x) * 3;
          for (int c = 0; c < 3; c++) {
            images[k + c] = Math.round(255 * rgb[c]) / 255f;
          }
        }
      }
    }
    return new Inputs(shape, images, new int[count], ids);
  }

  /** The shared stop sign if there is one, else a drawn sign. */
  private static Inputs photograph(ImageShape shape) throws IOException {
    Path folder =
        Path.of(System.getProperty("stopline.shared", "../shared"))
            .resolve("data/stop-signs/clean" + (shape.height() == 32 ? "32" : "256"));
    if (!Files.isDirectory(folder)) {
      System.out.println("contact sheet of a drawn sign: no photographs at " + folder);
      return signs(shape, 1);
    }
    try (var files = Files.list(folder)) {
      Path file = files.filter(f -> f.toString().endsWith(".png")).sorted().toList().get(0);
      BufferedImage image = ImageIO.read(file.toFile());
      float[] pixels = new float[shape.size()];
      for (int y = 0; y < shape.height(); y++) {
        for (int x = 0; x < shape.width(); x++) {
          int rgb =
              image.getRGB(
                  x * image.getWidth() / shape.width(), y * image.getHeight() / shape.height());
          for (int c = 0; c < 3; c++) {
            pixels[(y * shape.width() + x) * 3 + c] = ((rgb >> (8 * (2 - c))) & 0xff) / 255f;
          }
        }
      }
      return new Inputs(shape, pixels, new int[1], new long[1]);
    }
  }

  private static void draw(BufferedImage sheet, Inputs inputs, int left, int top, int scale) {
    ImageShape shape = inputs.shape();
    for (int y = 0; y < shape.height() * scale; y++) {
      for (int x = 0; x < shape.width() * scale; x++) {
        int k = (y / scale * shape.width() + x / scale) * 3;
        int rgb = 0;
        for (int c = 0; c < 3; c++) {
          rgb = (rgb << 8) | Math.round(255 * inputs.images()[k + c]);
        }
        sheet.setRGB(left + x, top + y, rgb);
      }
    }
  }
}
