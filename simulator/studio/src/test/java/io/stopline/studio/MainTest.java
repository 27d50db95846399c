package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.image.Image;
import io.stopline.testing.SlowImages;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line as scripts see it: exit codes, and what goes to which stream. */
final class MainTest {

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  @Test
  void helpListsEveryCommandAndTheExitCodes() {
    assertThat(run("--help")).isEqualTo(ExitCode.OK);
    assertThat(out.toString())
        .contains("agent", "monitor", "inspect", "evaluate", "replay", "data", "doctor")
        .contains("Exit codes:");
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"inspect", "evaluate", "replay", "doctor", "data", "data pack", "data render"})
  void eachCommandExplainsItself(String command) {
    assertThat(run((command + " --help").split(" "))).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).contains("Usage: stopline " + command);
    if (!command.equals("data")) {
      assertThat(out.toString()).contains("--json", "--seed");
    }
  }

  @Test
  void versionNamesTheBuild() {
    assertThat(run("--version")).isEqualTo(ExitCode.OK);
    assertThat(out.toString()).matches("(?s)stopline \\d+\\.\\d+.*Java 1?\\d.*");
  }

  @Test
  void noCommandIsWrongUsage() {
    assertThat(run()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(err.toString())
        .contains("name a command", "--help", "stopline demo", "stopline doctor", "guard init");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void anUnknownCommandAndAnUnknownOptionAreWrongUsage() {
    assertThat(run("evaluat")).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(run("doctor", "--wrong")).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(err.toString()).contains("evaluat").contains("--wrong");
  }

  @Test
  void aMissingDataSetIsBadInputInOneLine() {
    assertThat(run("evaluate", "--data", folder.resolve("none").toString()))
        .isEqualTo(ExitCode.BAD_INPUT);
    assertThat(err.toString()).contains("none").contains("does not exist").doesNotContain("\tat ");
  }

  @Test
  void anArgumentThatTheLocaleCannotSayIsRefused() {
    assertThat(run("inspect", "Stra\uFFFD\uFFFDe.png")).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(err.toString()).contains("locale's encoding", "set LC_ALL=C.UTF-8");
  }

  /** The command line is in order, the machine is not. */
  @Test
  void aFullDiskIsTheMachinesFailureAndNamesTheFile() {
    Assumptions.assumeTrue(Files.isWritable(Path.of("/dev/full")), "no /dev/full here");
    String scenario =
        Path.of(System.getProperty("stopline.root", "../.."), "docs/scenarios/stop-clean.yaml")
            .toString();
    assertThat(run("scenario", "check", scenario, "--json", "/dev/full"))
        .isEqualTo(ExitCode.INTERNAL);
    assertThat(err.toString()).contains("'/dev/full' cannot be written").doesNotContain("\tat ");
  }

  /** A writer swallows what its stream did not take. */
  @Test
  void outputThatWasNotTakenIsNoSuccess() throws Exception {
    Assumptions.assumeTrue(Files.isWritable(Path.of("/dev/full")), "no /dev/full here");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--version")
            .redirectOutput(new File("/dev/full"))
            .start();
    String told = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(ExitCode.INTERNAL);
    assertThat(told).contains("standard output did not take all of it");
  }

  @Test
  void verboseAddsTheStackTrace() {
    run("-v", "evaluate", "--data", "x");
    assertThat(err.toString()).contains("-v");
    run("evaluate", "-v", "--data", folder.resolve("none").toString());
    assertThat(err.toString()).contains("\tat io.stopline.");
  }

  @Test
  void packedDataAreReportedAsJsonAlone() throws IOException {
    Path images = Files.createDirectories(folder.resolve("in put/stop"));
    for (int i = 0; i < 3; i++) {
      ImageFiles.writePng(Image.black(20, 20), images.resolve(i + ".png"));
    }
    int code =
        run(
            "data",
            "pack",
            "--from",
            folder.resolve("in put").toString(),
            "--out",
            folder.resolve("out").toString(),
            "--json",
            "-");
    assertThat(err.toString()).contains("packed 3 training");
    assertThat(code).isEqualTo(ExitCode.OK);
    JsonNode report = new ObjectMapper().readTree(out.toString());
    assertThat(report.get("command").asText()).isEqualTo("data pack");
    assertThat(report.get("trainImages").asInt()).isEqualTo(3);
    assertThat(report.get("warnings").toString())
        .contains("each of the 3 images counts as a track");
    assertThat(err.toString()).contains("warning: nothing says which images show the same sign");
    assertThat(report.get("seed").asLong()).isEqualTo(CommonOptions.DEFAULT_SEED);
  }

  @Test
  void aReportThatCannotBeWrittenIsBadInput() throws IOException {
    Path images = Files.createDirectories(folder.resolve("in/stop"));
    ImageFiles.writePng(Image.black(20, 20), images.resolve("0.png"));
    Path file = Files.createFile(folder.resolve("file"));
    int code =
        run(
            "data",
            "pack",
            "--from",
            folder.resolve("in").toString(),
            "--out",
            folder.resolve("out").toString(),
            "--json",
            file.resolve("report.json").toString());
    assertThat(code).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(err.toString()).contains("report.json");
    assertThat(folder.resolve("out")).doesNotExist();
    assertThat(run("doctor", "--json", folder.toString())).isEqualTo(ExitCode.BAD_INPUT);
  }

  @Test
  void imagesThatAreNoneAreToldBeforeAnythingElse() throws IOException {
    Path text = Files.writeString(folder.resolve("text.png"), "hello");
    assertThat(run("inspect", text.toString())).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(err.toString()).contains("text.png").contains("not a PNG");
    assertThat(run("inspect", "--region", "1,2,3", text.toString())).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(err.toString()).contains("X,Y,WIDTH,HEIGHT");
    Path image = folder.resolve("ok.png");
    ImageFiles.writePng(Image.black(20, 20), image);
    assertThat(run("inspect", "--region", "0,0,21,20", image.toString()))
        .isEqualTo(ExitCode.BAD_INPUT);
    assertThat(err.toString()).contains("20×20 px");
    Path scans = folder.resolve("scans.jpg");
    Files.write(scans, SlowImages.manyScans(64, 64, 1500));
    assertThat(run("inspect", scans.toString())).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(err.toString()).contains("scans.jpg").contains("more than 32 scans");
  }

  @Test
  void whatIsNoIncidentIsBadInput() throws IOException {
    Path file = Files.writeString(folder.resolve("incident.json"), "{\"schemaVersion\": 1}");
    assertThat(run("replay", file.toString())).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(err.toString()).contains("incident.json").contains("is no incident");
    assertThat(run("replay", folder.resolve("none.json").toString())).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(err.toString()).contains("none.json").contains("no such file");
  }

  @ParameterizedTest
  @CsvSource({"attack,--patch-area", "bench,--threads"})
  void aDetectorsOwnOptionsAreShownWithoutAFile(String command, String option) {
    CommandLineRun run = CommandLineRun.of(command, "--detector", "--help");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    assertThat(run.out()).contains("--detector", option);
    assertThat(CommandLineRun.of(command, "--help").out().replaceAll("\\s+", " "))
        .contains(command + " --detector --help");
  }
}
