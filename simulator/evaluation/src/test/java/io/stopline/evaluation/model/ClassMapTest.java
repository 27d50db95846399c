package io.stopline.evaluation.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.evaluation.UnusableDatasetException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Outputs and classes find each other by name, or not at all. */
final class ClassMapTest {

  private static final List<String> SIGNS = List.of("Stop", "Yield", "No entry");

  private static ClassMap map(
      List<String> labels, int first, int outputs, List<String> data, ReadingOptions options) {
    return ClassMap.of(
        new ModelLabels(labels, first, "'labels.txt'"),
        outputs,
        data,
        options,
        "model 'm'",
        "signs");
  }

  private static ClassMap map(List<String> labels, List<String> data) {
    return map(labels, 0, labels.size(), data, ReadingOptions.NONE);
  }

  private static ReadingOptions options(
      ClassOrder order, Background background, Map<String, String> renames, boolean skip) {
    return new ReadingOptions(
        null, ModelInput.INFERRED, null, order, background, renames, skip, false);
  }

  @Test
  void namesDecideWhateverTheOrder() {
    ClassMap map = map(List.of("no_entry", "STOP", "Yield "), SIGNS);

    assertThat(map.outputOf()).containsExactly(1, 2, 0);
    assertThat(map.isIdentity()).isFalse();
    assertThat(map.modelNames()).containsExactly("no_entry", "STOP", "Yield ");
  }

  @Test
  void dataMayHaveFewerClassesThanTheModel() {
    assertThat(map(List.of("No entry", "Bend", "Stop", "Yield"), SIGNS).outputOf())
        .containsExactly(2, 3, 0);
  }

  @Test
  void classesThatTheModelDoesNotKnowAreRefusedOrLeftOut() {
    assertThatThrownBy(() -> map(List.of("No entry", "Stop"), SIGNS))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("a class of data set 'signs'")
        .hasMessageContaining("'Yield'")
        .hasMessageContaining("--skip-unknown-classes");

    ClassMap map =
        map(
            List.of("No entry", "Stop"),
            0,
            2,
            SIGNS,
            options(ClassOrder.NAMES, Background.NONE, Map.of(), true));
    assertThat(map.outputOf()).containsExactly(1, ClassMap.NONE, 0);
    assertThat(map.leftOut()).containsExactly("Yield");
  }

  @Test
  void aNameThatDiffersByALetterIsRefusedWithTheNearestOne() {
    assertThatThrownBy(() -> map(List.of("Stpo", "Yield", "No entry"), SIGNS))
        .hasMessageContaining("'Stop' (near: 'Stpo')")
        .hasMessageContaining("--rename");

    assertThat(
            map(
                    List.of("Stpo", "Yield", "No entry"),
                    0,
                    3,
                    SIGNS,
                    options(ClassOrder.NAMES, Background.NONE, Map.of("Stop", "Stpo"), false))
                .isIdentity())
        .isTrue();
  }

  @Test
  void numbersOnEitherSideAreIndexes() {
    assertThat(map(List.of("Stop", "Yield", "No entry"), List.of("0", "2")).outputOf())
        .containsExactly(0, 2);
    // As Keras sorts the folders of the data.
    assertThat(map(List.of("0", "2", "1"), SIGNS).outputOf()).containsExactly(0, 2, 1);
    assertThat(map(List.of("0", "1", "10", "2"), List.of("00000", "00002", "00010")).outputOf())
        .containsExactly(0, 3, 2);
  }

  @Test
  void aBackgroundIsToldOrLeftRoomFor() {
    List<String> labels = List.of("Stop", "Yield", "No entry");
    assertThatThrownBy(() -> map(labels, 0, 4, SIGNS, ReadingOptions.NONE))
        .hasMessageContaining("has 3 names, but model 'm' gives 4 scores")
        .hasMessageContaining("--background first");

    assertThat(
            map(labels, 0, 4, SIGNS, options(ClassOrder.NAMES, Background.FIRST, Map.of(), false))
                .outputOf())
        .containsExactly(1, 2, 3);
    assertThat(
            map(labels, 0, 4, SIGNS, options(ClassOrder.NAMES, Background.LAST, Map.of(), false))
                .outputOf())
        .containsExactly(0, 1, 2);
    assertThat(map(labels, 1, 4, SIGNS, ReadingOptions.NONE).outputOf()).containsExactly(1, 2, 3);
  }

  @Test
  void withoutNamesOnlyTheSameNumberOfClassesFits() {
    assertThat(map(List.of(), 0, 3, SIGNS, ReadingOptions.NONE).isIdentity()).isTrue();
    assertThatThrownBy(() -> map(List.of(), 0, 5, SIGNS, ReadingOptions.NONE))
        .hasMessageContaining("gives 5 scores, data set 'signs' has 3 classes")
        .hasMessageContaining("--labels FILE");
    assertThat(map(List.of(), 0, 43, List.of("1", "14"), ReadingOptions.NONE).outputOf())
        .containsExactly(1, 14);
  }

  @Test
  void theOrderOfFoldersMayBeTold() {
    assertThat(
            map(
                    List.of(),
                    0,
                    3,
                    List.of("0", "2", "10"),
                    options(ClassOrder.ALPHABETICAL, Background.NONE, Map.of(), false))
                .outputOf())
        .containsExactly(0, 2, 1);
  }

  @Test
  void namesThatMeanTwoThingsAreRefused() {
    assertThatThrownBy(() -> map(List.of("Stop", "Yield", "stop"), SIGNS))
        .hasMessageContaining("names 'stop' twice");
    assertThatThrownBy(() -> map(SIGNS, List.of("Stop", "stop")))
        .hasMessageContaining("have the same name but for");
    assertThatThrownBy(() -> map(List.of("Alpha", "Beta", "Gamma"), SIGNS))
        .hasMessageContaining("no class of data set 'signs'")
        .hasMessageContaining("--class-order data");
  }
}
