package io.stopline.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.Alteration.Shadow;
import io.stopline.scene.alteration.Alteration.Stickers;
import io.stopline.scene.alteration.AlterationPainter;
import io.stopline.scene.alteration.Shapes;
import io.stopline.scene.sign.SignArt;
import io.stopline.sdk.random.RandomStream;
import java.awt.Shape;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class AlterationSpaceTest {

  /** Octagon, triangle, disc. */
  private static final int[] CLASSES = {14, 13, 1};

  @Property(tries = 6)
  void whatASpaceMakesKeepsItsBudgetWhateverIsDoneToIt(
      @ForAll long seed,
      @ForAll @IntRange(max = 2) int which,
      @ForAll @DoubleRange(min = 0.05, max = 0.3) double area) {
    Shape outline = SignArt.of(CLASSES[which]).outline();
    RandomStream random = new RandomStream(seed);
    for (AlterationSpace space :
        new AlterationSpace[] {
          new StickerSpace(outline, area, 6), new GraffitiSpace(outline, area)
        }) {
      double[] a = space.random(random);
      double[] b = space.random(random);
      for (int i = 0; i < 4; i++) {
        double[] before = a.clone();
        double[] c = space.cross(space.change(a, 1, random), b, random);
        assertThat(a).isEqualTo(before);
        double covered = AlterationPainter.coveredShare(outline, space.decode(c));
        assertThat(covered).isLessThanOrEqualTo(area + 0.001);
        // Strokes may miss a sign with narrow corners; stickers are kept on it.
        if (space instanceof StickerSpace) {
          assertThat(covered).isPositive();
        }
        a = c;
      }
    }
  }

  @Property(tries = 10)
  void aVectorStandsForOneAlterationAndBack(@ForAll long seed) {
    Shape outline = SignArt.of(14).outline();
    RandomStream random = new RandomStream(seed);
    StickerSpace stickers = new StickerSpace(outline, 0.15, 6);
    Alteration s = stickers.decode(stickers.random(random));
    assertThat(((Stickers) s).pieces()).hasSizeBetween(1, 6);
    assertThat(stickers.decode(stickers.encode(s))).isEqualTo(s);
    ShadowSpace shadows = new ShadowSpace(0.7);
    Shadow shadow = (Shadow) shadows.decode(shadows.random(random));
    assertThat(shadow.darkness()).isBetween(0.3, 0.7);
    assertThat(shadows.decode(shadows.encode(shadow))).isEqualTo(shadow);
  }

  @Test
  void theAreaOfAUnionCountsOverlapsOnce() {
    Shape outline = SignArt.of(14).outline();
    double area = Shapes.area(SearchShapes.polygon(outline));
    assertThat(area).isCloseTo(2 * (Math.sqrt(2) - 1), within(1e-6));
  }
}
