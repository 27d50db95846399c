package io.stopline.campaign.proving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.campaign.robustness.ForeignRunException;
import io.stopline.config.BundleWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped bundle on drives that are rendered for the test. */
class CampaignRunnerTest {

  @TempDir private Path folder;

  @Test
  void aRunThatWasKilledGivesTheSameTableOnAnyNumberOfThreads() throws IOException {
    Campaign campaign =
        Campaigns.quick()
            .judging(
                List.of(
                    new Campaign.GuardChoice(
                        "shipped", "../../firmware-config/bundles/traffic-signs", null)));
    CampaignRunner runner = new CampaignRunner(campaign);
    Path whole = folder.resolve("whole");
    List<Row> rows = runner.run(whole, 2, () -> false, () -> {});
    // Guard and bare models on clean, benign and attacked drives.
    assertThat(rows).hasSize(2 * 2 * 3);
    assertThat(rows).extracting(Row::track).isSorted();

    // Killed while the second track was written.
    Path killed = folder.resolve("killed");
    Files.createDirectories(killed);
    Files.copy(whole.resolve("settings.json"), killed.resolve("settings.json"));
    String lines = Files.readString(whole.resolve("batches.jsonl"));
    int first = lines.indexOf('\n') + 1;
    Files.writeString(killed.resolve("batches.jsonl"), lines.substring(0, first + 200));
    AtomicInteger steps = new AtomicInteger();

    List<Row> again = runner.run(killed, 1, () -> false, steps::incrementAndGet);

    assertThat(RowTable.csv(again)).isEqualTo(RowTable.csv(rows));
    assertThat(steps).hasValue(2);
    assertThatThrownBy(
            () -> new CampaignRunner(campaign.limited(1)).run(killed, 1, () -> false, () -> {}))
        .isInstanceOf(ForeignRunException.class)
        .hasMessageContaining("tracks");
  }

  @Test
  void anAttackerAfterACostThatAGuardDoesNotHaveIsRefusedBeforeAnythingRuns() throws IOException {
    Path shipped = Path.of("../../firmware-config/bundles/traffic-signs");
    Path copy = folder.resolve("bundle");
    try (Stream<Path> files = Files.walk(shipped)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(shipped.relativize(file).toString()));
      }
    }
    Path policy = copy.resolve("policies/int8.yaml");
    Files.writeString(
        policy, Files.readString(policy).replaceAll("(?ms)^cascade:.*?(?=^calibration)", ""));
    BundleWriter.reseal(copy);
    Campaign campaign =
        Campaigns.read(
            """
            guards: [{name: plain, bundle: %s}]
            drives: {tracks: 1}
            alterations: [{kind: stickers}]
            attackers: [{name: expensive, aims: cost, knows: guard, queries: 100}]
            """
                .formatted(copy));
    assertThatThrownBy(() -> new CampaignRunner(campaign))
        .isInstanceOf(InvalidCampaignException.class)
        .hasMessageContaining("'expensive' is after the cost")
        .hasMessageContaining("guard 'plain' has no cascade");
  }
}
