package io.stopline.studio.desk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.stopline.config.ConfigException;
import io.stopline.scene.scenario.InvalidScenarioException;
import io.stopline.studio.web.LoopbackPage;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the studio's page on loopback to whoever knows its key. */
final class DeskServer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(DeskServer.class);

  /** An incident with its crops. */
  private static final int MAX_REQUEST = 4 << 20;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FLEET = "/io/stopline/fleet/page/";
  private static final String OWN = "/io/stopline/studio/desk/page/";
  private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";
  private static final Map<String, String> FILES =
      Map.ofEntries(
          Map.entry("/", OWN + "index.html"),
          Map.entry("/app.js", OWN + "app.js"),
          Map.entry("/net.js", OWN + "net.js"),
          Map.entry("/scenarios.js", OWN + "scenarios.js"),
          Map.entry("/live.js", OWN + "live.js"),
          Map.entry("/drive.js", OWN + "drive.js"),
          Map.entry("/film.js", OWN + "film.js"),
          Map.entry("/lines.js", OWN + "lines.js"),
          Map.entry("/campaign.js", OWN + "campaign.js"),
          Map.entry("/jobs.js", OWN + "jobs.js"),
          Map.entry("/studio.css", OWN + "studio.css"),
          Map.entry("/style.css", FLEET + "style.css"),
          Map.entry("/view.js", FLEET + "view.js"),
          Map.entry("/icon.svg", FLEET + "icon.svg"),
          Map.entry("/uplot.js", UPLOT + "uPlot.esm.js"),
          Map.entry("/uplot.css", UPLOT + "uPlot.min.css"));

  private final Desk desk;
  private final DeskKey key = new DeskKey();
  private final LoopbackPage page;

  DeskServer(Desk desk) {
    this.desk = desk;
    this.page = new LoopbackPage(MAX_REQUEST, this::route);
  }

  /**
   * Listens on loopback.
   *
   * @param port 0 for any that is free
   * @return the address that opens the page
   * @throws IOException if the port is taken
   */
  String start(int port) throws IOException {
    int taken = page.start(port);
    key.open(taken);
    return "http://127.0.0.1:" + taken + "/" + key.query();
  }

  private void route(JavalinConfig config) {
    config.routes.before(key::admit);
    FILES.forEach(
        (path, file) -> config.routes.get(path, context -> LoopbackPage.file(context, file)));
    config.routes.get("/api/state", context -> json(context, desk.state()));
    config.routes.get("/api/scenarios", context -> json(context, desk.scenarios()));
    config.routes.post("/api/scenario", context -> json(context, desk.scenario(body(context))));
    config.routes.post("/api/preview", this::preview);
    config.routes.get(
        "/pictures/thumbnail.jpg",
        context -> jpeg(context, desk.thumbnail(parameter(context, "scenario"))));
    config.routes.post("/api/drives", context -> json(context, desk.openDrive(body(context))));
    config.routes.get(
        "/api/drives/{id}", context -> json(context, desk.drive(context.pathParam("id")).toJson()));
    config.routes.post("/api/drives/{id}/stop", this::stopDrive);
    config.routes.get("/api/drives/{id}/frames", this::frames);
    config.routes.get("/api/drives/{id}/look", this::look);
    config.routes.get("/pictures/drives/{id}/{kind}/{frame}.jpg", this::frame);
    config.routes.get("/api/run", context -> json(context, desk.run(parameter(context, "run"))));
    config.routes.post("/api/jobs", context -> json(context, desk.start(body(context))));
    config.routes.get(
        "/api/jobs/{number}",
        context ->
            json(context, desk.job(LoopbackPage.number(context.pathParam("number"))).withOutput()));
    config.routes.post("/api/jobs/{number}/stop", this::stopJob);
    refusals(config);
  }

  private static void refusals(JavalinConfig config) {
    config.routes.exception(
        RefusedException.class, (e, context) -> refuse(context, 400, e.getMessage()));
    config.routes.exception(
        InvalidScenarioException.class, (e, context) -> refuse(context, 400, e.getMessage()));
    config.routes.exception(
        ConfigException.class, (e, context) -> refuse(context, 400, e.getMessage()));
    config.routes.exception(
        JsonProcessingException.class, (e, context) -> refuse(context, 400, "this is no JSON"));
    config.routes.exception(
        IllegalArgumentException.class, (e, context) -> refuse(context, 400, e.getMessage()));
    config.routes.exception(
        Exception.class,
        (e, context) -> {
          log.error("{} {}", context.method(), context.path(), e);
          refuse(context, 500, "the studio failed: " + e.getMessage());
        });
  }

  private static void refuse(Context context, int status, @Nullable String why) {
    context.status(status).contentType("text/plain; charset=utf-8").result(String.valueOf(why));
  }

  private void preview(Context context) throws IOException {
    Previews.Picture picture = desk.preview(body(context));
    context.header("X-Frame", Integer.toString(picture.frame()));
    context.header("X-Metres", String.format(Locale.ROOT, "%.2f", picture.metres()));
    context.contentType("image/jpeg").result(picture.jpeg());
  }

  private void frames(Context context) {
    json(
        context,
        desk.drive(context.pathParam("id"))
            .frames(LoopbackPage.number(parameter(context, "guard")), parameter(context, "kind"))
            .orElseThrow(() -> new RefusedException("this is not judged yet")));
  }

  private void look(Context context) {
    json(
        context,
        desk.drive(context.pathParam("id"))
            .look(
                LoopbackPage.number(parameter(context, "guard")),
                parameter(context, "kind"),
                LoopbackPage.number(parameter(context, "frame")),
                LoopbackPage.number(parameter(context, "sign"))));
  }

  private void frame(Context context) {
    Optional<byte[]> frame =
        desk.drive(context.pathParam("id"))
            .jpeg(context.pathParam("kind"), LoopbackPage.number(context.pathParam("frame")));
    if (frame.isEmpty()) {
      refuse(context, 404, "this frame is not filmed yet");
      return;
    }
    // A drive's name is made of all that decides its pictures.
    context.header("Cache-Control", "private, max-age=3600");
    jpeg(context, frame.get());
  }

  private void stopDrive(Context context) {
    StudioDrive drive = desk.drive(context.pathParam("id"));
    drive.stop();
    json(context, drive.toJson());
  }

  private void stopJob(Context context) {
    Job job = desk.job(LoopbackPage.number(context.pathParam("number")));
    job.stop();
    json(context, job.toJson());
  }

  private static void jpeg(Context context, byte[] bytes) {
    context.contentType("image/jpeg").result(bytes);
  }

  private static JsonNode body(Context context) throws IOException {
    JsonNode body = JSON.readTree(context.bodyAsBytes());
    if (body == null || !body.isObject()) {
      throw new RefusedException("post a JSON object");
    }
    return body;
  }

  private static String parameter(Context context, String name) {
    String value = context.queryParam(name);
    if (value == null) {
      throw new RefusedException("'%s' is missing".formatted(name));
    }
    return value;
  }

  private static void json(Context context, JsonNode node) {
    context.contentType("application/json; charset=utf-8").result(node.toString());
  }

  @Override
  public void close() {
    page.close();
    desk.close();
  }
}
