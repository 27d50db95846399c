package io.stopline.scene.alteration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.scene.alteration.Alteration.Advert;
import io.stopline.scene.alteration.Alteration.Graffiti;
import io.stopline.scene.alteration.Alteration.Point;
import io.stopline.scene.alteration.Alteration.Poster;
import io.stopline.scene.alteration.Alteration.Shadow;
import io.stopline.scene.alteration.Alteration.Sticker;
import io.stopline.scene.alteration.Alteration.Stickers;
import io.stopline.scene.alteration.Alteration.Stroke;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BenignTwinTest {

  private static final Shape DISC = new Ellipse2D.Double(0, 0, 1, 1);

  private static final Stickers STICKERS =
      new Stickers(
          List.of(
              new Sticker(0.3, 0.4, 0.3, 0.1, 10, true),
              new Sticker(0.7, 0.5, 0.1, 0.3, -5, false),
              new Sticker(0.5, 0.75, 0.25, 0.12, 0, false)));

  @Property(tries = 20)
  void shuffledStickersAreTheSameMaterialElsewhere(@ForAll long seed) {
    Stickers twin = (Stickers) BenignTwin.of(STICKERS, DISC, seed);
    assertThat(twin.pieces()).hasSameSizeAs(STICKERS.pieces());
    for (int i = 0; i < twin.pieces().size(); i++) {
      Sticker a = STICKERS.pieces().get(i);
      Sticker b = twin.pieces().get(i);
      assertThat(new Sticker(a.x(), a.y(), b.width(), b.height(), b.rotationDegrees(), b.white()))
          .isEqualTo(a);
      assertThat(Math.hypot(a.x() - b.x(), a.y() - b.y())).isPositive();
    }
    double share = AlterationPainter.coveredShare(DISC, STICKERS);
    assertThat(AlterationPainter.coveredShare(DISC, twin)).isCloseTo(share, within(0.03 * share));
    assertThat(BenignTwin.of(STICKERS, DISC, seed)).isEqualTo(twin);
  }

  @Test
  void graffitiGoesToTheRimWithItsPaint() {
    Graffiti original =
        new Graffiti(
            List.of(
                new Stroke(
                    List.of(new Point(0.2, 0.3), new Point(0.8, 0.7)), 0.07, 0x202020, 0.9)));
    Graffiti twin = (Graffiti) BenignTwin.of(original, DISC, 4);
    assertThat(twin.strokes().get(0).width()).isEqualTo(0.07);
    assertThat(twin.strokes().get(0).rgb()).isEqualTo(0x202020);
    for (Point p : twin.strokes().get(0).points()) {
      assertThat(Math.hypot(p.x() - 0.5, p.y() - 0.5)).isBetween(0.4, 0.5);
    }
    double share = AlterationPainter.coveredShare(DISC, original);
    assertThat(AlterationPainter.coveredShare(DISC, twin)).isCloseTo(share, within(0.2 * share));
  }

  @Property(tries = 6)
  void leavesShadeAsMuchInSmallSpots(@ForAll long seed) {
    Shadow original =
        new Shadow(
            List.of(List.of(new Point(0, 0), new Point(1, 0.2), new Point(0.3, 1))), 0.55, 0.02);
    Shadow twin = (Shadow) BenignTwin.of(original, DISC, seed);
    assertThat(twin.darkness()).isEqualTo(0.55);
    assertThat(twin.polygons()).hasSizeGreaterThan(10);
    double share = AlterationPainter.coveredShare(DISC, original);
    assertThat(AlterationPainter.coveredShare(DISC, twin)).isCloseTo(share, within(0.15 * share));
  }

  @Test
  void aPosterBecomesASmallAdvertLowOnTheSign(@TempDir Path folder) throws IOException {
    Path image = folder.resolve("poster.png");
    ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", image.toFile());
    for (long seed = 0; seed < 10; seed++) {
      Advert twin = (Advert) BenignTwin.of(new Poster(0.5, 0.5, 0.6, 0.6, 0, image), DISC, seed);
      assertThat(twin.y()).isGreaterThan(0.6);
      assertThat(AlterationPainter.coveredShare(DISC, twin)).isBetween(0.03, 0.065);
    }
  }
}
