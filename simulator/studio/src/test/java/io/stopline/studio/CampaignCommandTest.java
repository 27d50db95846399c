package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.scene.scenario.ScenarioFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code campaign}: one short drive for real; what is asked of the finished run afterwards is
 * quick.
 */
final class CampaignCommandTest {

  /**
   * Passed by everyone whose clean and benign tracks there are, unless it asks for the impossible.
   */
  private static final String CAMPAIGN =
      """
      name: short
      drives:
        tracks: 1
        classes: [14]
        scenario:
          camera: {framesPerSecond: 6, width: 640, height: 360}
          vehicle: {speedMetresPerSecond: 12}
      alterations: [{kind: stickers}]
      attackers: [{name: unaware, knows: models, queries: 100}]
      gate:
        criteria:
          - {figure: suspected, of: clean, atMost: 1}
          - {figure: suspected, of: benign, atMost: %s}
      """;

  @TempDir private Path folder;

  @Test
  void aRunIsJudgedOnceAndItsGateAsOftenAsAsked() throws IOException {
    Path file = folder.resolve("short.yaml");
    Path out = folder.resolve("out");
    Files.writeString(file, CAMPAIGN.formatted("1"));
    String[] run = {"campaign", file.toString(), "--out", out.toString()};

    CommandLineRun first = CommandLineRun.of(with(run, "--json", "-"));

    assertThat(first.exitCode()).as(first.err()).isZero();
    JsonNode report = new ObjectMapper().readTree(first.out());
    assertThat(report.path("drives")).hasSize(2 * 3);
    assertThat(report.at("/gate/passed").asBoolean()).isTrue();
    assertThat(report.at("/guarded/signRunRate/of").asInt()).isEqualTo(3);
    assertThat(report.at("/hashes/campaign").asText()).hasSize(64);
    for (String name :
        List.of("rows.csv", "report.json", "report.html", "gate.junit.xml", "gate.sarif")) {
      assertThat(out.resolve(name)).isRegularFile();
    }
    assertThat(
            ScenarioFile.read(out.resolve("scenarios/shipped/00000-attack-unaware.yaml"))
                .signs()
                .get(0)
                .alteration())
        .isNotNull();
    List<String> rows = Files.readAllLines(out.resolve("rows.csv"));

    // Criteria are no part of what was driven: the finished run is judged anew.
    Files.writeString(file, CAMPAIGN.formatted("0, atLeast: 1"));
    CommandLineRun failed = CommandLineRun.of(run);
    assertThat(failed.exitCode()).as(failed.err()).isEqualTo(1);
    assertThat(failed.out()).contains("FAILED: suspected of benign");
    assertThat(Files.readAllLines(out.resolve("rows.csv"))).isEqualTo(rows);
    assertThat(Files.readString(out.resolve("gate.junit.xml"))).contains("failures=\"1\"");

    Files.writeString(file, CAMPAIGN.formatted("1"));
    Path history = folder.resolve("history");
    CommandLineRun night = CommandLineRun.of(with(run, "--history", history.toString()));
    assertThat(night.exitCode()).as(night.err()).isZero();
    assertThat(Files.readAllLines(history.resolve("history.csv"))).hasSize(1 + 2);
    assertThat(history.resolve("trend.html")).isRegularFile();
    CommandLineRun undefended = CommandLineRun.of(with(run, "--gate-on", "undefended"));
    assertThat(undefended.out()).contains("gate passed for undefended");

    // Another campaign's run is no baseline.
    Path other = folder.resolve("other");
    Files.createDirectories(other);
    Files.writeString(
        other.resolve("report.json"), "{\"hashes\": {\"campaign\": \"00\"}, \"drives\": []}");
    CommandLineRun closed = CommandLineRun.of(with(run, "--baseline", other.toString()));
    assertThat(closed.exitCode()).isEqualTo(1);
    assertThat(closed.out()).contains("gate closed: the baseline").contains("another campaign");
    CommandLineRun same = CommandLineRun.of(with(run, "--baseline", out.toString()));
    assertThat(same.exitCode()).as(same.err()).isZero();
  }

  @Test
  void refusesWhatCannotBeMeant() throws IOException {
    CommandLineRun none = CommandLineRun.of("campaign", "nowhere", "--out", folder.toString());
    assertThat(none.exitCode()).isEqualTo(2);
    assertThat(none.err()).contains("there is no campaign 'nowhere'");
    Path file = folder.resolve("short.yaml");
    Files.writeString(file, CAMPAIGN.formatted("1"));
    String[] run = {"campaign", file.toString(), "--out", folder.resolve("out").toString()};
    CommandLineRun guard = CommandLineRun.of(with(run, "--gate-on", "nobody"));
    assertThat(guard.exitCode()).isEqualTo(2);
    assertThat(guard.err()).contains("'nobody' is no guard").contains("shipped");
    CommandLineRun bundle = CommandLineRun.of(with(run, "--bundle", "nothing-here"));
    assertThat(bundle.exitCode()).isEqualTo(2);
    assertThat(bundle.err()).contains("nothing-here");
    CommandLineRun tracks = CommandLineRun.of(with(run, "--tracks", "0"));
    assertThat(tracks.exitCode()).isEqualTo(2);
    assertThat(tracks.err()).contains("--tracks is 0; give at least 1");
  }

  private static String[] with(String[] first, String... more) {
    String[] all = Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return all;
  }
}
