package io.stopline.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A real browser, where there is one, that does what a person would, by its DevTools protocol. For
 * one thread.
 */
public final class Browser implements AutoCloseable {

  private static final Path PROGRAM = Path.of("/usr/bin/chromium");

  /** How long anything may take, on a slow machine that does much else. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final List<String> complaints = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger numbers = new AtomicInteger();
  private final Path profile;
  private final Process process;
  private @Nullable WebSocket socket;

  /** Whether there is one. */
  public static boolean isPresent() {
    return Files.isExecutable(PROGRAM);
  }

  /** Skips the test where there is none. */
  public static void assumePresent() {
    Assumptions.assumeTrue(
        isPresent(), "no " + PROGRAM + "; 'apt-get install chromium' runs this test");
  }

  /**
   * Opens an empty window, of a width and a height in px; skips the test where there is no browser.
   */
  public Browser(int width, int height) throws Exception {
    assumePresent();
    profile = Files.createTempDirectory("chromium");
    process =
        new ProcessBuilder(
                PROGRAM.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--window-size=" + width + "," + height,
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(log().toFile())
            .start();
    try {
      socket =
          http.newWebSocketBuilder()
              .buildAsync(window(port()), new Ear())
              .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      call("Page.enable", Map.of());
      call("Runtime.enable", Map.of());
      call("Log.enable", Map.of());
      call(
          "Emulation.setDeviceMetricsOverride",
          Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    } catch (Exception | Error e) {
      close();
      throw e;
    }
  }

  /** Opens a page in a window of a width and a height in px; skips the test without a browser. */
  public Browser(URI page, int width, int height) throws Exception {
    this(width, height);
    try {
      open(page);
    } catch (Exception | Error e) {
      close();
      throw e;
    }
  }

  private Path log() {
    return profile.resolve("output.txt");
  }

  private String port() throws Exception {
    Path file = profile.resolve("DevToolsActivePort");
    Deadline deadline = new Deadline();
    while (!Files.exists(file) || Files.readAllLines(file).size() < 2) {
      if (!process.isAlive() || deadline.isOver()) {
        throw new IOException("chromium did not start: " + Files.readString(log()));
      }
      deadline.pause();
    }
    return Files.readAllLines(file).get(0);
  }

  /** Where the window's protocol is spoken: it listens before it has a window. */
  private URI window(String port) throws Exception {
    HttpRequest list =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list")).build();
    Deadline deadline = new Deadline();
    while (true) {
      String targets = http.send(list, HttpResponse.BodyHandlers.ofString()).body();
      for (JsonNode target : MAPPER.readTree(targets)) {
        if (target.path("type").asText().equals("page")) {
          return URI.create(target.path("webSocketDebuggerUrl").asText());
        }
      }
      if (deadline.isOver()) {
        throw new IOException("chromium shows no page: " + targets);
      }
      deadline.pause();
    }
  }

  /** Shows a page, and waits until it and what it refers to are loaded and its scripts ran. */
  public void open(URI page) throws Exception {
    String failure =
        call("Page.navigate", Map.of("url", page.toString())).path("errorText").asText();
    if (!failure.isEmpty()) {
      throw new IOException(page + ": " + failure);
    }
    await("document.readyState === 'complete' && location.href !== 'about:blank'");
  }

  /** Prefers dark pages, or bright ones. */
  public void dark(boolean dark) throws Exception {
    Map<String, String> scheme =
        Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
    call("Emulation.setEmulatedMedia", Map.of("features", List.of(scheme)));
  }

  /**
   * What an expression of JavaScript gives now, as text.
   *
   * @throws IOException if it fails; the text says how
   */
  public String evaluate(String expression) throws Exception {
    Map<String, ?> parameters = Map.of("expression", "String(" + expression + ")");
    Deadline deadline = new Deadline();
    while (true) {
      JsonNode answer = answer("Runtime.evaluate", parameters);
      // Between two documents a page has nothing to run it in, and says so before any of it ran.
      boolean nowhere =
          answer
              .path("error")
              .path("message")
              .asText()
              .equals("Cannot find default execution context");
      if (!nowhere || deadline.isOver()) {
        return checked("Runtime.evaluate " + expression, answer)
            .path("result")
            .path("value")
            .asText();
      }
      deadline.pause();
    }
  }

  /** Waits until an expression is true; one that fails is not, yet. */
  public void await(String condition) throws Exception {
    String attempt =
        "(() => { try { return (" + condition + "); } catch (failure) { return failure; } })()";
    Deadline deadline = new Deadline();
    String last = evaluate(attempt);
    while (!last.equals("true")) {
      if (deadline.isOver()) {
        throw new AssertionError(
            condition
                + " was never true, but "
                + last
                + "; the page shows: "
                + evaluate("document.body?.innerText"));
      }
      deadline.pause();
      last = evaluate(attempt);
    }
  }

  /** Presses the first such element, once there is one. */
  public void click(String selector) throws Exception {
    // Found and pressed at once: a page that draws itself anew may replace what was found before.
    await("(e => e !== null && (e.click(), true))(" + first(selector) + ")");
  }

  /** Writes into the first such element, once there is one. */
  public void type(String selector, String text) throws Exception {
    await("(e => { e.focus(); return document.activeElement === e; })(" + first(selector) + ")");
    call("Input.insertText", Map.of("text", text));
  }

  /** Presses and releases a key that writes nothing, by its name ({@code ArrowLeft}). */
  public void press(String key) throws Exception {
    for (String type : List.of("keyDown", "keyUp")) {
      call("Input.dispatchKeyEvent", Map.of("type", type, "key", key, "code", key));
    }
  }

  /** The visible text of the first such element. */
  public String text(String selector) throws Exception {
    return evaluate(first(selector) + ".innerText");
  }

  /** The visible texts of all such elements. */
  public List<String> texts(String selector) throws Exception {
    String all =
        evaluate(
            "JSON.stringify([...document.querySelectorAll("
                + MAPPER.writeValueAsString(selector)
                + ")].map(e => e.innerText))");
    return List.of(MAPPER.readValue(all, String[].class));
  }

  private static String first(String selector) throws IOException {
    return "document.querySelector(" + MAPPER.writeValueAsString(selector) + ")";
  }

  /** Writes a picture of the whole page, PNG; its folder is made. */
  public void picture(Path file) throws Exception {
    JsonNode picture =
        call("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, Base64.getDecoder().decode(picture.path("data").asText()));
  }

  /** Errors and warnings on the page's console so far. */
  public List<String> complaints() {
    synchronized (complaints) {
      return List.copyOf(complaints);
    }
  }

  private JsonNode call(String method, Map<String, ?> parameters) throws Exception {
    return checked(method, answer(method, parameters));
  }

  private static JsonNode checked(String what, JsonNode answer) throws IOException {
    if (!answer.has("result") || answer.path("result").has("exceptionDetails")) {
      throw new IOException(what + ": " + answer);
    }
    return answer.path("result");
  }

  private JsonNode answer(String method, Map<String, ?> parameters) throws Exception {
    WebSocket open = socket;
    if (open == null) {
      throw new IllegalStateException("not connected");
    }
    int number = numbers.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(number, answer);
    ObjectNode message = MAPPER.createObjectNode().put("id", number).put("method", method);
    message.set("params", MAPPER.valueToTree(parameters));
    open.sendText(message.toString(), true).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    try {
      return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException(method + ": the browser went away", e);
    }
  }

  private static final class Deadline {
    private final long end = System.nanoTime() + PATIENCE.toNanos();

    boolean isOver() {
      return System.nanoTime() - end > 0;
    }

    void pause() throws InterruptedException {
      Thread.sleep(20);
    }
  }

  private final class Ear implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        try {
          hear(MAPPER.readTree(text.toString()));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        } finally {
          text.setLength(0);
        }
      }
      from.request(1);
      return CompletableFuture.completedFuture(null);
    }

    private void hear(JsonNode message) {
      String method = message.path("method").asText();
      JsonNode parameters = message.path("params");
      if (message.has("id")) {
        CompletableFuture<JsonNode> answer = answers.remove(message.path("id").asInt());
        if (answer != null) {
          answer.complete(message);
        }
      } else if (method.equals("Runtime.exceptionThrown")
          || (method.equals("Runtime.consoleAPICalled")
              && parameters.path("type").asText().matches("error|warning|assert"))
          || (method.equals("Log.entryAdded")
              && parameters.path("entry").path("level").asText().matches("error|warning"))) {
        complaints.add(parameters.toString());
      }
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
      onError(from, new IOException("closed with " + status + " " + reason));
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
      answers.values().forEach(answer -> answer.completeExceptionally(failure));
    }
  }

  /** Ends the browser with all its processes and deletes its files; not if it is interrupted. */
  @Override
  public void close() throws IOException {
    if (socket != null) {
      socket.abort();
    }
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor();
      deletePatiently(profile);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void deletePatiently(Path folder) throws IOException, InterruptedException {
    // Its processes are gone soon, but when is not told; meanwhile they may still write.
    Deadline deadline = new Deadline();
    while (true) {
      try {
        delete(folder);
        return;
      } catch (IOException | UncheckedIOException e) {
        if (deadline.isOver()) {
          throw new IOException("files of a browser remain in " + folder, e);
        }
        deadline.pause();
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
