package io.stopline.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.config.Bundle;
import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.Rate;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.GroundTruth;
import io.stopline.scene.SignTruth;
import io.stopline.scene.scenario.Approach;
import io.stopline.scene.scenario.Light;
import io.stopline.sdk.image.Image;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RealismTest {

  /** Three renderings a class. */
  private static final int COUNT = 129;

  /**
   * A reader that truly reads 98 % gets at least this many of 129 right in 999 of 1000 samples
   * (binomial distribution). The seed is fixed, so a failure is never bad luck of this run.
   */
  private static final int ENOUGH = 121;

  private static final Bundle BUNDLE =
      Bundle.load(
          Path.of(System.getProperty("stopline.root", "../.."))
              .resolve("firmware-config/bundles/traffic-signs"));

  @Test
  void theEnsembleReadsRenderingsAsWellAsPhotographs() {
    RealismResult result = new Realism(BUNDLE, null, 2).run(COUNT, 20_260_001, () -> {});

    assertThat(result.renderings()).hasSize(COUNT);
    assertThat(result.renderings())
        .allSatisfy(r -> assertThat(r.heightPixels()).isGreaterThanOrEqualTo(SignCrop.NEAR_PIXELS));
    int mean = result.readers().indexOf("mean");
    Rate rate = result.rate(mean);
    assertThat(rate.of()).isEqualTo(COUNT);
    assertThat(rate.count()).as("%s%n%s", rate, result.table()).isGreaterThanOrEqualTo(ENOUGH);
  }

  @Test
  void resultsDependOnTheSeedAndNotOnThreads() {
    RealismResult one = new Realism(BUNDLE, null, 1).run(5, 7, () -> {});
    RealismResult two = new Realism(BUNDLE, null, 2).run(5, 7, () -> {});
    RealismResult other = new Realism(BUNDLE, null, 2).run(5, 8, () -> {});

    for (int i = 0; i < 5; i++) {
      assertThat(two.renderings().get(i).crop().data())
          .isEqualTo(one.renderings().get(i).crop().data());
      assertThat(two.renderings().get(i).labels()).isEqualTo(one.renderings().get(i).labels());
      assertThat(other.renderings().get(i).driveSeed())
          .isNotEqualTo(one.renderings().get(i).driveSeed());
    }
  }

  /** What lets a thousand drives be read in two minutes must not change what is read. */
  @Test
  void theCropIsThatOfTheWholeFramesJpeg() {
    DriveRenderer drive = DriveRenderer.of(Approach.to(14, 3));
    int compared = 0;
    for (int frame = 0; frame < drive.frames(); frame += 25) {
      GroundTruth truth = drive.truth(frame);
      for (SignTruth sign : truth.signs()) {
        Image whole = ImageFiles.decode(drive.jpeg(frame), "frame");

        Image crop = SignRendering.crop(drive, frame, sign);

        Image expected = whole.view(SignCrop.around(sign, whole.width(), whole.height())).copy();
        assertThat(crop.data()).as("frame %d", frame).isEqualTo(expected.data());
        compared++;
      }
    }
    assertThat(compared).isPositive();
  }

  @Test
  void readersThatFallShortAreNamed() {
    RealismResult result =
        new RealismResult(
            List.of("good", "bad"),
            List.of("zero", "one"),
            List.of(read(0, 0, 0), read(0, 0, 1), read(1, 1, 1)));

    assertThat(result.missing()).containsExactly("bad");
    assertThat(result.rate(1)).isEqualTo(Rate.of(2, 3));
    assertThat(result.rate(1, 0)).isEqualTo(Rate.of(1, 2));
    assertThat(result.rate(1, 1)).isEqualTo(Rate.of(1, 1));
    assertThat(result.table()).contains("bad").contains("66.67 %");
    assertThat(result.toJson().get("mistakes")).hasSize(1);
    assertThat(new RealismResult(List.of("unused"), List.of("zero"), List.of()).missing())
        .containsExactly("unused");
  }

  private static Realism.Rendering read(int signClass, int... labels) {
    return new Realism.Rendering(
        signClass,
        1,
        0,
        30,
        Light.standard(),
        Arrays.stream(labels).boxed().toList(),
        Image.black(1, 1));
  }
}
