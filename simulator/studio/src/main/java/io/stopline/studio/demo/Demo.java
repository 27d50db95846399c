package io.stopline.studio.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.campaign.AlterationSearch;
import io.stopline.campaign.DriveJudge;
import io.stopline.campaign.Found;
import io.stopline.campaign.SignJudgement;
import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.PolicyFile;
import io.stopline.config.files.WholeFile;
import io.stopline.config.images.ImageFiles;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.SignTruth;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.AlterationPainter;
import io.stopline.scene.alteration.BenignTwin;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.ScenarioFile;
import io.stopline.scene.sign.SignArt;
import io.stopline.sdk.image.Image;
import java.awt.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Plays three drives of one scenario to a real agent that reports to a real monitor, each a process
 * of its own: the sign clean, with stickers that are searched meanwhile, and with these stickers
 * shuffled. A page of its own shows it. Closing it ends page and processes.
 */
public final class Demo implements AutoCloseable {

  /** Frames of the empty road after a drive, so that the sign's track has ended for sure. */
  private static final int FRAMES_AFTER = 14;

  /** A drive is shown in about this time, if that is neither too fast nor too slow. */
  private static final double SECONDS_PER_DRIVE = 14;

  private static final double SLOWEST = 8;

  /** Stickers cover at most this share of the sign. */
  private static final double AREA_SHARE = 0.15;

  /** Name of the picture of the best stickers so far. */
  private static final String SEARCH = "search";

  private static final Duration SEARCHED = Duration.ofMinutes(4);
  private static final Duration FILMED = Duration.ofMinutes(2);
  private static final Duration STORED = Duration.ofSeconds(45);

