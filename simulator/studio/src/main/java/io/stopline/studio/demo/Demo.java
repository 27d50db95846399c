package io.stopline.studio.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Track;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Plays two drives to a real agent that reports to a real monitor, each a process of its own: the
 * same sign, first clean, then with stickers on it. Closing it ends the processes.
 */
public final class Demo implements AutoCloseable {

  private static final String DEVICE = "demo-vehicle";
  private static final double FRAMES_PER_SECOND = 12;
  private static final Duration READY = Duration.ofSeconds(90);
  private static final Duration STORED = Duration.ofSeconds(45);

  /** Frames of the empty road after a drive, so that the sign's track has ended for sure. */
  private static final int FRAMES_AFTER = 16;

  /** From this size on, px, the bare model is asked what it sees. */
  private static final double LEAST_SIZE = 24;

  private final Settings settings;
  private final Consumer<String> progress;
  private final ObjectMapper mapper = new ObjectMapper();
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final Deque<Child> children = new ArrayDeque<>();
  private final List<Drive> drives = new ArrayList<>();
  private final Path events;
  private final Path status;
  private boolean closed;
  private String page = "";
  private String camera = "";
  private @Nullable Child agent;
  private @Nullable JsonNode incident;
  private StickerSearch.@Nullable Found stickers;
  private String signTitle = "";
  private String bareModel = "";

  /**
   * @param folder for logs, databases and the incident; exists
   * @param seed of scene, camera and stickers
   * @param bundleName as the agent is to be given it
   * @param bundle the same, loaded
   * @param data a data set whose photographs to show instead of a drawn sign
   * @param agent starts the agent with these arguments
   * @param monitor starts the monitor with these arguments
   */
  public record Settings(
      Path folder,
      long seed,
      String bundleName,
      Bundle bundle,
      @Nullable Path data,
      Function<List<String>, ProcessBuilder> agent,
      Function<List<String>, ProcessBuilder> monitor) {}

  /**
   * One drive, as agent and monitor had it.
   *
   * @param frames filmed
   * @param framesJudged by the agent while the drive was shown
   * @param framesInspected of them, in which the guard judged the sign
   * @param undefendedErrors filmed frames in which the policy's first model alone, shown the sign
   *     at its true place, is wrong
   * @param undefendedFrames filmed frames in which it was asked
   * @param acceptedErrors inspected frames whose label is wrong and was accepted
   * @param suspectFrames inspected frames that were suspected
   * @param incidentsSent raised by the agent
   * @param incidentsStored acknowledged as stored by the monitor
   */
  public record Drive(
      String name,
      boolean attacked,
      int frames,
      int framesJudged,
      int framesInspected,
      int undefendedErrors,
      int undefendedFrames,
      int acceptedErrors,
      int suspectFrames,
      int incidentsSent,
      int incidentsStored) {}

  public Demo(Settings settings, Consumer<String> progress) {
    this.settings = settings;
    this.progress = progress;
    events = settings.folder().resolve("agent-events.jsonl");
    status = settings.folder().resolve("agent-status.json");
  }

