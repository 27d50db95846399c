package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.testing.LabelledBoxesModel;
import io.stopline.testing.YoloModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short real run; times are not asserted, because a test machine may be busy. */
final class BenchCommandTest {

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  @Test
  void reportsWhatGuardingCostsAndWhatItWasMeasuredOn() throws IOException {
    assertThat(run("bench", "--seconds", "1", "--policy", "int8", "--json", "-"))
        .as(err::toString)
        .isEqualTo(ExitCode.OK);

    // Standard output holds the report alone.
    JsonNode report = new ObjectMapper().readTree(out.toString());
    assertThat(report.path("command").asText()).isEqualTo("bench");
    assertThat(report.path("hashes").path("policy").asText()).hasSize(64);
    assertThat(report.path("hardware").path("cores").asInt()).isPositive();
    assertThat(report.path("warnings").isArray()).isTrue();
    double bare = report.path("bareMicros").asDouble();
    double mean = report.path("guardedMicrosMean").asDouble();
    double passes = report.path("passesMean").asDouble();
    assertThat(bare).isBetween(1.0, 1e6);
    assertThat(report.path("directMicros").asDouble()).isBetween(1.0, 1e6);
    assertThat(passes).isBetween(3.0, 100.0);
    // More than one inference of the smallest model, whatever else the machine does.
    assertThat(mean).isGreaterThan(bare);
    assertThat(report.path("guardedMicrosP99").asDouble()).isGreaterThanOrEqualTo(mean / 2);
    assertThat(report.path("ratioMean").asDouble()).isCloseTo(mean / bare, within(1e-6));
    assertThat(report.path("ratioP99").asDouble()).isPositive();
    assertThat(report.path("overheadWithoutInference").asDouble()).isBetween(0.001, 0.95);
    // The verdict and what it holds; a crop or a tensor would be larger.
    JsonNode frame = report.path("frame");
    assertThat(frame.path("width").asInt()).isEqualTo(1360);
    for (String part : List.of("frameMicros", "findMicros", "judgeMicros", "decodeMicros")) {
      assertThat(frame.path(part).asDouble()).as(part).isPositive();
    }
    assertThat(frame.path("framesPerSecond").asDouble()).isPositive();
    assertThat(report.path("bytesPerInspection").asDouble()).isBetween(16.0, 20_000.0);
    assertThat(report.path("models")).hasSize(5);
    // An accepted label needs no words.
    JsonNode accepted = report.path("accepted");
    assertThat(accepted.path("inspections").asInt()).isPositive();
    assertThat(accepted.path("micros").asDouble()).isGreaterThan(bare);
    assertThat(accepted.path("overheadWithoutInference").asDouble()).isBetween(0.001, 0.95);
    assertThat(accepted.path("bytesPerInspection").asDouble()).isBetween(16.0, 1024.0);
    // What the policy certifies with is timed by itself.
    JsonNode windows = report.path("windows").path(0);
    assertThat(windows.path("model").asText()).isEqualTo("windows-int8");
    assertThat(windows.path("windowsMicros").asDouble()).isBetween(0.5, 1e4);
  }

  @Test
  void aBareDetectorIsTimedInItsParts() throws IOException {
    Path model = Files.write(folder.resolve("best.tflite"), LabelledBoxesModel.BEST.bytes());
    Path labels = Files.writeString(folder.resolve("labels.txt"), YoloModel.LABELS);
    String[] command = {
      "bench",
      "--detector",
      model.toString(),
      "--labels",
      labels.toString(),
      "--format",
      "labelled-boxes",
      "--seconds",
      "1",
      "--json",
      "-"
    };
    assertThat(run(command)).as(err::toString).isEqualTo(ExitCode.OK);

    JsonNode report = new ObjectMapper().readTree(out.toString());
    assertThat(report.path("command").asText()).isEqualTo("bench");
    assertThat(report.path("format").asText()).isEqualTo("labelled-boxes");
    assertThat(report.path("hashes").path("model:best.tflite").asText()).hasSize(64);
    double inference = report.path("inferenceMicros").asDouble();
    double frame = report.path("frameMicrosMean").asDouble();
    assertThat(inference).isPositive().isLessThan(frame);
    assertThat(report.path("decodeMicros").asDouble()).isPositive().isLessThan(frame);
    assertThat(report.path("frameMicrosP99").asDouble())
        .isGreaterThanOrEqualTo(report.path("frameMicrosP50").asDouble());
    assertThat(report.path("frames").asInt()).isGreaterThan(3);

    command[6] = "yolo-v8";
    assertThat(run(command)).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(err.toString()).contains("--format labelled-boxes");
    assertThat(run("bench", "--detector", model.toString(), "--seconds", "0"))
        .isEqualTo(ExitCode.BAD_INPUT);
  }

  @Test
  void impossibleSecondsAndMissingBundlesAreBadInput() {
    assertThat(run("bench", "--seconds", "0")).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(run("bench", "--bundle", folder.resolve("none").toString()))
        .isEqualTo(ExitCode.BAD_INPUT);
    assertThat(run("bench", "--policy", "unheard-of")).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(err.toString()).contains("--seconds is 0").contains("none").contains("unheard-of");
  }
}
