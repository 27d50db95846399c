package io.stopline.tflite;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.sdk.model.ModelStructure;
import io.stopline.testing.FaultTable;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mutants of the committed corpus, one small model for each operator. Every build looks at a few;
 * {@code -Dstopline.faults=all} at 10,000.
 */
@Tag("faults")
class FuzzedModelsTest {

  private static final boolean ALL = FaultTable.inFull();
  private static final int MUTANTS = ALL ? 10_000 : 300;

  @TempDir private Path folder;

  /** Pure Java, so all of them are cheap. */
  @Test
  void eachRuleOfTheStructureCheckRefusesSomeMutant() throws Exception {
    List<ModelMutator> mutators = new ArrayList<>();
    for (Path file : corpus()) {
      byte[] whole = Files.readAllBytes(file);
      assertThat(ModelStructure.problem(whole)).as(file.toString()).isEmpty();
      mutators.add(new ModelMutator(whole));
    }
    StringBuilder said = new StringBuilder();
    for (int seed = 0; seed < 20_000; seed++) {
      byte[] mutant = mutators.get(seed % mutators.size()).mutant(seed).bytes();
      said.append(ModelStructure.problem(mutant)).append('\n');
    }
    assertThat(said)
        .contains(
            " zero point ",
            " has quantisation scale ",
            " scales and ",
            " scales for dimension ",
            "which has no quantisation scale",
            " adds tensor ",
            " parts, but has ",
            " filter that reaches over ",
            " has a filter of ",
            " cuts ",
            " reduces ",
            " options of type ",
            " stride or size of ",
            " dilation of ",
            " padding that is neither ",
            " has a shape that is ",
            " bytes of data for ",
            " refers to buffer ",
            " is of kind ",
            " reads tensor ",
            " writes tensor ");
  }

  private static List<Path> corpus() throws Exception {
    URL corpus = Objects.requireNonNull(FuzzedModelsTest.class.getResource("corpus"));
    try (Stream<Path> all = Files.list(Path.of(corpus.toURI()))) {
      return all.sorted().toList();
    }
  }

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
    boolean ended = parent.waitFor(ALL ? 1800 : 300, TimeUnit.SECONDS);
    parent.destroyForcibly().waitFor();

    List<String> said = Files.readAllLines(log);
    String tail =
        said.stream().skip(Math.max(0, said.size() - 20)).collect(Collectors.joining("\n"));
    assertThat(ended).as("ends in time, last: " + tail).isTrue();
    assertThat(parent.exitValue()).as(tail).isZero();
    assertThat(said).last().isEqualTo("done");
    List<String> sums = said.stream().filter(line -> line.matches(" *\\d+ [a-z].*")).toList();
    FaultTable.add(
        "models",
        MUTANTS + " mutants of small models",
        "some pass all checks and crash the process",
        "crashes of the parent 0; "
            + sums.stream().map(String::strip).collect(Collectors.joining(", ")));
    said.stream().filter(line -> line.contains(" trial inference")).forEach(System.out::println);
    assertThat(sums.stream().mapToInt(s -> Integer.parseInt(s.strip().split(" ", 2)[0])).sum())
        .isEqualTo(MUTANTS);
    // Mutants that all fail at the gate would say nothing of what lies behind it.
    assertThat(sums).anyMatch(s -> s.contains("ran in the parent"));
    assertThat(sums).anyMatch(s -> s.contains("refused by TensorFlow Lite"));
  }
}
