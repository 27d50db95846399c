package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.images.ImageFiles;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.ScenarioFile;
import io.stopline.scene.scenario.Sign;
import io.stopline.studio.chaos.SuspiciousBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code stopline scenario}: from a drive to an incident, and from that to a drive again. */
@Timeout(180)
final class ScenarioCommandTest {

  private static final String SCENARIO =
      """
      name: altered limit
      seed: 9
      camera: {framesPerSecond: 15, width: 640, height: 360, horizontalFieldOfViewDegrees: 34}
      vehicle: {fromMetres: 20, toMetres: 46}
      signs:
        - class: 2
          lateralMetres: 1.5
          heightMetres: 1.9
          alteration:
            stickers:
              - {x: 0.5, y: 0.86, width: 0.3, height: 0.06}
      """;

  @TempDir Path folder;

  @Test
  void anIncidentBecomesADriveThatShowsItAgain() throws IOException {
    Path drive = Files.writeString(folder.resolve("drive.yaml"), SCENARIO);
    // Suspects whatever its models doubt at all; the models are those that ship.
    Path bundle = SuspiciousBundle.make(Files.createDirectory(folder.resolve("bundle")));
    Path out = folder.resolve("out");
    CommandLineRun driven =
        CommandLineRun.of(
            "drive",
            drive.toString(),
            "--out",
            out.toString(),
            "--judge",
            "--bundle",
            bundle.toString(),
            "--policy",
            "int8");
    assertThat(driven.exitCode()).as(driven.err()).isEqualTo(ExitCode.OK);
    Path incident = out.resolve("incidents/incident-1.json");
    assertThat(incident).as(driven.out()).exists();
    assertThat(
            CommandLineRun.of("replay", incident.toString(), "--bundle", bundle.toString())
                .exitCode())
        .isEqualTo(ExitCode.OK);

    Path made = folder.resolve("made/again.yaml");
    String[] command = {
      "scenario",
      "from-incident",
      incident.toString(),
      "--out",
      made.toString(),
      "--bundle",
      bundle.toString(),
      "--json",
      "-"
    };
    CommandLineRun run = CommandLineRun.of(command);
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    JsonNode report = run.json();
    assertThat(report.path("labelRecurs").asBoolean()).isTrue();
    assertThat(report.path("decisionRecurs").asBoolean()).isTrue();
    assertThat(report.path("incidentsRaised").asInt()).isPositive();
    assertThat(run.err()).contains("what the models said, not necessarily the truth");
    assertThat(Files.readString(made))
        .contains("which is not necessarily the truth")
        .contains("640×360 px");

    // The path is found again but for the field of view, which nobody recorded: the picture counts.
    Scenario scenario = ScenarioFile.read(made);
    assertThat(scenario.camera().width()).isEqualTo(640);
    assertThat(scenario.camera().framesPerSecond()).isEqualTo(15);
    Sign sign = scenario.signs().get(0);
    assertThat(sign.signClass()).isEqualTo(2);
    assertThat(sign.lateralMetres()).isBetween(1.2, 1.8);
    assertThat(sign.heightMetres()).isBetween(1.7, 2.1);
    assertThat(ImageFiles.read(folder.resolve("made/again-face.png")).width())
        .isGreaterThanOrEqualTo(64);

    CommandLineRun again = CommandLineRun.of(command);
    assertThat(again.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(again.err()).contains("is there already").contains("--force");

    // Shown as another sign, and not driven.
    CommandLineRun other =
        CommandLineRun.of(
            "scenario",
            "from-incident",
            incident.toString(),
            "--out",
            made.toString(),
            "--force",
            "--class",
            "14",
            "--no-verify",
            "--frame-size",
            "800x600");
    assertThat(other.exitCode()).as(other.err()).isEqualTo(ExitCode.OK);
    assertThat(other.out()).doesNotContain("driven again");
    assertThat(Files.readString(made)).contains("class: 14 was given by hand");
    assertThat(ScenarioFile.read(made).camera().height()).isEqualTo(600);

    // No model could be run: there is no label to go by.
    ObjectNode blind = (ObjectNode) new ObjectMapper().readTree(incident.toFile());
    blind.put("label", -1);
    Path blindFile = folder.resolve("blind.json");
    new ObjectMapper().writeValue(blindFile.toFile(), blind);
    CommandLineRun refused =
        CommandLineRun.of(
            "scenario", "from-incident", blindFile.toString(), "--out", folder + "/b.yaml");
    assertThat(refused.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(refused.err()).contains("--class");
  }

  @Test
  void whatIsNoIncidentIsRefused() throws IOException {
    Path none = Files.writeString(folder.resolve("none.json"), "{}");
    CommandLineRun run =
        CommandLineRun.of(
            "scenario", "from-incident", none.toString(), "--out", folder + "/x.yaml");
    assertThat(run.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(run.err()).contains("is no incident");
  }

  @Test
  void checkTellsWhatADriveShows() throws IOException {
    Path file = Files.writeString(folder.resolve("drive.yaml"), SCENARIO);
    CommandLineRun run = CommandLineRun.of("scenario", "check", file.toString());
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    assertThat(run.out())
        .contains("altered limit: 28 frames of 640×360 px, 26.0 m in 1.9 s at 50 km/h, 1 signs")
        .contains("sign 0: class 2, stickers; in 28 frames, near in ");
  }

  @Test
  void checkTellsWhatIsWrong() throws IOException {
    Path file = Files.writeString(folder.resolve("drive.yaml"), SCENARIO + "x: 1\n");
    CommandLineRun run = CommandLineRun.of("scenario", "check", file.toString());
    assertThat(run.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(run.err()).contains(file + ":12: key 'x' is unknown");
    assertThat(CommandLineRun.of("scenario").exitCode()).isEqualTo(ExitCode.BAD_INPUT);
  }
}
