package io.stopline.training.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.training.Augmentation;
import io.stopline.training.Batch;
import io.stopline.training.detection.SignCell.Outline;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a crop for a verifier shows: red signs, blue places without one. */
final class PatchSourceTest {

  private static final int SIDE = 32;

  private static final Augmentation STILL =
      new Augmentation(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, false);

  private static Image plain(int red, int blue) {
    byte[] rgb = new byte[3 * 60 * 60];
    for (int i = 0; i < rgb.length; i += 3) {
      rgb[i] = (byte) red;
      rgb[i + 2] = (byte) blue;
    }
    return Image.of(60, 60, rgb);
  }

  /** The crop of one seed, values 0 to 1, and its label. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Shown(float[] image, int label) {
    boolean red(int x, int y) {
      int i = 3 * (SIDE * y + x);
      return image[i] > 2 * image[i + 1] && image[i] > 2 * image[i + 2];
    }

    float brightest() {
      float most = 0;
      for (float value : image) {
        most = Math.max(most, value);
      }
      return most;
    }
  }

  private static Shown show(PatchSettings settings, long seed) {
    Region middle = new Region(20, 20, 20, 20);
    List<SignPatch> patches =
        List.of(
            SignPatch.of(plain(200, 0), middle, true),
            SignPatch.of(new SignCell(plain(200, 0), 0.1, 0.1, 0.9, 0.9, 14, Outline.DIAMOND)),
            SignPatch.of(plain(0, 200), middle, false));
    PatchSource source =
        new PatchSource(
            "test",
            new ImageShape(SIDE, SIDE, 3),
            patches,
            settings,
            STILL,
            () -> {
              throw new IllegalStateException("nothing is judged here");
            },
            Map.of());
    Batch batch = new Batch(new float[3 * SIDE * SIDE], new int[1], new long[1], 1);
    source.renderer().render(0, seed, batch, 0);
    return new Shown(batch.images().clone(), batch.labels()[0]);
  }

  /** Half signs, of which so many come from photographs; boxes lie right. */
  private static PatchSettings settings(double photographs, double pasted, double dimmed) {
    return new PatchSettings(16, 0.5, photographs, 0.125, 0, 0, 0, pasted, dimmed, 0, 0);
  }

  @Test
  void aSignOfAPhotographKeepsItsSurroundings() {
    for (int seed = 0; seed < 20; seed++) {
      Shown shown = show(settings(1, 1, 0), seed);
      assertThat(shown.red(16, 16)).isEqualTo(shown.label() == 1);
      assertThat(shown.red(0, 0)).isEqualTo(shown.label() == 1);
    }
  }

  @Test
  void aSignWithoutSurroundingsIsPutWhereNoneIs() {
    int signs = 0;
    for (int seed = 0; seed < 40; seed++) {
      Shown shown = show(settings(0, 1, 0), seed);
      assertThat(shown.red(16, 16)).isEqualTo(shown.label() == 1);
      assertThat(shown.red(0, 0)).isFalse();
      signs += shown.label();
    }
    assertThat(signs).isBetween(10, 30);
  }

  @Test
  void thrownLightIsNoSignAndLeavesWhatIsBlackBlack() {
    PatchSettings thrown = new PatchSettings(16, 0, 0, 0.125, 0, 0, 0, 0, 0, 0, 1);
    int blue = 0;
    for (int seed = 0; seed < 20; seed++) {
      Shown shown = show(thrown, seed);
      assertThat(shown.label()).isZero();
      if (shown.image()[0] + shown.image()[1] > 0) {
        continue; // a panel
      }
      // Red light on what throws back blue alone shows nothing.
      for (int i = 0; i < shown.image().length; i += 3) {
        assertThat(shown.image()[i]).isZero();
      }
      blue++;
    }
    assertThat(blue).isBetween(5, 18);
  }

  @Test
  void lightIsThrownOnAPanel() {
    PatchSettings thrown = new PatchSettings(16, 0, 0, 0.125, 0, 0, 0, 0, 0, 0, 1);
    int redder = 0;
    for (int seed = 0; seed < 20; seed++) {
      Shown shown = show(thrown, seed);
      int middle = 3 * (SIDE * SIDE / 2 + SIDE / 2);
      float there = shown.image()[middle] / (shown.image()[middle + 1] + 1e-3f);
      redder += there > 1.2 * shown.image()[0] / (shown.image()[1] + 1e-3f) ? 1 : 0;
    }
    assertThat(redder).isPositive();
  }

  @Test
  void phantomsNeedPicturesOfSigns() {
    Region middle = new Region(20, 20, 20, 20);
    List<SignPatch> patches =
        List.of(
            SignPatch.of(plain(200, 0), middle, true), SignPatch.of(plain(0, 200), middle, false));
    assertThatThrownBy(
            () ->
                new PatchSource(
                    "test",
                    new ImageShape(SIDE, SIDE, 3),
                    patches,
                    new PatchSettings(16, 0, 0, 0.125, 0, 0, 0, 0, 0, 0, 0.5),
                    STILL,
                    () -> {
                      throw new IllegalStateException("nothing is judged here");
                    },
                    Map.of()))
        .hasMessageContaining("patch.phantoms is 0.5")
        .hasMessageContaining("--signs");
  }

  @Test
  void theSameSeedShowsTheSame() {
    assertThat(show(settings(0.5, 0.5, 0.5), 3).image())
        .isEqualTo(show(settings(0.5, 0.5, 0.5), 3).image());
  }

  @Test
  void darkCropsAreDark() {
    float[] most = new float[20];
    for (int seed = 0; seed < most.length; seed++) {
      most[seed] = show(settings(1, 0, 1), seed).brightest();
    }
    Arrays.sort(most);
    assertThat(most[0]).isLessThan(0.15f);
    assertThat(most[most.length - 1]).isBetween(0.3f, 0.5f);
  }
}
