package io.stopline.campaign.proving;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.stopline.campaign.proving.Campaign.Attacker;
import io.stopline.campaign.proving.Campaign.Braking;
import io.stopline.campaign.proving.Campaign.Condition;
import io.stopline.campaign.proving.Campaign.PlannedAlteration;
import io.stopline.config.Bundle;
import io.stopline.scene.scenario.Scenario;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One scenario judged once, as a track of a campaign is: for tests that are about one drive.
 * Stateless.
 */
public final class DriveTrial {

  private static final String NAME = "guard";

  private DriveTrial() {}

  /**
   * Who alters the first sign.
   *
   * @param alteration what he may do
   * @param attacker what he knows and may ask
   */
  public record Attack(PlannedAlteration alteration, Attacker attacker) {}

  /**
   * What came of it.
   *
   * @param guarded what the guard made of it
   * @param bare what its models made of it without any guard
   * @param driven the scenario with what was found for it
   */
  public record Outcome(Row guarded, Row bare, Scenario driven) {}

  /**
   * Judges a drive up to its first sign.
   *
   * @param scenario with at least one sign
   * @param policy null for the bundle's default
   * @param attack null: the sign stays as the scenario has it
   * @param vehicle from when on it is too late to act
   * @param pictures where pictures that an attacker prints are written
   * @param seed of the search and of the guard's draws
   * @throws IllegalArgumentException if the scenario has no sign, or an attacked one is never near
   * @throws io.stopline.config.ConfigException if the bundle cannot be used
   */
  public static Outcome of(
      Scenario scenario,
      Bundle bundle,
      @Nullable String policy,
      @Nullable Attack attack,
      Braking vehicle,
      Path pictures,
      long seed) {
    if (scenario.signs().isEmpty()) {
      throw new IllegalArgumentException(
          "scenario '%s' has no sign; a drive is judged by its first one"
              .formatted(scenario.name()));
    }
    PlannedAlteration alteration =
        attack == null
            ? new PlannedAlteration("as-it-is", "stickers", 0.15, 1)
            : attack.alteration();
    Condition condition = new Condition("as it is", JsonNodeFactory.instance.objectNode());
    Campaign campaign =
        new Campaign(
            scenario.name(),
            seed,
            List.of(new Campaign.GuardChoice(NAME, bundle.name(), policy)),
            1,
            List.of(scenario.signs().get(0).signClass()),
            condition.scenario(),
            List.of(condition),
            List.of(alteration),
            attack == null ? List.of() : List.of(attack.attacker()),
            vehicle,
            OptionalInt.empty(),
            null,
            "");
    TrackPlan plan =
        new TrackPlan(0, scenario.signs().get(0).signClass(), condition, alteration, seed);
    try (TrackRun run = new TrackRun(campaign, campaign.guards().get(0), bundle, pictures)) {
      JudgedTrack track =
          attack == null ? run.runAsItIs(plan, scenario) : run.runAttacked(plan, scenario);
      int last = track.rows().size() - 2;
      return new Outcome(
          track.rows().get(last), track.rows().get(last + 1), driven(track.scenarios()));
    }
  }

  /** The attacker's is the last one. */
  private static Scenario driven(Map<String, Scenario> scenarios) {
    return List.copyOf(scenarios.values()).get(scenarios.size() - 1);
  }
}
