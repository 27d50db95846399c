package io.stopline.tflite;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mutants of the committed corpus, one small model for each operator. Every build looks at a few;
 * {@code -Dstopline.faults=all} at 10,000.
 */
class FuzzedModelsTest {

  private static final boolean ALL = "all".equals(System.getProperty("stopline.faults"));
  private static final int MUTANTS = ALL ? 10_000 : 300;

  @TempDir private Path folder;

  @Test
  void noMutantCrashesWhoLoadsIt() throws Exception {
    URL corpus = Objects.requireNonNull(FuzzedModelsTest.class.getResource("corpus"));
    Path log = folder.resolve("log");
    Process parent =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    "-XX:ErrorFile=" + folder.resolve("hs_err.log"),
                    "-cp",
                    System.getProperty("java.class.path"),
                    FuzzedModels.class.getName(),
                    Path.of(corpus.toURI()).toString(),
                    "0",
                    Integer.toString(MUTANTS)))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    boolean ended = parent.waitFor(ALL ? 1800 : 120, TimeUnit.SECONDS);
    parent.destroyForcibly().waitFor();

    List<String> said = Files.readAllLines(log);
    String tail =
        said.stream().skip(Math.max(0, said.size() - 20)).collect(Collectors.joining("\n"));
    assertThat(ended).as("ends in time, last: " + tail).isTrue();
    assertThat(parent.exitValue()).as(tail).isZero();
    assertThat(said).last().isEqualTo("done");
    List<String> sums = said.stream().filter(line -> line.matches(" *\\d+ [a-z].*")).toList();
    System.out.printf("%d mutants:%n%s%n", MUTANTS, String.join("\n", sums));
    said.stream().filter(line -> line.contains(" trial inference")).forEach(System.out::println);
    assertThat(sums.stream().mapToInt(s -> Integer.parseInt(s.strip().split(" ", 2)[0])).sum())
        .isEqualTo(MUTANTS);
    // Mutants that all fail at the gate would say nothing of what lies behind it.
    assertThat(sums).anyMatch(s -> s.contains("ran in the parent"));
    assertThat(sums).anyMatch(s -> s.contains("refused by TensorFlow Lite"));
  }
}
