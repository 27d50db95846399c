package io.stopline.campaign.proving;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.scene.scenario.Scenario;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrackPlanTest {

  @Test
  void eachAlterationMeetsConditionsAndClassesEvenly() {
    List<TrackPlan> plans = TrackPlan.of(Campaigns.of(36));

    Map<String, Long> meetings =
        plans.stream()
            .collect(groupingBy(p -> p.alteration().name() + p.condition().name(), counting()));
    assertThat(meetings).hasSize(6).values().allMatch(n -> n == 6);
    // Twelve tracks an alteration, four classes.
    assertThat(
            plans.stream()
                .collect(groupingBy(p -> p.alteration().name() + p.signClass(), counting())))
        .hasSize(12)
        .values()
        .allMatch(n -> n == 3);
  }

  @Test
  void noTwoTracksShareADriveAndAShorterCampaignIsTheBeginningOfALongerOne() {
    List<TrackPlan> plans = TrackPlan.of(Campaigns.of(36));

    assertThat(new HashSet<>(plans.stream().map(TrackPlan::seed).toList())).hasSize(36);
    assertThat(TrackPlan.of(Campaigns.of(7))).isEqualTo(plans.subList(0, 7));
  }

  @Test
  void aDriveIsDrawnWithinItsRangesAndRepeats() {
    TrackPlan plan = TrackPlan.of(Campaigns.of(2)).get(1);
    Campaign campaign = Campaigns.of(2);
    var layers = List.of(campaign.scenario(), plan.condition().scenario());

    Scenario drive = DrawnScenario.draw(plan.signClass(), plan.seed(), layers);

    assertThat(plan.condition().name()).isEqualTo("fog");
    assertThat(drive.light().visibilityMetres()).isBetween(60.0, 150.0);
    assertThat(drive.signs().get(0).wear()).isBetween(0.6, 1.0);
    assertThat(drive.signs().get(0).signClass()).isEqualTo(plan.signClass());
    assertThat(drive.camera().framesPerSecond()).isEqualTo(6);
    assertThat(DrawnScenario.draw(plan.signClass(), plan.seed(), layers)).isEqualTo(drive);
    assertThat(DrawnScenario.draw(plan.signClass(), plan.seed() + 1, layers).light())
        .isNotEqualTo(drive.light());
  }
}