  private final Settings settings;
  private final Consumer<String> progress;
  private final Processes processes;
  private final Board board;
  private final Faces faces;
  private final LivePage page;
  private final Map<Part, List<FilmedFrame>> films = new EnumMap<>(Part.class);
  private final AgentWatch watch;
  private final ExecutorService searcher =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread thread = new Thread(work, "search");
            thread.setDaemon(true);
            return thread;
          });
  private final List<String> missed = new ArrayList<>();
  private String pageUrl = "";
  private @Nullable Found found;
  private @Nullable JsonNode incident;
  private double framesPerSecond;

  /**
   * @param folder for logs, databases, frames and the incident; exists
   * @param seed of the search and the shuffling
   * @param scenario a clean drive; its first sign is the one that it is about
   * @param bundleName as the agent is to be given it
   * @param bundle the same, loaded
   * @param queries that the search may ask
   * @param fastest frames a second at which the camera may play at most
   * @param port of the page, 0 for any free one
   * @param agent starts the agent with these arguments
   * @param monitor starts the monitor with these arguments
   */
  public record Settings(
      Path folder,
      long seed,
      Scenario scenario,
      String bundleName,
      Bundle bundle,
      long queries,
      double fastest,
      int port,
      Function<List<String>, ProcessBuilder> agent,
      Function<List<String>, ProcessBuilder> monitor) {}

  /**
   * Opens the page; nothing runs yet.
   *
   * @throws IOException if the page's port is taken
   */
  public Demo(Settings settings, Consumer<String> progress) throws IOException {
    this.settings = settings;
    this.progress = progress;
    processes = new Processes(settings.folder());
    PolicyFile policy = settings.bundle().policy(null);
    Scenario scenario = settings.scenario();
    int signClass = scenario.signs().get(0).signClass();
    EventStream events = new EventStream();
    board =
        new Board(
            new Board.Setting(
                Board.Setting.newRun(),
                settings.bundle().version(),
                settings.seed(),
                signClass,
                settings.bundle().labels(policy),
                policy.policy().name(),
                policy.policy().members(),
                suspectAt(settings.bundle(), policy),
                scenario.camera().width(),
                scenario.camera().height()),
            events::tell);
    faces = new Faces(settings.folder().resolve("frames"), signClass);
    page = new LivePage(board, faces, events);
    watch = new AgentWatch(board, processes.events(), films);
    pageUrl = "http://127.0.0.1:" + page.start(settings.port()) + "/";
  }

  /** The largest p-value with which the guard of a policy suspects a track. */
  private static double suspectAt(Bundle bundle, PolicyFile policy) {
    return bundle
        .calibration(policy)
        .calibration()
        .limit(policy.policy().falseAlarmRate(), policy.policy().track().promise());
  }

  /**
   * Runs it all.
   *
   * @throws IOException if a process does not start, ends, or does not answer in time
   */
  public void run() throws IOException {
    try {
      play();
    } catch (IOException | RuntimeException e) {
      board.failed("Something broke: " + e.getMessage());
      throw e;
    }
  }

  private void play() throws IOException {
    say(Phase.STARTING, "Starting fleet monitor and camera");
    processes.startMonitorAndCamera(settings.monitor());
    Scenario clean = settings.scenario();
    orderFilm(Part.CLEAN, clean);
    say(Phase.SEARCHING, "Looking for stickers on at most 15 % of the sign");
    DriveRenderer drive = DriveRenderer.of(clean);
    Future<Found> search = searcher.submit(() -> search(drive));
    processes.startAgent(settings.agent(), settings.bundleName(), watch::look);
    board.fleetPage(processes.page());
    Alteration stickers;
    Alteration shuffled;
    try (DriveJudge judge =
        DriveJudge.open(
            settings.bundle(),
            null,
            GuardFactory.options(settings.bundle().profile(null)),
            settings.seed())) {
      takeFilm(Part.CLEAN, drive, judge);
      processes.awaitAgent(watch::look);
      processes.await("stickers are found", SEARCHED, watch::look, search::isDone);
      Found it = result(search);
      found = it;
      stickers = it.alteration();
      faces.face(SEARCH, stickers);
      faces.face(Part.ATTACKED.key(), stickers);
      shuffled =
          BenignTwin.of(
              stickers, SignArt.of(board.setting().signClass()).outline(), settings.seed());
      faces.face(Part.CONTROL.key(), shuffled);
      // Whoever hears of what was found asks for its pictures: they are there by then.
      Board.Search last = board.lastSearch();
      board.search(
          new Board.Search(
              1,
              it.queries(),
              it.coveredShare(),
              it.ensembleErrorRate(),
              last == null ? 1 : last.picture() + 1,
              it.seconds(),
              true));
      progress.accept("filming the altered sign and the control");
      orderFilm(Part.ATTACKED, with(clean, stickers));
      orderFilm(Part.CONTROL, with(clean, shuffled));
      takeFilm(Part.ATTACKED, drive, judge);
      takeFilm(Part.CONTROL, drive, judge);
    }
    int frames = drive.frames();
    double filmedRate = clean.camera().framesPerSecond();
    framesPerSecond =
        Math.min(
            Math.min(filmedRate, settings.fastest()),
            Math.max(SLOWEST, frames / SECONDS_PER_DRIVE));
    board.pace(filmedRate, framesPerSecond);
    for (Part part : Part.values()) {
      play(part);
    }
    say(Phase.INCIDENT, "Fetching the incident from the fleet monitor");
    fetchIncident();
    missed.addAll(Outcome.missed(figures()));
    board.outcome(missed);
  }

  private void say(Phase phase, String text) {
    board.phase(phase, text);
    progress.accept(text);
  }

  private static Scenario with(Scenario clean, @Nullable Alteration alteration) {
    List<io.stopline.scene.scenario.Sign> signs = new ArrayList<>(clean.signs());
    signs.set(0, signs.get(0).with(alteration));
    return withSigns(clean, signs);
  }

  private static Scenario withSigns(Scenario s, List<io.stopline.scene.scenario.Sign> signs) {
    return s.with(signs);
  }

  private void orderFilm(Part part, Scenario scenario) throws IOException {
    Path file = settings.folder().resolve(part.key() + ".yaml");
    WholeFile.write(
        file,
        ScenarioFile.textAt(
            file, scenario, List.of("The drive '" + part.key() + "' of a demonstration.")));
    if (part == Part.CLEAN) {
      Path road = settings.folder().resolve("road.yaml");
      WholeFile.write(
          road,
          ScenarioFile.textAt(
              road, withSigns(scenario, List.of()), List.of("The road without signs.")));
      processes.orderCamera("idle", road.toString());
    }
    processes.orderCamera(
        "film",
        part.key(),
        file.toString(),
        settings.folder().resolve("frames/" + part.key()).toString());
  }

  /** Waits until a drive is filmed and asks the bare ensemble about what was filmed. */
  private void takeFilm(Part part, DriveRenderer drive, DriveJudge judge) throws IOException {
    processes.awaitCamera("filmed", part.key(), FILMED, watch::look);
    // Stickers move nothing: the truth is the same in all three.
    List<FilmedFrame> film = FilmedFrame.of(drive);
    films.put(part, film);
    Map<Integer, BareVerdict> bare = new HashMap<>();
    for (FilmedFrame frame : film) {
      SignTruth sign = frame.sign();
      if (sign != null && frame.isNear()) {
        watch.look();
        Path file =
            settings.folder().resolve("frames/" + part.key() + "/" + frame.frame() + ".jpg");
        Image picture = ImageFiles.read(file);
        SignJudgement said = judge.judgeBare(sign, picture);
        bare.put(
            frame.frame(),
            new BareVerdict(said.bareLabel(), said.bareProbability(), said.trueProbability()));
      }
    }
    board.filmed(part, film, bare);
  }

  private Found search(DriveRenderer drive) {
    long begin = System.nanoTime();
    Shape outline = SignArt.of(board.setting().signClass()).outline();
    AlterationSearch.Settings wanted =
        new AlterationSearch.Settings(
            AlterationSearch.Kind.STICKERS,
            AlterationSearch.Knowledge.ENSEMBLE,
            AREA_SHARE,
            AlterationSearch.Settings.MOST_PIECES,
            settings.queries(),
            Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors())));
    return new AlterationSearch(settings.bundle(), null)
        .find(
            drive,
            0,
            wanted,
            List.of(),
            settings.seed(),
            step -> {
              Alteration best = AlterationSearch.alteration(outline, wanted, step.parameters());
              faces.face(SEARCH, best);
              Board.Search last = board.lastSearch();
              board.search(
                  new Board.Search(
                      (double) step.queries() / step.of(),
                      step.queries(),
                      AlterationPainter.coveredShare(outline, best),
                      step.fooledShare(),
                      last == null ? 1 : last.picture() + 1,
                      (System.nanoTime() - begin) / 1e9,
                      false));
            });
  }

  private static Found result(Future<Found> search) throws IOException {
    try {
      return search.get();
    } catch (ExecutionException e) {
      throw new IOException("the search for stickers failed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.io.InterruptedIOException("interrupted");
    }
  }

  private void play(Part part) throws IOException {
    say(
        Phase.valueOf(part.name()),
        switch (part) {
          case CLEAN -> "Driving up to the clean sign";
          case ATTACKED -> "Driving up to the altered sign";
          case CONTROL -> "Driving up to the same stickers, shuffled";
        });
    watch.look();
    watch.begin(part);
    int storedBefore = processes.stored();
    board.playing(part);
    processes.orderCamera("play", part.key(), Double.toString(framesPerSecond));
    List<FilmedFrame> film = films.getOrDefault(part, List.of());
    Duration limit = Duration.ofSeconds(60 + Math.round(film.size() / framesPerSecond));
    processes.awaitCamera("played", part.key(), limit, watch::look);
    processes.await(
        "the agent has seen the empty road again",
        Duration.ofSeconds(60),
        watch::look,
        () -> watch.idleSinceDrive() >= FRAMES_AFTER);
    if (watch.sent() > 0) {
      progress.accept("waiting until the monitor has stored " + watch.sent() + " incident(s)");
    }
    processes.await(
        "the monitor has stored and acknowledged what the agent raised",
        STORED,
        watch::look,
        () -> {
          JsonNode status = processes.status();
          return processes.stored() - storedBefore >= watch.sent()
              && watch.accepted() >= watch.sentInAll()
              && status.path("outbox").path("depth").asLong() == 0
              && status.path("broker").path("acknowledged").asLong() >= watch.sentInAll();
        });
    board.incidents(
        part,
        new DriveFigures.Incidents(
            watch.sent(), watch.sentOnMain(), processes.stored() - storedBefore));
    board.played(part);
    if (part == Part.ATTACKED) {
      fetchIncident();
    }
  }

  /** The incident that the altered sign raised: the last one that is stored by then. */
  private void fetchIncident() throws IOException {
    if (incident != null || board.figures(Part.ATTACKED).incidentsStored() == 0) {
      return;
    }
    JsonNode list = processes.get("/api/incidents").path("incidents");
    if (list.isEmpty()) {
      return;
    }
    JsonNode latest = list.get(0);
    String path = "/api/incidents/" + latest.path("key").asText();
    incident = processes.get(path + "/incident.json");
    JsonNode shown = processes.get(path);
    JsonNode evidence = shown.path("evidence");
    List<String> reasons = new ArrayList<>();
    shown.path("reasons").forEach(reason -> reasons.add(reason.asText()));
    if (!evidence.isEmpty()) {
      faces.incident(processes.bytes(evidence.get(evidence.size() - 1).path("crop").asText()));
    }
    board.incident(
        new Board.IncidentView(
            processes.page("/#incident-" + latest.path("key").asText()),
            shown.path("labelName").asText(),
            reasons,
            shown.path("pValue").asDouble(1),
            !evidence.isEmpty()));
  }

  /** What came of the drives so far, in order. */
  public List<DriveFigures> figures() {
    List<DriveFigures> figures = new ArrayList<>();
    for (Part part : Part.values()) {
      figures.add(board.figures(part));
    }
    return figures;
  }

  /** What was missed, in sentences; empty if the demonstration worked. Known after {@link #run}. */
  public List<String> missed() {
    return List.copyOf(missed);
  }

  /** What the search found, if it has. */
  public Optional<Found> found() {
    return Optional.ofNullable(found);
  }

  /** The incident as the monitor gives it out, if there is one. */
  public Optional<JsonNode> incident() {
    return Optional.ofNullable(incident);
  }

  /** The demonstration's own page. */
  public String pageUrl() {
    return pageUrl;
  }

  /** The fleet monitor's page; empty before it is there. */
  public String fleetPage() {
    return processes.page();
  }

  /** At which pace the camera played. */
  public double framesPerSecond() {
    return framesPerSecond;
  }

  /** Where a drive's scenario file lies; deleted with the folder. */
  public Path scenarioFile(Part part) {
    return settings.folder().resolve(part.key() + ".yaml");
  }

  /** Ends page and processes. May be called from any thread, and twice. */
  @Override
  public void close() {
    searcher.shutdownNow();
    try {
      // A process that ends while a model runs on another thread dies in native code.
      if (!searcher.awaitTermination(10, TimeUnit.SECONDS)) {
        progress.accept("the search for stickers goes on although it was told to end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    page.close();
    processes.close();
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
