package io.stopline.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.campaign.proving.Campaign;
import io.stopline.campaign.proving.CampaignFile;
import io.stopline.campaign.proving.CampaignRunner;
import io.stopline.campaign.proving.RowTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CampaignOnSparkTest {

  @TempDir private Path folder;

  @BeforeEach
  void inThisProcess() {
    System.setProperty("spark.master", "local[2]");
    System.setProperty("spark.ui.enabled", "false");
    System.setProperty("spark.driver.bindAddress", "127.0.0.1");
    System.setProperty("spark.driver.host", "127.0.0.1");
  }

  @AfterEach
  void leaveNothing() {
    System.clearProperty("spark.master");
    System.clearProperty("spark.ui.enabled");
    System.clearProperty("spark.driver.bindAddress");
    System.clearProperty("spark.driver.host");
  }

  @Test
  void theRowsAreThoseOfOneMachine() throws IOException {
    Path file = folder.resolve("small.yaml");
    Files.writeString(
        file,
        """
        guards: [{name: shipped, bundle: %s}]
        drives:
          tracks: 2
          classes: [14, 1]
          scenario:
            camera: {framesPerSecond: 3, width: 640, height: 360}
            vehicle: {speedMetresPerSecond: 13}
        alterations: [{kind: stickers}]
        attackers: [{name: unaware, knows: models, queries: 100}]
        gate:
          criteria:
            - {figure: suspected, of: clean, atMost: 1}
            - {figure: suspected, of: benign, atMost: 1}
        """
            .formatted(
                Path.of("../../firmware-config/bundles/traffic-signs")
                    .toAbsolutePath()
                    .normalize()));

    int code = CampaignOnSpark.execute(file.toString(), "--out", folder.resolve("out").toString());

    assertThat(code).isZero();
    Campaign campaign = CampaignFile.read(file);
    CampaignRunner alone = new CampaignRunner(campaign);
    assertThat(Files.readString(folder.resolve("out/rows.csv")))
        .isEqualTo(RowTable.csv(alone.run(folder.resolve("alone"), 1, () -> false, () -> {})));
    assertThat(folder.resolve("out/gate.junit.xml")).isRegularFile();
  }

  @Test
  void aCampaignThatIsNoneIsRefused() throws IOException {
    Path file = folder.resolve("none.yaml");
    Files.writeString(file, "drives: {tracks: 0}\n");

    assertThat(CampaignOnSpark.execute(file.toString(), "--out", folder.toString())).isEqualTo(2);
  }
}
