package io.stopline.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KaggleGtsrbLayoutTest {

  private static final String HEADER = "Width,Height,Roi.X1,Roi.Y1,Roi.X2,Roi.Y2,ClassId,Path\n";

  @TempDir Path folder;

  private ImageTree tree;

  @BeforeEach
  void emptyTree() {
    tree = new ImageTree(folder);
  }

  private ImageTree archive(String above) {
    return tree.tracks(10, 3, above + "Train/0/00000_%05d_%05d.png")
        .tracks(5, 3, above + "Train/2/00002_%05d_%05d.png")
        .tracks(5, 3, above + "Train/10/00010_%05d_%05d.png")
        .images(above + "Test/00000.png", above + "Test/00001.png")
        .images(above + "Meta/0.png", above + "Meta/2.png")
        .text(above + "Meta.csv", "Path,ClassId,ShapeId,ColorId,SignId\nMeta/0.png,0,1,0,3.29\n")
        .text(
            above + "Train.csv",
            HEADER
                + "6,5,1,1,4,3,10,Train/10/00010_00000_00001.png\n"
                + "6,5,1,1,4,3,0,Train/0/00000_00009_00002.png\n")
        .text(
            above + "Test.csv",
            HEADER + "6,5,1,1,5,4,10,Test/00000.png\n6,5,1,1,5,4,0,Test/00001.png\n");
  }

  @Test
  void classesAreNumbersAndNoTrackIsInTwoSplits() {
    archive("");
    Dataset data = Dataset.open(folder);

    assertThat(data.classNames())
        .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10");
    assertThat(data.splitNames()).containsExactly("train", "validation", "calibration", "test");
    Map<String, String> splitOf = new HashMap<>();
    for (String split : List.of("train", "validation", "calibration")) {
      for (Sample sample : data.split(split).samples()) {
        String sign = sample.file().substring(0, 11);
        assertThat(splitOf.computeIfAbsent(sign, s -> split)).as(sign).isEqualTo(split);
        assertThat(sample.label()).isEqualTo(Integer.parseInt(sample.file().substring(0, 5)));
      }
    }
    assertThat(splitOf).hasSize(20);
    assertThat(data.split("calibration").tracks())
        .extracting(Track::id)
        .containsExactly("0/00002", "0/00007", "2/00002", "10/00002");
    assertThat(data.split("validation").tracks()).hasSize(3);
    assertThat(data.split("train").tracks().get(0).frames())
        .extracting(Sample::frame)
        .containsExactly(0, 1, 2);
    assertThat(data.split("train").signs()).isEqualTo(13);
    assertThat(data.split("test").samples()).extracting(Sample::label).containsExactly(0, 10);
    assertThat(data.split("test").signs()).isNull();
    assertThat(data.hasOwnCalibration()).isFalse();
    // Nothing is said of tracks, for they are known; of classes without images it is.
    assertThat(data.notes())
        .singleElement()
        .asString()
        .contains("8 of the 11 classes have no images", "'1'", "keep their place");
  }

  @Test
  void tablesSayWhereTheSignLies() {
    archive("");
    Sample sample =
        Dataset.open(folder).split("train").samples().stream()
            .filter(s -> s.file().equals("00010_00000_00001.png"))
            .findFirst()
            .orElseThrow();
    assertThat(sample.bounds()).isEqualTo(new Sample.Bounds(1 / 6.0, 1 / 5.0, 4 / 6.0, 3 / 5.0));
  }

  @Test
  void packingGivesTheSameClassesSplitsAndPixels(@TempDir Path elsewhere) {
    archive("archive/");
    Dataset data = Dataset.open(folder);
    DataPacker.Summary summary =
        new DataPacker(8).pack(folder, elsewhere.resolve("packed"), n -> {});
    Dataset packed = Dataset.open(elsewhere.resolve("packed"));

    assertThat(summary.notes()).isEqualTo(data.notes());
    assertThat(packed.classNames()).isEqualTo(data.classNames());
    assertThat(packed.splitNames()).isEqualTo(data.splitNames());
    for (String split : data.splitNames()) {
      assertThat(packed.split(split).samples())
          .as(split)
          .extracting(s -> s.label() + "/" + s.file() + " " + s.bounds())
          .containsExactlyElementsOf(
              data.split(split).samples().stream()
                  .map(s -> s.label() + "/" + s.file() + " " + s.bounds())
                  .toList());
    }
    assertThat(packed.split("calibration").tracks())
        .extracting(Track::id)
        .containsExactlyElementsOf(
            data.split("calibration").tracks().stream().map(Track::id).toList());
    assertThat(packed.notes()).isEmpty();
  }

  @Test
  void theArchivesDoubledFoldersAndLitterChangeNothing() {
    archive("");
    List<Track> before = Dataset.open(folder).split("train").tracks();
    tree.copy("Train", "train")
        .copy("Test", "test")
        .copy("Meta", "meta")
        .images("__MACOSX/Train/0/._00000_00000_00000.png", "Train/0/._00000_00000_00000.png")
        .text("Train/.DS_Store", "x")
        .text("Train/0/Thumbs.db", "x")
        .images("Train/@eaDir/00000_00001_00001.png", "Train/10/.ipynb_checkpoints/a.png");

    Dataset data = Dataset.open(folder);

    assertThat(data.split("train").tracks()).extracting(Track::id).isEqualTo(ids(before));
    assertThat(data.split("test").samples()).hasSize(2);
    assertThat(data.notes()).filteredOn(n -> n.contains("is a copy of")).hasSize(2);
  }

  private static List<String> ids(List<Track> tracks) {
    return tracks.stream().map(Track::id).toList();
  }

  @Test
  void twoTrainingFoldersWithOtherImagesAreRefused() {
    archive("");
    tree.images("training/0/00000_00000_00000.png");
    assertThatThrownBy(() -> Dataset.open(folder))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("Train")
        .hasMessageContaining("training")
        .hasMessageContaining("keep one");
  }

  @Test
  void withoutItsTableTheTestFolderIsLeftOutAndSaid() {
    tree.tracks(5, 2, "GTSRB/train/Train/3/00003_%05d_%05d.png").images("GTSRB/test/00000.png");
    Dataset data = Dataset.open(folder);
    assertThat(data.splitNames()).containsExactly("train", "validation", "calibration");
    assertThat(data.classNames()).hasSize(4);
    assertThat(data.notes()).anyMatch(n -> n.contains("read from 'GTSRB'"));
    assertThat(data.notes())
        .anyMatch(n -> n.contains("their classes are not known") && n.contains("Test.csv"));
  }

  @Test
  void theTrainingFolderAloneIsKnownByItsNames() {
    tree.tracks(5, 2, "10/00010_%05d_%05d.png").tracks(5, 2, "2/00002_%05d_%05d.png");
    Dataset data = Dataset.open(folder);
    assertThat(data.classNames()).hasSize(11);
    assertThat(data.split("calibration").tracks())
        .extracting(Track::id)
        .containsExactly("2/00002", "10/00002");
  }

  @Test
  void imagesThatTheTestTableLacksAndThoseItHasInVainAreSaid() {
    archive("").images("Test/00007.png");
    tree.text("Test.csv", HEADER + "6,5,1,1,5,4,10,Test/00000.png\n6,5,1,1,5,4,0,Test/00099.png\n");
    Dataset data = Dataset.open(folder);
    assertThat(data.split("test").samples()).hasSize(1);
    assertThat(data.notes())
        .anyMatch(n -> n.contains("names 1 images that are not in"))
        .anyMatch(n -> n.contains("2 images") && n.contains("'00001.png', '00007.png'"));
  }

  @Test
  void aTableThatContradictsTheFoldersIsRefusedWithItsLine() {
    archive("");
    tree.text("Train.csv", HEADER + "6,5,1,1,4,3,2,Train/10/00010_00000_00001.png\n");
    assertThatThrownBy(() -> Dataset.open(folder))
        .hasMessageContaining("Train.csv, line 2")
        .hasMessageContaining("class 2");
  }
}
