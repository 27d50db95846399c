package io.stopline.evaluation.road;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.testing.SharedFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RoadDatasetsTest {

  private static final String HEADER = "image,left,top,right,bottom,class,split\n";

  @TempDir Path folder;

  @Test
  void readsTheGermanBenchmarkWithItsSplits() {
    Path gtsdb = SharedFiles.path("data/gtsdb");

    RoadData all = RoadDatasets.open(gtsdb, null);
    RoadData train = RoadDatasets.open(gtsdb, "train");
    RoadData validation = RoadDatasets.open(gtsdb, "val");

    assertThat(all.frames()).hasSize(600);
    assertThat(all.frames().stream().flatMap(f -> f.signs().stream()).filter(SignBox::known))
        .hasSize(852);
    assertThat(train.frames()).hasSize(480);
    assertThat(validation.frames()).hasSize(120);
    assertThat(validation.split()).isEqualTo("validation");
    assertThat(validation.frames().get(0).name()).isEqualTo("00480.jpg");
    assertThat(all.classNames()).hasSize(43).contains("Stop");
    RoadFrame first = all.frames().get(0);
    // 774,411,815,446,11 with both ends inclusive.
    assertThat(first.signs()).containsExactly(new SignBox(new Region(774, 411, 42, 36), 11));
    assertThat(first.image().width()).isEqualTo(first.width()).isEqualTo(1360);
    assertThat(train.sha256()).isNotEqualTo(validation.sha256()).matches("[0-9a-f]{64}");
  }

  @Test
  void framesWithoutASignGoWithTheFrameBeforeThem() throws IOException {
    pictures("images", "00.png", "01.png", "02.png", "03.png", "04.png");
    write("boxes.csv", HEADER + "01.png,2,3,11,12,5,train\n03.png,2,3,11,12,6,validation\n");

    assertThat(names("train")).containsExactly("00.png", "01.png", "02.png");
    assertThat(names("validation")).containsExactly("03.png", "04.png");
    assertThat(names(null)).hasSize(5);
    assertThat(open(null).frames().get(0).signs()).isEmpty();
  }

  @Test
  void aTableOfFramesSaysWhereFramesWithoutASignBelong() throws IOException {
    pictures("images", "00.png", "01.png", "02.png");
    write("boxes.csv", HEADER + "01.png,2,3,11,12,5,train\n");
    write("frames.csv", "image,split\n00.png,test\n01.png,train\n02.png,test\n");

    assertThat(names("test")).containsExactly("00.png", "02.png");
  }

  @Test
  void readsTheBenchmarkAsItIsPublished() throws IOException {
    for (String name : List.of("00000", "00599", "00600")) {
      Files.write(folder.resolve(name + ".ppm"), ppm(40, 30));
    }
    write("gt.txt", "00000.ppm;2;3;21;22;11\n00600.ppm;5;5;14;24;14\n");

    assertThat(names("train")).containsExactly("00000.ppm", "00599.ppm");
    RoadData test = open("test");
    assertThat(test.frames().get(0).signs())
        .containsExactly(new SignBox(new Region(5, 5, 10, 20), 14));
    assertThat(test.frames().get(0).image().height()).isEqualTo(30);
  }

  @ParameterizedTest
  @CsvSource({
    "images/train,labels/train,images/val,labels/val",
    "train/images,train/labels,valid/images,valid/labels",
  })
  void readsYoloWithItsSplitsInEitherOrder(
      String trainImages, String trainLabels, String validImages, String validLabels)
      throws IOException {
    pictures(trainImages, "a.png", "b.png");
    pictures(validImages, "a.png");
    write("data.yaml", "nc: 2\nnames: [stop, give way]\n");
    write(trainLabels + "/a.txt", "1 0.5 0.5 0.25 0.5\n0 0.1 0.1 0.2 0.2\n");
    write(trainLabels + "/b.txt", "");
    write(validLabels + "/a.txt", "0 0.25 0.1 0.5 0.1 0.5 0.25\n");

    RoadData train = open("train");
    assertThat(train.classNames()).containsExactly("stop", "give way");
    assertThat(train.warnings()).isEmpty();
    assertThat(train.frames()).hasSize(2);
    // Pictures of 40×30 px.
    assertThat(train.frames().get(0).signs())
        .containsExactly(
            new SignBox(new Region(15, 8, 10, 15), 1), new SignBox(new Region(0, 0, 8, 6), 0));
    assertThat(train.frames().get(1).signs()).isEmpty();
    // The corners of a polygon.
    RoadData valid = open("validation");
    assertThat(valid.frames().get(0).signs())
        .containsExactly(new SignBox(new Region(10, 3, 10, 5), 0));
    assertThat(valid.frames().get(0).name()).isEqualTo(validImages + "/a.png");
  }

  @Test
  void yoloPicturesWithoutAFileAreToldOf() throws IOException {
    pictures("images", "a.png", "b.png");
    write("labels/a.txt", "0 0.5 0.5 0.25 0.5\n");
    write("classes.txt", "stop\n");

    RoadData data = open(null);

    assertThat(data.frames()).hasSize(2);
    assertThat(data.warnings()).singleElement().asString().contains("1 of 2 pictures");
  }

  @Test
  void aYoloListOfNamesThatIsALineShortIsRefused() throws IOException {
    pictures("images", "a.png");
    write("labels/a.txt", "0 0.5 0.5 0.25 0.5\n2 0.5 0.5 0.25 0.5\n");
    write("classes.txt", "stop\ngive way\n");

    assertRefused("a.txt, line 2", "class 2", "classes.txt", "a line short");
  }

  @Test
  void aYoloMapOfNamesIsRead() throws IOException {
    pictures("images", "a.png");
    write("labels/a.txt", "1 0.5 0.5 0.25 0.5\n");
    write("data.yaml", "names:\n  0: stop\n  1: yield\n");

    assertThat(open(null).classNames()).containsExactly("stop", "yield");

    write("data.yaml", "nc: 3\nnames:\n  0: stop\n  1: yield\n");
    assertRefused("data.yaml", "'nc' is 3");
    write("data.yaml", "names:\n  0: stop\n  2: yield\n");
    assertRefused("data.yaml", "class '2'", "without gaps");
    Files.delete(folder.resolve("data.yaml"));
    assertRefused("nothing names the classes", "classes.txt");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 0.5 0.5 0.25|4 numbers",
        "0 0.5 NaN 0.25 0.5|'NaN' is not a number",
        "0 0.5 0,5 0.25 0.5|'0,5' is not a number",
        "0 0.5 0.5 -0.25 0.5|wrong way round",
        "0 0.5 0.5 0 0.5|empty",
        "0 0.9 0.5 0.9 0.5|outside the picture",
        "0 20 15 10 10|no share of the picture",
        "-1 0.5 0.5 0.25 0.5|from 0 up",
        "0.5 0.5 0.5 0.25 0.5|from 0 up",
      })
  void badYoloLinesAreRefusedWithTheirPlace(String line, String reason) throws IOException {
    pictures("images", "a.png");
    write("labels/a.txt", "0 0.5 0.5 0.25 0.5\n" + line + "\n");
    write("classes.txt", "stop\n");

    assertRefused("a.txt, line 2", reason);
  }

  @Test
  void yoloLabelsWithoutAPictureAreRefused() throws IOException {
    pictures("images", "a.png");
    write("labels/a.txt", "0 0.5 0.5 0.25 0.5\n");
    write("labels/b.txt", "0 0.5 0.5 0.25 0.5\n");
    write("classes.txt", "stop\n");

    assertRefused("b.txt", "no picture", "delete");
  }

  @Test
  void readsCocoInItsFolders() throws IOException {
    pictures("val2017", "a.png", "b.png");
    write(
        "annotations/instances_val2017.json",
        coco(
            "{\"id\":1,\"image_id\":7,\"category_id\":13,\"bbox\":[2.4,3.6,10,12]},"
                + "{\"id\":2,\"image_id\":7,\"category_id\":13,\"bbox\":[20,2,5,5],\"iscrowd\":1}"));

    RoadData data = open("validation");

    assertThat(data.classNames()).containsExactly("stop sign", "give way");
    assertThat(data.frames()).hasSize(2);
    assertThat(data.frames().get(0).signs())
        .containsExactly(
            new SignBox(new Region(2, 4, 10, 12), 0),
            new SignBox(new Region(20, 2, 5, 5), SignBox.OTHER));
    assertThat(data.frames().get(1).signs()).isEmpty();
  }

  @Test
  void readsCocoBesideItsPictures() throws IOException {
    for (String split : List.of("train", "valid")) {
      pictures(split, "a.png", "b.png");
      write(split + "/_annotations.coco.json", coco(""));
    }

    assertThat(names("train")).containsExactly("train/a.png", "train/b.png");
    assertThat(names("validation")).containsExactly("valid/a.png", "valid/b.png");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'image_id':9,'category_id':13,'bbox':[1,1,5,5]|image_id 9 is not under 'images'",
        "'image_id':7,'category_id':3,'bbox':[1,1,5,5]|category_id 3 is not under 'categories'",
        "'image_id':7,'category_id':13,'bbox':[1,1,5]|bbox is [1,1,5]",
        "'image_id':7,'category_id':13,'bbox':[1,1,-5,5]|wrong way round",
        "'image_id':7,'category_id':13,'bbox':[1,1,60,5]|outside the picture",
        "'image_id':7,'category_id':13,'bbox':[1,NaN,6,5]|not JSON",
        "'image_id':'x','category_id':13,'bbox':[1,1,6,5]|not a whole number",
      })
  void badAnnotationsAreRefused(String fields, String reason) throws IOException {
    pictures("images", "a.png", "b.png");
    write("annotations.json", coco("{\"id\":5," + fields.replace('\'', '"') + "}"));

    assertRefused("annotations.json", reason);
  }

  @Test
  void aCocoPictureThatIsMissingOrElsewhereIsRefused() throws IOException {
    pictures("images", "a.png");
    write("annotations.json", coco(""));
    assertRefused("annotations.json", "'b.png'", "put it there");

    write("annotations.json", coco("").replace("b.png", "../../../../etc/passwd"));
    assertRefused("annotations.json", "etc/passwd");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "09.png,2,3,11,12,5,train|picture '09.png' is not in",
        "01.png,2,3,11,12,43,train|class 43 is unknown; there are classes 0..42",
        "01.png,2,3,11,12,x,train|'x', not a whole number",
        "01.png,11,3,2,12,5,train|wrong way round",
        "01.png,2,3,51,12,5,train|outside the picture",
        "01.png,-9,3,11,12,5,train|outside the picture",
        "01.png,NaN,3,11,12,5,train|'NaN', not a number of pixels",
        "01.png,,3,11,12,5,train|not a number of pixels",
        "00.png,2,3,11,12,5,test|belongs to one split",
      })
  void badBoxesAreRefusedWithTheirLine(String line, String reason) throws IOException {
    pictures("images", "00.png", "01.png");
    write("boxes.csv", HEADER + "00.png,2,3,11,12,5,train\n" + line + "\n");

    assertRefused("boxes.csv, line 3", reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "00000.ppm;1;1;5;5|is not image;left;top;right;bottom;class",
        "00000.ppm;1;1;x;5;3|'x' is not a whole number",
        "00001.ppm;1;1;5;5;3|picture '00001.ppm' is not in",
        "00000.ppm;1;1;5;5;43|class 43 is unknown",
      })
  void badLinesOfThePublishedBenchmarkAreRefused(String line, String reason) throws IOException {
    Files.write(folder.resolve("00000.ppm"), ppm(40, 30));
    write("gt.txt", "00000.ppm;1;1;5;5;3\n" + line + "\n");

    assertRefused("gt.txt, line 2", reason);
  }

  @Test
  void realSignsThatAreNotLabelledAreListedBesideTheBoxes() throws IOException {
    pictures("images", "00.png", "01.png");
    write("boxes.csv", HEADER + "00.png,2,3,11,12,5,train\n");
    String before = open(null).sha256();
    write("ignore.csv", "image,left,top,right,bottom,what\n01.png,1,2,3,4,bus stop\n");

    assertThat(open(null).frames().get(1).signs())
        .containsExactly(new SignBox(new Region(1, 2, 3, 3), SignBox.OTHER));
    assertThat(open(null).sha256()).isNotEqualTo(before);

    write("mine.csv", "image,left,top,right,bottom,what\n00.png,1,2,3,4,bus stop\n");
    RoadData mine = RoadDatasets.open(folder, null, folder.resolve("mine.csv"));
    assertThat(mine.frames().get(0).signs()).hasSize(2);
    assertThat(mine.frames().get(1).signs()).isEmpty();

    write("ignore.csv", "image,left,top,right,bottom,what\n07.png,1,2,3,4,bus stop\n");
    assertRefused("ignore.csv, line 2", "'07.png'");
    assertThatThrownBy(() -> RoadDatasets.open(folder, null, folder.resolve("none.csv")))
        .hasMessageContaining("none.csv")
        .hasMessageContaining("does not exist");
  }

  @Test
  void signsThatThePublishedBenchmarkForgotAreKnownByTheirPictures() {
    Path gtsdb = SharedFiles.path("data/gtsdb");

    RoadData data = RoadDatasets.open(gtsdb, null);

    assertThat(
            data.frames().stream().flatMap(f -> f.signs().stream()).filter(s -> !s.known()).count())
        .isGreaterThanOrEqualTo(71);
    assertThat(data.warnings()).anyMatch(w -> w.startsWith("73 real signs"));
  }

  @Test
  void aListOfOnesOwnIsUsedInsteadOfWhatIsKnown() throws IOException {
    Path gtsdb = SharedFiles.path("data/gtsdb");
    write("none.csv", "image,left,top,right,bottom,what\n");

    RoadData data = RoadDatasets.open(gtsdb, null, folder.resolve("none.csv"));

    assertThat(data.warnings()).noneMatch(w -> w.contains("does not label"));
  }

  @Test
  void aDamagedPictureIsToldWithItsName() throws IOException {
    pictures("images", "00.png", "01.png");
    write("boxes.csv", HEADER + "00.png,2,3,11,12,5,train\n");
    byte[] png = Files.readAllBytes(folder.resolve("images/01.png"));
    Files.write(folder.resolve("images/01.png"), Arrays.copyOf(png, png.length / 2));
    RoadFrame damaged = open(null).frames().get(1);
    assertThatThrownBy(damaged::image)
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("01.png")
        .hasMessageContaining("save it again");

    write("images/01.png", "no picture at all");
    assertRefused("01.png", "get the image file itself");
  }

  @Test
  void photographsNeedNoBoxes() throws IOException {
    pictures("mine", "a.png", "b.png");

    RoadData folderOfThem = RoadDatasets.photographs(folder.resolve("mine"));
    RoadData one = RoadDatasets.photographs(folder.resolve("mine/a.png"));

    assertThat(folderOfThem.frames()).extracting(RoadFrame::name).containsExactly("a.png", "b.png");
    assertThat(folderOfThem.warnings()).singleElement().asString().contains("no boxes");
    assertThat(one.frames()).extracting(RoadFrame::name).containsExactly("a.png");
    assertThatThrownBy(() -> RoadDatasets.photographs(folder.resolve("none")))
        .hasMessageContaining("does not exist");
    Files.createDirectories(folder.resolve("empty"));
    assertThatThrownBy(() -> RoadDatasets.photographs(folder.resolve("empty")))
        .hasMessageContaining("holds no photograph");

    // Where there are boxes, they are heeded.
    pictures("images", "0.png");
    write("boxes.csv", HEADER + "0.png,2,3,11,12,5,train\n");
    assertThat(RoadDatasets.photographs(folder).frames().get(0).signs()).hasSize(1);
  }

  @Test
  void whatIsNoDataSetIsRefusedWithTheLayoutsThatAre() {
    assertRefused("no layout", "boxes.csv", "COCO", "YOLO");
    assertThatThrownBy(() -> RoadDatasets.open(folder.resolve("none"), null))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("do not exist");
  }

  @Test
  void boxesWithoutPicturesAndUnknownSplitsAreRefused() throws IOException {
    write("boxes.csv", HEADER + "00.png,2,3,11,12,5,train\n");
    assertRefused("images", "no pictures");
    pictures("images", "00.png");
    assertThatThrownBy(() -> RoadDatasets.open(folder, "tset"))
        .hasMessageContaining("'tset'")
        .hasMessageContaining("[all, train]");
  }

  @Test
  void aSpreadOfFramesIsEvenAndHasAHashOfItsOwn() throws IOException {
    pictures("images", "0.png", "1.png", "2.png", "3.png");
    write("boxes.csv", HEADER + "0.png,2,3,11,12,5,train\n");
    RoadData all = open("train");

    RoadData half = all.spread(2);

    assertThat(half.frames().stream().map(RoadFrame::name)).containsExactly("0.png", "2.png");
    assertThat(half.sha256()).isNotEqualTo(all.sha256());
    assertThat(all.spread(4)).isSameAs(all);
  }

  private RoadData open(@Nullable String split) {
    return RoadDatasets.open(folder, split);
  }

  private List<String> names(@Nullable String split) {
    return open(split).frames().stream().map(RoadFrame::name).toList();
  }

  private void assertRefused(String... parts) {
    var refusal = assertThatThrownBy(() -> open(null)).isInstanceOf(UnusableDatasetException.class);
    for (String part : parts) {
      refusal.hasMessageContaining(part);
    }
  }

  /** A file with pictures a.png (id 7) and b.png (id 8), classes 13 and 20. */
  private static String coco(String annotations) {
    return """
        {"images": [{"id": 7, "file_name": "a.png"}, {"id": 8, "file_name": "b.png"}],
         "annotations": [%s],
         "categories": [{"id": 20, "name": "give way"}, {"id": 13, "name": "stop sign"}]}
        """
        .formatted(annotations);
  }

  private void pictures(String where, String... names) throws IOException {
    Files.createDirectories(folder.resolve(where));
    for (String name : names) {
      ImageFiles.writePng(Image.black(40, 30), folder.resolve(where).resolve(name));
    }
  }

  private static byte[] ppm(int width, int height) {
    byte[] header = "P6\n%d %d\n255\n".formatted(width, height).getBytes(StandardCharsets.US_ASCII);
    return Arrays.copyOf(header, header.length + 3 * width * height);
  }

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
