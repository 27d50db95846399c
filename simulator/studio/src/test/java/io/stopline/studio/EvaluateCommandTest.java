package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.Bundle;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Evaluation;
import io.stopline.evaluation.Evaluator;
import io.stopline.evaluation.PromiseCheck;
import io.stopline.evaluation.Sample;
import io.stopline.evaluation.Track;
import io.stopline.testing.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs on a few real images only: the whole test split takes minutes. */
final class EvaluateCommandTest {

  @TempDir Path folder;

  private static String gtsrb() {
    return SharedFiles.path("data/gtsrb").toString();
  }

  @Test
  void aReportHasTheNamesThatGatesRead() {
    CommandLineRun run =
        CommandLineRun.of(
            "evaluate",
            "--data",
            gtsrb(),
            "--split",
            "validation",
            "--limit",
            "60",
            "--splits",
            "0",
            "--json",
            "-");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    JsonNode report = run.json();
    assertThat(report.fieldNames())
        .toIterable()
        .contains(
            "command",
            "version",
            "seed",
            "hashes",
            "hardware",
            "warnings",
            "data",
            "models",
            "ensemble",
            "guard");
    assertThat(report.at("/data/inputs").asInt()).isEqualTo(60);
    assertThat(report.get("models")).hasSize(10);
    for (JsonNode model : report.get("models")) {
      assertThat(model.get("sha256").asText()).hasSize(64);
      // A wrong input encoding would show at once; the adversarial member reads nine of ten.
      assertThat(model.at("/accuracy/value").asDouble()).isGreaterThan(0.8);
    }
    assertThat(report.at("/ensemble/accuracy/count").asInt()).isGreaterThan(55);
    JsonNode guard = report.get("guard");
    int accepted = 60 - guard.at("/falseAlarmRate/count").asInt();
    assertThat(guard.at("/guardedAccuracy/count").asInt()).isBetween(accepted - 3, accepted);
    assertThat(guard.get("falseAlarmRatePerTrack").isNull()).isTrue();
    assertThat(guard.get("promisedFalseAlarmRate").asDouble()).isBetween(0.001, 0.2);
    assertThat(report.get("warnings").toString())
        .contains("no attack was run", "seen in training", "a sample of 60");
  }

  @Test
  void aListedSampleIsTakenAndRepeatsToTheLastBit() throws IOException {
    Path list = Files.writeString(folder.resolve("sample.txt"), "# three of them\n5\n900\n2\n");
    String[] args = {
      "evaluate",
      "--data",
      gtsrb(),
      "--sample",
      list.toString(),
      "--splits",
      "0",
      "--threads",
      "1",
      "--json",
      "-"
    };
    ObjectNode first = (ObjectNode) CommandLineRun.of(args).json();
    args[8] = "2";
    ObjectNode second = (ObjectNode) CommandLineRun.of(args).json();
    assertThat(first.at("/data/inputs").asInt()).isEqualTo(3);
    // When it ran, and on how many threads, are all that may differ.
    first.remove(List.of("date", "repeat"));
    second.remove(List.of("date", "repeat"));
    assertThat(second).isEqualTo(first);
  }

  @Test
  void aBadSampleListIsBadInput() throws IOException {
    Path list = Files.writeString(folder.resolve("sample.txt"), "5\n99999\n");
    CommandLineRun run =
        CommandLineRun.of("evaluate", "--data", gtsrb(), "--sample", list.toString());
    assertThat(run.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(run.err()).contains("line 2", "99999");
  }

  @Test
  void thePromiseIsCheckedOnTracksThatNoModelSaw() {
    Dataset data = Dataset.open(gtsrb().isEmpty() ? Path.of("") : Path.of(gtsrb()));
    // Every sixth track with three of its thirty frames: enough to see the figures come together.
    List<Track> heldOut =
        IntStream.range(0, 20)
            .mapToObj(i -> data.heldOutTracks().get(6 * i))
            .map(
                t ->
                    new Track(
                        t.id(),
                        t.label(),
                        t.split(),
                        t.heldOut(),
                        List.of(t.frames().get(5), t.frames().get(15), t.frames().get(25))))
            .toList();
    List<Sample> samples = data.split("validation").samples().subList(0, 2);
    Bundle bundle = Bundle.load(Bundle.locate(BundleOptions.SHIPPED));

    Evaluation result =
        new Evaluator(bundle, bundle.policy(null), 2, 7).run(samples, heldOut, 50, n -> {});

    PromiseCheck promise = result.promise();
    assertThat(promise).isNotNull();
    assertThat(promise.tracks()).isEqualTo(20);
    assertThat(promise.checkedRate())
        .isEqualTo(Math.max(bundle.policy(null).policy().falseAlarmRate(), 1.0 / 11));
    assertThat(promise.rate().of()).isEqualTo(50 * 10);
    assertThat(promise.broken()).isFalse();
    assertThat(result.labelDifferences()).isZero();
  }
}
