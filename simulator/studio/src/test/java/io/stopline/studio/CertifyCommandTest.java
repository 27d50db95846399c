package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.config.Bundle;
import io.stopline.testing.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole command on files that ship and real images, few of them. */
final class CertifyCommandTest {

  private static TinySigns signs;

  @BeforeAll
  static void cutSigns() throws IOException {
    signs = TinySigns.of(SharedFiles.path("data/gtsrb"));
  }

  @AfterAll
  static void removeSigns() throws IOException {
    signs.close();
  }

  @TempDir Path folder;

  private static CommandLineRun certify(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of("certify", "--data", signs.folder().toString(), "--split", "validation"));
    arguments.addAll(List.of(more));
    return CommandLineRun.of(arguments.toArray(String[]::new));
  }

  @Test
  void windowsOfABundleAreCertifiedAttackedReportedAndTakenUp() throws IOException {
    Path page = folder.resolve("out/page.html");
    Path kept = folder.resolve("run");
    String[] arguments = {
      "--kind",
      "patch",
      "--bundle",
      "traffic-signs",
      "--patch-side",
      "5",
      "--attack",
      "1",
      "--report",
      page.toString(),
      "--resume",
      kept.toString(),
      "--json",
      "-"
    };
    CommandLineRun run = certify(arguments);

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    JsonNode json = run.json();
    assertThat(json.at("/kind").asText()).isEqualTo("patch");
    assertThat(json.at("/identity/models/local-int8").asText())
        .isEqualTo(json.at("/hashes/model:local-int8").asText());
    assertThat(json.at("/identity/runtime").asText()).startsWith("TensorFlow Lite");
    assertThat(json.at("/identity/groups").asText()).isEqualTo(json.at("/hashes/groups").asText());
    int frames = 0;
    for (JsonNode result : json.path("results")) {
      assertThat(result.path("method").asText()).isEqualTo("windows");
      assertThat(result.path("certifiedDetection").path("of").asInt()).isEqualTo(43);
      assertThat(result.path("certifiedDetection").path("count").asInt())
          .isLessThanOrEqualTo(result.path("cleanAccuracy").path("count").asInt());
      if (result.path("unit").asText().equals("frame")) {
        frames++;
        assertThat(result.at("/attacked/inputs").asInt()).isEqualTo(1);
        assertThat(result.at("/attacked/broken").asInt()).isZero();
        assertThat(result.at("/attacked/control/patchSide").asInt()).isEqualTo(7);
        assertThat(result.at("/inferences/mean").asDouble()).isEqualTo(1);
      }
    }
    assertThat(frames).isEqualTo(2);
    // What is certified and what an attack found never stand in one row.
    for (JsonNode result : json.path("results")) {
      assertThat(result.has("robustAccuracy") || result.has("attackSuccessRate")).isFalse();
    }
    assertThat(Files.readString(page))
        .contains("What it does not say", "<svg", "local-int8", "Repeat it", "under attack");

    assertThat(Files.readAllLines(kept.resolve("batches.jsonl"))).hasSizeGreaterThan(1);
    CommandLineRun again = certify(arguments);
    assertThat(again.json().path("results").get(0).path("certifiedDetection"))
        .isEqualTo(json.path("results").get(0).path("certifiedDetection"));
    arguments[5] = "8";
    CommandLineRun other = certify(arguments);
    assertThat(other.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(other.err()).contains("holds another run");
  }

  @Test
  void whatDoesNotFitIsRefusedByName() throws IOException {
    CommandLineRun windows =
        certify("--kind", "patch", "--bundle", "traffic-signs", "--member", "res-int8");
    assertThat(windows.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(windows.err()).contains("'res-int8'", "small receptive field");

    CommandLineRun integers =
        certify(
            "--kind",
            "bounds",
            "--bundle",
            "traffic-signs",
            "--member",
            "local-int8",
            "--limit",
            "2");
    assertThat(integers.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(integers.err()).contains("integers", "float32");

    Path groups = Files.writeString(folder.resolve("g.yaml"), "groups:\n  a: [0]\n  b: [1]\n");
    CommandLineRun few =
        certify("--kind", "patch", "--bundle", "traffic-signs", "--groups", groups.toString());
    assertThat(few.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(few.err()).contains("g.yaml", "class 2 is in no group");
  }

  @Test
  void certificatesStandBesideAnAttackOnlyIfTheyAreOfTheSameFile() throws IOException {
    Path report = folder.resolve("c.json");
    certify(
        "--kind",
        "patch",
        "--bundle",
        "traffic-signs",
        "--patch-side",
        "5",
        "--limit",
        "4",
        "--json",
        report.toString());
    String[] attack = {
      "attack",
      "--model",
      "",
      "--data",
      signs.folder().toString(),
      "--limit",
      "4",
      "--attack",
      "noise",
      "--eps",
      "8/255",
      "--sanity",
      "none",
      "--certificate",
      report.toString(),
      "--json",
      "-"
    };
    Path models = Bundle.locate("traffic-signs").resolve("models");

    attack[2] = models.resolve("local-int8.tflite").toString();
    JsonNode same = CommandLineRun.of(attack).json();
    assertThat(same.at("/certified/results/0/method").asText()).isEqualTo("windows");
    assertThat(same.path("attacks").get(0).has("certifiedDetection")).isFalse();

    attack[2] = models.resolve("mobile-int8.tflite").toString();
    JsonNode other = CommandLineRun.of(attack).json();
    assertThat(other.has("certified")).isFalse();
    assertThat(other.at("/fallacies/0/rule").asText()).isEqualTo("foreign-certificate");
    assertThat(other.at("/warnings/0").asText()).contains("other files (local-int8)");
  }

  @Test
  void smoothingGivesACurveThatFalls() {
    CommandLineRun run =
        certify(
            "--kind",
            "smoothing",
            "--bundle",
            "traffic-signs",
            "--member",
            "mobile-int8",
            "--limit",
            "6",
            "--samples",
            "60",
            "--first-samples",
            "10",
            "--sigma",
            "0.06",
            "--json",
            "-");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    JsonNode result = run.json().path("results").get(0);
    assertThat(result.path("sigma").asDouble()).isEqualTo(0.06);
    double before = 1;
    for (JsonNode point : result.path("certifiedAccuracy")) {
      assertThat(point.path("value").asDouble()).isLessThanOrEqualTo(before);
      before = point.path("value").asDouble();
    }
    assertThat(before).isZero(); // 60 copies reach 1.2 σ, the curve ends at 3 σ
    assertThat(result.path("certifiedAccuracy").get(0).path("value").asDouble()).isPositive();
  }
}
