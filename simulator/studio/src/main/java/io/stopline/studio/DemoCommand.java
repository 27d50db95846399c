package io.stopline.studio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.attacks.ThreatModel;
import io.stopline.campaign.Found;
import io.stopline.campaign.ThreatModelJson;
import io.stopline.config.Bundle;
import io.stopline.config.files.WholeFile;
import io.stopline.evaluation.Report;
import io.stopline.scene.scenario.Approach;
import io.stopline.scene.scenario.Background;
import io.stopline.scene.scenario.Scenario;
import io.stopline.studio.demo.Demo;
import io.stopline.studio.demo.DriveFigures;
import io.stopline.studio.demo.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stopline demo}. */
@Command(
    name = "demo",
    description = {
      "See it work: a camera, an agent, a broker and a fleet page as real processes here.",
      "",
      "Films three drives up to one sign: clean; with stickers that a search finds meanwhile and"
          + " that fool the bare models; and, as a control, with the same stickers shuffled. A live"
          + " page shows camera, verdicts and evidence. Without --headless it stays open until"
          + " Ctrl-C.",
      "",
      "With --json FILE the incident ('stopline replay' repeats it) and the altered drive ('stopline"
          + " drive' plays it) are written beside FILE.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  stopline demo                                       with the live page",
      "  stopline demo --headless --seed 7 --json demo.json  for scripts",
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:it worked: nothing raised on the clean drive; the stickers fooled the bare models in 80 %%"
          + " of the near frames or more, the guard accepted a wrong label in 5 %% or less of those"
          + " that it judged and raised one incident, stored and acknowledged",
      "1:it ran, but something of this was missed; the last lines say what",
      "2:wrong usage or bad input",
      "3:Stopline or the machine failed"
    })
final class DemoCommand implements Callable<Integer> {

  /** Faster than this an agent on two busy cores begins to miss frames. */
  private static final double FASTEST = 12;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @Mixin private CommonOptions common;

  @Option(names = "--headless", description = "End when the drives are over.")
  private boolean headless;

  /** The name that {@code --json} had here; scripts may still say it. */
  @Option(names = "--report", paramLabel = "FILE", hidden = true)
  void report(String file) {
    common.reportTo(file);
  }

  @Option(
      names = "--class",
      paramLabel = "N",
      defaultValue = "14",
      description = "Which sign, 0 to 42 (default: ${DEFAULT-VALUE}, stop).")
  private int signClass;

