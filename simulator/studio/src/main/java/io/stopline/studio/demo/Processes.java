package io.stopline.studio.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Fleet monitor, camera and agent as processes of their own, on free ports of this machine and in
 * one folder. For one thread, but for {@link #close}.
 */
final class Processes implements AutoCloseable {

  private static final String DEVICE = "demo-vehicle";
  private static final Duration READY = Duration.ofSeconds(90);

  private final Path folder;
  private final ObjectMapper mapper = new ObjectMapper();
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final Deque<Child> children = new ArrayDeque<>();
  private final List<JsonNode> cameraSaid = new ArrayList<>();
  private boolean closed;
  private String page = "";
  private @Nullable Child monitor;
  private @Nullable Child camera;
  private @Nullable LineTail cameraOutput;
  private @Nullable Child agent;

  /** Work that goes on while something is awaited. */
  @FunctionalInterface
  interface Meanwhile {
    void look() throws IOException;
  }

  /** What is awaited. */
  @FunctionalInterface
  interface Condition {
    boolean holds() throws IOException;
  }

  /**
   * @param folder for logs, databases and events; exists
   */
  Processes(Path folder) {
    this.folder = folder;
  }

  /** Where the agent writes its events. */
  Path events() {
    return folder.resolve("agent-events.jsonl");
  }

  /** Starts monitor and camera and does not wait for them. */
  void startMonitorAndCamera(Function<List<String>, ProcessBuilder> monitorProcess)
      throws IOException {
    monitor =
        start(
            "monitor",
            monitorProcess.apply(
                List.of(
                    "--data",
                    folder.resolve("monitor").toString(),
                    "--port",
                    "0",
                    "--mqtt-port",
                    "0",
                    "--provision",
                    DEVICE + "=" + folder.resolve("device-password"),
                    "--ready-file",
                    folder.resolve("monitor-ready.json").toString())));
    Child started = start("camera", cameraProcess());
    camera = started;
    cameraOutput = new LineTail(started.log());
  }

  private static ProcessBuilder cameraProcess() {
    List<String> entries = new ArrayList<>();
    // The child runs in another folder than this process.
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      entries.add(Path.of(entry).toAbsolutePath().toString());
    }
    return new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx768m",
        "-Djava.awt.headless=true",
        "-cp",
        String.join(File.pathSeparator, entries),
        CameraMain.class.getName());
  }

  /** Starts the agent once monitor and camera are there, and does not wait for it. */
  void startAgent(
      Function<List<String>, ProcessBuilder> agentProcess, String bundle, Meanwhile meanwhile)
      throws IOException {
    await(
        "the monitor is ready",
        READY,
        meanwhile,
        () -> !json(folder.resolve("monitor-ready.json")).isEmpty());
    JsonNode monitorReady = json(folder.resolve("monitor-ready.json"));
    page = monitorReady.path("page").asText();
    JsonNode cameraReady = awaitCamera("ready", null, READY, meanwhile);
    agent =
        start(
            "agent",
            agentProcess.apply(
                List.of(
                    "--bundle", bundle,
                    "--source", cameraReady.path("stream").asText(),
                    "--broker", monitorReady.path("broker").asText(),
                    "--device-id", DEVICE,
                    "--credentials", folder.resolve("device-password").toString(),
                    "--state", folder.resolve("agent").toString(),
                    "--gpio", "mock",
                    // An invented place, so that the page shows where a report puts one.
                    "--latitude", "48.1500",
                    "--longitude", "11.5800",
                    "--events", events().toString(),
                    "--status-file", folder.resolve("agent-status.json").toString())));
  }

  /** Waits until the agent sees the camera and has reached the monitor. */
  void awaitAgent(Meanwhile meanwhile) throws IOException {
    await(
        "the agent sees the camera and reaches the monitor",
        READY,
        meanwhile,
        () ->
            status().path("broker").path("state").asText().equals("CONNECTED")
                && status().path("frames").path("inspected").asLong() > 2);
  }

  /** The agent's state as it wrote it last; empty before it has. */
  JsonNode status() throws IOException {
    return json(folder.resolve("agent-status.json"));
  }

  /** Tells the camera what to do. */
  void orderCamera(String... words) throws IOException {
    require(camera, "camera").order(words);
  }

  /** Waits for the camera to say something of a drive; null for what is of none. */
  JsonNode awaitCamera(String event, @Nullable String drive, Duration limit, Meanwhile meanwhile)
      throws IOException {
    List<JsonNode> found = new ArrayList<>();
    await(
        "the camera says '" + event + (drive == null ? "'" : "' of the drive '" + drive + "'"),
        limit,
        meanwhile,
        () -> {
          found.addAll(cameraSaid(event, drive));
          return !found.isEmpty();
        });
    return found.get(0);
  }

  /** What the camera said so far of this kind. */
  List<JsonNode> cameraSaid(String event, @Nullable String drive) throws IOException {
    LineTail output = cameraOutput;
    if (output != null) {
      cameraSaid.addAll(output.next());
    }
    return cameraSaid.stream()
        .filter(said -> said.path("event").asText().equals(event))
        .filter(said -> drive == null || said.path("drive").asText().equals(drive))
        .toList();
  }

  /** Incidents that the monitor has stored. */
  int stored() throws IOException {
    return get("/api/incidents").path("total").asInt();
  }

  /** The fleet monitor's page. */
  String page() {
    return page;
  }

  /** An address on the fleet monitor's page. */
  String page(String path) {
    return page.replaceAll("/+$", "") + path;
  }

  /** What the fleet monitor answers. */
  JsonNode get(String path) throws IOException {
    return mapper.readTree(bytes(path));
  }

  /** What the fleet monitor answers. */
  byte[] bytes(String path) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(page(path))).timeout(Duration.ofSeconds(10)).build();
    try {
      HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (response.statusCode() != 200) {
        throw new IOException("%s answered %d".formatted(request.uri(), response.statusCode()));
      }
      return response.body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /**
   * Waits until something holds.
   *
   * @throws IOException if it does not in time, or one of the processes has ended
   */
  void await(String what, Duration limit, Meanwhile meanwhile, Condition condition)
      throws IOException {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      meanwhile.look();
      if (condition.holds()) {
        return;
      }
      requireAlive();
      if (System.nanoTime() > end) {
        throw new IOException(
            "after %d s it is still not so that %s; the logs are in %s (keep them with --keep)"
                .formatted(limit.toSeconds(), what, folder));
      }
      if (Thread.interrupted()) {
        throw new InterruptedIOException("interrupted");
      }
      LockSupport.parkNanos(30_000_000);
    }
  }

  private void requireAlive() throws IOException {
    for (Child child : new Child[] {monitor, camera, agent}) {
      if (child != null) {
        child.requireAlive();
      }
    }
  }

  private JsonNode json(Path file) throws IOException {
    String text = Files.exists(file) ? Files.readString(file).strip() : "";
    return text.startsWith("{") && text.endsWith("}")
        ? mapper.readTree(text)
        : mapper.createObjectNode();
  }

  private static Child require(@Nullable Child child, String name) {
    if (child == null) {
      throw new IllegalStateException("the " + name + " was not started");
    }
    return child;
  }

  private Child start(String name, ProcessBuilder builder) throws IOException {
    synchronized (children) {
      if (closed) {
        throw new IOException("the demonstration was stopped");
      }
      Child child = new Child(name, builder, folder);
      children.push(child);
      return child;
    }
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
}
