package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code evidence} as an assessor meets it: the shipped bundle, a copy, and what is wrong. */
final class EvidenceCommandTest {

  @TempDir Path folder;

  private static CommandLineRun run(Object... arguments) {
    return CommandLineRun.of(Stream.of(arguments).map(String::valueOf).toArray(String[]::new));
  }

  @Test
  void theShippedBundleIsPackedWithWhatIsMissingFirstAndACopyHolds() throws Exception {
    Path out = folder.resolve("pack");
    Path report = folder.resolve("pack.json");
    CommandLineRun packed = run("evidence", "pack", "--out", out, "--json", report);
    assertThat(packed.exitCode()).as(packed.err()).isEqualTo(ExitCode.OK);
    assertThat(packed.out())
        .contains("things are missing:")
        .contains("./stopline evaluate --bundle traffic-signs --data DIR --split test --json FILE")
        .contains("made for this pack alone");
    JsonNode json = new ObjectMapper().readTree(report.toFile());
    assertThat(json.path("missing").size()).isGreaterThan(10);
    assertThat(json.path("repeat").asText()).isEqualTo("./stopline evidence pack --out " + out);

    Path copy = folder.resolve("elsewhere/copy");
    try (Stream<Path> walk = Files.walk(out)) {
      for (Path path : walk.toList()) {
        Path target = copy.resolve(out.relativize(path).toString());
        Files.createDirectories(Files.isDirectory(path) ? target : target.getParent());
        if (Files.isRegularFile(path)) {
          Files.copy(path, target);
        }
      }
    }
    CommandLineRun verified = run("evidence", "verify", copy);
    assertThat(verified.exitCode()).as(verified.out()).isEqualTo(ExitCode.OK);
    assertThat(verified.out()).contains("the pack holds", "who packed it is not known");

    Files.delete(copy.resolve("report.html"));
    CommandLineRun rejected = run("evidence", "verify", copy, "--json", "-");
    assertThat(rejected.exitCode()).isEqualTo(ExitCode.FOUND);
    assertThat(new ObjectMapper().readTree(rejected.out()).at("/findings/0/place").asText())
        .isEqualTo("report.html");
  }

  @Test
  void aRepeatedRunHasTheDigestThatThePackNames() throws Exception {
    Path results = Files.createDirectory(folder.resolve("results"));
    Path first = results.resolve("first.json");
    Path again = folder.resolve("again.json");
    for (Path file : List.of(first, again)) {
      CommandLineRun run = run("realism", "--count", "1", "--seed", "4", "--json", file);
      assertThat(run.exitCode()).as(run.err()).isLessThanOrEqualTo(ExitCode.FOUND);
    }
    Path out = folder.resolve("pack");
    CommandLineRun packed = run("evidence", "pack", "--results", results, "--out", out);
    assertThat(packed.exitCode()).as(packed.err()).isEqualTo(ExitCode.OK);
    JsonNode packedRun =
        new ObjectMapper().readTree(out.resolve("figures.json").toFile()).at("/runs/0");
    assertThat(packedRun.path("command").asText())
        .isEqualTo("./stopline realism --count 1 --seed 4");
    CommandLineRun digest = run("evidence", "digest", again);
    assertThat(digest.out())
        .isEqualTo(packedRun.path("figuresSha256").asText() + "  " + again + "\n");
    assertThat(run("evidence", "verify", out).exitCode()).isEqualTo(ExitCode.OK);
  }

  @Test
  void aKeyOfOnesOwnSignsAndIsAskedFor() throws Exception {
    Path name = folder.resolve("keys/me");
    assertThat(run("evidence", "keys", "--out", name).exitCode()).isEqualTo(ExitCode.OK);
    Path secret = folder.resolve("keys/me.pem");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
        .isEqualTo("rw-------");
    CommandLineRun again = run("evidence", "keys", "--out", name);
    assertThat(again.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(again.err()).contains("not written over");
    assertThat(run("evidence", "keys", "--out", folder.resolve("other")).exitCode()).isZero();

    Path out = folder.resolve("pack");
    CommandLineRun packed =
        run("evidence", "pack", "--out", out, "--key", secret, "--date", "2026-12-01");
    assertThat(packed.exitCode()).as(packed.err()).isEqualTo(ExitCode.OK);
    CommandLineRun verified =
        run("evidence", "verify", out, "--key", folder.resolve("keys/me.pub"));
    assertThat(verified.out()).contains("signed by the given key", "packed 2026-12-01T00:00:00Z");
    CommandLineRun foreign = run("evidence", "verify", out, "--key", folder.resolve("other.pub"));
    assertThat(foreign.exitCode()).isEqualTo(ExitCode.FOUND);
    assertThat(foreign.out()).contains("attestations/key.pub", "not by the given one");
  }

  @Test
  void badInputIsNamed() throws Exception {
    Path full = Files.createDirectory(folder.resolve("full"));
    Files.writeString(full.resolve("mine.txt"), "x");
    for (List<Object> arguments :
        List.of(
            List.<Object>of("pack", "--out", full),
            List.<Object>of("pack", "--out", folder.resolve("p"), "--results", "none"),
            List.<Object>of("pack", "--out", folder.resolve("p"), "--date", "tomorrow"),
            List.<Object>of(
                "pack", "--out", folder.resolve("p"), "--key", full.resolve("mine.txt")),
            List.<Object>of("pack", "--out", folder.resolve("p"), "--recipes", "none"),
            List.<Object>of("digest", full.resolve("mine.txt")),
            List.<Object>of("verify", folder.resolve("none")),
            List.<Object>of("verify", full, "--key", full.resolve("mine.txt")))) {
      CommandLineRun run = run(Stream.concat(Stream.of("evidence"), arguments.stream()).toArray());
      assertThat(run.exitCode()).as(arguments + run.err()).isEqualTo(ExitCode.BAD_INPUT);
      assertThat(run.err()).startsWith("stopline: ").doesNotContain("internal failure");
    }
    CommandLineRun licence =
        run("evidence", "pack", "--out", folder.resolve("p"), "--licence", "signs=ours");
    assertThat(licence.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(licence.err()).contains("a licence is given for data set 'signs'");
    assertThat(folder.resolve("p")).doesNotExist();
  }
}
