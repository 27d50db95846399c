package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.testing.SharedFiles;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The whole command on real models and images, few of them. */
final class TransferCommandTest {

  private static TinySigns signs;

  @BeforeAll
  static void cutSigns() throws IOException {
    signs = TinySigns.of(SharedFiles.path("data/gtsrb"));
  }

  @AfterAll
  static void removeSigns() throws IOException {
    signs.close();
  }

  @Test
  void theMatrixOfTwoModels() {
    CommandLineRun run =
        CommandLineRun.of(
            "attacks",
            "transfer",
            "--model",
            SharedFiles.path("models/mobile-float32.tflite").toString(),
            "--model",
            SharedFiles.path("models/mobile-int8.tflite").toString(),
            "--data",
            signs.folder().toString(),
            "--limit",
            "16",
            "--option",
            "steps=4",
            "--json",
            "-");

    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    JsonNode json = run.json();
    assertThat(json.at("/command").asText()).isEqualTo("attacks transfer");
    assertThat(json.at("/attacked").asInt()).isBetween(10, 16);
    assertThat(json.at("/sources/0/name").asText()).isEqualTo("mobile-float32.tflite");
    assertThat(json.at("/sources/0/fooled").asInt()).isPositive();
    assertThat(json.at("/sources/0/targets/0/transferRate/value").asDouble()).isEqualTo(1);
    // The quantised file has the same weights: what fools one fools the other.
    assertThat(json.at("/meanTransferRate").asDouble()).isGreaterThan(0.7);
    assertThat(run.err()).contains("of what fooled one fooled another");
  }

  @Test
  void oneModelIsRefused() {
    CommandLineRun run =
        CommandLineRun.of(
            "attacks",
            "transfer",
            "--model",
            SharedFiles.path("models/mobile-float32.tflite").toString(),
            "--data",
            signs.folder().toString(),
            "--limit",
            "4");
    assertThat(run.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(run.err()).contains("name two or more");
  }

  @Test
  void aBudgetInLevelsIsRefused() {
    String model = SharedFiles.path("models/mobile-float32.tflite").toString();
    CommandLineRun run =
        CommandLineRun.of(
            "attacks",
            "transfer",
            "--model",
            model,
            "--model",
            model,
            "--data",
            signs.folder().toString(),
            "--eps",
            "8");
    assertThat(run.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(run.err()).contains("eps is '8'", "did you mean 8/255?");
  }
}
