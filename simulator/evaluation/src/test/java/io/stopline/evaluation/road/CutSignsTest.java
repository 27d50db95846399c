package io.stopline.evaluation.road;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.DataPacker;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Sample;
import io.stopline.sdk.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CutSignsTest {

  @TempDir Path folder;

  @Test
  void boxesOfAYoloSetAreCutOutWithAMargin() throws IOException {
    picture("export/train/images/a.png");
    picture("export/valid/images/a.png");
    write("export/train/labels/a.txt", "1 0.5 0.5 0.2 0.4\n0 0.05 0.05 0.05 0.05\n");
    write("export/train/labels/._a.txt", "litter");
    write("export/valid/labels/a.txt", "2 0.15 0.25 0.3 0.5\n");
    write("export/data.yaml", "names: [none, stop, yield]\n");
    write("export/tracks.csv", "file,track\n");

    Dataset data = Dataset.open(folder);

    assertThat(data.classNames()).containsExactly("none", "stop", "yield");
    assertThat(data.splitNames()).containsExactly("train", "validation");
    Sample stop = data.split("train").samples().get(0);
    assertThat(stop.label()).isEqualTo(1);
    // The box is 40..60 × 30..70 px of 100×100; a tenth of its sides is added all around.
    Image image = stop.image();
    assertThat(image.width()).isEqualTo(24);
    assertThat(image.height()).isEqualTo(48);
    assertThat(image.rgb(0, 0)).isEqualTo(rgb(38, 26));
    assertThat(image.rgb(23, 47)).isEqualTo(rgb(61, 73));
    Sample.Bounds bounds = stop.bounds();
    assertThat(bounds).isNotNull();
    assertThat(bounds.left()).isEqualTo(2 / 24.0);
    assertThat(bounds.bottom()).isEqualTo(43 / 48.0);
    // Clipped where the picture ends.
    assertThat(data.split("validation").samples().get(0).image().width()).isEqualTo(33);
    assertThat(data.notes())
        .anyMatch(n -> n.contains("read from 'export'"))
        .anyMatch(n -> n.contains("tracks.csv' was not read"))
        .anyMatch(n -> n.contains("1 boxes are smaller than 12 px"))
        .anyMatch(n -> n.contains("margin of 10 %"))
        .anyMatch(n -> n.contains("1 of the 3 classes have no images ('none')"))
        .anyMatch(n -> n.contains("nothing says which images show the same sign"));
    assertThat(data.split("train").signs()).isNull();
  }

  @Test
  void boxesOfACocoSetAreCutOutAndPacked(@TempDir Path elsewhere) throws IOException {
    picture("images/a.png");
    picture("images/b.png");
    write(
        "annotations.json",
        """
        {"images": [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "b.png"}],
         "categories": [{"id": 7, "name": "stop"}, {"id": 3, "name": "yield"}],
         "annotations": [
          {"id": 1, "image_id": 1, "category_id": 7, "bbox": [10, 10, 20, 20]},
          {"id": 2, "image_id": 1, "category_id": 3, "bbox": [50, 10, 20, 20]},
          {"id": 3, "image_id": 2, "category_id": 3, "bbox": [50, 10, 20, 20], "iscrowd": 1},
          {"id": 4, "image_id": 2, "category_id": 3, "bbox": [10, 50, 20, 20]}]}
        """);
    Dataset data = Dataset.open(folder);
    assertThat(data.classNames()).containsExactly("yield", "stop");
    assertThat(data.split("train").samples()).extracting(Sample::label).containsExactly(0, 0, 1);
    assertThat(data.notes()).anyMatch(n -> n.contains("1 boxes are marked as not to be judged"));

    new DataPacker(24).pack(folder, elsewhere.resolve("packed"), n -> {});
    Dataset packed = Dataset.open(elsewhere.resolve("packed"));
    assertThat(packed.classNames()).isEqualTo(data.classNames());
    assertThat(packed.split("train").sha256()).isEqualTo(data.split("train").sha256());
    assertThat(packed.split("train").signs()).isNull();
  }

  @Test
  void aPictureThatIsNoneIsRefusedByName() throws IOException {
    write("images/a.png", "no picture");
    write("labels/a.txt", "0 0.5 0.5 0.2 0.4\n");
    write("classes.txt", "stop\n");
    assertThatThrownBy(() -> Dataset.open(folder)).hasMessageContaining("a.png");
  }

  private static int rgb(int x, int y) {
    return x << 16 | y << 8;
  }

  /** 100×100 px whose colours say where they are. */
  private void picture(String file) throws IOException {
    Image image = Image.black(100, 100);
    for (int y = 0; y < 100; y++) {
      for (int x = 0; x < 100; x++) {
        image.data()[image.index(x, y)] = (byte) x;
        image.data()[image.index(x, y) + 1] = (byte) y;
      }
    }
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    ImageFiles.writePng(image, path);
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
