package io.stopline.fleet.internal.web;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.stopline.fleet.internal.ingest.LastHeard;
import io.stopline.fleet.internal.store.IncidentStore;
import io.stopline.fleet.internal.store.StoreException;
import io.stopline.fleet.internal.web.Answers.RequestException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.jspecify.annotations.Nullable;

/**
 * The page on loopback and its JSON API. Everything that came from a device is sent as data only:
 * JSON, which the page puts into text nodes, and images that were encoded anew.
 */
public final class MonitorPage implements AutoCloseable {

  private static final String HOST = "127.0.0.1";

  /** The largest request, bytes, of its head and of its body. */
  static final int MAX_REQUEST = 8 * 1024;

  // Longer than the pause between two signs of life to an open page.
  private static final long IDLE_MILLIS = 20_000;
  private static final int MAX_CONNECTIONS = 256;
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

  private final String reviewer;
  private final EventHub events = new EventHub();
  private final Answers answers = new Answers();
  private final FleetApi fleet;
  private final IncidentApi incidents;
  private final AtomicReference<@Nullable RequestGuard> guard = new AtomicReference<>();
  private final Javalin server;

  /**
   * A page that is not started yet.
   *
   * @param reviewer name under which a review is kept when none is given with it
   */
  public MonitorPage(
      IncidentStore store,
      Supplier<MonitorHealth> health,
      LastHeard lastHeard,
      String reviewer,
      Clock clock) {
    this.reviewer = reviewer;
    this.fleet = new FleetApi(store, health, lastHeard, answers);
    this.incidents = new IncidentApi(store, events, reviewer, clock, answers);
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
    // Who opens connections without end shall not take what the fleet and the database need.
    config.jetty.modifyServer(
        jetty -> jetty.addBean(new NetworkConnectionLimit(MAX_CONNECTIONS, jetty)));
    config.routes.before(this::admit);
    FILES.forEach((path, file) -> config.routes.get(path, context -> file(context, file)));
    config.routes.get("/api/session", this::session);
    fleet.routes(config);
    incidents.routes(config);
    config.routes.sse("/api/events", events::add);
    config.routes.exception(
        StoreException.class, (e, context) -> answers.fail(context, 503, e.getMessage()));
    config.routes.exception(
        RequestException.class, (e, context) -> answers.fail(context, e.status(), e.getMessage()));
    config.routes.exception(
        IOException.class, (e, context) -> answers.fail(context, 500, "the answer cannot be made"));
    config.routes.error(404, "*", context -> answers.errorBody(context, "there is nothing here"));
    config.routes.error(
        405, "*", context -> answers.errorBody(context, "method is not allowed here"));
    config.routes.error(413, "*", context -> answers.errorBody(context, "request is too large"));
  }

  private static void harden(HttpConfiguration http) {
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(MAX_REQUEST);
    http.setIdleTimeout(IDLE_MILLIS);
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
      answers.fail(context, 403, refusal.get());
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
    answers.answer(
        context,
        answers
            .object()
            .put("reviewer", reviewer)
            .put("token", checks == null ? "" : checks.token()));
  }
}
