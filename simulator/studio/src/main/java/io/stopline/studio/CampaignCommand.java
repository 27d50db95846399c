package io.stopline.studio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.campaign.proving.Campaign;
import io.stopline.campaign.proving.Campaign.GuardChoice;
import io.stopline.campaign.proving.CampaignFile;
import io.stopline.campaign.proving.CampaignResults;
import io.stopline.campaign.proving.CampaignRunner;
import io.stopline.campaign.proving.Figure;
import io.stopline.campaign.proving.Figures;
import io.stopline.campaign.proving.Gate;
import io.stopline.campaign.proving.GateResult;
import io.stopline.campaign.proving.History;
import io.stopline.campaign.proving.Row;
import io.stopline.campaign.proving.TrendPage;
import io.stopline.config.files.WholeFile;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stopline campaign}. */
@Command(
    name = "campaign",
    footer = {
      "",
      "Examples:",
      "  stopline campaign smoke --out runs/smoke",
      "  stopline campaign release --out runs/new --baseline runs/old"
    },
    description = {
      "Judge a guard on many drives, clean, with benign alterations and attacked, and say whether it"
          + " may be released.",
      "",
      "A campaign file names drives, conditions, alterations, attackers and the gate's criteria"
          + " (docs/campaigns.md). Each track is a drive of its own up to one sign: what attackers"
          + " put on it is searched for that drive, then the whole pipeline an agent runs judges"
          + " every frame, and so do the bare models. What is finished is kept in DIR: a run that"
          + " was killed goes on with the same command, and its table is the same.",
      "",
      "DIR then has rows.csv (the table), report.json, report.html, gate.junit.xml, gate.sarif and"
          + " summary.md.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done; the gate passed, or there is none",
      "1:the gate failed",
      "2:wrong usage or bad input",
      "3:Stopline or the machine failed"
    })
