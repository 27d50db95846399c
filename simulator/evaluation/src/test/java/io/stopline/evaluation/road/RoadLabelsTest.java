package io.stopline.evaluation.road;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.sdk.image.Region;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RoadLabelsTest {

  private static final List<String> LABELS = List.of("Speed limit (30km/h)", "Stop", "Yield");

  @TempDir Path folder;

  @Test
  void namesAreComparedWithoutCaseSpacesAndPunctuation() {
    RoadData data = data(List.of("yield", "SPEED_LIMIT-30 km/h", "stop"), 0, 1, 2, -1);

    RoadData mapped = new RoadLabels(LABELS, null).apply(data);

    assertThat(labels(mapped)).containsExactly(2, 0, 1, -1);
    assertThat(mapped.classNames()).isEqualTo(LABELS);
    assertThat(mapped.warnings()).isEmpty();
    assertThat(mapped.sha256()).isEqualTo(data.sha256());
  }

  @Test
  void unknownClassesAreListedOnceAndAreSignsOfAnotherKind() {
    RoadData data = data(List.of("stop", "bus stop", "parking"), 0, 1, 1, 2);

    RoadData mapped = new RoadLabels(LABELS, null).apply(data);

    assertThat(labels(mapped)).containsExactly(1, -1, -1, -1);
    assertThat(mapped.warnings())
        .singleElement()
        .asString()
        .contains("'bus stop' (2 boxes), 'parking' (1 boxes)")
        .contains("--road-labels");
  }

  @Test
  void classesThatDoNotOccurAreNotListed() {
    RoadData data = data(List.of("stop", "signs-supercategory"), 0);
    assertThat(new RoadLabels(LABELS, null).apply(data).warnings()).isEmpty();
  }

  @Test
  void dataOfWhichNothingIsKnownAreRefusedWithTheCure() {
    RoadData data = data(List.of("bus stop"), 0, 0);
    assertThatThrownBy(() -> new RoadLabels(LABELS, null).apply(data))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("'bus stop' (2 boxes)")
        .hasMessageContaining("--road-labels FILE");
  }

  @Test
  void framesWithoutAnySignNeedNoLabels() {
    assertThat(new RoadLabels(LABELS, null).apply(data(List.of("bus stop"))).frames()).hasSize(1);
  }

  @Test
  void aTableSaysWhichIsWhich() throws IOException {
    Path table = folder.resolve("labels.csv");
    Files.writeString(table, "class,label\nHalt,stop\n1,2\nstop,\n");
    RoadData data = data(List.of("Halt", "Vorfahrt achten", "stop"), 0, 1, 2);

    assertThat(labels(new RoadLabels(LABELS, table).apply(data))).containsExactly(1, 2, -1);
  }

  @ParameterizedTest
  @CsvSource({"Halt,halt,label", "none,Stop,class", "Halt,3,label", "7,Stop,class"})
  void aTableWithUnknownNamesIsRefusedWithItsLine(String from, String to, String column)
      throws IOException {
    Path table = folder.resolve("labels.csv");
    Files.writeString(table, "class,label\n%s,%s\n".formatted(from, to));
    RoadData data = data(List.of("Halt"), 0);

    assertThatThrownBy(() -> new RoadLabels(LABELS, table).apply(data))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("labels.csv, line 2")
        .hasMessageContaining("'" + column + "'");
  }

  @Test
  void modelsWithForeignNamesForTheGermanClassesAreTakenInOrder() {
    List<String> foreign = new ArrayList<>();
    for (int i = 0; i < GtsrbClasses.NAMES.size(); i++) {
      foreign.add("Zeichen " + i);
    }
    RoadData mapped = new RoadLabels(foreign, null).apply(data(GtsrbClasses.NAMES, 14, 3));

    assertThat(labels(mapped)).containsExactly(14, 3);
    assertThat(mapped.warnings()).singleElement().asString().contains("GTSRB's order");
  }

  @Test
  void theGermanClassesAreThoseOfTheShippedBundle() throws IOException {
    Path root = Path.of(System.getProperty("stopline.root", "../.."));
    assertThat(GtsrbClasses.NAMES)
        .isEqualTo(
            Files.readAllLines(root.resolve("firmware-config/bundles/traffic-signs/labels.txt")));
  }

  private static List<Integer> labels(RoadData data) {
    return data.frames().get(0).signs().stream().map(SignBox::label).toList();
  }

  private static RoadData data(List<String> classNames, int... labels) {
    List<SignBox> signs = new ArrayList<>();
    for (int label : labels) {
      signs.add(new SignBox(new Region(1, 1, 30, 30), label));
    }
    return RoadData.of(
        "toy",
        "test",
        classNames,
        List.of(new RoadFrame("a.png", Path.of("a.png"), 100, 100, "", signs)),
        List.of());
  }
}