  /**
   * Runs both drives.
   *
   * @throws IOException if a process does not start, ends, or does not answer in time
   */
  public void run() throws IOException {
    Path folder = settings.folder();
    progress.accept("starting the fleet monitor");
    Path credential = folder.resolve("device-password");
    Child monitor =
        start(
            "monitor",
            settings
                .monitor()
                .apply(
                    List.of(
                        "--data",
                        folder.resolve("monitor").toString(),
                        "--port",
                        "0",
                        "--mqtt-port",
                        "0",
                        "--provision",
                        DEVICE + "=" + credential,
                        "--ready-file",
                        folder.resolve("monitor-ready.json").toString())));

    DriveUp drive = new DriveUp(settings.seed());
    DriveSign sign = sign();
    signTitle = sign.title();
    progress.accept("placing stickers on: " + signTitle);
    int[] cleanErrors;
    int[] alteredErrors;
    Path stickerFile = folder.resolve("stickers.json");
    try (BareModel model =
        new BareModel(settings.bundle(), GuardFactory.options(settings.bundle().profile(null)))) {
      bareModel = model.name();
      StickerSearch.Found found = new StickerSearch(model, drive, sign).search(settings.seed());
      stickers = found;
      mapper.writeValue(stickerFile.toFile(), found.stickers());
      cleanErrors = bareErrors(model, drive, sign, List.of());
      alteredErrors = bareErrors(model, drive, sign, found.stickers());
    }
    progress.accept("filming both drives");
    Child cameraProcess = start("camera", cameraProcess(sign, stickerFile));
    JsonNode monitorReady =
        await(
            "the monitor is ready",
            READY,
            monitor,
            () -> json(folder.resolve("monitor-ready.json")));
    page = monitorReady.path("page").asText();
    JsonNode cameraReady =
        await("the camera is ready", READY, cameraProcess, () -> line(cameraProcess.jsonLine()));
    camera = "http://127.0.0.1:" + cameraReady.path("port").asInt();
    progress.accept("starting the agent");
    Child agentProcess =
        start(
            "agent",
            settings
                .agent()
                .apply(
                    List.of(
                        "--bundle", settings.bundleName(),
                        "--source", camera + "/stream",
                        "--broker", monitorReady.path("broker").asText(),
                        "--device-id", DEVICE,
                        "--credentials", credential.toString(),
                        "--state", folder.resolve("agent").toString(),
                        "--gpio", "mock",
                        // An invented place, so that the page shows where a report puts one.
                        "--latitude", "48.1500",
                        "--longitude", "11.5800",
                        "--events", events.toString(),
                        "--status-file", status.toString())));
    agent = agentProcess;
    await(
        "the agent sees the camera and reaches the monitor",
        READY,
        agentProcess,
        () -> {
          JsonNode s = json(status);
          return s != null
                  && s.path("broker").path("state").asText().equals("CONNECTED")
                  && s.path("frames").path("inspected").asLong() > 5
              ? s
              : null;
        });
    await(
        "both drives are filmed",
        READY,
        cameraProcess,
        () -> {
          JsonNode s = get(camera + "/state");
          return s.path("drives").size() == 2 ? s : null;
        });
    drives.add(play("clean", false, sign, cleanErrors));
    drives.add(play("altered", true, sign, alteredErrors));
    fetchIncident();
  }

  private DriveSign sign() {
    Path data = settings.data();
    if (data == null) {
      return new ArtSign(SignFace.STOP);
    }
    Dataset set = Dataset.open(data);
    // Signs that no model of ours was trained on, if the set records that.
    List<Track> tracks = new ArrayList<>(set.heldOutTracks());
    if (tracks.isEmpty()) {
      set.splitNames().forEach(name -> tracks.addAll(set.split(name).tracks()));
    }
    tracks.removeIf(t -> t.label() != SignFace.STOP.label() || t.frames().size() < 10);
    if (tracks.isEmpty()) {
      throw new IllegalArgumentException(
          "data set '%s' has no track of a stop sign (class %d) with 10 frames; leave --data away"
              .formatted(data, SignFace.STOP.label()));
    }
    RandomStream random = new RandomStream(RandomStream.derive(settings.seed(), 21));
    return TrackSign.of(set, tracks.get(random.nextInt(tracks.size())));
  }

  /** How often the bare model errs, and how often it was asked. */
  private static int[] bareErrors(
      BareModel model, DriveUp drive, DriveSign sign, List<Sticker> stickers) {
    int errors = 0;
    int asked = 0;
    for (int i = 0; i < DriveUp.FRAMES; i++) {
      if (drive.pose(i).size() < LEAST_SIZE) {
        continue;
      }
      Region window = StickerSearch.window(drive.pose(i));
      asked++;
      if (model.label(Pictures.image(drive.film(i, sign.picture(i, stickers), window)))
          != sign.label()) {
        errors++;
      }
    }
    return new int[] {errors, asked};
  }

