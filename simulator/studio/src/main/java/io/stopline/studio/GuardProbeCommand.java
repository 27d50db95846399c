package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.attacks.SearchProgress;
import io.stopline.campaign.AlterationSearch;
import io.stopline.campaign.Found;
import io.stopline.campaign.FrameScore;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.TrackBootstrap;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.scenario.Approach;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stopline guard probe}. */
@Command(
    name = "probe",
    description = {
      "Measure a guard on rendered drives up to clean or stickered signs, or on tracks of photographs.",
      "",
      "For every drive, stickers on at most 15 %% of the sign are searched by scores (of the bare"
          + " ensemble, or of the whole guard) and judged on views that the search has not seen:"
          + " every near frame (sign whole and at least 20 px high), three crops of each, each crop's"
          + " drive a track of its own. Rendered, not photographed; no attack with gradients.",
      "",
      "With --data, stickers are searched for the photographs of each track, as if the attacker had"
          + " filmed the very drive, and judged in the same photographs, in order. Shares are of"
          + " those tracks whose stickers fool the bare ensemble in most of the last ten frames.",
      ""
    })
final class GuardProbeCommand implements Callable<Integer> {

  /** What the attacker may ask. */
  enum Against {
    NONE,
    ENSEMBLE,
    GUARD
  }

  private static final int USUAL_DRIVES = 20;
  private static final long USUAL_OF_A_DRIVE = 6000;
  private static final long USUAL_OF_A_TRACK = 2000;
  private static final double AREA_SHARE = 0.15;

  @Mixin private CommonOptions common;

  @Mixin private BundleOptions bundleOptions;

  @Option(
      names = "--against",
      paramLabel = "WHAT",
      defaultValue = "ensemble",
      description =
          "Whose scores the search asks for: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})."
              + " NONE leaves the signs clean.")
  private Against against;

  @Mixin private PhotographProbe photographs;

  @Option(
      names = "--stickers",
      paramLabel = "N",
      defaultValue = "6",
      description =
          "Stickers at most, 1 to 20 (default: ${DEFAULT-VALUE}). A single one is compact: at most"
              + " twice as long as wide.")
  private int stickers;

  @Option(
      names = "--class",
      paramLabel = "N",
      split = ",",
      description = "Which signs (default: 14, stop; without an attack all 43).")
  private @Nullable List<Integer> classes;

  @Option(
      names = "--drives",
      paramLabel = "N",
      description = "Drives for each class (default: 20).")
  private @Nullable Integer drivesGiven;

  @Option(
      names = "--queries",
      paramLabel = "N",
      description = "Views that a search may ask for (default: 6000 of a drive, 2000 of a track).")
  private @Nullable Long queriesGiven;

  /** Sums over some drives. */
  private static final class Sum {
    final List<Integer> frames = new ArrayList<>();
    final List<Integer> wrong = new ArrayList<>();
    final List<Integer> accepted = new ArrayList<>();
    int tracks;
    int suspected;

    void add(List<FrameScore> scores) {
      frames.add(scores.size());
      wrong.add((int) scores.stream().filter(FrameScore::ensembleWrong).count());
      accepted.add((int) scores.stream().filter(FrameScore::wrongAccepted).count());
      tracks += (int) scores.stream().mapToInt(FrameScore::draw).distinct().count();
      suspected +=
          (int)
              scores.stream()
                  .filter(f -> f.decision() == Decision.SUSPECT)
                  .mapToInt(FrameScore::draw)
                  .distinct()
                  .count();
    }

    Rate rate(List<Integer> hits, long seed) {
      return TrackBootstrap.rate(ints(hits), ints(frames), seed);
    }

