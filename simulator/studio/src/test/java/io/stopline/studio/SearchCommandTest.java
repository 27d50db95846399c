package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.scene.alteration.Alteration.Stickers;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.ScenarioFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SearchCommandTest {

  @Test
  void writesTheAlteredScenarioTheReportAndThePicture(@TempDir Path folder) throws IOException {
    Path out = folder.resolve("altered/drive.yaml");
    Path report = folder.resolve("report.json");
    Path picture = folder.resolve("sheet.png");

    CommandLineRun run =
        CommandLineRun.of(
            "search",
            "--seed",
            "4",
            "--queries",
            "150",
            "--threads",
            "2",
            "--out",
            out.toString(),
            "--json",
            report.toString(),
            "--picture",
            picture.toString());

    JsonNode json = new ObjectMapper().readTree(report.toFile());
    // So few queries may find something or not; the exit code says which.
    assertThat(run.exitCode()).isEqualTo(json.get("holds").asBoolean() ? 0 : 1);
    assertThat(run.out()).contains("stickers on at most 15 % of the sign", "benign twin");
    assertThat(json.get("command").asText()).isEqualTo("search");
    assertThat(json.get("queries").asLong()).isLessThanOrEqualTo(150);
    assertThat(json.get("coveredShare").asDouble()).isBetween(0.0, 0.1505);
    assertThat(json.at("/threatModel/knowledge").asText()).isEqualTo("score queries");
    assertThat(json.at("/clean/ensembleErrors/value").asDouble()).isLessThan(0.05);
    assertThat(json.at("/attackSuccessRate/of").asInt()).isEqualTo(json.get("frames").size());
    Scenario altered = ScenarioFile.read(out);
    assertThat(altered.signs().get(0).alteration()).isInstanceOf(Stickers.class);
    BufferedImage sheet = ImageIO.read(picture.toFile());
    assertThat(sheet.getWidth()).isEqualTo(1280);
  }

  @Test
  void refusesWhatCannotBeMeant(@TempDir Path folder) {
    CommandLineRun page = CommandLineRun.of("search", "--report", "found.json");
    assertThat(page.exitCode()).isEqualTo(2);
    assertThat(page.err()).contains("--report", "write --json found.json for its data");
    CommandLineRun area = CommandLineRun.of("search", "--area", "1.5");
    assertThat(area.exitCode()).isEqualTo(2);
    assertThat(area.err()).contains("--area is 1.5; it must be above 0 and at most 1");
    CommandLineRun sign = CommandLineRun.of("search", "--seed", "1", "--sign", "7");
    assertThat(sign.exitCode()).isEqualTo(2);
    assertThat(sign.err()).contains("--sign 7").contains("counted from 0");
    CommandLineRun both =
        CommandLineRun.of("search", folder.resolve("a.yaml").toString(), "--class", "3");
    assertThat(both.exitCode()).isEqualTo(2);
    assertThat(both.err()).contains("choose one with --sign");
    CommandLineRun none = CommandLineRun.of("search", "--class", "43");
    assertThat(none.exitCode()).isEqualTo(2);
    assertThat(none.err()).contains("0..42");
  }
}
