package io.stopline.campaign.proving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.campaign.AlterationSearch.Goal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CampaignFileTest {

  private static final String LEAST =
      """
      drives: {tracks: 4}
      alterations: [{kind: stickers}]
      attackers: [{name: unaware, knows: models, queries: 100}]
      """;

  private static final String GATE =
      """
      gate:
        criteria:
          - {figure: suspected, of: clean, atMost: 0.02}
          - {figure: suspected, of: benign, atMost: 0.1}
      """;

  @TempDir private Path folder;

  @Test
  void whatIsLeftOutHasItsUsualValue() throws IOException {
    Campaign campaign = read(LEAST);

    assertThat(campaign.name()).isEqualTo("campaign");
    assertThat(campaign.seed()).isEqualTo(1);
    assertThat(campaign.classes()).hasSize(43);
    assertThat(campaign.guards())
        .containsExactly(new Campaign.GuardChoice("shipped", "traffic-signs", null));
    assertThat(campaign.conditions()).extracting(Campaign.Condition::name).containsExactly("day");
    assertThat(campaign.alterations())
        .containsExactly(new Campaign.PlannedAlteration("stickers", "stickers", 0.15, 4));
    assertThat(campaign.vehicle().metres(12)).isEqualTo(12 * 0.5 + 12 * 12 / 12.0);
    assertThat(campaign.gate()).isNull();
  }

  @Test
  void theHashIsOfWhatIsDrivenAndNotOfWhoIsJudged() throws IOException {
    Campaign plain = read(LEAST);

    assertThat(read(LEAST + GATE).sha256()).isEqualTo(plain.sha256());
    assertThat(read(LEAST + "guards: [{name: mine, bundle: ./mine}]\n").sha256())
        .isEqualTo(plain.sha256());
    assertThat(read(LEAST.replace("100", "101")).sha256()).isNotEqualTo(plain.sha256());
    assertThat(read(LEAST + "seed: 2\n").sha256()).isNotEqualTo(plain.sha256());
  }

  @Test
  void aBundleBesideTheFileIsFoundFromItsFolder() throws IOException {
    Campaign campaign = read(LEAST + "guards: [{name: mine, bundle: ./mine}]\n");

    assertThat(campaign.guards().get(0).bundle()).isEqualTo(folder.resolve("mine").toString());
  }

  @Test
  void aGateWithoutItsControlsIsRefused() {
    assertThatThrownBy(
            () ->
                read(
                    LEAST
                        + """
                        gate:
                          criteria:
                            - {figure: undetected, of: unaware, atMost: 0.02}
                            - {figure: suspected, of: clean, atMost: 0.02}
                        """))
        .isInstanceOf(InvalidCampaignException.class)
        .hasMessageContaining("campaign.yaml:5:")
        .hasMessageContaining("benign");
  }

  @Test
  void whatNobodySearchesIsNamedWithItsLine() {
    assertThatThrownBy(() -> read(LEAST.replace("kind: stickers", "kind: stikers")))
        .isInstanceOf(InvalidCampaignException.class)
        .hasMessageContaining("campaign.yaml:2:")
        .hasMessageContaining("'stikers'")
        .hasMessageContaining("stickers");
  }

  @Test
  void aConditionThatNoScenarioHasIsNamedWithItsLine() {
    assertThatThrownBy(
            () ->
                read(
                    LEAST
                        + """
                        conditions:
                          - name: day
                          - name: fog
                            scenario: {light: {visibilityMetre: [60, 150]}}
                        """))
        .isInstanceOf(InvalidCampaignException.class)
        .hasMessageContaining("campaign.yaml:6:")
        .hasMessageContaining("visibilityMetre");
  }

  @Test
  void bothEndsOfARangeMustBePossible() {
    assertThatThrownBy(
            () -> read(LEAST + "conditions: [{name: dim, scenario: {sign: {wear: [0.5, 1.5]}}}]\n"))
        .isInstanceOf(InvalidCampaignException.class)
        .hasMessageContaining("wear");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "attackers: [{name: clean, knows: models, queries: 100}]",
        "attackers: [{name: a, knows: models, queries: 100}, {name: a, knows: guard, queries: 100}]",
        "attackers: [{name: a, knows: everything, queries: 100}]",
        "attackers: [{name: a, knows: models, queries: 99}]"
      })
  void attackersThatCannotBeToldApartOrDoNothingAreRefused(String attackers) {
    assertThatThrownBy(() -> read(LEAST.replaceAll("attackers:.*", attackers)))
        .isInstanceOf(InvalidCampaignException.class)
        .hasMessageContaining("campaign.yaml:3:");
  }

  @Test
  void onlyWhoAsksTheGuardCanBeAfterItsCostOrItsBoxes() throws IOException {
    String aims = LEAST.replace("queries: 100}", "aims: cost, queries: 100}");
    assertThat(read(aims.replace("models", "guard")).attackers())
        .containsExactly(
            new Campaign.Attacker(
                "unaware", Campaign.Method.QUERIES, Goal.COST, true, 100, List.of()));
    assertThatThrownBy(() -> read(aims))
        .hasMessageContaining("campaign.yaml:3:")
        .hasMessageContaining("set 'knows: guard'");
    assertThatThrownBy(
            () -> read(aims.replace("models", "guard").replace("cost", "box, by: gradients")))
        .hasMessageContaining("can aim at its box");
    // Where no sign is, nothing can be framed wrongly, and nothing has been accepted before.
    String phantom = aims.replace("models", "guard").replace("kind: stickers", "kind: phantom");
    assertThatThrownBy(() -> read(phantom))
        .hasMessageContaining("no attacker of this campaign tries 'phantom' and can");
    assertThat(read(phantom.replace("cost", "label")).attackers()).hasSize(1);
  }

  @Test
  void anAttackerTriesWhatHeIsToldTo() throws IOException {
    String two =
        LEAST
            .replaceAll("alterations:.*", "alterations: [{kind: stickers}, {kind: shadow}]")
            .replaceAll(
                "attackers:.*",
                "attackers: [{name: a, knows: models}, {name: b, knows: guard, on: [shadow]}]");
    Campaign campaign = read(two);
    Campaign.Attacker told = campaign.attackers().get(1);

    assertThat(campaign.alterations().stream().map(told::tries)).containsExactly(false, true);
    assertThat(campaign.alterations()).allMatch(campaign.attackers().get(0)::tries);
    assertThatThrownBy(() -> read(two.replace("on: [shadow]", "on: [shadows]")))
        .hasMessageContaining("campaign.yaml:3:")
        .hasMessageContaining("did you mean 'shadow'");
    assertThatThrownBy(() -> read(two.replace("on: [shadow]", "on: [shadow], by: gradients")))
        .hasMessageContaining("'b' can search none of the alterations that he is to try");
    assertThatThrownBy(
            () ->
                read(
                    two.replace(
                            "{name: a, knows: models}",
                            "{name: a, knows: models, on: [stickers], by: gradients}")
                        .replace("knows: guard, on: [shadow]", "knows: guard, on: [stickers]")))
        .hasMessageContaining("no attacker of this campaign tries 'shadow' and can");
  }

  @Test
  void attackersWhoFollowGradientsAreLimitedBySteps() throws IOException {
    Campaign campaign =
        read(
            LEAST.replace("queries: 100}", "by: gradients, steps: 20}").replace("models", "guard"));

    assertThat(campaign.attackers())
        .containsExactly(new Campaign.Attacker("unaware", Campaign.Method.GRADIENTS, true, 20));
    assertThatThrownBy(() -> read(LEAST.replace("queries: 100", "by: gradients, queries: 100")))
        .hasMessageContaining("campaign.yaml:3:")
        .hasMessageContaining("give that instead of 'queries'");
    assertThatThrownBy(() -> read(LEAST.replace("kind: stickers", "kind: poster")))
        .hasMessageContaining("campaign.yaml:2:")
        .hasMessageContaining("no attacker of this campaign tries 'poster' and can");
  }

  @Test
  void aCriterionNeedsALimitAndSomethingThatIsThere() {
    assertThatThrownBy(
            () -> read(LEAST + GATE + "    - {figure: undetected, of: unawares, atMost: 0.1}\n"))
        .hasMessageContaining("campaign.yaml:8:")
        .hasMessageContaining("did you mean 'unaware'");
    assertThatThrownBy(() -> read(LEAST + GATE + "    - {figure: late, of: clean}\n"))
        .hasMessageContaining("atMost");
  }

  @Test
  void shippedCampaignsCanBeRead() throws IOException {
    Path campaigns = Path.of("..", "campaigns");
    try (var files = Files.list(campaigns)) {
      assertThat(files.toList())
          .isNotEmpty()
          .allSatisfy(file -> assertThat(CampaignFile.read(file).gate()).isNotNull());
    }
  }

  @Test
  void theDocumentedSchemaIsTheOneThatIsChecked() throws IOException {
    assertThat(Files.readString(Path.of("..", "..", "docs", "campaign-schema.json")))
        .isEqualTo(CampaignFile.schema());
  }

  private Campaign read(String text) throws IOException {
    Path file = folder.resolve("campaign.yaml");
    Files.writeString(file, text);
    return CampaignFile.read(file);
  }
}
