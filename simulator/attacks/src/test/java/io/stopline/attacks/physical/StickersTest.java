package io.stopline.attacks.physical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Attack.Outcome;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Run;
import io.stopline.attacks.SmoothModel;
import io.stopline.autodiff.ImageShape;
import io.stopline.testing.SharedFiles;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StickersTest {

  private static final ImageShape SHAPE = Adjoints.SHAPE;

  private static StickerPainter painter(String rectangles, int cell, Ink ink, String palette) {
    return new StickerPainter(
        SHAPE,
        StickerMask.of(rectangles).at(SHAPE),
        cell,
        ink,
        Palette.of(palette, ink),
        true,
        0.4,
        0.7);
  }

  @Test
  void adjointsAgreeWithFiniteDifferences() {
    Adjoints.check(painter("0.13,0.2,0.3,0.21", 1, Ink.FILM, "inks"), 1, 0);
    Adjoints.check(painter("0.13,0.2,0.3,0.21;0.6,0.6,0.3,0.3", 3, Ink.ANY, "film"), 2, 0);
  }

  @Test
  void penaltiesAgreeWithFiniteDifferences() {
    Adjoints.checkPenalty(painter("0.13,0.2,0.3,0.21", 1, Ink.FILM, "inks"), 1);
    Adjoints.checkPenalty(painter("0.13,0.2,0.3,0.21", 2, Ink.FILM, "film"), 2);
  }

  @Test
  void whatCanBePrintedCostsNothing() {
    Palette palette = Palette.of("1c1c1e,e4e4df,ff0000", Ink.ANY);
    double[] red = {1, 0, 0};
    double[] green = {0, 1, 0};
    assertThat(palette.score(red, 0, 1, null)).isZero();
    assertThat(palette.score(green, 0, 1, null)).isGreaterThan(0.5);
    double[] reddish = {0.9, 0.2, 0.1};
    palette.snap(reddish, 0);
    assertThat(reddish).containsExactly(red);
  }

  @Test
  void aMaskCoversWhatItsRectanglesCover() {
    StickerMask mask = StickerMask.of("0.25,0.5,0.5,0.1;0,0,0.1,0.1");
    assertThat(mask.covered()).isCloseTo(0.06, within(1e-3));
    float[] at = mask.at(SHAPE);
    double sum = 0;
    for (float v : at) {
      sum += v;
    }
    assertThat(sum / at.length).isCloseTo(0.06, within(1e-3));
    assertThat(at[10 * SHAPE.width() + 12]).isCloseTo(1, within(1e-3f));
    assertThat(at[14 * SHAPE.width() + 12]).isZero();
  }

  @Test
  void stickersStayOnTheMaskAndAreOfThePalettesColours() {
    SmoothModel model = new SmoothModel(SHAPE, 3, 5);
    float[] image = model.image(1, 0.15);
    Inputs inputs = new Inputs(SHAPE, image, new int[] {1}, new long[] {4});
    Attack attack =
        new Rp2Provider()
            .create(
                Map.of(
                    "rectangles",
                    "0.25,0,0.5,0.5;0.25,0.75,0.5,0.25",
                    "palette",
                    "film",
                    "print",
                    "false",
                    "steps",
                    "40"));
    Outcome outcome = attack.attack(ModelVictim.of(model), inputs, Run.of(3));
    for (int i = 0; i < image.length; i++) {
      int x = i / 3 % SHAPE.width();
      int y = i / 3 / SHAPE.width();
      float v = outcome.images()[i];
      if (x < 6 || x >= 18 || (y >= 10 && y < 15)) {
        assertThat(v).isEqualTo(image[i]);
      } else {
        assertThat(Math.round(v * 255)).isIn(0x1c, 0x1e, 0xe4, 0xdf);
      }
    }
    assertThat(outcome.success()[0]).isTrue();
    assertThat(Figures.of(outcome, Outcome.VIEW_SUCCESS)[0]).isGreaterThan(0.8f);
    assertThat(Figures.of(outcome, Outcome.COVERED)[0]).isCloseTo(0.375f, within(0.01f));
    assertThat(attack.threatModel().describe()).contains("stickers on at most 37.5 % of the image");
  }

  @Test
  void readsTheMasksOfTheStudy() {
    Path masks = SharedFiles.path("data/stop-signs/masks");
    StickerMask large = StickerMask.of(masks.resolve("mask_stickers_256.png"));
    StickerMask small = StickerMask.of(masks.resolve("mask_stickers_32.png"));
    assertThat(large.covered()).isBetween(0.01, 0.1);
    float[] at = small.at(new ImageShape(32, 32, 3));
    double sum = 0;
    for (float v : at) {
      sum += v;
    }
    assertThat(small.covered()).isBetween(0.01, 0.2).isCloseTo(sum / at.length, within(1e-5));
  }

  @Test
  void refusesWhatMakesNoSense() {
    Rp2Provider provider = new Rp2Provider();
    assertThatThrownBy(() -> provider.create(Map.of("rectangles", "1,2,3")))
        .hasMessageContaining("X,Y,WIDTH,HEIGHT");
    assertThatThrownBy(() -> provider.create(Map.of("rectangles", "2,2,1,1")))
        .hasMessageContaining("black all over");
    assertThatThrownBy(() -> provider.create(Map.of("palette", "red")))
        .hasMessageContaining("RRGGBB");
    assertThatThrownBy(() -> provider.create(Map.of("mask", "no.png")))
        .hasMessageContaining("no.png");
  }
}
