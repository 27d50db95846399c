package io.stopline.campaign.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.sign.SignArt;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stand-ins against the exact pictures. */
final class SceneTest {

  @TempDir Path folder;

  /** Colours of blocks of 3×3 cells in the middle of a sign. */
  private static final class Print {
    final PosterDesign design;
    final double[] tones;

    Print(long seed) {
      int[] cells =
          IntStream.range(0, FacePaint.CELLS)
              .filter(i -> i % FacePaint.SIDE >= 14 && i % FacePaint.SIDE < 35)
              .filter(i -> i / FacePaint.SIDE >= 17 && i / FacePaint.SIDE < 32)
              .toArray();
      design = new PosterDesign(cells);
      tones = design.start();
      for (int i = 0; i < cells.length; i++) {
        int block = cells[i] % FacePaint.SIDE / 3 + 100 * (cells[i] / FacePaint.SIDE / 3);
        RandomStream random = new RandomStream(RandomStream.derive(seed, block));
        for (int c = 0; c < 3; c++) {
          tones[3 * i + c] = random.nextDouble();
        }
      }
    }
  }

  /** Mean and largest difference of 32×32 px views, 8-bit values. */
  private double[] error(TrackScene scene) {
    Print print = new Print(3);
    Alteration made = print.design.made(print.tones, folder.resolve("print.png"));
    List<Image> crops = scene.crops(made, 0);
    FacePaint paint = new FacePaint();
    print.design.paint(print.tones, 0, paint);
    double sum = 0;
    double most = 0;
    float[] seen = new float[3 * 32 * 32];
    float[] exact = new float[3 * 32 * 32];
    for (int f = 0; f < scene.frames(); f++) {
      scene.view(f).forward(paint, scene.cut(f, null), 32, seen, 0, new FrameView.Trace());
      views(crops.get(f), exact);
      for (int i = 0; i < seen.length; i++) {
        double difference = 255 * Math.abs(seen[i] - exact[i]);
        sum += difference;
        most = Math.max(most, difference);
      }
    }
    return new double[] {sum / (scene.frames() * seen.length), most};
  }

  private static void views(Image crop, float[] into) {
    CellWeights none =
        new CellWeights(new int[crop.width() * crop.height() + 1], new int[0], new float[0]);
    FrameView plain = new FrameView(crop, crop, crop, none, null);
    plain.forward(
        new FacePaint(),
        new Region(0, 0, crop.width(), crop.height()),
        32,
        into,
        0,
        new FrameView.Trace());
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 1, 13, 25})
  void aRenderedFramesStandInIsNearTheExactCrop(int signClass) {
    double[] error = error(TrackScene.of(Signs.drive(signClass, 5), 0));
    assertThat(error[0]).isLessThan(1.5);
    assertThat(error[1]).isLessThan(60);
  }

  @Test
  void aPhotographsStandInIsNearTheExactPicture() {
    double[] error = error(TrackScene.of(Signs.track(3), SignArt.of(14).outline()));
    assertThat(error[0]).isLessThan(1);
    assertThat(error[1]).isLessThan(25);
  }

  @Test
  void aCleanPhotographStaysAsItIs() {
    TrackScene scene = TrackScene.of(Signs.track(2), SignArt.of(14).outline());
    assertThat(scene.crops(null, 0).get(1).data()).isEqualTo(Signs.noise(32, 32, 1).data());
    assertThat(scene.frames()).isEqualTo(2);
    assertThat(scene.heightPixels(0)).isCloseTo(25.6, within(1e-9));
  }

  @Test
  void aSignThatIsNeverNearIsRefused() {
    // The last sign of a long drive that ends far before it.
    assertThatThrownBy(() -> TrackScene.of(Signs.far(), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("never 20 px high");
  }

  @Test
  void shadowsDoNotLieOnPhotographs() {
    TrackScene scene = TrackScene.of(Signs.track(1), SignArt.of(14).outline());
    Alteration shadow =
        new Alteration.Shadow(
            List.of(
                List.of(
                    new Alteration.Point(0, 0),
                    new Alteration.Point(1, 0),
                    new Alteration.Point(0, 1))),
            0.5,
            0);
    assertThatThrownBy(() -> scene.crops(shadow, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Shadow");
  }
}
