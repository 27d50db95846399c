package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.campaign.Realism;
import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.image.Image;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a few renderings only; how well signs are read is tested where they are rendered. */
final class RealismCommandTest {

  @TempDir Path folder;

  @Test
  void aReportAndASheetAreWritten() {
    Path sheet = folder.resolve("new/sheet.png");
    CommandLineRun run =
        CommandLineRun.of(
            "realism", "--count", "5", "--seed", "3", "--json", "-", "--sheet", sheet.toString());

    JsonNode report = run.json();
    boolean every = true;
    for (JsonNode rate : report.get("models")) {
      assertThat(rate.get("of").asInt()).isEqualTo(5);
      every &= rate.get("value").asDouble() >= Realism.GOAL;
    }
    assertThat(run.exitCode()).as(run.err()).isEqualTo(every ? ExitCode.OK : ExitCode.FOUND);
    assertThat(report.get("command").asText()).isEqualTo("realism");
    assertThat(report.get("seed").asLong()).isEqualTo(3);
    assertThat(report.get("classes")).hasSize(43);
    assertThat(report.get("hashes").has("policy")).isTrue();
    Image drawn = ImageFiles.read(sheet);
    assertThat(drawn.width()).isGreaterThan(300);
  }

  @Test
  void wrongUseIsNamedBeforeAnythingIsFilmed() {
    CommandLineRun none = CommandLineRun.of("realism", "--count", "0");
    CommandLineRun noSheet = CommandLineRun.of("realism", "--data", folder.toString());

    assertThat(none.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(none.err()).contains("--count is 0");
    assertThat(noSheet.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(noSheet.err()).contains("--sheet");
  }
}
