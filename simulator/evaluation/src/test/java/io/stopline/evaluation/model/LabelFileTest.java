package io.stopline.evaluation.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.evaluation.UnusableDatasetException;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Class names as people write them down. */
final class LabelFileTest {

  private static final List<String> NAMES = List.of("Stop", "Vorfahrt gewähren", "60 km/h");

  private static LabelFile read(String text) {
    return LabelFile.of("labels.txt", text.getBytes(StandardCharsets.UTF_8));
  }

  static Stream<String> forms() {
    return Stream.of(
        "Stop\nVorfahrt gewähren\n60 km/h",
        "Stop\nVorfahrt gewähren\n60 km/h\n\n",
        "Stop\r\nVorfahrt gewähren\r\n60 km/h\r\n",
        "Stop\rVorfahrt gewähren\r60 km/h\r",
        "\uFEFFStop\nVorfahrt gewähren\n60 km/h\n",
        "0 Stop\n1 Vorfahrt gewähren\n2 60 km/h\n",
        "0: Stop\n1: Vorfahrt gewähren\n2: 60 km/h\n",
        "0,Stop\n1,Vorfahrt gewähren\n2,60 km/h\n",
        "0\tStop\n1\tVorfahrt gewähren\n2\t60 km/h\n",
        "0 - Stop\n1 - Vorfahrt gewähren\n2 - 60 km/h\n",
        "2,60 km/h\n0,Stop\n1,Vorfahrt gewähren\n",
        "ClassId,SignName\n0,Stop\n1,Vorfahrt gewähren\n2,60 km/h\n",
        "id,name,train,test\n0,\"Stop\",780,270\n1,\"Vorfahrt gewähren\",2160,720\n2,60 km/h,1,2\n",
        "[\"Stop\", \"Vorfahrt gewähren\", \"60 km/h\"]",
        "{\"0\": \"Stop\", \"1\": \"Vorfahrt gewähren\", \"2\": \"60 km/h\"}",
        "{\"60 km/h\": 2, \"Stop\": 0, \"Vorfahrt gewähren\": 1}");
  }

  @ParameterizedTest
  @MethodSource("forms")
  void everyFormGivesTheSameNames(String text) {
    assertThat(read(text)).isEqualTo(new LabelFile(NAMES, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE"})
  void utf16WithAMarkIsRead(String charset) {
    String mark = charset.equals("UTF-16") ? "" : "\uFEFF";
    byte[] bytes = (mark + String.join("\n", NAMES)).getBytes(Charset.forName(charset));

    assertThat(LabelFile.of("labels.txt", bytes).names()).isEqualTo(NAMES);
  }

  @Test
  void namesThatBeginWithNumbersAreNotCounted() {
    assertThat(read("20 km/h\n30 km/h\n50 km/h\n").names())
        .containsExactly("20 km/h", "30 km/h", "50 km/h");
    assertThat(read("0\n1\n10\n11\n2\n").names()).containsExactly("0", "1", "10", "11", "2");
  }

  @Test
  void countingFromOneIsKept() {
    assertThat(read("1 Stop\n2 Yield\n")).isEqualTo(new LabelFile(List.of("Stop", "Yield"), 1));
  }

  static Stream<List<String>> refused() {
    return Stream.of(
        List.of("", "is empty"),
        List.of("Stop\n\nYield", "labels.txt:2: is empty"),
        List.of("id,name\n0,Stop\nYield\n", "labels.txt:3"),
        List.of("{\"Stop\": \"yes\"}", "JSON of another kind"),
        List.of("[\"Stop\"", "begins like JSON"),
        List.of("{\"0\": \"Stop\", \"2\": \"Yield\"}", "do not count up without a gap"),
        List.of("S\0t\0o\0p\0", "U+0000"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void whatIsNotUnderstoodIsRefusedByName(List<String> textAndReason) {
    assertThatThrownBy(() -> read(textAndReason.get(0)))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("labels.txt")
        .hasMessageContaining(textAndReason.get(1));
  }

  @Test
  void otherEncodingsAreRefusedWithTheLine() {
    byte[] latin = "Stop\nVorfahrt gewähren\n".getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> LabelFile.of("labels.txt", latin))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("no UTF-8 text (first at line 2)")
        .hasMessageContaining("iconv");
  }

  @Test
  void numbersOfDetectorsMayLeaveGaps(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("labels.txt");
    Files.writeString(file, "0  person\n1  bicycle\n3  stop sign\n4  bench\n");
    assertThat(LabelFile.readWithGaps(file))
        .isEqualTo(new LabelFile(List.of("person", "bicycle", "n/a", "stop sign", "bench"), 0));
    Files.writeString(file, "1 person\n2 bicycle\n4 stop sign\n");
    assertThat(LabelFile.readWithGaps(file).names())
        .containsExactly("person", "bicycle", "n/a", "stop sign");
    // Names that begin with numbers are names.
    Files.writeString(file, "20 km/h\n30 km/h\n50 km/h\n");
    assertThat(LabelFile.readWithGaps(file).names())
        .containsExactly("20 km/h", "30 km/h", "50 km/h");
    Files.writeString(file, "0 Stop\n1 60 km/h\n");
    assertThat(LabelFile.readWithGaps(file).names()).containsExactly("Stop", "60 km/h");
    Files.writeString(file, "???\nperson\nn/a\nn/a\n");
    assertThat(LabelFile.readWithGaps(file).names()).containsExactly("???", "person", "n/a", "n/a");
  }
}
