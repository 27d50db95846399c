package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.campaign.DriveJudge;
import io.stopline.campaign.DriveResult;
import io.stopline.campaign.stills.StillCamera;
import io.stopline.campaign.stills.StillDrive;
import io.stopline.campaign.stills.StillResult;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.export.FrameExport;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.ScenarioFile;
import io.stopline.sdk.pipeline.Incident;
import io.stopline.studio.camera.Film;
import io.stopline.studio.camera.MjpegCamera;
import io.stopline.studio.camera.Shot;
import io.stopline.studio.camera.TruthJson;
import io.stopline.tflite.RuntimeOptions;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stopline drive}. */
@Command(
    name = "drive",
    footer = {
      "",
      "Examples:",
      "  stopline drive drive.yaml --judge --json drive.json",
      "  stopline drive --still photo.jpg --judge"
    },
    description = {
      "Film a drive past road signs from a scenario file, or through photographs: write it out,"
          + " serve it as a camera, judge it.",
      "",
      "The same scenario gives the same bytes on any number of threads. Judging asks the policy's"
          + " bare models and everything an agent runs (proposer, tracker, guard), frame by frame"
          + " in this process. Near frames are those in which a sign is at least 20 px high and at"
          + " least half inside the picture. With --still each photograph is driven through once:"
          + " 36 frames in 1.2 s that zoom about the place where roads vanish.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:--gate: a wrong label was accepted in more than 5 %% of near frames, or a clean drive"
          + " raised an incident",
      "2:wrong usage or bad input",
      "3:Stopline or the machine failed"
    })
final class DriveCommand implements Callable<Integer> {

  /** What a guard may accept wrongly, share of near frames. */
  private static final double GATE = 0.05;

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;

  @Mixin private BundleOptions bundleOptions;
  @Mixin private ExportOptions export;

  /** What is filmed. */
  static final class Source {
    @Parameters(paramLabel = "SCENARIO.yaml", description = "The drive; see docs/scenarios.md.")
    @Nullable Path scenario;

    @Option(
        names = "--still",
        required = true,
        paramLabel = "PHOTO|DIR",
        description =
            "Drive through a photograph, a folder of them, or road frames with boxes (see"
                + " 'evaluate --road').")
    @Nullable Path still;
  }

