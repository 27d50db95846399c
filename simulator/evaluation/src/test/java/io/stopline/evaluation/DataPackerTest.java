package io.stopline.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import io.stopline.testing.SharedFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataPackerTest {

  @TempDir Path folder;

  @Test
  void packsTheOfficialLayout() throws IOException {
    Path from = folder.resolve("GTSRB official");
    for (int label = 0; label < 2; label++) {
      Path images = from.resolve("Final_Training/Images/%05d".formatted(label));
      StringBuilder table =
          new StringBuilder("Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId\n");
      for (int track = 0; track < 6; track++) {
        for (int frame = 0; frame < 3; frame++) {
          String file = "%05d_%05d.ppm".formatted(track, frame);
          ppm(images.resolve(file), noise(32, 32, 100L * label + 10L * track + frame));
          table.append("%s;32;32;5;6;25;26;%d\n".formatted(file, label));
        }
      }
      Files.writeString(images.resolve("GT-%05d.csv".formatted(label)), table);
    }
    Path test = from.resolve("Final_Test/Images");
    ppm(test.resolve("00000.ppm"), noise(32, 32, 1000));
    ppm(test.resolve("00001.ppm"), noise(40, 50, 1001));
    Files.writeString(
        test.resolve("GT-final_test.csv"),
        "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId\n00000.ppm;32;32;1;2;3;4;1\n00001.ppm;40;50;1;2;3;4;0\n");

    AtomicLong done = new AtomicLong();
    DataPacker packer = new DataPacker(32);
    Path to = folder.resolve("packed");
    assertThat(packer.count(from)).isEqualTo(38);
    DataPacker.Summary summary = packer.pack(from, to, done::addAndGet);

    assertThat(done).hasValue(38);
    assertThat(summary.classes()).isEqualTo(2);
    assertThat(summary.trainImages()).isEqualTo(36);
    assertThat(summary.testImages()).isEqualTo(2);
    Dataset packed = Dataset.open(to);
    assertThat(packed.split("calibration").tracks())
        .extracting(Track::id)
        .containsExactly("0/00002", "1/00002");
    assertThat(packed.split("validation").tracks())
        .extracting(Track::id)
        .containsExactly("0/00004", "1/00004");
    assertThat(packed.split("train").tracks()).hasSize(8);
    assertThat(packed.heldOutTracks()).isEmpty();
    Sample sample = packed.split("calibration").tracks().get(1).frames().get(2);
    assertThat(sample.file()).isEqualTo("00002_00002.ppm");
    assertThat(sample.image().copy().data()).isEqualTo(noise(32, 32, 122).data());
    assertThat(packed.split("test").samples()).extracting(Sample::label).containsExactly(0, 1);
    assertThat(packed.split("test").tracks()).isEmpty();
    assertThat(packed.split("test").sha256()).isEqualTo(summary.testSha256());
    // A track is a row of its sheet, as in the set that this format comes from.
    assertThat(Files.readAllLines(to.resolve("train/index.csv")).get(4))
        .isEqualTo("00.png,30,0,00001_00000.ppm,32,32,5,6,25,26,00001,00000");
  }

  @Test
  void packsAFolderPerClassWithItsNames() throws IOException {
    for (String className : List.of("stop, all ways", "give way")) {
      Path images = Files.createDirectories(folder.resolve("in").resolve(className));
      for (int i = 0; i < 3; i++) {
        ImageFiles.writePng(noise(20, 24, i), images.resolve("photo %d.png".formatted(i)));
      }
    }
    DataPacker.Summary summary =
        new DataPacker(48).pack(folder.resolve("in"), folder.resolve("out"), n -> {});
    Dataset packed = Dataset.open(folder.resolve("out"));
    assertThat(summary.trainImages()).isEqualTo(6);
    assertThat(packed.classNames()).containsExactly("give way", "stop, all ways");
    assertThat(packed.split("train").samples().get(0).image().width()).isEqualTo(48);
    assertThat(packed.split("calibration").tracks()).hasSize(2);
  }

  @Test
  void resizesAsTheSharedSetWasMade() {
    Path sample = SharedFiles.path("data/gtsrb/orig_train_sample");
    Dataset data = Dataset.open(SharedFiles.path("data/gtsrb"));
    int compared = 0;
    for (String split : List.of("train", "validation", "calibration")) {
      for (Sample packed : data.split(split).samples()) {
        Path original =
            sample.resolve(
                "%02d_%s".formatted(packed.label(), packed.file().replace(".ppm", ".png")));
        if (packed.label() % 10 != 0 || !Files.exists(original)) {
          continue;
        }
        byte[] ours = BilinearResize.resize(ImageFiles.read(original), 32, 32).data();
        byte[] theirs = packed.image().copy().data();
        for (int i = 0; i < ours.length; i++) {
          assertThat(Math.abs((ours[i] & 0xff) - (theirs[i] & 0xff)))
              .as("%s byte %d", original.getFileName(), i)
              .isLessThanOrEqualTo(2);
        }
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(40);
  }

  @Test
  void refusesWhatItCannotPack() throws IOException {
    DataPacker packer = new DataPacker(32);
    assertThatThrownBy(() -> packer.pack(folder.resolve("none"), folder.resolve("o"), n -> {}))
        .hasMessageContaining("does not exist");
    Path in = Files.createDirectories(folder.resolve("in/a"));
    assertThatThrownBy(() -> packer.pack(folder.resolve("in"), folder.resolve("o"), n -> {}))
        .hasMessageContaining("no images");
    Files.writeString(in.resolve("bad.ppm"), "P6 20000 20000 255\n");
    assertThatThrownBy(() -> packer.pack(folder.resolve("in"), folder.resolve("o"), n -> {}))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("bad.ppm")
        .hasMessageContaining("20000×20000");
    assertThat(folder.toFile().list()).containsExactly("in");
    ImageFiles.writePng(noise(9, 9, 1), in.resolve("bad.ppm"));
    assertThatThrownBy(() -> packer.pack(folder.resolve("in"), folder.resolve("in"), n -> {}))
        .hasMessageContaining("not empty");
    assertThatThrownBy(() -> new DataPacker(4)).isInstanceOf(IllegalArgumentException.class);
  }

  private static Image noise(int width, int height, long seed) {
    Image image = Image.black(width, height);
    RandomStream random = new RandomStream(seed);
    for (int i = 0; i < image.data().length; i++) {
      image.data()[i] = (byte) random.nextInt(256);
    }
    return image;
  }

  private static void ppm(Path file, Image image) throws IOException {
    Files.createDirectories(file.getParent());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(
        "P6\n%d %d\n255\n"
            .formatted(image.width(), image.height())
            .getBytes(StandardCharsets.US_ASCII));
    bytes.writeBytes(image.data());
    Files.write(file, bytes.toByteArray());
  }
}