final class CampaignCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private CommonOptions common;

  @Parameters(
      paramLabel = "FILE|NAME",
      description = "A campaign file, or a shipped one: release, nightly or smoke.")
  private String file;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the run is kept; a run that is there goes on.")
  private Path out;

  @Option(
      names = "--bundle",
      paramLabel = "NAME|DIR",
      description = "Judge this bundle instead of the file's first guard.")
  private @Nullable String bundle;

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      description = "Judge this policy of the first guard's bundle.")
  private @Nullable String policy;

  @Option(names = "--tracks", paramLabel = "N", description = "Only the first N tracks.")
  private @Nullable Integer tracks;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Tracks side by side (default: one a processor).")
  private @Nullable Integer threads;

  @Option(
      names = "--gate-on",
      paramLabel = "GUARD",
      description =
          "What the gate's criteria are about, such as 'undefended' (default: the file's).")
  private @Nullable String gateOn;

  @Option(
      names = "--baseline",
      paramLabel = "DIR",
      description =
          "An earlier run of the same campaign: fail also where a criterion's figure is worse by more"
              + " than the tolerance and the 95 %% intervals are apart.")
  private @Nullable Path baseline;

  @Option(
      names = "--history",
      paramLabel = "DIR",
      description =
          "For runs that repeat: drive other roads than the runs before, append the figures to"
              + " DIR/history.csv, draw DIR/trend.html, and take all earlier runs of the campaign as"
              + " the baseline.")
  private @Nullable Path history;

  @Override
  public Integer call() throws IOException {
    Instant began = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Console console = common.console();
    Path path = CampaignFiles.locate(file);
    History past = history == null ? null : History.open(history);
    Campaign campaign = chosen(CampaignFile.read(path));
    if (past != null) {
      if (baseline != null || campaign.gate() == null) {
        throw new BadInputException(
            "--history is its own baseline and keeps a gate's figures; leave --baseline out, and"
                + " name a campaign with a gate");
      }
      campaign = campaign.seeded(campaign.seed() + past.runs());
    }
    if (threads != null && (threads < 1 || threads > 256)) {
      throw new BadInputException("--threads is %d; give 1 to 256".formatted(threads));
    }
    Gate gate = gate(campaign);
    Baseline before = baseline == null ? null : Baseline.read(baseline);
    CampaignRunner runner = new CampaignRunner(campaign);
    int used = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    List<Row> rows;
    BooleanSupplier enough = budget(campaign.minutes());
    try (Progress progress = console.progress("judging tracks", runner.pieces(), "tracks")) {
      rows = runner.run(out, used, enough, progress::step);
    }
    Figures figures = new Figures(rows);
    String command =
        RepeatedCommand.of(spec, "campaign", List.of("--json", "--threads"), List.of());
    GateResult result = gate == null ? null : judged(campaign, gate, figures, before, past);
    CampaignResults results =
        new CampaignResults(campaign, runner.guards(), rows, result, command, began);
    results.write(out, CampaignFiles.relative(path));
    tell(console, figures, result);
    if (past != null && history != null && result != null) {
      past.append(campaign, campaign.seed(), Version.current(), began, result, policies(runner));
      WholeFile.write(history.resolve("trend.html"), TrendPage.of(campaign.name(), past));
      console.say("run %d appended to %s", past.runs() - 1, history.resolve("history.csv"));
    }
    console.say("written to %s", out);
    console.report(results.report().toJson());
    return result != null && !result.passed() ? ExitCode.FOUND : ExitCode.OK;
  }

  private Campaign chosen(Campaign campaign) {
    Campaign chosen = campaign.judgingFirst(bundle, policy);
    if (tracks != null) {
      if (tracks < 1) {
        throw new BadInputException("--tracks is %d; give at least 1".formatted(tracks));
      }
      chosen = chosen.limited(tracks);
    }
    return chosen;
  }

  private @Nullable Gate gate(Campaign campaign) {
    Gate gate = campaign.gate();
    if (gateOn == null) {
      return gate;
    }
    if (gate == null) {
      throw new BadInputException(
          "campaign '%s' has no gate; add one to the file, or leave --gate-on out".formatted(file));
    }
    boolean known =
        gateOn.equals(Row.UNDEFENDED)
            || campaign.guards().stream().anyMatch(g -> g.name().equals(gateOn));
    if (!known) {
      throw new BadInputException(
          "--gate-on '%s' is no guard of the campaign; give one of %s, or 'undefended'"
              .formatted(gateOn, campaign.guards().stream().map(GuardChoice::name).toList()));
    }
    return gate.about(gateOn);
  }

  private static Map<String, String> policies(CampaignRunner runner) {
    Map<String, String> policies = new HashMap<>();
    runner.guards().forEach(g -> policies.put(g.name(), g.policy().policy().sha256()));
    return policies;
  }

  private static BooleanSupplier budget(OptionalInt minutes) {
    if (minutes.isEmpty()) {
      return () -> false;
    }
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes.getAsInt());
    return () -> System.nanoTime() - end >= 0;
  }

  private static GateResult judged(
      Campaign campaign,
      Gate gate,
      Figures figures,
      @Nullable Baseline before,
      @Nullable History past) {
    List<String> closed = new ArrayList<>();
    if (before != null) {
      closed.addAll(before.mismatches(campaign));
    }
    Function<Gate.Criterion, @Nullable Rate> earlier =
        criterion -> {
          if (past != null) {
            return past.before(campaign.sha256(), gate.guard(), criterion);
          }
          return before == null || !closed.isEmpty()
              ? null
              : GateResult.rate(before.figures(), gate, criterion);
        };
    return GateResult.of(gate, figures, earlier, closed);
  }

  private static void tell(Console console, Figures figures, @Nullable GateResult gate) {
    for (String of : figures.variants()) {
      for (String guard : figures.names(Row::guard)) {
        console.say(
            "%s, %s: undetected %s, suspected %s, right in time %s, sign run %s",
            of,
            guard,
            figures.rate(Figure.UNDETECTED, guard, of, null, null),
            figures.rate(Figure.SUSPECTED, guard, of, null, null),
            figures.rate(Figure.RIGHT_IN_TIME, guard, of, null, null),
            figures.rate(Figure.SIGN_RUN, guard, of, null, null));
      }
    }
    if (gate != null) {
      gate.closed().forEach(reason -> console.say("gate closed: %s", reason));
      gate.criteria().forEach(c -> console.say("%s", c.words()));
      console.say("gate %s for %s", gate.passed() ? "passed" : "FAILED", gate.guard());
    }
  }

  /** An earlier run. */
  private record Baseline(Path folder, String campaign, Figures figures) {

    static Baseline read(Path folder) throws IOException {
      Path report = folder.resolve("report.json");
      if (!Files.isRegularFile(report)) {
        throw new BadInputException(
            "--baseline '%s' has no report.json; name the --out folder of a finished run"
                .formatted(folder));
      }
      JsonNode json = new ObjectMapper().readTree(Files.readString(report));
      List<Row> rows = new ArrayList<>();
      json.path("drives").forEach(row -> rows.add(Row.of(row)));
      return new Baseline(folder, json.path("hashes").path("campaign").asText(), new Figures(rows));
    }

    List<String> mismatches(Campaign now) {
      return now.sha256().equals(campaign)
          ? List.of()
          : List.of(
              "the baseline in '%s' is of another campaign (SHA-256 %s, here %s); run this one for it"
                  .formatted(folder, campaign, now.sha256()));
    }
  }
}
