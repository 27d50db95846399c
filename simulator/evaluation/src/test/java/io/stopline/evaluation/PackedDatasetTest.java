package io.stopline.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.image.Image;
import io.stopline.testing.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PackedDatasetTest {

  @TempDir Path folder;

  @Test
  void readsTheRealSetWithItsSplitsTracksAndPixels() {
    Dataset data = Dataset.open(SharedFiles.path("data/gtsrb"));

    assertThat(data.classNames()).hasSize(43).startsWith("Speed limit (20km/h)");
    assertThat(data.splitNames()).containsExactly("train", "validation", "calibration", "test");
    assertThat(data.split("test").samples()).hasSize(12_630);
    assertThat(data.split("test").tracks()).isEmpty();
    assertThat(data.split("calibration").tracks()).hasSize(261);
    assertThat(data.split("validation").tracks()).hasSize(133);
    assertThat(data.split("train").tracks()).hasSize(913);
    assertThat(data.heldOutTracks()).hasSize(120);
    // The figure that the data set's own README gives.
    assertThat(data.split("test").sha256())
        .isEqualTo("f8ebde1956b46d5649ee8a12ec392a18d5fb4b76083be38bc6b51ef6c7be2b1a");
  }

  @Test
  void noTrackIsInTwoSplits() {
    Dataset data = Dataset.open(SharedFiles.path("data/gtsrb"));
    Set<String> seen = new HashSet<>();
    for (String split : data.splitNames()) {
      for (Track track : data.split(split).tracks()) {
        assertThat(seen.add(track.id())).as(track.id()).isTrue();
        assertThat(track.frames()).isSortedAccordingTo((a, b) -> a.frame() - b.frame());
      }
    }
    assertThat(seen).hasSize(1307);
  }

  @Test
  void aLayoutFileChangesTheCellSize() throws IOException {
    write("train/index.csv", "sheet,cell,class,file,track,frame\n00.png,3,0,a.png,00000,00001\n");
    write("dataset.yaml", "cellWidth: 4\ncellHeight: 2\ncolumns: 2\n");
    Image sheet = Image.black(8, 4);
    sheet.data()[sheet.index(4, 2)] = 77;
    ImageFiles.writePng(sheet, folder.resolve("train/00.png"));

    Sample sample = Dataset.open(folder).split("train").samples().get(0);

    assertThat(sample.image().width()).isEqualTo(4);
    assertThat(sample.image().height()).isEqualTo(2);
    assertThat(sample.image().rgb(0, 0)).isEqualTo(77 << 16);
  }

  @ParameterizedTest
  @CsvSource({
    "../../etc/passwd,0,0, not a plain file name",
    "00.png,-1,0, not a whole number",
    "00.png,x,0, not a whole number",
    "00.png,2000000000,0, outside any sheet",
    "00.png,0,,not a whole number",
  })
  void aHostileIndexIsRefusedWithItsLine(String sheet, String cell, String label, String reason)
      throws IOException {
    write(
        "train/index.csv",
        "sheet,cell,class,file,track,frame\n%s,%s,%s,a.png,00000,0\n"
            .formatted(sheet, cell, label == null ? "" : label));
    assertThatThrownBy(() -> Dataset.open(folder))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("line 2")
        .hasMessageContaining(reason);
  }

  @Test
  void aCellOutsideItsSheetIsRefused() throws IOException {
    write("test/index.csv", "sheet,cell,class,file\n00.png,31,0,a.png\n");
    ImageFiles.writePng(Image.black(960, 32), folder.resolve("test/00.png"));
    Sample sample = Dataset.open(folder).split("test").samples().get(0);
    assertThatThrownBy(sample::image)
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("cell 31");
  }

  @Test
  void aTrackThatTheSplitFileForgotIsRefused() throws IOException {
    write("train/index.csv", "sheet,cell,class,file,track,frame\n00.png,0,0,a.png,00007,0\n");
    write("split.csv", "class,track,split\n0,00001,train\n");
    assertThatThrownBy(() -> Dataset.open(folder)).hasMessageContaining("0/00007");
  }

  @Test
  void anUnknownSplitIsRefusedWithTheOnesThereAre() throws IOException {
    write("test/index.csv", "sheet,cell,class,file\n00.png,0,0,a.png\n");
    assertThatThrownBy(() -> Dataset.open(folder).split("tset"))
        .hasMessageContaining("tset")
        .hasMessageContaining("[test]");
  }

  @Test
  void whatIsNoDataSetIsRefused() {
    assertThatThrownBy(() -> Dataset.open(folder.resolve("none")))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> Dataset.open(folder))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("no images");
  }

  @Test
  void aFolderPerClassIsReadInOrderWithTracks() throws IOException {
    for (String className : new String[] {"10", "2", "stop"}) {
      Files.createDirectories(folder.resolve(className));
      for (int track = 0; track < 5; track++) {
        for (int frame = 0; frame < 2; frame++) {
          ImageFiles.writePng(
              Image.black(5, 6),
              folder.resolve(className).resolve("%05d_%05d.png".formatted(track, frame)));
        }
      }
    }
    Dataset data = Dataset.open(folder);
    assertThat(data.classNames()).containsExactly("2", "10", "stop");
    assertThat(data.split("calibration").tracks()).hasSize(3);
    assertThat(data.split("calibration").tracks().get(0).frames()).hasSize(2);
    assertThat(data.split("validation").tracks()).hasSize(3);
    assertThat(data.split("train").samples()).hasSize(18);
    assertThat(data.split("train").samples().get(0).image().height()).isEqualTo(6);
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
