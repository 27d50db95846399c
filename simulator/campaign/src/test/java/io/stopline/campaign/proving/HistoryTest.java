package io.stopline.campaign.proving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.evaluation.Rate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {

  private static final Instant NIGHT = Instant.parse("2026-11-01T02:00:00Z");

  @TempDir private Path folder;

  private final Campaign campaign = Campaigns.of(3);

  @Test
  void allEarlierRunsOfTheSameCampaignAreTheBaselineOfTheNext() throws IOException {
    Gate.Criterion first = gate().criteria().get(0);
    append(1, 20);
    append(3, 20);

    History read = History.open(folder);

    assertThat(read.runs()).isEqualTo(2);
    assertThat(read.before(campaign.sha256(), "shipped", first)).isEqualTo(Rate.of(4, 40));
    assertThat(read.before("another", "shipped", first)).isNull();
    assertThat(read.before(campaign.sha256(), "undefended", first)).isNull();
    assertThat(read.entries()).allMatch(e -> e.policy().equals("abcdef0123"));
    String page = TrendPage.of("mine", read);
    assertThat(page.split("<circle")).hasSize(1 + 2 * gate().criteria().size());
    assertThat(page).contains("15.00 % (3.21–37.89, 3 of 20)");
  }

  @Test
  void aTableThatIsNoneIsRefusedWithItsLine() throws IOException {
    Files.writeString(folder.resolve("history.csv"), "a,b\n1,2\n");
    assertThatThrownBy(() -> History.open(folder)).hasMessageContaining("history.csv:1:");

    Files.delete(folder.resolve("history.csv"));
    append(1, 20);
    Path file = folder.resolve("history.csv");
    Files.writeString(file, Files.readString(file).replace(",20\n", ",many\n"));
    assertThatThrownBy(() -> History.open(folder))
        .isInstanceOf(InvalidCampaignException.class)
        .hasMessageContaining("history.csv:2:")
        .hasMessageContaining("many");
  }

  private void append(long count, long of) throws IOException {
    GateResult result =
        new GateResult(
            "shipped",
            gate().criteria().stream()
                .map(c -> new GateResult.Checked(c, Rate.of(count, of), true, null, false))
                .toList(),
            List.of());
    History.open(folder)
        .append(campaign, 7, "0.1.0", NIGHT, result, Map.of("shipped", "abcdef0123"));
  }

  private Gate gate() {
    Gate gate = campaign.gate();
    assertThat(gate).isNotNull();
    return gate;
  }
}
