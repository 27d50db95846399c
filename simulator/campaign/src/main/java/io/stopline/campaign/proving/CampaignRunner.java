package io.stopline.campaign.proving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.campaign.proving.Campaign.GuardChoice;
import io.stopline.campaign.robustness.RunFolder;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.config.files.WholeFile;
import io.stopline.evaluation.ParallelWork;
import io.stopline.evaluation.Version;
import io.stopline.scene.scenario.ScenarioFile;
import io.stopline.sdk.guard.GuardPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Runs a campaign on several threads and keeps what is finished, so that it can be killed and taken
 * up again. The table is the same on any number of threads, and however often the run was killed.
 */
public final class CampaignRunner {

  private final Campaign campaign;
  private final List<JudgedGuard> guards = new ArrayList<>();

  /**
   * A guard that is there.
   *
   * @param choice as the campaign has it
   * @param policy calibrated
   */
  public record JudgedGuard(GuardChoice choice, Bundle bundle, PolicyFile policy) {

    /** In rows. */
    public String name() {
      return choice.name();
    }

    /** As reports name it: bundle, its version, policy and their hashes. */
    public ObjectNode toJson() {
      return JsonNodeFactory.instance
          .objectNode()
          .put("name", name())
          .put("bundle", bundle.name())
          .put("bundleVersion", bundle.version())
          .put("policy", policy.policy().name())
          .put("bundleSha256", bundle.sha256())
          .put("policySha256", policy.policy().sha256());
    }
  }

  /**
   * Opens the campaign's bundles.
   *
   * @throws io.stopline.config.ConfigException if one cannot be used, or a policy is not calibrated
   * @throws InvalidCampaignException if an attacker is after something that a guard does not have
   */
  public CampaignRunner(Campaign campaign) {
    this.campaign = campaign;
    for (GuardChoice choice : campaign.guards()) {
      Bundle bundle = Bundle.load(Bundle.locate(choice.bundle()));
      PolicyFile policy = bundle.policy(choice.policy());
      refuseGoals(choice.name(), policy.policy());
      bundle.calibration(policy);
      if (choice.gradients() != null) {
        bundle.policy(choice.gradients());
      }
      guards.add(new JudgedGuard(choice, bundle, policy));
    }
  }

  /** What attackers are after must be there to be had. */
  private void refuseGoals(String guard, GuardPolicy policy) {
    for (Campaign.Attacker attacker : campaign.attackers()) {
      String lacking = attacker.goal().lackedBy(policy);
      if (lacking != null) {
        throw new InvalidCampaignException(
            "attacker '%s' is after the %s, but policy '%s' of guard '%s' has no %s; leave one of them out"
                .formatted(
                    attacker.name(),
                    attacker.goal().name().toLowerCase(Locale.ROOT),
                    policy.name(),
                    guard,
                    lacking));
      }
    }
  }

  /** What is judged. */
  public List<JudgedGuard> guards() {
    return List.copyOf(guards);
  }

  /** Drives up to one sign, each with all its variants: one a track and guard. */
  public int pieces() {
    return campaign.tracks() * guards.size();
  }

  /**
   * Judges all tracks that are not judged yet.
   *
   * @param folder where finished tracks are kept
   * @param threads at least 1
   * @param enough asked before each track; once true, no track is begun any more
   * @param done called after each track of each guard, from any thread; of those that were finished
   *     before at once
   * @return of finished tracks, by guard in the campaign's order, then by track
   * @throws io.stopline.campaign.robustness.ForeignRunException if the folder holds another run
   */
  public List<Row> run(Path folder, int threads, BooleanSupplier enough, Runnable done) {
    RunFolder kept = RunFolder.open(folder, settings());
    Map<String, List<Row>> finished = new HashMap<>();
    for (JsonNode line : kept.lines()) {
      List<Row> rows = new ArrayList<>();
      line.path("rows").forEach(row -> rows.add(Row.of(row)));
      finished.put(key(line.path("guard").asText(), line.path("track").asInt()), rows);
      done.run();
    }
    List<TrackPlan> plans = TrackPlan.of(campaign);
    for (JudgedGuard guard : guards) {
      List<TrackPlan> left =
          plans.stream()
              .filter(plan -> !finished.containsKey(key(guard.name(), plan.number())))
              .toList();
      if (left.isEmpty()) {
        continue;
      }
      ParallelWork.run(
          threads,
          left.size(),
          () ->
              new TrackRun(campaign, guard.choice(), guard.bundle(), pictures(folder, guard.name()))
                  .worker(
                      left,
                      enough,
                      track -> {
                        write(folder, guard.name(), track);
                        synchronized (finished) {
                          kept.append(line(guard.name(), track.number(), track.rows()));
                          finished.put(key(guard.name(), track.number()), track.rows());
                        }
                      }),
          done);
    }
    List<Row> all = new ArrayList<>();
    for (JudgedGuard guard : guards) {
      for (TrackPlan plan : plans) {
        all.addAll(finished.getOrDefault(key(guard.name(), plan.number()), List.of()));
      }
    }
    return all;
  }

