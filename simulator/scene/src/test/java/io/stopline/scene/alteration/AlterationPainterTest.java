package io.stopline.scene.alteration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.scene.alteration.Alteration.Advert;
import io.stopline.scene.alteration.Alteration.Graffiti;
import io.stopline.scene.alteration.Alteration.Point;
import io.stopline.scene.alteration.Alteration.Poster;
import io.stopline.scene.alteration.Alteration.Shadow;
import io.stopline.scene.alteration.Alteration.Sticker;
import io.stopline.scene.alteration.Alteration.Stickers;
import io.stopline.scene.alteration.Alteration.Stroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AlterationPainterTest {

  private static final int SIDE = 128;
  private static final Shape DISC = new Ellipse2D.Double(0, 0, 1, 1);
  private static final Shape SQUARE = new Rectangle2D.Double(0, 0, 1, 1);

  static BufferedImage face(Shape outline, int rgb) {
    BufferedImage face = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_ARGB);
    Graphics2D g = face.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    g.scale(SIDE, SIDE);
    g.setColor(new Color(rgb));
    g.fill(outline);
    g.dispose();
    return face;
  }

  private static Stickers one(double x, double y, double w, double h, double degrees) {
    return new Stickers(List.of(new Sticker(x, y, w, h, degrees, false)));
  }

  @Property(tries = 60)
  void aRotatedRectangleInsideTheOutlineCoversItsArea(
      @ForAll @DoubleRange(min = 0.4, max = 0.6) double x,
      @ForAll @DoubleRange(min = 0.4, max = 0.6) double y,
      @ForAll @DoubleRange(min = 0.02, max = 0.3) double w,
      @ForAll @DoubleRange(min = 0.02, max = 0.3) double h,
      @ForAll @DoubleRange(min = -180, max = 180) double degrees) {
    double share = AlterationPainter.coveredShare(DISC, one(x, y, w, h, degrees));
    assertThat(share).isCloseTo(w * h / (Math.PI / 4), within(1e-3));
  }

  @Test
  void coveredShareCountsOverlapsOnceAndNothingOutside() {
    Sticker half = new Sticker(0.25, 0.5, 0.5, 1, 0, true);
    Sticker again = new Sticker(0.25, 0.5, 0.5, 1, 0, false);
    Sticker outside = new Sticker(1.6, 0.5, 0.5, 1, 0, false);
    assertThat(AlterationPainter.coveredShare(DISC, new Stickers(List.of(half, again, outside))))
        .isCloseTo(0.5, within(1e-3));
    assertThat(AlterationPainter.coveredShare(DISC, one(0.5, 0.5, 2, 2, 0)))
        .isCloseTo(1, within(1e-9));
    assertThat(AlterationPainter.coveredShare(DISC, new Stickers(List.of(outside)))).isZero();
  }

  @Property(tries = 25)
  void nothingIsPaintedOutsideTheOutlineAndTransparencyStays(
      @ForAll @DoubleRange(min = -0.2, max = 1.2) double x,
      @ForAll @DoubleRange(min = -0.2, max = 1.2) double y,
      @ForAll @DoubleRange(min = 0.05, max = 0.9) double size) {
    BufferedImage clean = face(DISC, 0xa81820);
    for (Alteration a :
        List.of(
            one(x, y, size, size / 2, 20),
            new Graffiti(
                List.of(
                    new Stroke(
                        List.of(new Point(x, y), new Point(y, x)), size / 5, 0x30c040, 0.9))),
            new Shadow(
                List.of(List.of(new Point(x, y), new Point(x + size, y), new Point(x, y + size))),
                0.5,
                0.05),
            new Advert(x, y, size, size / 2, 5, 3))) {
      BufferedImage painted = AlterationPainter.paint(clean, DISC, a);
      BufferedImage mask = AlterationPainter.mask(SIDE, DISC, a);
      for (int v = 0; v < SIDE; v++) {
        for (int u = 0; u < SIDE; u++) {
          int before = clean.getRGB(u, v);
          int after = painted.getRGB(u, v);
          assertThat(after >>> 24).isEqualTo(before >>> 24);
          if (mask.getRaster().getSample(u, v, 0) == 0 && before >>> 24 == 255) {
            assertThat(after).isEqualTo(before);
          }
          if (before >>> 24 == 0) {
            assertThat(mask.getRaster().getSample(u, v, 0)).isLessThan(3);
          }
        }
      }
    }
  }

  @Test
  void theMaskIsAsLargeAsTheShareAndWholeWhereTheStickerIs() {
    Alteration a = one(0.5, 0.5, 0.4, 0.2, 30);
    BufferedImage mask = AlterationPainter.mask(SIDE, DISC, a);
    long sum = 0;
    for (int i = 0; i < SIDE * SIDE; i++) {
      sum += mask.getRaster().getSample(i % SIDE, i / SIDE, 0);
    }
    assertThat(sum / 255.0 / SIDE / SIDE).isCloseTo(0.08, within(0.001));
    assertThat(mask.getRaster().getSample(SIDE / 2, SIDE / 2, 0)).isEqualTo(255);
  }

  @Test
  void filmIsMattAndTheLaterPieceLiesOnTop() {
    BufferedImage painted =
        AlterationPainter.paint(
            face(SQUARE, 0xa81820),
            SQUARE,
            new Stickers(
                List.of(
                    new Sticker(0.5, 0.5, 0.5, 0.5, 0, false),
                    new Sticker(0.5, 0.5, 0.2, 0.2, 0, true))));
    int white = painted.getRGB(SIDE / 2, SIDE / 2) & 0xff;
    int black = painted.getRGB((int) (0.3 * SIDE), SIDE / 2) & 0xff;
    assertThat(white).isBetween(200, 245);
    assertThat(black).isBetween(10, 50);
  }

  @Test
  void aShadowTakesAwayLinearLight() {
    BufferedImage painted =
        AlterationPainter.paint(
            face(SQUARE, 0xffffff),
            SQUARE,
            new Shadow(
                List.of(
                    List.of(
                        new Point(-1, -1),
                        new Point(0.5, -1),
                        new Point(0.5, 2),
                        new Point(-1, 2))),
                0.5,
                0.1));
    // Half of the light is 188 of 255 in sRGB.
    assertThat(painted.getRGB(5, SIDE / 2) & 0xff).isEqualTo(188);
    assertThat(painted.getRGB(5, 0) & 0xff).isEqualTo(188);
    assertThat(painted.getRGB(SIDE - 5, SIDE / 2) & 0xff).isEqualTo(255);
    assertThat(painted.getRGB(SIDE / 2, SIDE / 2) & 0xff).isBetween(200, 250);
  }

  @Test
  void sprayThinsOutAtItsEdgeAndFullPaintIsInItsMiddle() {
    BufferedImage painted =
        AlterationPainter.paint(
            face(SQUARE, 0xffffff),
            SQUARE,
            new Graffiti(
                List.of(
                    new Stroke(List.of(new Point(0, 0.5), new Point(1, 0.5)), 0.3, 0x000000, 1))));
    assertThat(painted.getRGB(SIDE / 2, SIDE / 2) & 0xff).isLessThan(5);
    int steps = 0;
    for (int y = SIDE / 2; y < SIDE; y++) {
      int v = painted.getRGB(SIDE / 2, y) & 0xff;
      steps += v > 10 && v < 245 ? 1 : 0;
    }
    assertThat(steps).isGreaterThan(6);
    assertThat(painted.getRGB(SIDE / 2, SIDE - 3) & 0xff).isEqualTo(255);
  }

  @Test
  void aPosterShowsItsPictureAndLetsTheSignShowWhereItIsTransparent(@TempDir Path folder)
      throws IOException {
    BufferedImage print = new BufferedImage(300, 200, BufferedImage.TYPE_INT_ARGB);
    Graphics2D g = print.createGraphics();
    g.setColor(new Color(0x2040e0));
    g.fillRect(0, 0, 150, 200);
    g.dispose();
    Path png = folder.resolve("half.png");
    ImageIO.write(print, "png", png.toFile());
    Path svg = folder.resolve("half.svg");
    Files.writeString(
        svg,
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 30 20'>"
            + "<rect width='15' height='20' fill='#2040e0'/></svg>",
        StandardCharsets.UTF_8);
    for (Path image : List.of(png, svg)) {
      Poster poster = new Poster(0.5, 0.5, 0.6, 0.4, 0, image);
      BufferedImage painted = AlterationPainter.paint(face(SQUARE, 0xa81820), SQUARE, poster);
      assertThat(painted.getRGB((int) (0.3 * SIDE), SIDE / 2)).isEqualTo(0xff2040e0);
      assertThat(painted.getRGB((int) (0.7 * SIDE), SIDE / 2)).isEqualTo(0xffa81820);
      assertThat(AlterationPainter.coveredShare(SQUARE, poster)).isCloseTo(0.12, within(0.003));
    }
  }

  @Test
  void anUnreadablePosterIsNamedWithItsCure(@TempDir Path folder) throws IOException {
    Path text = Files.writeString(folder.resolve("poster.png"), "no picture");
    for (Path image : List.of(text, folder.resolve("missing.png"))) {
      assertThatThrownBy(
              () ->
                  AlterationPainter.paint(
                      face(SQUARE, 0), SQUARE, new Poster(0.5, 0.5, 0.6, 0.4, 0, image)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(image.toString())
          .hasMessageContaining("PNG, JPEG or SVG");
    }
  }

  @Test
  void withoutAlterationThePictureIsACopy() {
    BufferedImage clean = face(DISC, 0xa81820);
    BufferedImage copy = AlterationPainter.paint(clean, DISC, null);
    assertThat(copy).isNotSameAs(clean);
    assertThat(copy.getRGB(0, 0, SIDE, SIDE, null, 0, SIDE))
        .isEqualTo(clean.getRGB(0, 0, SIDE, SIDE, null, 0, SIDE));
  }

  @Test
  void recordsRefuseImpossibleNumbersAndSayWhatIsPossible() {
    assertThatThrownBy(() -> new Sticker(0.5, 0.5, 0, 0.1, 0, true))
        .hasMessageContaining("sticker: width is 0; it must be above 0");
    assertThatThrownBy(() -> new Sticker(Double.NaN, 0.5, 0.1, 0.1, 0, true))
        .hasMessageContaining("sticker: x is NaN; it must be -1 to 2");
    assertThatThrownBy(() -> new Stickers(List.of())).hasMessageContaining("there are 0 pieces");
    assertThatThrownBy(() -> new Stroke(List.of(), 0.1, 0, 1))
        .hasMessageContaining("there are 0 points");
    assertThatThrownBy(() -> new Stroke(List.of(new Point(0, 0)), 0.1, -1, 1))
        .hasMessageContaining("rgb");
    assertThatThrownBy(() -> new Shadow(List.of(List.of(new Point(0, 0), new Point(1, 1))), 0.5, 0))
        .hasMessageContaining("there must be 3 to");
    assertThatThrownBy(
            () ->
                new Shadow(
                    List.of(List.of(new Point(0, 0), new Point(1, 1), new Point(0, 1))), 1.5, 0))
        .hasMessageContaining("darkness is 1.5; it must be 0 to 1");
  }
}
