package io.stopline.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The models that {@code FuzzedModelsTest} of {@code sdk/tflite} changes are cases of this module's
 * operator tests, written to files: a file that differs is replaced by the one in {@code
 * target/corpus}.
 */
final class FuzzCorpusTest {

  private static final Path CORPUS =
      Path.of(System.getProperty("stopline.root", ""))
          .resolve("sdk/tflite/src/test/resources/io/stopline/tflite/corpus");

  @Test
  void eachFileIsACaseOfTheOperatorTests() throws IOException {
    Map<String, byte[]> cases = new HashMap<>();
    OperatorCases.all().forEach(c -> cases.put(fileName(c.name()), c.file()));
    QuantisedTwinTest.cases().forEach(c -> cases.put(fileName(c.name()), c.file()));
    List<Path> files;
    try (Stream<Path> all = Files.list(CORPUS)) {
      files = all.toList();
    }
    assertThat(files).isNotEmpty();
    Path written = Files.createDirectories(Path.of("target", "corpus"));
    for (Path file : files) {
      String name = String.valueOf(file.getFileName());
      assertThat(cases).containsKey(name);
      Files.write(written.resolve(name), cases.get(name));
    }
    for (Path file : files) {
      assertThat(written.resolve(file.getFileName())).hasSameBinaryContentAs(file);
    }
  }

  private static String fileName(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "")
        + ".tflite";
  }
}