  private ProcessBuilder cameraProcess(DriveSign sign, Path stickerFile) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx384m",
            "-Djava.awt.headless=true",
            "-cp",
            absolute(System.getProperty("java.class.path")),
            CameraMain.class.getName(),
            "--seed",
            Long.toString(settings.seed()),
            "--fps",
            Double.toString(FRAMES_PER_SECOND),
            "--stickers",
            stickerFile.toString()));
    Path data = settings.data();
    if (data != null && sign instanceof TrackSign track) {
      command.addAll(
          List.of("--data", data.toAbsolutePath().toString(), "--track", track.trackId()));
    }
    return new ProcessBuilder(command);
  }

  /** The child runs in another folder than this process. */
  private static String absolute(String classPath) {
    List<String> entries = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      entries.add(Path.of(entry).toAbsolutePath().toString());
    }
    return String.join(File.pathSeparator, entries);
  }

  private Drive play(String name, boolean attacked, DriveSign sign, int[] bare) throws IOException {
    progress.accept("driving: " + name);
    Child agentProcess = requireAgent();
    long raisedBefore = events("incident").size();
    long storedBefore = stored();
    int frameBefore = events("frame").size();
    post(camera + "/play/" + name);
    await(
        "the drive '" + name + "' is over",
        Duration.ofSeconds(60),
        agentProcess,
        () -> {
          JsonNode s = get(camera + "/state");
          return s.path("played").path(name).asInt() > 0 ? s : null;
        });
    int shown = events("frame").size();
    await(
        "the agent has seen the empty road again",
        Duration.ofSeconds(60),
        agentProcess,
        () -> events("frame").size() >= shown + FRAMES_AFTER ? mapper.createObjectNode() : null);
    List<JsonNode> frames = events("frame");
    int inspected = 0;
    int accepted = 0;
    int suspect = 0;
    for (JsonNode frame : frames.subList(frameBefore, frames.size())) {
      for (JsonNode track : frame.path("tracks")) {
        if (track.path("inspected").asBoolean()) {
          inspected++;
          String decision = track.path("decision").asText();
          suspect += decision.equals("SUSPECT") ? 1 : 0;
          accepted +=
              decision.equals("ACCEPT") && track.path("label").asInt() != sign.label() ? 1 : 0;
        }
      }
    }
    int raised = (int) (events("incident").size() - raisedBefore);
    if (raised > 0) {
      progress.accept("waiting until the monitor has stored " + raised + " incident(s)");
    }
    await(
        "the monitor has stored and acknowledged what the agent raised",
        STORED,
        agentProcess,
        () -> {
          JsonNode s = json(status);
          return s != null
                  && stored() - storedBefore >= raised
                  && events("accepted").size() >= raisedBefore + raised
                  && s.path("outbox").path("depth").asLong() == 0
                  && s.path("broker").path("acknowledged").asLong() >= raisedBefore + raised
              ? s
              : null;
        });
    return new Drive(
        name,
        attacked,
        DriveUp.FRAMES,
        shown - frameBefore,
        inspected,
        bare[0],
        bare[1],
        accepted,
        suspect,
        raised,
        (int) (stored() - storedBefore));
  }

  private long stored() throws IOException {
    return get(page("/api/incidents")).path("total").asLong();
  }

  private String page(String path) {
    return page.replaceAll("/+$", "") + path;
  }

  private Child requireAgent() {
    Child a = agent;
    if (a == null) {
      throw new IllegalStateException("the agent was not started");
    }
    return a;
  }

  private void fetchIncident() throws IOException {
    JsonNode list = get(page("/api/incidents")).path("incidents");
    if (!list.isEmpty()) {
      incident = get(page("/api/incidents/" + list.get(0).path("key").asText() + "/incident.json"));
    }
  }

  /** The agent's events of one type so far. */
  private List<JsonNode> events(String type) throws IOException {
    List<JsonNode> found = new ArrayList<>();
    if (Files.exists(events)) {
      for (String line : Files.readAllLines(events)) {
        // The last line may be half written.
        if (line.startsWith("{") && line.endsWith("}") && line.contains("\"" + type + "\"")) {
          JsonNode node = mapper.readTree(line);
          if (node.path("type").asText().equals(type)) {
            found.add(node);
          }
        }
      }
    }
    return found;
  }

  private @Nullable JsonNode json(Path file) throws IOException {
    return Files.exists(file) ? line(Files.readString(file).strip()) : null;
  }

  private @Nullable JsonNode line(String text) throws IOException {
    return text.startsWith("{") && text.endsWith("}") ? mapper.readTree(text) : null;
  }

  private JsonNode get(String url) throws IOException {
    return send(HttpRequest.newBuilder(URI.create(url)).GET());
  }

  private void post(String url) throws IOException {
    send(HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.noBody()));
  }

  private JsonNode send(HttpRequest.Builder request) throws IOException {
    HttpRequest built = request.timeout(Duration.ofSeconds(10)).build();
    try {
      HttpResponse<byte[]> response = http.send(built, HttpResponse.BodyHandlers.ofByteArray());
      if (response.statusCode() / 100 != 2) {
        throw new IOException(
            "%s %s answered %d".formatted(built.method(), built.uri(), response.statusCode()));
      }
      return mapper.readTree(response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /** What is awaited; null as long as it is not there. */
  @FunctionalInterface
  private interface Condition {
    @Nullable JsonNode look() throws IOException;
  }

  private JsonNode await(String what, Duration limit, Child child, Condition condition)
      throws IOException {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      JsonNode found = condition.look();
      if (found != null) {
        return found;
      }
      child.requireAlive();
      if (System.nanoTime() > end) {
        throw new IOException(
            "after %d s it is still not so that %s; the logs are in %s (keep them with --keep)"
                .formatted(limit.toSeconds(), what, settings.folder()));
      }
      if (Thread.interrupted()) {
        throw new InterruptedIOException("interrupted");
      }
      LockSupport.parkNanos(50_000_000);
    }
  }

  private Child start(String name, ProcessBuilder builder) throws IOException {
    synchronized (children) {
      if (closed) {
        throw new IOException("the demonstration was stopped");
      }
      Child child = new Child(name, builder, settings.folder());
      children.push(child);
      return child;
    }
  }

  /** What was seen, in order. */
  public List<Drive> drives() {
    return List.copyOf(drives);
  }

  /** The latest incident as the monitor gives it out, if there is one. */
  public Optional<JsonNode> incident() {
    return Optional.ofNullable(incident);
  }

  /** Where a person can see it. */
  public String pageUrl() {
    return page;
  }

  /** What the sign was. */
  public String signTitle() {
    return signTitle;
  }

  /** Which model the undefended figures are of. */
  public String bareModel() {
    return bareModel;
  }

  /** How the stickers were chosen, in words. */
  public String howStickersWereChosen() {
    StickerSearch.Found found = stickers;
    return found == null
        ? ""
        : ("%d stickers over at most %.1f %% of the sign, the best of %d placements tried"
                + " (scene %d) on the scores of '%s' alone (worst margin over four views %.2f)")
            .formatted(
                found.stickers().size(),
                100 * found.area(),
                found.candidates(),
                settings.seed(),
                bareModel,
                found.margin());
  }

  /** Ends the processes, last started first. May be called from any thread, and twice. */
  @Override
  public void close() {
    synchronized (children) {
      closed = true;
      children.forEach(Child::askToEnd);
      while (!children.isEmpty()) {
        children.pop().close();
      }
    }
  }

  /** Deletes a folder and all in it. */
  public static void delete(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
