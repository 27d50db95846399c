package io.stopline.studio.demo;

import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.stopline.studio.web.LoopbackPage;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * The demonstration's page on loopback. It only ever reads: there is nothing to change, hence no
 * token; but it answers to its own name alone and to no other site's scripts.
 */
final class LivePage implements AutoCloseable {

  private static final int MAX_REQUEST = 8 * 1024;
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
  private final LoopbackPage page;

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
    this.page = new LoopbackPage(MAX_REQUEST, this::route);
  }

  /**
   * Listens on loopback.
   *
   * @param port 0 for any that is free
   * @return the port
   * @throws IOException if the port is taken
   */
  int start(int port) throws IOException {
    return page.start(port);
  }

  private void route(JavalinConfig config) {
    config.routes.before(LivePage::admit);
    FILES.forEach(
        (path, file) -> config.routes.get(path, context -> LoopbackPage.file(context, file)));
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
                gallery.frame(
                    context.pathParam("drive"), LoopbackPage.number(context.pathParam("frame")))));
    config.routes.get(
        "/pictures/{run}/sign/{class}.png",
        context ->
            picture(
                context,
                "image/png",
                gallery.sign(LoopbackPage.number(context.pathParam("class")))));
    config.routes.get(
        "/pictures/{run}/face/{what}.png",
        context -> picture(context, "image/png", gallery.face(context.pathParam("what"))));
    config.routes.get(
        "/pictures/{run}/incident.png",
        context -> picture(context, "image/png", gallery.incident()));
    config.routes.exception(
        IOException.class, (e, context) -> context.status(500).result("the answer cannot be made"));
  }

  private static void admit(Context context) {
    if (!context.method().equals(HandlerType.GET) && !context.method().equals(HandlerType.HEAD)) {
      LoopbackPage.refuse(context, 405, "this page is for looking only");
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

  @Override
  public void close() {
    events.close();
    page.close();
  }
}
