package io.stopline.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A real browser that stays open and does what a person would, by the DevTools protocol. */
final class Browser implements AutoCloseable {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Process process;
  private final WebSocket socket;
  private final AtomicInteger numbers = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();

  /** Opens a page of a width; skips the test where there is no Chromium. */
  Browser(URI page, int width, int height) throws Exception {
    Chromium.assumePresent();
    Path profile = Files.createTempDirectory("chromium");
    process =
        new ProcessBuilder(
                Chromium.PROGRAM.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--user-data-dir=" + profile,
                "--remote-debugging-port=0",
                "--window-size=" + width + "," + height,
                page.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Path ports = profile.resolve("DevToolsActivePort");
    Instant deadline = Instant.now().plusSeconds(60);
    while (!Files.exists(ports) || Files.readAllLines(ports).size() < 2) {
      if (!process.isAlive() || Instant.now().isAfter(deadline)) {
        throw new IOException("chromium did not start");
      }
      Thread.sleep(50);
    }
    PageClient tools =
        new PageClient(URI.create("http://127.0.0.1:" + Files.readAllLines(ports).get(0) + "/"));
    JsonNode target = find(tools.await("/json/list", list -> find(list, page) != null), page);
    if (target == null) {
      throw new IOException("chromium shows no page");
    }
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create(target.path("webSocketDebuggerUrl").asText()), new Listener())
            .get(20, TimeUnit.SECONDS);
    ask("Emulation.setScrollbarsHidden", Map.of("hidden", true));
    ask(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  private static @Nullable JsonNode find(JsonNode list, URI page) {
    for (JsonNode target : list) {
      if (target.path("type").asText().equals("page")
          && target.path("url").asText().startsWith(page.toString())) {
        return target;
      }
    }
    return null;
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        try {
          JsonNode message = MAPPER.readTree(text.toString());
          CompletableFuture<JsonNode> waiting = answers.remove(message.path("id").asInt(-1));
          if (waiting != null) {
            waiting.complete(message);
          }
        } catch (IOException e) {
          throw new IllegalStateException(e);
        } finally {
          text.setLength(0);
        }
      }
      from.request(1);
      return CompletableFuture.completedFuture(null);
    }
  }

  private JsonNode ask(String method, Map<String, ?> parameters) throws Exception {
    return checked(method, answer(method, parameters));
  }

  private static JsonNode checked(String method, JsonNode answer) throws IOException {
    if (answer.has("error") || answer.path("result").has("exceptionDetails")) {
      throw new IOException(method + ": " + answer);
    }
    return answer.path("result");
  }

  private JsonNode answer(String method, Map<String, ?> parameters) throws Exception {
    int number = numbers.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(number, answer);
    ObjectNode message = MAPPER.createObjectNode().put("id", number).put("method", method);
    message.set("params", MAPPER.valueToTree(parameters));
    socket.sendText(MAPPER.writeValueAsString(message), true).get(20, TimeUnit.SECONDS);
    return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /**
   * What an expression of JavaScript gives, as text. Between two documents a page has nothing that
   * could run it, and says so before any of it ran: it is asked again.
   */
  String evaluate(String expression) throws Exception {
    Map<String, ?> parameters = Map.of("expression", "String(" + expression + ")");
    Instant deadline = Instant.now().plus(PATIENCE);
    while (true) {
      JsonNode answer = answer("Runtime.evaluate", parameters);
      boolean nowhere =
          answer
              .path("error")
              .path("message")
              .asText()
              .equals("Cannot find default execution context");
      if (!nowhere || Instant.now().isAfter(deadline)) {
        return checked("Runtime.evaluate", answer).path("result").path("value").asText();
      }
      Thread.sleep(50);
    }
  }

  /** Waits until an expression is true. */
  void await(String condition) throws Exception {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (!evaluate(condition).equals("true")) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError(
            condition
                + " never became true; the page shows: "
                + evaluate("document.body.innerText"));
      }
      Thread.sleep(50);
    }
  }

  void click(String selector) throws Exception {
    await("document.querySelector('" + selector + "') !== null");
    evaluate("document.querySelector('" + selector + "').click()");
  }

  void type(String selector, String text) throws Exception {
    evaluate("document.querySelector('" + selector + "').focus()");
    ask("Input.insertText", Map.of("text", text));
  }

  /** The visible text of the first element. */
  String text(String selector) throws Exception {
    return evaluate("document.querySelector('" + selector + "').innerText");
  }

  List<String> texts(String selector) throws Exception {
    String all =
        evaluate(
            "[...document.querySelectorAll('"
                + selector
                + "')].map(e => e.innerText).join('\\u0001')");
    return List.of(all.split("\u0001"));
  }

  /** A picture of the whole page. */
  void picture(Path file) throws Exception {
    JsonNode picture =
        ask("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, Base64.getDecoder().decode(picture.path("data").asText()));
  }

  @Override
  public void close() {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
