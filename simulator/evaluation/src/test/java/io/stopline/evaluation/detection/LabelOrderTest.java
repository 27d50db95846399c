package io.stopline.evaluation.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.evaluation.road.SignBox;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import io.stopline.testing.SharedFiles;
import io.stopline.testing.YoloModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Orders of labels that people get wrong, by what found objects are called. */
final class LabelOrderTest {

  private static final Region AT = new Region(10, 10, 40, 40);

  @TempDir private static Path folder;
  private static Path yolo;

  private final List<List<SignBox>> objects = new ArrayList<>();
  private final List<List<Detection>> finds = new ArrayList<>();

  @BeforeAll
  static void write() throws IOException {
    yolo = Files.write(folder.resolve("yolo.tflite"), YoloModel.V8_RED.bytes());
  }

  /** In some frames, what is labelled so is called otherwise. */
  private LabelOrderTest called(int label, int name, int frames) {
    for (int f = 0; f < frames; f++) {
      objects.add(List.of(new SignBox(AT, label)));
      finds.add(List.of(new Detection(AT, name, 0.9f)));
    }
    return this;
  }

  private LabelFigures figures(List<String> names, List<String> dataNames) {
    return new LabelOrder(names, new LabelVotes(objects, finds, 0.4))
        .figures(dataNames, List.of("", ""));
  }

  private static List<String> numbered(int n) {
    return IntStream.range(0, n).mapToObj("kind %d"::formatted).toList();
  }

  @Test
  void rightNamesAreRightAndWhatIsNotSeenIsSaid() {
    LabelFigures figures = called(0, 0, 5).called(1, 1, 5).figures(numbered(80), List.of());

    assertThat(figures.isSound()).isTrue();
    assertThat(figures.checked()).contains("'kind 0', 'kind 1'", "nobody has checked the other 78");
  }

  @Test
  void twoSwappedNamesAreToldAndPutRight() {
    LabelFigures figures =
        called(0, 0, 12).called(1, 2, 12).called(2, 1, 11).figures(numbered(5), List.of());

    assertThat(figures.objection())
        .contains(
            "what it calls 'kind 2' is labelled 'kind 1' in 12 of 12 frames",
            "what it calls 'kind 1' is labelled 'kind 2' in 11 of 11 frames");
    assertThat(figures.corrected())
        .containsExactly("kind 0", "kind 2", "kind 1", "kind 3", "kind 4");
    assertThat(figures.checked()).contains("'kind 0'");
  }

  @Test
  void namesOneLineTooLateAreToldFromAFewFramesOfMany() {
    for (int label = 1; label < 9; label++) {
      called(label, label - 1, 2); // none of them beyond chance by itself
    }
    LabelFigures figures = figures(numbered(10), List.of());

    assertThat(figures.objection()).contains("one line too late");
    assertThat(figures.corrected()).startsWith("kind 1", "kind 2").endsWith("unknown-9");
  }

  @Test
  void anSsdIsToldTheOptionThatMovesItsLabels() {
    for (int label = 1; label < 9; label++) {
      called(label, label - 1, 3);
    }
    LabelFigures figures =
        new LabelOrder(numbered(10), new LabelVotes(objects, finds, 0.4))
            .figures(List.of(), List.of("--first-label 1", ""));

    assertThat(figures.cure()).isEqualTo("--first-label 1");
    assertThat(figures.corrected()).isEmpty();
  }

  @Test
  void linesForUnusedNumbersAreTold() {
    List<String> names =
        List.of("person", "n/a", "car", "???", "stop sign", "bus", "truck", "boat");
    // The detector has no such lines: person, car, stop sign, bus, truck, boat.
    LabelFigures figures =
        called(0, 0, 5).called(2, 1, 5).called(4, 2, 5).called(5, 3, 5).figures(names, List.of());

    assertThat(figures.objection()).contains("numbers that are not used");
    assertThat(figures.corrected())
        .startsWith("person", "car", "stop sign", "bus", "truck", "boat");
  }

