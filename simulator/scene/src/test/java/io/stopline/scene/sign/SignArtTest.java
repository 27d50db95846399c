package io.stopline.scene.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignArtTest {

  private static final int SIDE = 256;

  @Test
  void everyPictureFillsItsOutlineAndNothingElse() {
    for (int c = 0; c < SignArt.CLASSES; c++) {
      SignArt art = SignArt.of(c);

      BufferedImage drawn = art.draw(SIDE);
      BufferedImage filled = fill(art.outline());

      assertThat(drawn.getType()).isEqualTo(BufferedImage.TYPE_INT_ARGB);
      int worst = 0;
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          worst = Math.max(worst, Math.abs(alpha(drawn, x, y) - alpha(filled, x, y)));
        }
      }
      // Only the anti-aliasing of edge pixels may differ, by curves that are not the same arcs.
      assertThat(worst).as("alpha of class %d", c).isLessThanOrEqualTo(24);
    }
  }

  @Test
  void everyOutlineIsCentredAndOneLarge() {
    for (int c = 0; c < SignArt.CLASSES; c++) {
      Rectangle2D box = SignArt.of(c).outline().getBounds2D();

      assertThat(Math.max(box.getWidth(), box.getHeight()))
          .as("extent of class %d", c)
          .isBetween(0.999, 1.001);
      assertThat(box.getCenterX()).isBetween(0.4995, 0.5005);
      assertThat(box.getCenterY()).isBetween(0.4995, 0.5005);
    }
  }

  @Test
  void everyClassLooksDifferentFromEveryOther() {
    List<BufferedImage> all = new ArrayList<>();
    for (int c = 0; c < SignArt.CLASSES; c++) {
      all.add(SignArt.of(c).draw(64));
    }
    for (int a = 0; a < all.size(); a++) {
      for (int b = a + 1; b < all.size(); b++) {
        assertThat(difference(all.get(a), all.get(b), false))
            .as("classes %d and %d", a, b)
            .isGreaterThan(1.5);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"19, 20", "33, 34", "36, 37", "38, 39"})
  void leftAndRightAreMirrorImages(int left, int right) {
    BufferedImage one = SignArt.of(left).draw(SIDE);
    BufferedImage other = SignArt.of(right).draw(SIDE);

    assertThat(difference(one, other, true)).isLessThan(0.3);
    assertThat(difference(one, other, false)).isGreaterThan(5);
  }

  /** What the eye takes for granted, in shares of the sign's area. */
  @ParameterizedTest
  @CsvSource({
    // class, red, blue, yellow, black or grey, white; each at least
    "1, 0.35, 0, 0, 0.05, 0.35",
    "9, 0.35, 0, 0, 0.03, 0.35",
    "12, 0, 0, 0.3, 0, 0.5",
    "13, 0.4, 0, 0, 0, 0.45",
    "14, 0.6, 0, 0, 0, 0.15",
    "15, 0.35, 0, 0, 0, 0.45",
    "17, 0.6, 0, 0, 0, 0.15",
    "18, 0.4, 0, 0, 0.03, 0.35",
    "26, 0.4, 0, 0.02, 0, 0.35",
    "32, 0, 0, 0, 0.15, 0.65",
    "35, 0, 0.7, 0, 0, 0.15",
    "40, 0, 0.6, 0, 0, 0.15",
  })
  void coloursTakeTheirShareOfTheSign(
      int signClass, double red, double blue, double yellow, double dark, double white) {
    BufferedImage image = SignArt.of(signClass).draw(SIDE);
    double area = 0;
    double[] found = new double[5];
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        Color colour = new Color(image.getRGB(x, y), true);
        if (colour.getAlpha() < 255) {
          continue;
        }
        area++;
        float[] hsb = Color.RGBtoHSB(colour.getRed(), colour.getGreen(), colour.getBlue(), null);
        double degrees = hsb[0] * 360;
        if (hsb[1] < 0.3) {
          found[hsb[2] > 0.8 ? 4 : 3]++;
        } else if (degrees < 20 || degrees > 340) {
          found[0]++;
        } else if (degrees > 190 && degrees < 250) {
          found[1]++;
        } else if (degrees > 25 && degrees < 60) {
          found[2]++;
        }
      }
    }
    assertThat(found[0] / area).as("red").isGreaterThanOrEqualTo(red);
    assertThat(found[1] / area).as("blue").isGreaterThanOrEqualTo(blue);
    assertThat(found[2] / area).as("yellow").isGreaterThanOrEqualTo(yellow);
    assertThat(found[3] / area).as("dark").isGreaterThanOrEqualTo(dark);
    assertThat(found[4] / area).as("white").isGreaterThanOrEqualTo(white);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 43})
  void aClassThatDoesNotExistIsNamed(int signClass) {
    assertThatThrownBy(() -> SignArt.of(signClass))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(String.valueOf(signClass))
        .hasMessageContaining("0 to 42");
  }

  private static BufferedImage fill(Shape outline) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.fill(AffineTransform.getScaleInstance(SIDE, SIDE).createTransformedShape(outline));
    graphics.dispose();
    return image;
  }

  private static int alpha(BufferedImage image, int x, int y) {
    return image.getRGB(x, y) >>> 24;
  }

  /** Mean absolute difference of a colour channel, 0..255, over the square, on mid grey. */
  private static double difference(BufferedImage a, BufferedImage b, boolean mirrored) {
    int side = a.getWidth();
    double sum = 0;
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int p = a.getRGB(x, y);
        int q = b.getRGB(mirrored ? side - 1 - x : x, y);
        for (int shift = 0; shift <= 16; shift += 8) {
          sum += Math.abs(onGrey(p, shift) - onGrey(q, shift));
        }
      }
    }
    return sum / (3.0 * side * side);
  }

  private static double onGrey(int argb, int shift) {
    double alpha = (argb >>> 24) / 255.0;
    return ((argb >> shift) & 0xff) * alpha + 128 * (1 - alpha);
  }
}
