package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.config.Bundle;
import io.stopline.config.BundleWriter;
import io.stopline.testing.PolicyText;
import io.stopline.testing.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
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
    assertThat(json.at("/identity/models/windows-int8").asText())
        .isEqualTo(json.at("/hashes/model:windows-int8").asText());
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
        assertThat(result.at("/attacked/controls/0/patchSide").asInt()).isEqualTo(7);
        assertThat(result.at("/inferences/mean").asDouble()).isEqualTo(1);
      }
    }
    assertThat(frames).isEqualTo(2);
    assertThat(json.path("warnings").toString())
        .contains("windows-int8: the check 'certified-windows' of policy 'int8' asks it");
    // What is certified and what an attack found never stand in one row.
    for (JsonNode result : json.path("results")) {
      assertThat(result.has("robustAccuracy") || result.has("attackSuccessRate")).isFalse();
    }
    assertThat(Files.readString(page))
        .contains("What it does not say", "How it is counted", "windows-int8", "Repeat it")
        .contains("certified tracks over false alarms", "certified frames over", "under attack")
        // The worst inputs, with what decides over them.
        .contains("class=\"outlined\"", "<rect x=");

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
    assertThat(windows.err()).contains("'res-int8'", "small receptive field", "--method masks");

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
  void testFramesAreJudgedOneByOneAndTheReportSaysSo() throws IOException {
    Path data = withTestSplit();
    String[] arguments = {
      "certify",
      "--data",
      data.toString(),
      "--split",
      "test",
      "--kind",
      "patch",
      "--bundle",
      "traffic-signs",
      "--limit",
      "20",
      "--patch-side",
      "5",
      "--json",
      "-"
    };
    CommandLineRun run = CommandLineRun.of(arguments);

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    assertThat(run.err()).contains("test-runs.log");
    JsonNode json = run.json();
    assertThat(json.path("counting").toString())
        .contains("one by one at threshold 0", "A false alarm is", "There are no rows of tracks");
    assertThat(json.path("results")).hasSize(2);
    for (JsonNode result : json.path("results")) {
      assertThat(result.path("unit").asText()).isEqualTo("frame");
      assertThat(result.path("threshold").asDouble()).isZero();
      assertThat(result.path("falseAlarmRate").path("of").asInt()).isEqualTo(20);
    }
    // Nothing but the report goes to standard output.
    assertThat(run.out()).startsWith("{");
  }

  /** The same signs once more as test data, which do not say which frames show one sign. */
  private Path withTestSplit() throws IOException {
    Path data = copy(signs.folder(), folder.resolve("signs"));
    Path test = copy(data.resolve("train"), data.resolve("test"));
    Path index = test.resolve("index.csv");
    List<String> rows = new ArrayList<>();
    for (String row : Files.readAllLines(index)) {
      String[] cells = row.split(",", -1);
      boolean head = rows.isEmpty();
      rows.add(head ? row : String.join(",", List.of(cells).subList(0, cells.length - 2)) + ",,");
    }
    Files.write(index, rows);
    return data;
  }

  private static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
    return to;
  }

  @Test
  void aBundleSaysWhichModelCertifies() throws IOException {
    Path bundle = copy(Bundle.locate("traffic-signs"), folder.resolve("bundle"));
    Path list = bundle.resolve("bundle.yaml");
    Path policy = bundle.resolve("policies/int8.yaml");
    Files.writeString(policy, PolicyText.plain());
    BundleWriter.reseal(bundle);
    String shipped = Files.readString(list);
    String entry = "certified: {model: windows-int8, table: traffic-signs}\n";
    assertThat(shipped).contains(entry);
    String[] arguments = {
      "--kind",
      "patch",
      "--bundle",
      bundle.toString(),
      "--limit",
      "2",
      "--no-recovery",
      "--json",
      "-"
    };

    // Where nobody names one, all members that can.
    Files.writeString(list, shipped.replace(entry, ""));
    CommandLineRun open = certify(arguments);
    assertThat(open.exitCode()).as(open.err()).isEqualTo(ExitCode.OK);
    assertThat(open.json().at("/results/0/model").asText()).isEqualTo("local-int8");
    assertThat(open.json().path("warnings").toString()).contains("local-int8: neither a check");

    Files.writeString(list, shipped.replace(entry, "certified: {model: local-float32}\n"));
    CommandLineRun named = certify(arguments);
    assertThat(named.exitCode()).as(named.err()).isEqualTo(ExitCode.OK);
    assertThat(named.json().at("/results/0/model").asText()).isEqualTo("local-float32");
    assertThat(named.json().path("warnings").toString()).contains("'certified' in bundle.yaml");

    // A policy that has the check says more than that.
    Files.writeString(
        policy,
        Files.readString(policy)
            .replace(
                "checks:\n",
                "checks:\n  - certified-windows: {members: [local-int8], patch: 5, level: group,"
                    + " table: traffic-signs, weight: 1}\n"));
    BundleWriter.reseal(bundle);
    CommandLineRun checked = certify(arguments);
    assertThat(checked.exitCode()).as(checked.err()).isEqualTo(ExitCode.OK);
    assertThat(checked.json().at("/results/0/model").asText()).isEqualTo("local-int8");
    assertThat(checked.json().path("warnings").toString())
        .contains("'certified-windows' of policy 'int8'");

    Files.writeString(
        list, Files.readString(list).replace("model: local-float32", "model: nobody"));
    CommandLineRun unknown = certify(arguments);
    assertThat(unknown.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(unknown.err()).contains("bundle.yaml:8", "'certified.model' is 'nobody'");
  }

  @Test
  void certificatesStandBesideAnAttackOnlyIfTheyAreOfTheSameFile() throws IOException {
    Path report = folder.resolve("c.json");
    certify(
        "--kind",
        "patch",
        "--bundle",
        "traffic-signs",
        "--member",
        "local-int8",
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
