package io.stopline.campaign.proving;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.campaign.AlterationSearch.Goal;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Drives, alterations and attackers as data.
 *
 * @param name for reports
 * @param seed of every random draw
 * @param guards that are judged, at least one
 * @param tracks approaches to one sign each, at least 1
 * @param classes of the German traffic sign benchmark, at least one
 * @param scenario what all drives have in common: keys of a scenario file, each with a value or a
 *     range
 * @param conditions at least one
 * @param alterations at least one
 * @param attackers at least one
 * @param vehicle from when on it is too late to act
 * @param minutes after which no track is begun any more; empty: all are
 * @param gate what a release must reach; null for none
 * @param sha256 of the file without its guards, budget and gate: of what is driven
 */
public record Campaign(
    String name,
    long seed,
    List<GuardChoice> guards,
    int tracks,
    List<Integer> classes,
    JsonNode scenario,
    List<Condition> conditions,
    List<PlannedAlteration> alterations,
    List<Attacker> attackers,
    Braking vehicle,
    OptionalInt minutes,
    @Nullable Gate gate,
    String sha256) {

  public Campaign {
    guards = List.copyOf(guards);
    classes = List.copyOf(classes);
    conditions = List.copyOf(conditions);
    alterations = List.copyOf(alterations);
    attackers = List.copyOf(attackers);
  }

  /** The same with other guards. */
  public Campaign judging(List<GuardChoice> others) {
    return copy(seed, others, tracks);
  }

  /**
   * The same with another first guard, under the same name.
   *
   * @param bundle null for the one it has
   * @param policy null for the default of another bundle, or for the one it has
   */
  public Campaign judgingFirst(@Nullable String bundle, @Nullable String policy) {
    if (bundle == null && policy == null) {
      return this;
    }
    GuardChoice first = guards.get(0);
    List<GuardChoice> others = new ArrayList<>(guards);
    others.set(0, new GuardChoice(first.name(), bundle == null ? first.bundle() : bundle, policy));
    return judging(others);
  }

  /** The same with fewer tracks: the first ones. */
  public Campaign limited(int fewer) {
    return copy(seed, guards, Math.min(tracks, fewer));
  }

  /** The same with other drives and draws. */
  public Campaign seeded(long other) {
    return copy(other, guards, tracks);
  }

  private Campaign copy(long otherSeed, List<GuardChoice> otherGuards, int otherTracks) {
    return new Campaign(
        name,
        otherSeed,
        otherGuards,
        otherTracks,
        classes,
        scenario,
        conditions,
        alterations,
        attackers,
        vehicle,
        minutes,
        gate,
        sha256);
  }

  /**
   * A guard by its bundle.
   *
   * @param name in rows and gates
   * @param bundle a shipped bundle's name, or a folder
   * @param policy null for the bundle's default
   * @param gradients the policy whose models attackers rebuild to follow gradients, such as that of
   *     the float equivalents; null for {@code policy}
   */
  public record GuardChoice(
      String name, String bundle, @Nullable String policy, @Nullable String gradients) {

    /** A guard whose own models are rebuilt for gradients. */
    public GuardChoice(String name, String bundle, @Nullable String policy) {
      this(name, bundle, policy, null);
    }
  }

  /**
   * One way to change a drive.
   *
   * @param scenario keys of a scenario file, each with a value or a range
   */
  public record Condition(String name, JsonNode scenario) {}

  /**
   * What attackers may do to the sign.
   *
   * @param name in rows and gates
   * @param kind as {@link Means} knows it
   * @param areaShare of the sign that may be covered, above 0 to 1
   * @param pieces stickers at most, 1..20
   */
  public record PlannedAlteration(String name, String kind, double areaShare, int pieces) {}

  /** How an attacker searches. */
  public enum Method {
    /** By asking: scores of the bare models, or verdicts of the whole guard. */
    QUERIES,
    /** With the models' weights, by gradients through the sign's plane. */
    GRADIENTS
  }

  /**
   * Who searches an alteration.
   *
   * @param goal a wrong label; who asks the guard can be after its cost or its boxes as well
   * @param knowsGuard whether the guard is attacked, or its bare models
   * @param effort for each track: views that may be asked for, or steps of the last round
   * @param on names of the alterations that he tries; empty for all that he can search
   */
  public record Attacker(
      String name, Method method, Goal goal, boolean knowsGuard, long effort, List<String> on) {

    public Attacker {
      on = List.copyOf(on);
    }

    /** After a wrong label, by all alterations. */
    public Attacker(String name, Method method, boolean knowsGuard, long effort) {
      this(name, method, Goal.LABEL, knowsGuard, effort, List.of());
    }

    /** Whether he tries an alteration: he means to and can. */
    public boolean tries(PlannedAlteration alteration) {
      return (on.isEmpty() || on.contains(alteration.name())) && Means.has(this, alteration.kind());
    }
  }

  /**
   * How a vehicle comes to a stand.
   *
   * @param reactionSeconds from a label to full braking, s
   * @param metresPerSecondSquared deceleration, m/s²
   */
  public record Braking(double reactionSeconds, double metresPerSecondSquared) {

    /** Way to a stand, m. */
    public double metres(double speedMetresPerSecond) {
      return speedMetresPerSecond * reactionSeconds
          + speedMetresPerSecond * speedMetresPerSecond / (2 * metresPerSecondSquared);
    }
  }
}
