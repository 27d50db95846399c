package io.stopline.sdk.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.pipeline.Scenes.Sign;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShapeColourProposerTest {

  private final ShapeColourProposer proposer = new ShapeColourProposer();

  private List<Region> regions(Image image) {
    List<Detection> found = proposer.propose(image);
    // Colour and shape know neither kinds nor probabilities.
    assertThat(found).allMatch(d -> d.label() == 0 && d.probability() == 1);
    return found.stream().map(Detection::region).toList();
  }

  @ParameterizedTest
  @EnumSource(Sign.class)
  void findsEachKindOfSignFromFarAndNear(Sign sign) {
    // The sharp corners of a triangle need more pixels than a disc before they can be told.
    int farthest =
        switch (sign) {
          case STOP, SPEED_LIMIT, KEEP_RIGHT -> 24;
          case PRIORITY_ROAD -> 32;
          case YIELD, WARNING -> 36;
        };
    for (int size : new int[] {farthest, 40, 60, 80, 160, 320}) {
      BufferedImage scene = Scenes.road(1280, 720);
      Region box = Scenes.draw(scene, sign, 700, 200, size);
      List<Region> found = regions(Scenes.image(scene));
      assertThat(found).as("%s of %d px", sign, size).hasSize(1);
      assertThat(found.get(0).intersectionOverUnion(withMargin(box)))
          .as("%s of %d px: %s for %s", sign, size, found, box)
          .isGreaterThan(0.7);
    }
  }

  /** What GTSRB leaves around a sign: a tenth, at least 5 px. */
  private static Region withMargin(Region box) {
    int mx = Math.max(5, box.width() / 10);
    int my = Math.max(5, box.height() / 10);
    return new Region(box.x() - mx, box.y() - my, box.width() + 2 * mx, box.height() + 2 * my);
  }

  @Test
  void seesASignThroughBlackAndWhiteStickers() {
    Random random = new Random(5);
    int found = 0;
    int trials = 60;
    for (int i = 0; i < trials; i++) {
      int size = 50 + random.nextInt(100);
      BufferedImage scene = Scenes.road(1280, 720);
      Region box = Scenes.draw(scene, i % 2 == 0 ? Sign.STOP : Sign.SPEED_LIMIT, 600, 150, size);
      // Four stickers of 4 % each: 16 % of the sign's box, a fifth of an octagon or circle.
      for (int k = 0; k < 4; k++) {
        int w = (int) (size * (0.14 + 0.16 * random.nextDouble()));
        int h = (int) (0.04 * size * size / w);
        Scenes.fill(
            scene,
            k % 2 == 0 ? Color.BLACK : Color.WHITE,
            600 + random.nextInt(size - w),
            150 + random.nextInt(size - h),
            w,
            h);
      }
      List<Region> regions = regions(Scenes.image(scene));
      if (regions.stream().anyMatch(r -> r.intersectionOverUnion(withMargin(box)) > 0.6)) {
        found++;
      }
    }
    assertThat(found).isGreaterThanOrEqualTo(trials * 9 / 10);
  }

  @Test
  void findsTwoSignsOnOnePole() {
    BufferedImage scene = Scenes.road(1280, 720);
    Region upper = Scenes.draw(scene, Sign.YIELD, 900, 120, 90);
    Region lower = Scenes.draw(scene, Sign.KEEP_RIGHT, 905, 215, 80);
    List<Region> found = regions(Scenes.image(scene));
    assertThat(found).hasSize(2);
    for (Region box : List.of(upper, lower)) {
      assertThat(found).anyMatch(r -> r.intersectionOverUnion(withMargin(box)) > 0.6);
    }
  }

  @Test
  void leavesColouredThingsAloneThatHaveNoSignsShape() {
    BufferedImage scene = Scenes.road(1280, 720);
    Scenes.fill(scene, new Color(180, 20, 30), 100, 380, 160, 70); // a car
    Scenes.fill(scene, new Color(20, 80, 160), 500, 100, 120, 120); // a square board
    Scenes.fill(scene, new Color(250, 195, 20), 640, 400, 12, 300); // a lane line
    assertThat(regions(Scenes.image(scene))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void noiseGivesFewRegionsAndNoneOutside(int seed) {
    byte[] rgb = new byte[3 * 1280 * 720];
    new Random(seed).nextBytes(rgb);
    Image noise = Image.of(1280, 720, rgb);
    List<Region> found = regions(noise);
    assertThat(found).hasSizeLessThanOrEqualTo(16).allMatch(r -> r.isInside(1280, 720));
  }

  @Test
  void takesAnySizeInTurnAndStaysInside() {
    Random random = new Random(1);
    for (int[] size :
        new int[][] {{1, 1}, {7, 900}, {1280, 720}, {33, 17}, {64, 64}, {1920, 1080}, {3000, 20}}) {
      byte[] rgb = new byte[3 * size[0] * size[1]];
      random.nextBytes(rgb);
      assertThat(regions(Image.of(size[0], size[1], rgb)))
          .allMatch(r -> r.isInside(size[0], size[1]));
    }
  }

  @Test
  void respectsTheRowStrideOfAView() {
    BufferedImage scene = Scenes.road(1280, 720);
    Region box = Scenes.draw(scene, Sign.STOP, 700, 200, 80);
    Image whole = Scenes.image(scene);
    List<Region> found = regions(whole.view(new Region(400, 100, 640, 400)));
    assertThat(found).hasSize(1);
    Region inWhole =
        new Region(
            found.get(0).x() + 400,
            found.get(0).y() + 100,
            found.get(0).width(),
            found.get(0).height());
    assertThat(inWhole.intersectionOverUnion(withMargin(box))).isGreaterThan(0.7);
  }

  @Test
  void keepsUpWithACamera() {
    BufferedImage scene = Scenes.road(1280, 720);
    Scenes.draw(scene, Sign.STOP, 700, 200, 80);
    Image image = Scenes.image(scene);
    var threads = ManagementFactory.getThreadMXBean();
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 60; i++) {
      long t = threads.getCurrentThreadCpuTime();
      proposer.propose(image);
      best = Math.min(best, threads.getCurrentThreadCpuTime() - t);
    }
    System.out.println("region proposer, 1280×720, best of 60: " + best / 1000 + " µs of CPU");
    // A frame at 30 a second leaves 33 ms; the bound is loose since build machines are shared.
    assertThat(best).isLessThan(20_000_000);
  }

  @Test
  void refusesImpossibleLimits() {
    assertThatThrownBy(() -> new ShapeColourProposer(4, 1)).hasMessageContaining("minimumSide");
    assertThatThrownBy(() -> new ShapeColourProposer(15, Double.NaN))
        .hasMessageContaining("maximumSideFraction");
  }
}
