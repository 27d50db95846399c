package io.stopline.fleet.internal.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.stopline.fleet.internal.ingest.LastHeard;
import io.stopline.fleet.internal.rate.DeviceLoads;
import io.stopline.fleet.internal.store.DeviceRecord;
import io.stopline.fleet.internal.store.DiskSpace;
import io.stopline.fleet.internal.store.IncidentQueries.Filter;
import io.stopline.fleet.internal.store.IncidentStore;
import io.stopline.fleet.internal.store.Rejection;
import io.stopline.fleet.internal.store.StoreException;
import io.stopline.telemetry.MqttLink;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the page asks about devices and about the monitor itself. */
final class FleetApi {

  private static final Duration SILENCE = Duration.ofMinutes(2);
  private static final int SHOWN_REJECTIONS = 50;
  private static final int SHOWN_LOADS = 20;

  private final IncidentStore store;
  private final Supplier<MonitorHealth> health;
  private final LastHeard lastHeard;
  private final Answers answers;

  FleetApi(
      IncidentStore store, Supplier<MonitorHealth> health, LastHeard lastHeard, Answers answers) {
    this.store = store;
    this.health = health;
    this.lastHeard = lastHeard;
    this.answers = answers;
  }

  void routes(JavalinConfig config) {
    config.routes.get("/api/health", this::health);
    config.routes.get("/api/devices", this::devices);
    config.routes.get("/api/rejections", this::rejections);
  }

  private void health(Context context) {
    MonitorHealth now = health.get();
    ObjectNode node = answers.object();
    boolean well =
        now.storage().problem() == null
            && now.link().state() == MqttLink.State.CONNECTED
            && now.loads().stream().noneMatch(DeviceLoads.Load::recent);
    node.put("status", well ? "ok" : "degraded");
    node.put("version", now.version());
    node.put("startedAt", now.startedAt().toString());
    try {
      Map<Filter, Long> counts = store.queries().counts();
      node.put("incidents", counts.get(Filter.ALL));
      node.put("open", counts.get(Filter.OPEN));
      node.put("rejected", store.queries().rejected());
    } catch (StoreException e) {
      // Health is what one asks when something is wrong.
      node.put("status", "degraded");
      node.put("unreadable", e.getMessage());
    }
    node.put("acknowledged", now.acknowledged());
    node.put("duplicates", now.duplicates());
    node.putObject("broker")
        .put("uri", now.broker())
        .put("state", now.link().state().name())
        .put("problem", now.link().problem())
        .put("overflowed", now.link().overflowed());
    storage(now.storage(), node.putObject("store"));
    ArrayNode loads = node.putArray("loads");
    now.loads().stream()
        .limit(SHOWN_LOADS)
        .forEach(
            load ->
                loads
                    .addObject()
                    .put("device", load.device())
                    .put("slowed", load.slowed())
                    .put("dropped", load.dropped())
                    .put("overQuota", load.overQuota())
                    .put("recent", load.recent()));
    node.put("dropped", now.loads().stream().mapToLong(DeviceLoads.Load::dropped).sum());
    ArrayNode warnings = node.putArray("warnings");
    now.warnings().forEach(warnings::add);
    answers.answer(context, node);
  }

  private static void storage(MonitorHealth.Storage storage, ObjectNode node) {
    node.put("problem", storage.problem());
    node.put("databaseBytes", storage.databaseBytes());
    node.put("brokerBytes", storage.brokerBytes());
    DiskSpace room = storage.room();
    if (room != null) {
      node.put("fileSystem", room.fileSystem());
      node.put("freeBytes", room.free());
      node.put("totalBytes", room.total());
    }
  }

  private void devices(Context context) throws StoreException, IOException {
    ObjectNode node = answers.object();
    ArrayNode list = node.putArray("devices");
    for (DeviceRecord device : store.devices()) {
      JsonNode birth = answers.readOrNull(device.birth());
      JsonNode death = answers.readOrNull(device.death());
      Duration silence = lastHeard.silence(device.device(), device.lastHeardAt());
      ObjectNode entry = list.addObject();
      entry.put("device", device.device());
      entry.put("state", state(birth, death, silence));
      entry.put("lastHeardAt", device.lastHeardAt().toString());
      entry.put("silentSeconds", silence.toSeconds());
      entry.put("incidents", device.incidents());
      entry.put("rejected", device.rejected());
      entry.put("damaged", device.damaged());
      entry.set("birth", birth);
      entry.set("health", answers.readOrNull(device.health()));
      gaps(entry, device);
    }
    answers.answer(context, node);
  }

  private static void gaps(ObjectNode entry, DeviceRecord device) {
    ArrayNode gaps = entry.putArray("gaps");
    long missing = 0;
    for (DeviceRecord.Gap gap : device.gaps()) {
      if (gap.plausible()) {
        missing += gap.to() - gap.from() + 1;
      }
      gaps.addObject()
          .put("session", gap.session().toString())
          .put("from", gap.from())
          .put("to", gap.to())
          .put("plausible", gap.plausible());
    }
    entry.put("missing", missing);
  }

  /** A death ends the connection that it names, whatever arrived first. */
  private static String state(
      @Nullable JsonNode birth, @Nullable JsonNode death, Duration silence) {
    if (birth == null) {
      return "UNKNOWN";
    }
    if (death != null
        && death.path("session").equals(birth.path("session"))
        && death.path("connection").asLong() >= birth.path("connection").asLong()) {
      return death.path("cause").asText();
    }
    // A broker that was killed publishes no last will.
    return silence.compareTo(SILENCE) > 0 ? "SILENT" : "ONLINE";
  }

  private void rejections(Context context) throws StoreException {
    ObjectNode node = answers.object();
    ArrayNode list = node.putArray("rejections");
    for (Rejection rejection : store.rejections(SHOWN_REJECTIONS)) {
      list.addObject()
          .put("at", rejection.at().toString())
          .put("device", rejection.device())
          .put("kind", rejection.kind())
          .put("reason", rejection.reason())
          .put("count", rejection.count());
    }
    answers.answer(context, node);
  }
}
