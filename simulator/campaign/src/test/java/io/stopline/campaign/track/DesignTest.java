package io.stopline.campaign.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.AlterationPainter;
import io.stopline.scene.sign.SignArt;
import io.stopline.sdk.random.RandomStream;
import java.awt.Shape;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alterations as vectors: their gradients, their budget, and what is made of them. */
final class DesignTest {

  private static final Shape STOP = SignArt.of(14).outline();

  @TempDir Path folder;

  private static StickerDesign stickers(double areaShare) {
    double[] start = {
      0.4, 0.4, 0.3, 0.2, 0.3, 0.9, //
      0.55, 0.5, 0.25, 0.3, -0.2, 0.2, //
      0.5, 0.7, 0.2, 0.15, 0, 0.7
    };
    return new StickerDesign(STOP, new FaceArea(STOP), areaShare, start);
  }

  @Test
  void edgesOfStickersHaveTheGradientsThatDifferencesShow() {
    StickerDesign design = stickers(0.9);
    RandomStream random = new RandomStream(5);
    FacePaint weights = new FacePaint();
    for (int i = 0; i < FacePaint.CELLS; i++) {
      weights.cover[i] = (float) random.nextGaussian();
      for (int c = 0; c < 3; c++) {
        weights.ink[3 * i + c] = (float) random.nextGaussian();
      }
    }
    double[] p = design.start();
    double[] gradient = new double[p.length];
    design.backward(p, 1, weights, gradient);
    for (int i = 0; i < p.length; i++) {
      double kept = p[i];
      double step = 2e-3;
      p[i] = kept + step;
      double more = sum(design, p, weights);
      p[i] = kept - step;
      double less = sum(design, p, weights);
      p[i] = kept;
      double difference = (more - less) / (2 * step);
      assertThat(gradient[i]).isCloseTo(difference, within(0.5 + 0.03 * Math.abs(difference)));
    }
  }

  private static double sum(Design design, double[] p, FacePaint weights) {
    FacePaint paint = new FacePaint();
    design.paint(p, 1, paint);
    double sum = 0;
    for (int i = 0; i < FacePaint.CELLS; i++) {
      sum += (double) paint.cover[i] * weights.cover[i];
    }
    for (int i = 0; i < 3 * FacePaint.CELLS; i++) {
      sum += (double) paint.ink[i] * weights.ink[i];
    }
    return sum;
  }

  @Test
  void stickersKeepTheirBudgetAndArePaintedAsTheyAreMade() {
    StickerDesign design = stickers(0.15);
    Alteration made = design.made(design.start(), folder.resolve("unused.png"));
    double share = AlterationPainter.coveredShare(STOP, made);
    assertThat(share).isBetween(0.135, 0.15);
    assertThat(painted(design, design.start())).isCloseTo(share, within(0.01));
    assertThat(folder.resolve("unused.png")).doesNotExist();
  }

  private static double painted(Design design, double[] p) {
    FaceArea area = new FaceArea(STOP);
    FacePaint paint = new FacePaint();
    design.paint(p, 0, paint);
    double share = 0;
    for (int i = 0; i < FacePaint.CELLS; i++) {
      share += paint.cover[i] * area.share(i);
    }
    return share;
  }

  @Test
  void aPosterIsWrittenAsItIsPainted() {
    int[] cells =
        IntStream.range(0, FacePaint.CELLS)
            .filter(
                i -> Math.abs(i % FacePaint.SIDE - 24) < 8 && Math.abs(i / FacePaint.SIDE - 20) < 6)
            .toArray();
    PosterDesign design = new PosterDesign(cells);
    double[] p = design.start();
    p[0] = 7;
    p[1] = -2;
    design.keep(p);
    assertThat(p[0]).isEqualTo(1);
    assertThat(p[1]).isEqualTo(0);
    Path file = folder.resolve("poster.png");
    Alteration made = design.made(p, file);
    assertThat(made).isInstanceOf(Alteration.Poster.class);
    assertThat(file).exists();
    assertThat(AlterationPainter.coveredShare(STOP, made))
        .isCloseTo(painted(design, p), within(0.002));
  }
}
