package io.stopline.evaluation.placing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.evaluation.road.RoadData;
import io.stopline.evaluation.road.RoadDatasets;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.testing.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PlacedScenesTest {

  @TempDir Path folder;

  @Test
  void aPhotographedSignIsCutOutWhereItIs() {
    // The tilted sign of this photograph leaves a strip at its left, seen by eye: 8 px.
    SignCutout sign = cutout("11.png");

    assertThat(sign.box().x()).isBetween(5, 11);
    assertThat(sign.box().width()).isBetween(244, 251);
  }

  @Test
  void aPictureOfNoSignIsRefused() {
    byte[] grey = new byte[3 * 64 * 64];

    assertThatThrownBy(() -> SignCutout.of("grey.png", Image.of(64, 64, grey)))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("'grey.png'")
        .hasMessageContaining("cut to the sign");
  }

  @Test
  void signsStandInTheRoadsAsTheBoxesSay() throws IOException {
    Path scenes = SharedFiles.path("data/scenes");
    Path table = folder.resolve("roads.csv");
    Files.writeString(
        table,
        """
        image,left,top,right,bottom,label
        usgov/24274813513_0cfd2ce6d0_k.jpg,,,,,
        usgov/34501842524_3c858b3080_k.jpg,305,144,419,353,stop sign
        """);
    List<RoadFrame> roads = RoadDatasets.listed(scenes, table).frames();
    List<SignCutout> signs = List.of(cutout("20.png"), cutout("40.png"));

    new PlacedScenes("stop sign", 7).write(signs, roads, folder.resolve("a"), () -> {});
    new PlacedScenes("stop sign", 7).write(signs, roads, folder.resolve("b"), () -> {});
    RoadData placed = RoadDatasets.open(folder.resolve("a"), null);

    assertThat(placed.sha256()).isEqualTo(RoadDatasets.open(folder.resolve("b"), null).sha256());
    assertThat(placed.classNames()).containsExactly("stop sign");
    assertThat(placed.frames()).extracting(f -> f.signs().size()).containsExactly(1, 2);
    RoadFrame first = placed.frames().get(0);
    Region box = first.signs().get(0).region();
    assertThat(redness(first.image(), box)).isGreaterThan(60);
    assertThat(redness(roads.get(0).image(), box)).isLessThan(30);
  }

  @Test
  void aTableThatNamesAPictureThatIsNotThereIsRefused() throws IOException {
    Path table = folder.resolve("boxes.csv");
    Files.writeString(table, "image,left,top,right,bottom,label\n../outside.png,1,1,5,5,car\n");

    assertThatThrownBy(() -> RoadDatasets.listed(folder, table))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("line 2")
        .hasMessageContaining("../outside.png");
  }

  /** How much more red than green there is on average, 0..255. */
  private static double redness(Image image, Region box) {
    double sum = 0;
    for (int y = box.y(); y < box.y() + box.height(); y++) {
      for (int x = box.x(); x < box.x() + box.width(); x++) {
        int rgb = image.rgb(x, y);
        sum += (rgb >> 16) - (rgb >> 8 & 0xff);
      }
    }
    return sum / box.area();
  }

  private static SignCutout cutout(String name) {
    Path file = SharedFiles.path("data/stop-signs/clean256").resolve(name);
    return SignCutout.of(name, ImageFiles.read(file));
  }
}
