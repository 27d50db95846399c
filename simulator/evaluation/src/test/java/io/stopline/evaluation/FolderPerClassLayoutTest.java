package io.stopline.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FolderPerClassLayoutTest {

  private static final String UNTOLD = "nothing says which images show the same sign";

  @TempDir Path folder;

  private ImageTree tree;

  @BeforeEach
  void emptyTree() {
    tree = new ImageTree(folder);
  }

  @ParameterizedTest
  @CsvSource({"train,valid,test", "Train,Val,TEST", "training,validation,testing"})
  void aValidationPartStaysItselfAndCalibrationIsDrawnFromTraining(
      String train, String validation, String test) {
    for (String name : new String[] {"stop", "yield"}) {
      tree.tracks(10, 2, train + "/" + name + "/%05d_%05d.png")
          .images(validation + "/" + name + "/90000_00000.png")
          .images(test + "/" + name + "/99000_00000.png");
    }
    Dataset data = Dataset.open(folder);
    assertThat(data.classNames()).containsExactly("stop", "yield");
    assertThat(data.splitNames()).containsExactly("train", "validation", "calibration", "test");
    assertThat(data.split("calibration").tracks())
        .extracting(Track::id)
        .containsExactly("0/00002", "0/00007", "1/00002", "1/00007");
    assertThat(data.split("train").tracks()).hasSize(16);
    assertThat(data.split("validation").samples())
        .extracting(Sample::file)
        .containsOnly("90000_00000.png");
    assertThat(data.split("test").samples()).hasSize(2);
    assertThat(data.notes()).isEmpty();
  }

  @Test
  void aCalibrationPartIsTheDataSetsOwn() {
    tree.tracks(5, 2, "train/a/%d_%d.png").tracks(2, 2, "calibration/a/1%d_%d.png");
    Dataset data = Dataset.open(folder);
    assertThat(data.hasOwnCalibration()).isTrue();
    assertThat(data.split("calibration").tracks()).hasSize(2);
    assertThat(data.split("train").tracks()).hasSize(4);
  }

  @Test
  void packingKeepsAPartWhoseFilesAreCalledAsThoseOfAnother(@TempDir Path elsewhere) {
    tree.images("train/a/1.png", "train/a/2.png", "train/a/3.png", "valid/a/1.png")
        .images("test/a/1.png");
    Dataset data = Dataset.open(folder);
    new DataPacker(8).pack(folder, elsewhere.resolve("packed"), n -> {});
    Dataset packed = Dataset.open(elsewhere.resolve("packed"));
    assertThat(packed.splitNames()).isEqualTo(data.splitNames());
    for (String split : data.splitNames()) {
      assertThat(packed.split(split).samples())
          .as(split)
          .hasSameSizeAs(data.split(split).samples());
    }
    assertThat(packed.notes()).anyMatch(n -> n.contains("each of the 4 images counts as a track"));
  }

  @Test
  void classesThatAreCalledAsPartsAreClasses() {
    tree.tracks(3, 2, "stop/%d_%d.png")
        .tracks(3, 2, "train/%d_%d.png")
        .tracks(3, 2, "Test/%d_%d.png");
    Dataset data = Dataset.open(folder);
    assertThat(data.classNames()).containsExactly("Test", "stop", "train");
    assertThat(data.splitNames()).containsExactly("train", "calibration");
  }

  @Test
  void emptyClassesKeepTheirPlaceAndAreSaid() {
    tree.images("a/1.png", "c/1.png")
        .folder("b")
        .folder("c.bak/.git")
        .text("docs/read me.txt", "x");
    Dataset data = Dataset.open(folder);
    assertThat(data.classNames()).containsExactly("a", "b", "c", "c.bak");
    assertThat(data.notes())
        .anyMatch(n -> n.contains("2 of the 4 classes have no images ('b', 'c.bak')"))
        .anyMatch(n -> n.contains("no classes") && n.contains("'docs'"));
  }

  @Test
  void imagesOfKindsThatAreNotReadAreCounted() {
    tree.images("a/1.png").text("a/2.webp", "x").text("b/3.BMP", "x");
    Dataset data = Dataset.open(folder);
    assertThat(data.classNames()).containsExactly("a", "b");
    assertThat(data.notes())
        .anyMatch(n -> n.contains("2 images are of kinds that are not read (bmp, webp)"));
  }

  @Test
  void untoldTracksAreSaidAndCountedAsUnknown() {
    tree.images("a/x.png", "a/y.png", "a/20240101_101500.jpg", "b/z.png")
        .tracks(2, 2, "b/%d_%d.png");
    Dataset data = Dataset.open(folder);
    assertThat(data.notes())
        .anyMatch(n -> n.contains(UNTOLD) && n.contains("each of 4 of the 8 images counts"));
    assertThat(data.split("train").signs()).isNull();
    // Numbers of images that look like tracks, but never recur.
    new ImageTree(folder.resolve("numbers")).tracks(9, 1, "a/%d_%d.png");
    assertThat(Dataset.open(folder.resolve("numbers")).notes())
        .anyMatch(n -> n.contains("no track has more than one image") && n.contains("9 tracks"));
  }

  @Test
  void aTableOfTracksSaysWhichImagesShowOneSign() {
    tree.images("a/x.png", "a/y.png", "a/z.png")
        .text(
            "tracks.csv",
            "file,track,frame\na/x.png,pole 7,1\na/y.png,pole 7,0\na/z.png,pole 8,\n");
    Dataset data = Dataset.open(folder);
    assertThat(data.notes()).isEmpty();
    assertThat(data.split("train").signs()).isEqualTo(2);
    assertThat(data.split("train").tracks().get(0).frames())
        .extracting(Sample::file)
        .containsExactly("y.png", "x.png");
    tree.text("tracks.csv", "file,track\na/q.png,1\n");
    assertThatThrownBy(() -> Dataset.open(folder))
        .hasMessageContaining("tracks.csv, line 2")
        .hasMessageContaining("a/q.png");
  }

  @Test
  void aTrackInTwoPartsIsSaid() {
    tree.tracks(3, 2, "train/a/%d_%d.png").images("valid/a/1_7.png");
    assertThat(Dataset.open(folder).notes())
        .anyMatch(
            n -> n.contains("1 tracks have images in more than one part") && n.contains("'1'"));
  }

  @Test
  void foldersOfGtsrbThatWereGivenNamesStillTellTracks() {
    tree.tracks(3, 2, "stop/00014_%05d_%05d.png").tracks(3, 2, "yield/00013_%05d_%05d.png");
    Dataset data = Dataset.open(folder);
    assertThat(data.classNames()).containsExactly("stop", "yield");
    assertThat(data.split("calibration").tracks())
        .extracting(Track::id)
        .containsExactly("0/00002", "1/00002");
    assertThat(data.notes()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "Stop/1.png,stop/1.png,letter case",
    "1/1.png,01/1.png,leading zeros",
    "train/1/1.png,test/00001/1.png,leading zeros",
    "\u00e9/1.png,e\u0301/1.png,encoding of accents",
    "a/1.png,2.png,beside its folders",
    "a/1.png,b/day/2.png,deeper",
    "a/day/1.png,b/day/2.png,of no layout that is known",
    "train/a/1.png,extra/2.png,beside the folders of its parts",
    "train/1.png,test/2.png,no class folders",
    "1.png,2.png,of no layout that is known",
  })
  void whatNobodyCanTellApartIsRefused(String one, String two, String reason) {
    tree.images(one, two);
    assertThatThrownBy(() -> Dataset.open(folder))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(reason);
  }

  @Test
  void aFolderWithoutImagesIsRefusedWithWhatWasFound() {
    tree.text("a/1.txt", "x").text("a/2.webp", "x").text("notes.md", "x");
    assertThatThrownBy(() -> Dataset.open(folder))
        .hasMessageContaining("has no images")
        .hasMessageContaining("1 images are of kinds that are not read (webp)")
        .hasMessageContaining("1 folders ('a'), 1 other files ('notes.md')")
        .hasMessageContaining("Layouts that are known: a packed set");
  }
}