  @Option(
      names = "--photos",
      paramLabel = "PHOTO|DIR",
      description =
          "Stand the sign before a photograph of yours instead of a rendered roadside; the seed"
              + " chooses one of a folder.")
  private @Nullable Path photos;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Port of the live page, on loopback; 0 for any free one (${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--queries",
      paramLabel = "N",
      defaultValue = "15000",
      hidden = true,
      description = "What the search may ask at most.")
  private long queries;

  @Option(
      names = "--keep",
      description = "Keep the folder with logs, databases, frames and events, and say where it is.")
  private boolean keep;

  @Override
  public Integer call() throws IOException {
    if (signClass < 0 || signClass >= Approach.CLASSES) {
      throw new BadInputException(
          "--class is %d; give 0 to %d".formatted(signClass, Approach.CLASSES - 1));
    }
    if (port < 0 || port > 65535) {
      throw new BadInputException("--port is %d; give 0 to 65535".formatted(port));
    }
    if (photos != null && !Files.exists(photos)) {
      throw new BadInputException(
          "--photos '%s' does not exist; give a JPEG or PNG file or a folder of them"
              .formatted(photos));
    }
    Console console = common.console();
    long begin = System.nanoTime();
    Bundle bundle = Bundle.load(Bundle.locate(BundleOptions.SHIPPED));
    Path folder = Files.createTempDirectory("stopline-demo").toAbsolutePath();
    Demo demo;
    try {
      demo =
          new Demo(
              new Demo.Settings(
                  folder,
                  common.seed(),
                  scenario(),
                  Bundle.locate(BundleOptions.SHIPPED).toAbsolutePath().toString(),
                  bundle,
                  queries,
                  FASTEST,
                  port,
                  arguments -> Apps.process(Apps.App.AGENT, arguments),
                  arguments -> Apps.process(Apps.App.MONITOR, arguments)),
              step ->
                  console.note("  %3d s  %s", (System.nanoTime() - begin) / 1_000_000_000, step));
    } catch (IOException e) {
      tidy(folder, console);
      throw e;
    }
    // Whatever ends this process, its children end with it.
    Thread stop =
        new Thread(
            () -> {
              demo.close();
              tidy(folder, console);
            },
            "stop-demo");
    Runtime.getRuntime().addShutdownHook(stop);
    console.say("Live page: %s", demo.pageUrl());
    demo.run();
    double seconds = (System.nanoTime() - begin) / 1e9;
    show(console, bundle, demo);
    Path incident = write(console, demo, bundle, seconds);
    tell(console, demo, incident, seconds);
    if (!headless) {
      stayOpen(console, demo);
    }
    return demo.missed().isEmpty() ? ExitCode.OK : ExitCode.FOUND;
  }

  private Scenario scenario() {
    Scenario drive = Approach.to(signClass, common.seed());
    return photos == null
        ? drive
        : drive.before(new Background.Photographs(photos.toAbsolutePath().normalize()));
  }

  private void show(Console console, Bundle bundle, Demo demo) {
    console.say("");
    console.say(
        "Sign: %s, seed %d", bundle.labels(bundle.policy(null)).get(signClass), common.seed());
    demo.found()
        .ifPresent(
            f ->
                console.say(
                    "Stickers: %.1f %% of the sign, found with %d queries in %.0f s (%s)",
                    100 * f.coveredShare(), f.queries(), f.seconds(), f.threatModel().describe()));
    console.say("Played at %.1f frames/s of the drive's %.0f", demo.framesPerSecond(), filmed());
    console.say("");
    console.say(
        "%-9s %7s %9s %7s %12s %13s %15s %9s %10s",
        "drive",
        "frames",
        "found at",
        "near",
        "bare wrong",
        "not looked at",
        "guard accepts",
        "suspect",
        "incidents");
    console.say(
        "%-9s %7s %9s %7s %12s %13s %15s %9s %10s",
        "", "", "", "", "", "by the guard", "wrong", "", "stored");
    for (DriveFigures d : demo.figures()) {
      console.say(
          "%-9s %7d %9s %7d %12s %13s %15s %9s %10d",
          d.part().key(),
          d.frames(),
          Double.isNaN(d.foundAtMetres())
              ? "-"
              : String.format(Locale.ROOT, "%.0f m", d.foundAtMetres()),
          d.nearFrames(),
          share(d.undefendedErrors(), d.undefendedFrames()),
          share(d.notInspectedFrames(), d.nearFrames()),
          share(d.acceptedErrors(), d.inspectedFrames()),
          share(d.suspectFrames(), d.inspectedFrames()),
          d.incidentsStored());
    }
    console.say("");
  }

  private double filmed() {
    return Approach.to(signClass, common.seed()).camera().framesPerSecond();
  }

  private static String share(int part, int whole) {
    return whole == 0 ? "-" : String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
  }

  private @Nullable Path write(Console console, Demo demo, Bundle bundle, double seconds)
      throws IOException {
    Report json = new Report("demo", common.seed());
    BundleOptions.hashes(json, bundle, bundle.policy(null));
    json.warn(
        "a demonstration on one sign and one drive, no measurement of robustness: the stickers were"
            + " searched against the bare ensemble by an attacker who does not know the guard");
    if (demo.framesPerSecond() < filmed()) {
      json.warn(
          "rendered, and played at %.1f frames/s instead of %.0f so that the agent gets to see them"
              .formatted(demo.framesPerSecond(), filmed()));
    }
    ArrayNode drives = JsonNodeFactory.instance.arrayNode();
    for (DriveFigures d : demo.figures()) {
      drives.add(d.toJson());
      if (d.nearFramesJudged() < 0.9 * d.nearFrames()) {
        json.warn(
            "the agent judged only %d of %d near frames of the drive '%s': this machine was too busy"
                .formatted(d.nearFramesJudged(), d.nearFrames(), d.part().key()));
      }
      if (d.incidentsSent() > d.incidentsOnMainSign()) {
        json.warn(
            "%d incidents of the drive '%s' are about another sign than the main one"
                .formatted(d.incidentsSent() - d.incidentsOnMainSign(), d.part().key()));
      }
    }
    json.put("drives", drives);
    demo.found().ifPresent(f -> json.put("alteration", alteration(f)));
    ObjectNode fields = json.fields();
    fields
        .put("signClass", signClass)
        .put("sign", bundle.labels(bundle.policy(null)).get(signClass))
        .put("policyName", bundle.policy(null).policy().name())
        .put("filmedFramesPerSecond", filmed())
        .put("playedFramesPerSecond", demo.framesPerSecond())
        .put("seconds", seconds)
        .put("worked", demo.missed().isEmpty());
    demo.missed().forEach(fields.putArray("missed")::add);
    Path incidentFile = null;
    Optional<Path> target = common.reportFile();
    if (target.isPresent()) {
      Path absolute = target.get().toAbsolutePath();
      String name = String.valueOf(absolute.getFileName()).replaceFirst("\\.json$", "");
      JsonNode incident = demo.incident().orElse(null);
      if (incident != null) {
        incidentFile = absolute.resolveSibling(name + "-incident.json");
        WholeFile.write(incidentFile, JSON.writeValueAsBytes(incident));
        fields.put("incidentFile", incidentFile.toString());
      }
      Path attacked = demo.scenarioFile(Part.ATTACKED);
      if (Files.exists(attacked)) {
        Path scenario = absolute.resolveSibling(name + "-attacked.yaml");
        WholeFile.write(scenario, out -> Files.copy(attacked, out));
        fields.put("scenarioFile", scenario.toString());
      }
    }
    console.report(json.toJson());
    return incidentFile;
  }

  private static ObjectNode alteration(Found found) {
    ThreatModel threat = found.threatModel();
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("kind", ThreatModel.words(threat.capability()))
            .put("coveredShare", found.coveredShare())
            .put("queries", found.queries())
            .put("seconds", found.seconds());
    node.set("threatModel", ThreatModelJson.of(threat));
    return node;
  }

  private static void tell(Console console, Demo demo, @Nullable Path incident, double seconds) {
    List<String> missed = demo.missed();
    if (missed.isEmpty()) {
      console.say(
          "It worked, in %.0f s: the bare models were fooled, the guarded ones were not; one"
              + " incident was sent, stored and acknowledged.",
          seconds);
    } else {
      console.say("Not as it should be, after %.0f s:", seconds);
      missed.forEach(sentence -> console.say("  - %s", sentence));
    }
    if (incident != null) {
      console.say("Repeat the incident's verdicts: ./stopline replay %s", incident);
    }
  }

  private static void stayOpen(Console console, Demo demo) {
    console.say("Live page: %s   Fleet page: %s", demo.pageUrl(), demo.fleetPage());
    console.say("Both stay open until Ctrl-C.");
    CountDownLatch untilCtrlC = new CountDownLatch(1);
    try {
      untilCtrlC.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tidy(Path folder, Console console) {
    if (keep) {
      console.note("Logs, databases, frames and events: %s", folder);
      return;
    }
    try {
      Demo.delete(folder);
    } catch (IOException e) {
      console.note("The folder '%s' cannot be removed (%s)", folder, Failures.reason(e));
    }
  }
}