  /**
   * Where a scenario that was driven is kept, for {@code stopline drive}.
   *
   * @param folder of the run
   * @param variant {@code clean}, {@code benign} or {@code attack-NAME}
   */
  public static Path scenario(Path folder, String guard, int track, String variant) {
    return folder
        .resolve("scenarios")
        .resolve(guard)
        .resolve("%05d-%s.yaml".formatted(track, variant));
  }

  /** Beside the scenarios that name them. */
  private static Path pictures(Path folder, String guard) {
    return folder.resolve("scenarios").resolve(guard);
  }

  private static Path temporary() {
    try {
      Path folder = Files.createTempDirectory("stopline-campaign");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The seed of the guard's draws in all drives of a track: {@code stopline drive SCENARIO --judge
   * --seed} with it judges a kept scenario as the campaign did.
   *
   * @param campaign the campaign's seed
   * @param track its number
   */
  public static long drawSeed(long campaign, int track) {
    return TrackPlan.drawSeed(campaign, track);
  }

  private void write(Path folder, String guard, JudgedTrack track) {
    track
        .scenarios()
        .forEach(
            (variant, scenario) -> {
              Path file = scenario(folder, guard, track.number(), variant);
              try {
                Files.createDirectories(file.getParent());
                WholeFile.write(
                    file,
                    ScenarioFile.textAt(
                        file,
                        scenario,
                        List.of(
                            "Track %d, %s, judged by %s".formatted(track.number(), variant, guard),
                            "its rows again: stopline drive %s --judge --seed %d"
                                .formatted(
                                    file.getFileName(),
                                    TrackPlan.drawSeed(campaign.seed(), track.number())))));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  /**
   * Judges some tracks here and now and keeps nothing: for schedulers that spread a campaign over
   * machines. What comes of a track is the same wherever it is judged.
   *
   * @param guard its name in the campaign
   * @param tracks their numbers, from 0
   * @return the rows of all of them, in their order
   * @throws IllegalArgumentException if there is no such guard or track
   */
  public List<Row> judge(String guard, List<Integer> tracks) {
    JudgedGuard judged =
        guards.stream()
            .filter(g -> g.name().equals(guard))
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException("no guard is called '%s'".formatted(guard)));
    List<TrackPlan> plans = TrackPlan.of(campaign);
    List<Row> rows = new ArrayList<>();
    try (TrackRun run = new TrackRun(campaign, judged.choice(), judged.bundle(), temporary())) {
      for (int track : tracks) {
        if (track < 0 || track >= plans.size()) {
          throw new IllegalArgumentException(
              "track %d of a campaign of %d".formatted(track, plans.size()));
        }
        rows.addAll(run.run(plans.get(track)).rows());
      }
    }
    return rows;
  }

  private static String key(String guard, int track) {
    return guard + " " + track;
  }

  private static ObjectNode line(String guard, int track, List<Row> rows) {
    ObjectNode line = JsonNodeFactory.instance.objectNode().put("guard", guard).put("track", track);
    ArrayNode list = line.putArray("rows");
    rows.forEach(row -> list.add(row.toJson()));
    return line;
  }

  /** All that decides the table. */
  private ObjectNode settings() {
    ObjectNode settings =
        JsonNodeFactory.instance
            .objectNode()
            .put("version", Version.current())
            .put("campaign", campaign.sha256())
            .put("seed", campaign.seed())
            .put("tracks", campaign.tracks());
    ArrayNode list = settings.putArray("guards");
    guards.forEach(guard -> list.add(guard.toJson()));
    return settings;
  }
}
