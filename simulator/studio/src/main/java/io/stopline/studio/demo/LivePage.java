package io.stopline.studio.demo;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.server.HttpConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * The demonstration's page on loopback. It only ever reads: there is nothing to change, hence no
 * token; but it answers to its own name alone and to no other site's scripts.
 */
final class LivePage implements AutoCloseable {

  private static final String HOST = "127.0.0.1";
  private static final int MAX_REQUEST = 8 * 1024;
  private static final String CONTENT_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  private static final String FLEET = "/io/stopline/fleet/page/";
  private static final String OWN = "/io/stopline/studio/demo/page/";
  private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";

  /**
   * Looks and helpers are the fleet page's own, so that both look like the one product they are.
   */
  private static final Map<String, String> FILES =
      Map.ofEntries(
          Map.entry("/", OWN + "index.html"),
          Map.entry("/app.js", OWN + "app.js"),
          Map.entry("/stage.js", OWN + "stage.js"),
          Map.entry("/charts.js", OWN + "charts.js"),
          Map.entry("/panels.js", OWN + "panels.js"),
          Map.entry("/demo.css", OWN + "demo.css"),
          Map.entry("/style.css", FLEET + "style.css"),
          Map.entry("/view.js", FLEET + "view.js"),
          Map.entry("/icon.svg", FLEET + "icon.svg"),
          Map.entry("/uplot.js", UPLOT + "uPlot.esm.js"),
          Map.entry("/uplot.css", UPLOT + "uPlot.min.css"));

  private final Board board;
  private final Gallery gallery;
  private final EventStream events;
  private final AtomicReference<@Nullable Set<String>> ownNames = new AtomicReference<>();
  private final Javalin server;

  /** Pictures for the page; each is encoded, or absent. Called from the page's threads. */
  interface Gallery {

    /** A frame of a drive as JPEG. */
    Optional<byte[]> frame(String drive, int frame) throws IOException;

    /** A class's pictogram as PNG. */
    Optional<byte[]> sign(int signClass);

    /** The main sign as PNG: {@code clean}, {@code attacked}, {@code control}, {@code search}. */
    Optional<byte[]> face(String what);

    /** What the guard saw of the incident, as PNG. */
    Optional<byte[]> incident();
  }

  LivePage(Board board, Gallery gallery, EventStream events) {
    this.board = board;
    this.gallery = gallery;
    this.events = events;
    this.server = Javalin.create(this::configure);
  }

  /**
   * Listens on loopback.
   *
   * @param port 0 for any that is free
   * @return the port
   * @throws IOException if the port is taken
   */
  int start(int port) throws IOException {
    try {
      server.start(HOST, port);
    } catch (RuntimeException e) {
      throw new IOException(
          "page port " + port + " cannot be opened: " + e.getMessage() + "; choose another, or 0",
          e);
    }
    String at = ":" + server.port();
    ownNames.set(Set.of("127.0.0.1" + at, "localhost" + at, "[::1]" + at));
    return server.port();
  }

  private void configure(JavalinConfig config) {
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.http.maxRequestSize = MAX_REQUEST;
    config.http.compressionStrategy = CompressionStrategy.NONE;
    config.http.generateEtags = false;
    config.jetty.modifyHttpConfiguration(LivePage::harden);
    config.routes.before(this::admit);
    FILES.forEach((path, file) -> config.routes.get(path, context -> file(context, file)));
    config.routes.get("/api/state", context -> json(context, Optional.of(board.state())));
    config.routes.get(
        "/api/drives/{drive}", context -> json(context, board.frames(context.pathParam("drive"))));
    config.routes.sse("/api/events", events::add);
    config.routes.get(
        "/pictures/{run}/frame/{drive}/{frame}.jpg",
        context ->
            picture(
                context,
                "image/jpeg",
                gallery.frame(context.pathParam("drive"), number(context.pathParam("frame")))));
    config.routes.get(
        "/pictures/{run}/sign/{class}.png",
        context -> picture(context, "image/png", gallery.sign(number(context.pathParam("class")))));
    config.routes.get(
        "/pictures/{run}/face/{what}.png",
        context -> picture(context, "image/png", gallery.face(context.pathParam("what"))));
    config.routes.get(
        "/pictures/{run}/incident.png",
        context -> picture(context, "image/png", gallery.incident()));
    config.routes.exception(
        IOException.class, (e, context) -> context.status(500).result("the answer cannot be made"));
  }

  private static void harden(HttpConfiguration http) {
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(MAX_REQUEST);
  }

  private void admit(Context context) {
    context.header("Content-Security-Policy", CONTENT_POLICY);
    context.header("X-Content-Type-Options", "nosniff");
    context.header("X-Frame-Options", "DENY");
    context.header("Referrer-Policy", "no-referrer");
    context.header("Cross-Origin-Opener-Policy", "same-origin");
    context.header("Cross-Origin-Resource-Policy", "same-origin");
    context.header("Cache-Control", "no-store");
    if (!context.method().equals(HandlerType.GET) && !context.method().equals(HandlerType.HEAD)) {
      refuse(context, 405, "this page is for looking only");
    } else if (!isOurs(context)) {
      refuse(context, 403, "host or origin is not this page; open it by 127.0.0.1 or localhost");
    }
  }

  private static void refuse(Context context, int status, String why) {
    context.status(status).result(why);
    context.skipRemainingHandlers();
  }

  private boolean isOurs(Context context) {
    Set<String> names = ownNames.get();
    String host = context.header("Host");
    if (names == null || host == null || !names.contains(host.toLowerCase(Locale.ROOT))) {
      return false;
    }
    String origin = context.header("Origin");
    if (origin != null
        && !(origin.startsWith("http://")
            && names.contains(origin.substring(7).toLowerCase(Locale.ROOT)))) {
      return false;
    }
    // A person may follow a link to the page; nothing else of another site gets an answer.
    String site = context.header("Sec-Fetch-Site");
    return site == null
        || site.equals("same-origin")
        || site.equals("none")
        || "navigate".equals(context.header("Sec-Fetch-Mode"));
  }

  private static void file(Context context, String name) throws IOException {
    try (InputStream in = LivePage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("resource '" + name + "' is missing from the class path");
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

  private static void json(Context context, Optional<String> text) {
    if (text.isPresent()) {
      context.contentType("application/json; charset=utf-8");
      context.result(text.get());
    } else {
      context.status(404).result("there is nothing here");
    }
  }

  private void picture(Context context, String type, Optional<byte[]> bytes) {
    // Another run's pictures would be other ones; ours never change.
    if (bytes.isEmpty() || !context.pathParam("run").equals(board.setting().run())) {
      context.status(404).result("there is nothing here");
      return;
    }
    context.header("Cache-Control", "private, max-age=3600");
    context.contentType(type);
    context.result(bytes.get());
  }

  /** −1 for what is no number of at most six digits. */
  private static int number(String text) {
    return text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : -1;
  }

  @Override
  public void close() {
    events.close();
    server.stop();
  }
}