  @Test
  void theAlphabetAndTheOrderOfTheDataAreTold() {
    List<String> names = List.of("tram", "car", "bus", "van");
    // bus, car, tram, van
    LabelFigures sorted = called(2, 0, 8).called(0, 2, 8).called(1, 1, 8).figures(names, List.of());
    assertThat(sorted.objection()).contains("alphabet");
    assertThat(sorted.corrected()).containsExactly("bus", "car", "tram", "van");

    objects.clear();
    finds.clear();
    List<String> data = List.of("Van", "Tram", "Car", "Bus");
    LabelFigures byData =
        called(3, 0, 8).called(0, 1, 8).called(1, 2, 8).called(2, 3, 8).figures(names, data);
    assertThat(byData.objection()).contains("order of the data's classes");
    assertThat(byData.corrected()).containsExactly("van", "tram", "car", "bus");
  }

  @Test
  void oneLabelTellsThatTheOrderIsWrongButNotWhichIsRight() {
    LabelFigures figures = called(3, 2, 15).figures(numbered(6), List.of());

    assertThat(figures.objection())
        .contains("'kind 2' is labelled 'kind 3' in 15 of 15", "one label alone does not tell");
    assertThat(figures.corrected()).isEmpty();
  }

  @Test
  void namesThatFramesDoNotTellAreLeftOpen() {
    LabelFigures figures =
        called(0, 3, 12).called(1, 0, 12).called(2, 2, 3).figures(numbered(5), List.of());

    // Line 3 is 'kind 0' and line 0 'kind 1'; what line 1 is nobody knows.
    assertThat(figures.corrected())
        .containsExactly("kind 1", "unknown-1", "kind 2", "kind 0", "kind 4");
  }

  @Test
  void aDetectorThatTakesOneThingForAnotherIsWrongAndNotOutOfOrder() {
    LabelFigures figures = called(0, 0, 20).called(1, 0, 30).figures(numbered(4), List.of());

    assertThat(figures.isSound()).isTrue();
    assertThat(figures.doubts())
        .singleElement()
        .asString()
        .contains("it takes one for the other", "30 of 30");
  }

  @Test
  void fewFramesAreSaidToBeFew() {
    LabelFigures figures = called(0, 0, 5).called(1, 2, 4).figures(numbered(4), List.of());

    assertThat(figures.isSound()).isTrue();
    assertThat(figures.doubts()).singleElement().asString().contains("4 of 4", "chance");
  }

  @Test
  void manyObjectsInOneFrameAreOneVote() {
    objects.add(
        IntStream.range(0, 30)
            .mapToObj(i -> new SignBox(new Region(50 * i, 0, 40, 40), 1))
            .toList());
    finds.add(
        IntStream.range(0, 30)
            .mapToObj(i -> new Detection(new Region(50 * i, 0, 40, 40), 2, 0.9f))
            .toList());

    assertThat(figures(numbered(4), List.of()).isSound()).isTrue();
  }

  @Test
  void whereNothingIsFoundNobodyHasCheckedAnyName() throws IOException {
    Path labels = Files.writeString(folder.resolve("three.txt"), YoloModel.LABELS);
    DetectorReading reading =
        DetectorReading.of(
            yolo,
            new DetectorSettings(
                labels,
                DetectorSettings.NONE.input(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                Map.of(),
                false));
    assertThat(LabelOrder.of(reading, List.of(), new LabelVotes(objects, finds, 0.4)).checked())
        .contains("nobody has checked");
  }

  @Test
  void coco80NamesGetLinesForTheTenNumbersThatBelongToNothing() throws IOException {
    List<String> labels =
        Files.readAllLines(SharedFiles.path("data/models/ssd_mobilenet_v1_coco_labelmap.txt"));
    List<String> eighty = labels.stream().filter(l -> !CocoNumbers.isUnused(l)).toList();
    List<String> ninety = CocoNumbers.withGaps(eighty);

    assertThat(eighty).hasSize(80);
    assertThat(Stream.of(0, 12, 89).map(ninety::get))
        .containsExactlyElementsOf(Stream.of(0, 12, 89).map(labels::get).toList());
    for (int i = 0; i < 90; i++) {
      assertThat(CocoNumbers.isUnused(ninety.get(i)))
          .isEqualTo(CocoNumbers.isUnused(labels.get(i)));
    }
  }
}
