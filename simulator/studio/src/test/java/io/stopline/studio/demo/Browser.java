package io.stopline.studio.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;

/** A real browser, where there is one, driven over its DevTools protocol. */
final class Browser implements AutoCloseable {

  private static final Path PROGRAM = Path.of("/usr/bin/chromium");
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ObjectMapper mapper = new ObjectMapper();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final List<String> complaints = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger numbers = new AtomicInteger();
  private final Path profile;
  private final Process process;
  private final WebSocket socket;

  /** Whether there is one. */
  static boolean isPresent() {
    return Files.isExecutable(PROGRAM);
  }

  static void assumePresent() {
    Assumptions.assumeTrue(
        isPresent(), "no " + PROGRAM + "; 'apt-get install chromium' runs this test");
  }

  Browser() throws Exception {
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
                "--window-size=1280,720",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Path portFile = profile.resolve("DevToolsActivePort");
    await("the browser listens", () -> Files.exists(portFile) && Files.size(portFile) > 4);
    String port = Files.readAllLines(portFile).get(0);
    HttpClient http = HttpClient.newHttpClient();
    JsonNode targets =
        mapper.readTree(
            http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json"))
                        .build(),
                    HttpResponse.BodyHandlers.ofString())
                .body());
    String url = "";
    for (JsonNode target : targets) {
      if (target.path("type").asText().equals("page")) {
        url = target.path("webSocketDebuggerUrl").asText();
      }
    }
    socket = http.newWebSocketBuilder().buildAsync(URI.create(url), new Ear()).join();
    call("Page.enable", mapper.createObjectNode());
    call("Runtime.enable", mapper.createObjectNode());
    call("Log.enable", mapper.createObjectNode());
    window(1280, 720);
  }

  /** Errors on the page's console so far. */
  List<String> complaints() {
    synchronized (complaints) {
      return List.copyOf(complaints);
    }
  }

  void window(int width, int height) throws Exception {
    call(
        "Emulation.setDeviceMetricsOverride",
        mapper
            .createObjectNode()
            .put("width", width)
            .put("height", height)
            .put("deviceScaleFactor", 1)
            .put("mobile", false));
  }

  void dark(boolean dark) throws Exception {
    ObjectNode node = mapper.createObjectNode();
    node.putArray("features")
        .addObject()
        .put("name", "prefers-color-scheme")
        .put("value", dark ? "dark" : "light");
    call("Emulation.setEmulatedMedia", node);
  }

  void open(URI page) throws Exception {
    call("Page.navigate", mapper.createObjectNode().put("url", page.toString()));
  }

  /** What an expression is on the page now. */
  JsonNode read(String expression) throws Exception {
    JsonNode answer =
        call(
            "Runtime.evaluate",
            mapper
                .createObjectNode()
                .put("expression", expression)
                .put("returnByValue", true)
                .put("awaitPromise", true));
    if (answer.has("exceptionDetails")) {
      throw new AssertionError(expression + ": " + answer.path("exceptionDetails"));
    }
    return answer.path("result").path("value");
  }

  /** Waits until an expression is true on the page; one that fails is not, yet. */
  void waitFor(String expression) throws Exception {
    await(
        expression,
        () -> read("(() => { try { return (" + expression + "); } catch { } })()").asBoolean());
  }

  void press(String key) throws Exception {
    for (String type : List.of("keyDown", "keyUp")) {
      call(
          "Input.dispatchKeyEvent",
          mapper.createObjectNode().put("type", type).put("key", key).put("code", key));
    }
  }

  void screenshot(Path file) throws Exception {
    JsonNode answer =
        call("Page.captureScreenshot", mapper.createObjectNode().put("format", "png"));
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, Base64.getDecoder().decode(answer.path("data").asText()));
  }

  private JsonNode call(String method, ObjectNode parameters) throws Exception {
    int number = numbers.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(number, answer);
    ObjectNode message = mapper.createObjectNode().put("id", number).put("method", method);
    message.set("params", parameters);
    socket.sendText(message.toString(), true).join();
    return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(String what, Condition condition) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("after " + PATIENCE.toSeconds() + " s still not: " + what);
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  private final class Ear implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        try {
          hear(mapper.readTree(text.toString()));
        } catch (IOException e) {
          complaints.add("unreadable: " + text);
        }
        text.setLength(0);
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
          answer.complete(message.path("result"));
        }
      } else if (method.equals("Runtime.exceptionThrown")
          || (method.equals("Runtime.consoleAPICalled")
              && parameters.path("type").asText().matches("error|warning|assert"))
          || (method.equals("Log.entryAdded")
              && parameters.path("entry").path("level").asText().matches("error|warning"))) {
        complaints.add(parameters.toString());
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    try (var files = Files.walk(profile)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (java.io.UncheckedIOException | java.nio.file.DirectoryNotEmptyException e) {
      // A process of the browser still wrote; the folder lies in the system's place for such.
    }
  }
}
