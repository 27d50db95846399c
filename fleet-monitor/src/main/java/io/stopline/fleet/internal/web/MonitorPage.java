package io.stopline.fleet.internal.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.stopline.fleet.internal.ingest.Crops;
import io.stopline.fleet.internal.store.DeviceRecord;
import io.stopline.fleet.internal.store.IncidentStore;
import io.stopline.fleet.internal.store.Rejection;
import io.stopline.fleet.internal.store.Review;
import io.stopline.fleet.internal.store.StoreException;
import io.stopline.fleet.internal.store.StoredIncident;
import io.stopline.telemetry.PngBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.HttpConfiguration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page on loopback and its JSON API. Everything that came from a device is sent as data only:
 * JSON, which the page puts into text nodes, and images that were encoded anew.
 */
public final class MonitorPage implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(MonitorPage.class);
  private static final String HOST = "127.0.0.1";
  private static final int MAX_REQUEST = 8 * 1024;
  private static final int MAX_LIST = 500;
  private static final int MAX_REASON = 500;
  private static final int MAX_NAME = 64;
  private static final Duration SILENCE = Duration.ofMinutes(2);
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\n\t]]");
  private static final String CONTENT_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  private static final Map<String, String> FILES =
      Map.of(
          "/", "index.html",
          "/app.js", "app.js",
          "/view.js", "view.js",
          "/style.css", "style.css",
          "/icon.svg", "icon.svg");

  private final IncidentStore store;
  private final Supplier<MonitorHealth> health;
  private final String reviewer;
  private final Clock clock;
  private final EventHub events = new EventHub();
  private final ObjectMapper mapper = new ObjectMapper();
  private final AtomicReference<@Nullable RequestGuard> guard = new AtomicReference<>();
  private final Javalin server;

  /**
   * A page that is not started yet.
   *
   * @param reviewer name under which a review is kept when none is given with it
   */
  public MonitorPage(
      IncidentStore store, Supplier<MonitorHealth> health, String reviewer, Clock clock) {
    this.store = store;
    this.health = health;
    this.reviewer = reviewer;
    this.clock = clock;
    mapper
        .getFactory()
        .setStreamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(32).build());
    this.server = Javalin.create(this::configure);
  }

  /**
   * Listens on loopback.
   *
   * @param port 0 for any that is free
   * @return the port
   * @throws IOException if the port is taken
   */
  public int start(int port) throws IOException {
    try {
      server.start(HOST, port);
    } catch (RuntimeException e) {
      throw new IOException(
          "page port " + port + " cannot be opened: " + e.getMessage() + "; choose another, or 0",
          e);
    }
    guard.set(new RequestGuard(server.port()));
    return server.port();
  }

  /** Tells open pages of a new incident. */
  public void incidentAdded(long key) {
    events.tell("incident", "{\"key\":" + key + "}");
  }

  /** Tells open pages that something about a device changed. */
  public void deviceChanged() {
    events.tell("devices", "{}");
  }

  @Override
  public void close() {
    events.close();
    server.stop();
  }

  private void configure(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.http.maxRequestSize = MAX_REQUEST;
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.http.generateEtags = false;
    config.jetty.modifyHttpConfiguration(MonitorPage::harden);
    config.routes.before(this::admit);
    FILES.forEach((path, file) -> config.routes.get(path, context -> file(context, file)));
    config.routes.get("/api/session", this::session);
    config.routes.get("/api/health", this::health);
    config.routes.get("/api/devices", this::devices);
    config.routes.get("/api/rejections", this::rejections);
    config.routes.get("/api/incidents", this::incidents);
    config.routes.get("/api/incidents/{id}", this::incident);
    config.routes.get("/api/incidents/{id}/incident.json", this::download);
    config.routes.get("/api/incidents/{id}/evidence/{number}.png", this::crop);
    config.routes.post("/api/incidents/{id}/review", this::review);
    config.routes.sse("/api/events", events::add);
    config.routes.exception(
        StoreException.class, (e, context) -> fail(context, 503, e.getMessage()));
    config.routes.exception(
        RequestException.class, (e, context) -> fail(context, e.status, e.getMessage()));
    config.routes.exception(
        IOException.class, (e, context) -> fail(context, 500, "the answer cannot be made"));
    config.routes.error(404, "*", context -> errorBody(context, "there is nothing here"));
    config.routes.error(405, "*", context -> errorBody(context, "method is not allowed here"));
    config.routes.error(413, "*", context -> errorBody(context, "request is too large"));
  }

  private static void harden(HttpConfiguration http) {
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(MAX_REQUEST);
  }

  /** A request that cannot be answered as asked. */
  private static final class RequestException extends Exception {
    private static final long serialVersionUID = 1L;
    private final int status;

    RequestException(int status, String message) {
      super(message);
      this.status = status;
    }
  }

  private void admit(Context context) {
    context.header("Content-Security-Policy", CONTENT_POLICY);
    context.header("X-Content-Type-Options", "nosniff");
    context.header("X-Frame-Options", "DENY");
    context.header("Referrer-Policy", "no-referrer");
    context.header("Cross-Origin-Opener-Policy", "same-origin");
    context.header("Cross-Origin-Resource-Policy", "same-origin");
    context.header("Cache-Control", "no-store");
    RequestGuard checks = guard.get();
    boolean changes =
        !context.method().equals(HandlerType.GET) && !context.method().equals(HandlerType.HEAD);
    Optional<String> refusal =
        checks == null
            ? Optional.of("not ready yet")
            : checks.refuse(
                changes,
                context.header("Host"),
                context.header("Origin"),
                context.header("Sec-Fetch-Site"),
                context.header("Sec-Fetch-Mode"),
                context.header("X-Stopline-Token"));
    if (refusal.isPresent()) {
      fail(context, 403, refusal.get());
      context.skipRemainingHandlers();
    }
  }

  private static void file(Context context, String name) throws IOException {
    try (InputStream in =
        MonitorPage.class.getResourceAsStream("/io/stopline/fleet/page/" + name)) {
      if (in == null) {
        throw new IOException("resource '" + name + "' is missing from the jar");
      }
      String type =
          name.endsWith(".js")
              ? "text/javascript"
              : name.endsWith(".css")
                  ? "text/css"
                  : name.endsWith(".svg") ? "image/svg+xml" : "text/html";
      context.contentType(type + "; charset=utf-8");
      context.result(in.readAllBytes());
    }
  }

  private void session(Context context) {
    RequestGuard checks = guard.get();
    answer(
        context,
        mapper
            .createObjectNode()
            .put("reviewer", reviewer)
            .put("token", checks == null ? "" : checks.token()));
  }

  private void health(Context context) throws StoreException {
    MonitorHealth now = health.get();
    IncidentStore.Totals totals = store.totals();
    ObjectNode node = mapper.createObjectNode();
    boolean well =
        now.storeProblem() == null
            && now.link().state() == io.stopline.telemetry.MqttLink.State.CONNECTED;
    node.put("status", well ? "ok" : "degraded");
    node.put("version", now.version());
    node.put("startedAt", now.startedAt().toString());
    node.put("incidents", totals.incidents());
    node.put("open", totals.open());
    node.put("rejected", totals.rejected());
    node.put("acknowledged", now.acknowledged());
    node.put("duplicates", now.duplicates());
    node.putObject("broker")
        .put("uri", now.broker())
        .put("state", now.link().state().name())
        .put("problem", now.link().problem())
        .put("overflowed", now.link().overflowed());
    node.putObject("store").put("problem", now.storeProblem());
    ArrayNode warnings = node.putArray("warnings");
    now.warnings().forEach(warnings::add);
    answer(context, node);
  }

  private void devices(Context context) throws StoreException, IOException {
    ObjectNode node = mapper.createObjectNode();
    ArrayNode list = node.putArray("devices");
    for (DeviceRecord device : store.devices()) {
      JsonNode birth = json(device.birth());
      JsonNode death = json(device.death());
      ObjectNode entry = list.addObject();
      entry.put("device", device.device());
      entry.put("state", state(birth, death, device.lastHeardAt()));
      entry.put("lastHeardAt", device.lastHeardAt().toString());
      entry.put("incidents", device.incidents());
      entry.put("rejected", device.rejected());
      entry.set("birth", birth);
      entry.set("health", json(device.health()));
      ArrayNode gaps = entry.putArray("gaps");
      long missing = 0;
      for (DeviceRecord.Gap gap : device.gaps()) {
        missing += gap.to() - gap.from() + 1;
        gaps.addObject()
            .put("session", gap.session().toString())
            .put("from", gap.from())
            .put("to", gap.to());
      }
      entry.put("missing", missing);
    }
    answer(context, node);
  }

  /** A death ends the connection that it names, whatever arrived first. */
  private String state(@Nullable JsonNode birth, @Nullable JsonNode death, Instant lastHeardAt) {
    if (birth == null) {
      return "UNKNOWN";
    }
    if (death != null
        && death.path("session").equals(birth.path("session"))
        && death.path("connection").asLong() >= birth.path("connection").asLong()) {
      return death.path("cause").asText();
    }
    // A broker that was killed publishes no last will.
    return lastHeardAt.plus(SILENCE).isBefore(clock.instant()) ? "SILENT" : "ONLINE";
  }

  private void rejections(Context context) throws StoreException {
    ObjectNode node = mapper.createObjectNode();
    ArrayNode list = node.putArray("rejections");
    for (Rejection rejection : store.rejections(50)) {
      list.addObject()
          .put("at", rejection.at().toString())
          .put("device", rejection.device())
          .put("kind", rejection.kind())
          .put("reason", rejection.reason());
    }
    answer(context, node);
  }

  private void incidents(Context context) throws StoreException, IOException, RequestException {
    long before = number(context.queryParam("before"), Long.MAX_VALUE);
    int limit = (int) Math.max(1, Math.min(MAX_LIST, number(context.queryParam("limit"), 100)));
    IncidentStore.Totals totals = store.totals();
    ObjectNode node = mapper.createObjectNode();
    node.put("total", totals.incidents());
    node.put("open", totals.open());
    ArrayNode list = node.putArray("incidents");
    for (StoredIncident incident : store.latest(before, limit)) {
      list.add(summary(incident));
    }
    answer(context, node);
  }

  private void incident(Context context) throws StoreException, IOException, RequestException {
    StoredIncident incident = find(context);
    ObjectNode node = summary(incident);
    JsonNode message = mapper.readTree(message(incident));
    node.set("guard", message.path("guard"));
    ArrayNode evidence = node.putArray("evidence");
    int number = 0;
    for (JsonNode frame : message.path("evidence")) {
      ObjectNode copy = frame.deepCopy();
      copy.put("crop", "/api/incidents/" + incident.key() + "/evidence/" + number++ + ".png");
      evidence.add(copy);
    }
    ArrayNode reviews = node.putArray("reviews");
    for (Review review : store.reviews(incident.key())) {
      reviews.add(review(review));
    }
    answer(context, node);
  }

  private void download(Context context) throws StoreException, RequestException {
    StoredIncident incident = find(context);
    context.header(
        "Content-Disposition", "attachment; filename=\"incident-" + incident.id() + ".json\"");
    context.contentType("application/json");
    context.result(message(incident).getBytes(UTF_8));
  }

  private void crop(Context context) throws StoreException, IOException, RequestException {
    StoredIncident incident = find(context);
    JsonNode evidence = mapper.readTree(message(incident)).path("evidence");
    long number = number(context.pathParam("number"), 0);
    if (number < 0 || number >= evidence.size()) {
      throw new RequestException(404, "the incident has no such evidence");
    }
    try {
      byte[] original =
          Base64.getDecoder().decode(evidence.get((int) number).path("crop").asText());
      context.contentType("image/png");
      context.result(Crops.recode(PngBytes.of(original)));
    } catch (Crops.BadCropException | IllegalArgumentException e) {
      throw new RequestException(422, "crop " + e.getMessage());
    }
  }

  private void review(Context context) throws StoreException, IOException, RequestException {
    StoredIncident incident = find(context);
    String type = context.header("Content-Type");
    if (type == null || !type.startsWith("application/json")) {
      throw new RequestException(415, "a review is sent as application/json");
    }
    if (context.contentLength() > MAX_REQUEST) {
      throw new RequestException(413, "request is too large");
    }
    JsonNode body;
    try {
      body = mapper.readTree(context.bodyAsBytes());
    } catch (JsonProcessingException e) {
      throw new RequestException(400, "review is no JSON");
    }
    Review.Verdict verdict =
        switch (body.path("verdict").asText()) {
          case "CONFIRM" -> Review.Verdict.CONFIRMED;
          case "DISMISS" -> Review.Verdict.DISMISSED;
          default -> throw new RequestException(400, "verdict must be CONFIRM or DISMISS");
        };
    String reason = text("reason", body.path("reason").asText(""), MAX_REASON);
    String who = text("reviewer", body.path("reviewer").asText(reviewer), MAX_NAME);
    Review review = new Review(verdict, reason, who, clock.instant());
    if (!store.addReview(incident.key(), review)) {
      throw new RequestException(404, "there is no such incident");
    }
    events.tell("review", "{\"key\":" + incident.key() + "}");
    context.status(201);
    answer(context, review(review));
  }

  private static String text(String name, String value, int limit) throws RequestException {
    String stripped = value.strip();
    if (stripped.isEmpty() || stripped.length() > limit || CONTROL.matcher(stripped).find()) {
      throw new RequestException(
          400, name + " must have 1 to " + limit + " characters, none of them a control character");
    }
    return stripped;
  }

  private StoredIncident find(Context context) throws StoreException, RequestException {
    String id = context.pathParam("id");
    Optional<StoredIncident> found = Optional.empty();
    if (id.length() == 36) {
      try {
        List<StoredIncident> all = store.find(UUID.fromString(id));
        if (all.size() > 1) {
          throw new RequestException(
              409, "several devices sent an incident of this id; ask by key instead");
        }
        found = all.stream().findFirst();
      } catch (IllegalArgumentException e) {
        found = Optional.empty();
      }
    } else {
      found = store.find(number(id, -1));
    }
    return found.orElseThrow(() -> new RequestException(404, "there is no such incident"));
  }

  private String message(StoredIncident incident) throws StoreException, RequestException {
    return store
        .message(incident.key())
        .orElseThrow(() -> new RequestException(404, "there is no such incident"));
  }

  private ObjectNode summary(StoredIncident incident) throws IOException {
    ObjectNode node = (ObjectNode) mapper.readTree(incident.summary());
    node.put("key", incident.key());
    node.put("receivedAt", incident.receivedAt().toString());
    Review review = incident.review();
    node.set("review", review == null ? null : review(review));
    return node;
  }

  private ObjectNode review(Review review) {
    return mapper
        .createObjectNode()
        .put("verdict", review.verdict().name())
        .put("reason", review.reason())
        .put("reviewer", review.reviewer())
        .put("at", review.at().toString());
  }

  private @Nullable JsonNode json(@Nullable String text) throws IOException {
    return text == null ? null : mapper.readTree(text);
  }

  private static long number(@Nullable String text, long otherwise) throws RequestException {
    if (text == null) {
      return otherwise;
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new RequestException(400, "a number is expected");
    }
  }

  private void answer(Context context, JsonNode node) {
    context.contentType("application/json");
    context.result(bytes(node));
  }

  private void fail(Context context, int status, @Nullable String reason) {
    if (status >= 500) {
      LOG.error("{} {}: {}", context.method(), context.path(), reason);
    }
    context.status(status);
    errorBody(context, reason == null ? "failed" : reason);
  }

  private void errorBody(Context context, String reason) {
    String given = context.result();
    if (given == null || !given.startsWith("{")) {
      context.contentType("application/json");
      context.result(bytes(mapper.createObjectNode().put("error", reason)));
    }
  }

  private byte[] bytes(JsonNode node) {
    try {
      return mapper.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