    private static int[] ints(List<Integer> list) {
      return list.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  @Override
  public Integer call() {
    Console console = common.console();
    boolean onPhotographs = photographs.given();
    long queries =
        queriesGiven != null ? queriesGiven : onPhotographs ? USUAL_OF_A_TRACK : USUAL_OF_A_DRIVE;
    if (queries < 100) {
      throw new BadInputException("--queries is %d; give at least 100".formatted(queries));
    }
    if (stickers < 1 || stickers > 20) {
      throw new BadInputException("--stickers is %d; give 1 to 20".formatted(stickers));
    }
    AlterationSearch.Settings settings =
        against == Against.NONE
            ? null
            : new AlterationSearch.Settings(
                AlterationSearch.Kind.STICKERS,
                against == Against.GUARD
                    ? AlterationSearch.Knowledge.GUARD
                    : AlterationSearch.Knowledge.ENSEMBLE,
                AREA_SHARE,
                stickers,
                queries,
                onPhotographs ? 1 : Runtime.getRuntime().availableProcessors());
    Bundle bundle = bundleOptions.bundle();
    PolicyFile policy = bundleOptions.policy(bundle);
    Report report = new Report("guard probe", common.seed());
    BundleOptions.hashes(report, bundle, policy);
    report
        .fields()
        .put("against", against.name())
        .put("queries", queries)
        .put("stickers", stickers)
        .put("policy", policy.file());
    if (onPhotographs) {
      if (classes != null || drivesGiven != null) {
        throw new BadInputException(
            "--%s is about rendered drives; leave it out with --data"
                .formatted(classes != null ? "class" : "drives"));
      }
      report.warn(
          (photographs.followsGradients() ? "" : "score queries only, no attack with gradients; ")
              + "stickers on photographs, not photographs of stickers");
      ProbedTracks probed =
          photographs.run(console, report, bundle, policy, settings, common.seed());
      probed.fill(report);
      report.warnings().forEach(warning -> console.say("! %s", warning));
      probed.say(console);
      console.report(report.toJson());
    } else {
      drive(console, report, bundle, policy, settings);
    }
    return ExitCode.OK;
  }

  private void drive(
      Console console,
      Report report,
      Bundle bundle,
      PolicyFile policy,
      AlterationSearch.@Nullable Settings settings) {
    List<Integer> chosen =
        classes != null
            ? classes
            : against == Against.NONE
                ? IntStream.range(0, Approach.CLASSES).boxed().toList()
                : List.of(14);
    for (int c : chosen) {
      if (c < 0 || c >= Approach.CLASSES) {
        throw new BadInputException(
            "--class %d is unknown; give 0 to %d".formatted(c, Approach.CLASSES - 1));
      }
    }
    int drives = drivesGiven == null ? USUAL_DRIVES : drivesGiven;
    if (drives < 1 || drives > 10_000) {
      throw new BadInputException("--drives is %d; give 1 to 10000".formatted(drives));
    }
    AlterationSearch search = new AlterationSearch(bundle, policy.policy().name());
    report.warn("rendered, not photographed; score queries only, no attack with gradients");
    ArrayNode rows = report.fields().putArray("classes");
    Sum all = new Sum();
    try (Progress progress = console.progress("driving", (long) chosen.size() * drives, "drives")) {
      for (int c : chosen) {
        Sum sum = new Sum();
        ArrayNode found = rows.addObject().put("class", c).putArray("drives");
        for (int i = 0; i < drives; i++) {
          long seed = RandomStream.derive(common.seed(), 1000L * c + i);
          List<FrameScore> scores =
              drive(search, c, settings, seed, found.addObject().put("seed", seed));
          sum.add(scores);
          all.add(scores);
          if (against != Against.NONE) {
            Sum one = new Sum();
            one.add(scores);
            say(console, "class %2d, drive %d".formatted(c, i), one);
          }
          progress.step();
        }
        say(console, "class %2d".formatted(c), sum);
      }
    }
    say(console, "all", all);
    ObjectNode fields = report.fields();
    fields.set("ensembleWrong", all.rate(all.wrong, common.seed()).toJson());
    fields.set("undetectedAttackSuccessRate", all.rate(all.accepted, common.seed()).toJson());
    fields.set("suspectedTracks", Rate.of(all.suspected, all.tracks).toJson());
    console.report(report.toJson());
  }

  private List<FrameScore> drive(
      AlterationSearch search,
      int c,
      AlterationSearch.@Nullable Settings settings,
      long seed,
      ObjectNode row) {
    DriveRenderer drive = DriveRenderer.of(Approach.to(c, seed));
    List<FrameScore> scores;
    if (settings == null) {
      scores = search.judge(drive, 0, null, seed).frames();
    } else {
      Found found = search.find(drive, 0, settings, List.of(), seed, SearchProgress.none());
      scores = found.judged().frames();
      row.put("coveredShare", found.coveredShare()).put("queries", found.queries());
    }
    Sum one = new Sum();
    one.add(scores);
    row.put("views", scores.size())
        .put("ensembleWrong", one.wrong.get(0))
        .put("wrongAccepted", one.accepted.get(0))
        .put("tracks", one.tracks)
        .put("suspectedTracks", one.suspected);
    return scores;
  }

  private void say(Console console, String what, Sum sum) {
    console.say(
        "%s: ensemble wrong %s, wrong label accepted %s, tracks suspected %s",
        what,
        sum.rate(sum.wrong, common.seed()),
        sum.rate(sum.accepted, common.seed()),
        Rate.of(sum.suspected, sum.tracks));
  }
}