  @ArgGroup(multiplicity = "1")
  private Source source;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "With --still: N of the photographs, evenly spread.")
  private @Nullable Integer limit;

  @Option(
      names = "--camera",
      paramLabel = "SETTINGS",
      description =
          "With --still: what the camera adds, such as drift=3,noise=2,exposure=-1,jpeg=60, or"
              + " 'standard' (default: nothing).")
  private @Nullable String camera;

  @Option(
      names = "--road-labels",
      paramLabel = "FILE",
      description =
          "With --still: which class of road frames is which label of the models, class,label"
              + " (default: by name).")
  private @Nullable Path roadLabels;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Write frame-0000.jpg and so on, ground-truth.jsonl, masks of alterations, the scenario"
              + " and, if judged, incidents as an agent sends them.")
  private @Nullable Path out;

  @Option(names = "--force", description = "Replace an earlier drive in --out DIR.")
  private boolean force;

  @Option(
      names = "--serve",
      paramLabel = "PORT",
      description =
          "Serve the drive as an MJPEG camera on loopback, at its own pace, once, from when"
              + " somebody looks; 0 takes a free port. /truth tells what is shown.")
  private @Nullable Integer port;

  @Option(names = "--loop", description = "With --serve: again and again, until Ctrl-C.")
  private boolean loop;

  @Option(
      names = "--judge",
      description = "Judge the drive, bare and guarded; --json FILE then holds every frame.")
  private boolean judge;

  @Option(names = "--gate", description = "Judge the drive and end with 1 if the guard failed.")
  private boolean gate;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Frames that are rendered at a time (default: one a processor).")
  private @Nullable Integer threads;

  @Override
  public Integer call() throws IOException, InterruptedException {
    checkUsage();
    Console console = common.console();
    Path photographs = source.still;
    if (photographs != null) {
      return stills(console, photographs);
    }
    Path file = source.scenario;
    if (file == null) {
      throw new BadInputException("name a SCENARIO.yaml, or give --still PHOTO|DIR");
    }
    if (limit != null || camera != null || roadLabels != null) {
      throw new BadInputException(
          "--limit, --camera and --road-labels are about photographs; give --still PHOTO|DIR with"
              + " them");
    }
    Scenario scenario = ScenarioFile.read(file);
    Bundle bundle = bundleOptions.bundle();
    PolicyFile policy = bundleOptions.policy(bundle);
    DriveFolder folder = out == null ? null : DriveFolder.open(out, force);
    List<String> labels = bundle.labels(policy);
    int used = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    try (MjpegCamera camera = port == null ? null : camera(port)) {
      DriveRenderer drive = DriveRenderer.of(scenario);
      try (Film film = film(console, drive, used)) {
        say(
            console,
            "%s: %d frames of %d×%d px in %.1f s, %.1f frames/s on %d threads",
            scenario.name(),
            film.frames(),
            scenario.camera().width(),
            scenario.camera().height(),
            film.seconds(),
            film.frames() / film.seconds(),
            used);
        say(console, "SHA-256 over all frames: %s", film.sha256());
        if (folder != null) {
          try (Progress progress = console.progress("writing", film.frames(), "frames")) {
            folder.write(drive, film, labels, used, progress);
          }
          say(console, "written to %s", out);
        }
        Report json = new Report("drive", common.seed());
        BundleOptions.hashes(json, bundle, policy);
        json.hash("frames", film.sha256());
        describe(json.fields(), scenario, film, used);
        boolean good = true;
        DriveResult result = null;
        if (judge || gate) {
          result = judge(console, scenario, film, bundle, policy);
          tell(console, result);
          if (folder != null) {
            folder.writeIncidents(result.incidents(), bundle);
          }
          good =
              result.acceptedErrorShare() <= GATE
                  && (result.attacked() || result.incidents().isEmpty());
          put(json, result, good);
        }
        if (folder != null && export.asked()) {
          DriveExport exporting = new DriveExport(labels, export.command());
          tell(
              console,
              json,
              folder.export(exporting.rendered(drive, film, result), export.formats()));
        }
        console.report(json.toJson());
        if (camera != null) {
          serve(console, camera, scenario, film, labels);
        }
        return gate && !good ? ExitCode.FOUND : ExitCode.OK;
      }
    }
  }

  private int stills(Console console, Path photographs) throws IOException, InterruptedException {
    StillCamera added = camera == null ? StillCamera.NONE : RoadOptions.camera("--camera", camera);
    Bundle bundle = bundleOptions.bundle();
    PolicyFile policy = bundleOptions.policy(bundle);
    DriveFolder folder = out == null ? null : DriveFolder.open(out, force);
    int used = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    try (MjpegCamera server = port == null ? null : camera(port);
        StillShow show =
            StillShow.film(
                console,
                photographs,
                limit == null ? Integer.MAX_VALUE : limit,
                added,
                bundle.labels(policy),
                roadLabels,
                used,
                common.seed())) {
      Report json = new Report("drive", common.seed());
      show.warnings().forEach(json::warn);
      json.warnings().forEach(warning -> say(console, "! %s", warning));
      say(
          console,
          "%s: %d drives, %d frames in %.1f s, %.1f frames/s on %d threads",
          photographs,
          show.size(),
          show.frames(),
          show.seconds(),
          show.frames() / show.seconds(),
          used);
      say(console, "SHA-256 over all frames: %s", show.sha256());
      if (folder != null) {
        try (Progress progress = console.progress("writing", show.frames(), "frames")) {
          show.write(folder, progress);
        }
        say(console, "written to %s", out);
      }
      BundleOptions.hashes(json, bundle, policy);
      json.hash("frames", show.sha256());
      json.fields().put("photographs", show.size()).put("frames", show.frames());
      boolean good = true;
      List<StillResult> results = null;
      if (judge || gate) {
        results = show.judge(console, bundle, policy, common.seed());
        if (folder != null) {
          folder.writeIncidents(
              results.stream().flatMap(r -> r.drive().incidents().stream()).toList(), bundle);
        }
        good = tell(console, results);
        StillShow.put(json, results, common.seed());
        json.fields().putObject("gate").put("passed", good);
      }
      if (folder != null && export.asked()) {
        DriveExport exporting = new DriveExport(bundle.labels(policy), export.command());
        tell(
            console,
            json,
            folder.export(
                show.frameSet(photographs.toString(), exporting, results), export.formats()));
      }
      console.report(json.toJson());
      if (server != null) {
        ready(server, show.frames(), 1000.0 / StillDrive.MILLIS, console);
        do {
          show.play(server);
        } while (loop);
        server.end(Duration.ofSeconds(5));
      }
      return gate && !good ? ExitCode.FOUND : ExitCode.OK;
    }
  }

  /** Says what came of drives through photographs; returns whether it is as it should be. */
  private boolean tell(Console console, List<StillResult> results) {
    boolean good = true;
    for (StillResult result : results) {
      DriveResult r = result.drive();
      good &= r.acceptedErrorShare() <= GATE && result.alerts() == 0;
      say(
          console,
          "%s: %d incidents on signs, %d elsewhere (and %d notices); %d near frames, a wrong label"
              + " accepted in %d",
          result.name(),
          result.count(Incident.Level.ALERT, true),
          result.count(Incident.Level.ALERT, false),
          result.incidents().size() - result.alerts(),
          r.nearFrames(),
          r.acceptedErrors());
    }
    return good;
  }

  /** Says what was written for other tools. */
  private void tell(Console console, Report json, List<FrameExport.Written> written) {
    for (FrameExport.Written file : written) {
      say(console, "%s", file.describe());
    }
    json.put("exported", FrameExport.toJson(written));
  }

  private void checkUsage() {
    export.formats();
    if (export.asked() && out == null) {
      throw new BadInputException("--export says what to write; give --out DIR with it");
    }
    if (limit != null && limit < 1) {
      throw new BadInputException("--limit is %d; give at least 1".formatted(limit));
    }
    if (threads != null && (threads < 1 || threads > 256)) {
      throw new BadInputException("--threads is %d; give 1 to 256".formatted(threads));
    }
    if (port != null && (port < 0 || port > 65535)) {
      throw new BadInputException("--serve is %d; give a port, 0 to 65535".formatted(port));
    }
    if (loop && port == null) {
      throw new BadInputException("--loop says how to serve; give --serve PORT with it");
    }
    if (force && out == null) {
      throw new BadInputException("--force says how to write; give --out DIR with it");
    }
  }

  private static MjpegCamera camera(int port) throws IOException {
    try {
      return new MjpegCamera(port);
    } catch (BindException e) {
      throw new BadInputException(
          "port %d cannot be used (%s); give another, or 0 for a free one"
              .formatted(port, e.getMessage()),
          e);
    }
  }

  private static Film film(Console console, DriveRenderer drive, int threads) {
    try (Progress progress = console.progress("rendering", drive.frames(), "frames")) {
      return Film.of(drive, threads, progress::step);
    }
  }

  private DriveResult judge(
      Console console, Scenario scenario, Film film, Bundle bundle, PolicyFile policy) {
    try (DriveJudge judging =
            DriveJudge.open(
                bundle, policy.policy().name(), RuntimeOptions.defaults(), common.seed());
        Progress progress = console.progress("judging", film.frames(), "frames")) {
      for (int frame = 0; frame < film.frames(); frame++) {
        judging.judge(film.truth(frame), film.jpeg(frame));
        progress.step();
      }
      boolean attacked = scenario.signs().stream().anyMatch(s -> s.alteration() != null);
      return judging.finish(scenario.name(), attacked);
    }
  }

  private void tell(Console console, DriveResult r) {
    tellFrames(console, r);
    if (r.released() + r.releasedWrong() + r.withdrawn() > 0) {
      say(
          console,
          "labels released: right of %d signs, wrong of %d (never suspected: %d), withdrawn %d"
              + " times",
          r.released(),
          r.releasedWrong(),
          r.releasedWrongUnsuspected(),
          r.withdrawn());
    }
  }

  private void tellFrames(Console console, DriveResult r) {
    say(
        console,
        "%d near frames; bare models wrong in %d (%.1f %%); guard accepted a wrong label in %d"
            + " (%.1f %%), suspected in %d, abstained in %d, saw no sign in %d, did not judge %d%s;"
            + " %d incidents%s",
        r.nearFrames(),
        r.undefendedErrors(),
        100 * r.undefendedErrorShare(),
        r.acceptedErrors(),
        100 * r.acceptedErrorShare(),
        r.suspectFrames(),
        r.abstainedFrames(),
        r.noSignFrames(),
        r.nearFrames() - r.inspectedFrames(),
        Double.isNaN(r.foundAtMetres())
            ? ""
            : String.format(Locale.ROOT, "; followed from %.0f m on", r.foundAtMetres()),
        r.incidents().size(),
        r.attacked() ? "" : " on a clean drive");
  }

  private static void describe(ObjectNode node, Scenario scenario, Film film, int threads) {
    node.put("scenario", scenario.name())
        .put("scenarioSeed", scenario.seed())
        .put("frames", film.frames())
        .put("width", scenario.camera().width())
        .put("height", scenario.camera().height())
        .put("framesPerSecond", scenario.camera().framesPerSecond())
        .put("threads", threads)
        .put("renderSeconds", film.seconds())
        .put("renderedFramesPerSecond", film.frames() / film.seconds())
        .put("framesSha256", film.sha256());
  }

  private static void put(Report report, DriveResult result, boolean good) {
    ArrayNode drives = JsonNodeFactory.instance.arrayNode();
    drives.add(result.toJson());
    report.put("drives", drives);
    ArrayNode frames = JsonNodeFactory.instance.arrayNode();
    result.frames().forEach(f -> frames.add(f.toJson()));
    report.put("perFrame", frames);
    report
        .fields()
        .putObject("gate")
        .put("passed", good)
        .put("acceptedErrorShare", result.acceptedErrorShare())
        .put("acceptedErrorShareAllowed", GATE);
  }

  private void serve(
      Console console, MjpegCamera camera, Scenario scenario, Film film, List<String> labels)
      throws InterruptedException {
    String name = scenario.name().replaceAll("[^A-Za-z0-9._-]+", "-");
    String header = name.substring(0, Math.min(100, name.length()));
    ready(camera, film.frames(), scenario.camera().framesPerSecond(), console);
    do {
      Iterator<Shot> shots =
          IntStream.range(0, film.frames())
              .mapToObj(frame -> shot(header, film, labels, frame))
              .iterator();
      camera.play(shots, scenario.camera().framesPerSecond());
    } while (loop);
    camera.end(Duration.ofSeconds(5));
  }

  /** Tells whoever started this that the camera stands, and waits until somebody looks. */
  private void ready(MjpegCamera camera, int frames, double framesPerSecond, Console console)
      throws InterruptedException {
    // One line; all words go to standard error.
    spec.commandLine()
        .getOut()
        .println(
            JsonNodeFactory.instance
                .objectNode()
                .put("ready", true)
                .put("stream", camera.uri().toString())
                .put("truth", camera.uri().resolve("/truth").toString())
                .put("port", camera.port())
                .put("frames", frames)
                .put("framesPerSecond", framesPerSecond));
    spec.commandLine().getOut().flush();
    console.note("%s: waiting for somebody to look; Ctrl-C ends", camera.uri());
    while (!camera.awaitViewer(Duration.ofMinutes(1))) {
      // Somebody may still come.
    }
  }

  private static Shot shot(String name, Film film, List<String> labels, int frame) {
    return new Shot(
        name, frame, film.jpeg(frame), TruthJson.of(film.truth(frame), labels).toString());
  }

  /** Where a camera is served, standard output carries its ready line alone. */
  private void say(Console console, String format, @Nullable Object... arguments) {
    if (port == null) {
      console.say(format, arguments);
    } else {
      console.note(format, arguments);
    }
  }
}
