package io.stopline.fleet.internal.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.stopline.fleet.internal.ingest.Crops;
import io.stopline.fleet.internal.ingest.DecidingFrame;
import io.stopline.fleet.internal.store.IncidentQueries.Filter;
import io.stopline.fleet.internal.store.IncidentStore;
import io.stopline.fleet.internal.store.Review;
import io.stopline.fleet.internal.store.StoreException;
import io.stopline.fleet.internal.store.StoredIncident;
import io.stopline.fleet.internal.web.Answers.RequestException;
import io.stopline.telemetry.PngBytes;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the page asks about incidents, and the decisions that it sends. */
final class IncidentApi {

  private static final int MAX_LIST = 500;
  private static final int MAX_REASON = 500;
  private static final int MAX_NAME = 64;
  private static final Duration BODY_LIMIT = Duration.ofSeconds(3);
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\n\t]]");

  private final IncidentStore store;
  private final EventHub events;
  private final String reviewer;
  private final Clock clock;
  private final Answers answers;

  /**
   * @param reviewer name under which a review is kept when none is given with it
   */
  IncidentApi(IncidentStore store, EventHub events, String reviewer, Clock clock, Answers answers) {
    this.store = store;
    this.events = events;
    this.reviewer = reviewer;
    this.clock = clock;
    this.answers = answers;
  }

  void routes(JavalinConfig config) {
    config.routes.get("/api/incidents", this::incidents);
    config.routes.get("/api/incidents/{id}", this::incident);
    config.routes.get("/api/incidents/{id}/incident.json", this::download);
    config.routes.get("/api/incidents/{id}/evidence/{number}.png", this::crop);
    config.routes.post("/api/incidents/{id}/review", this::review);
  }

  private void incidents(Context context) throws StoreException, IOException, RequestException {
    long before = Answers.number(context.queryParam("before"), Long.MAX_VALUE);
    int limit =
        (int) Math.max(1, Math.min(MAX_LIST, Answers.number(context.queryParam("limit"), 100)));
    Filter filter = filter(context.queryParam("filter"));
    Map<Filter, Long> counts = store.queries().counts();
    ObjectNode node = answers.object();
    node.put("total", counts.get(Filter.ALL));
    node.put("open", counts.get(Filter.OPEN));
    ObjectNode tabs = node.putObject("counts");
    counts.forEach((name, count) -> tabs.put(name.name(), count));
    List<StoredIncident> found = store.queries().latest(filter, before, limit + 1);
    node.put("more", found.size() > limit);
    ArrayNode list = node.putArray("incidents");
    for (StoredIncident incident : found.subList(0, Math.min(limit, found.size()))) {
      list.add(summary(incident));
    }
    answers.answer(context, node);
  }

  private static Filter filter(@Nullable String name) throws RequestException {
    try {
      return name == null ? Filter.ALL : Filter.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new RequestException(
          400, "filter must be one of " + List.of(Filter.values()) + "; ALL if absent");
    }
  }

  private void incident(Context context) throws StoreException, IOException, RequestException {
    StoredIncident incident = find(context);
    ObjectNode node = summary(incident);
    if (incident.damage() == null) {
      JsonNode message = answers.read(message(incident));
      node.set("guard", message.path("guard"));
      ArrayNode evidence = node.putArray("evidence");
      int number = 0;
      for (JsonNode frame : message.path("evidence")) {
        ObjectNode copy = frame.deepCopy();
        copy.put("crop", "/api/incidents/" + incident.key() + "/evidence/" + number++ + ".png");
        evidence.add(copy);
      }
      // Also for what was stored by versions that did not look for it.
      node.put(
          "evidenceDeciding",
          DecidingFrame.of(message.path("evidence"), message.path("decision").asText()));
    }
    ArrayNode reviews = node.putArray("reviews");
    for (Review review : store.reviews(incident.key())) {
      reviews.add(review(review));
    }
    answers.answer(context, node);
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
    JsonNode evidence = answers.read(message(incident)).path("evidence");
    long number = Answers.number(context.pathParam("number"), 0);
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
    JsonNode body;
    try {
      body = answers.read(RequestBody.read(context, MonitorPage.MAX_REQUEST, BODY_LIMIT));
    } catch (JsonProcessingException e) {
      throw new RequestException(400, "review is no JSON");
    }
    Review.Verdict verdict =
        switch (body.path("verdict").asText()) {
          case "CONFIRM" -> Review.Verdict.CONFIRMED;
          case "DISMISS" -> Review.Verdict.DISMISSED;
          default -> throw new RequestException(400, "verdict must be CONFIRM or DISMISS");
        };
    JsonNode version = body.path("version");
    if (!version.isMissingNode() && !version.canConvertToLong()) {
      throw new RequestException(400, "version must be the number that the incident had");
    }
    String reason = text("reason", body.path("reason").asText(""), MAX_REASON);
    String who = text("reviewer", body.path("reviewer").asText(reviewer), MAX_NAME);
    Review review = new Review(verdict, reason, who, clock.instant());
    // Without a version it is the first decision, or none.
    switch (store.addReview(incident.key(), review, version.asLong(0))) {
      case ADDED -> {
        events.tell("review", "{\"key\":" + incident.key() + "}");
        context.status(201);
        answers.answer(context, review(review));
      }
      case OVERTAKEN -> overtaken(context, incident.key());
      case NO_SUCH_INCIDENT -> throw new RequestException(404, "there is no such incident");
    }
  }

  private void overtaken(Context context, long key) throws StoreException, RequestException {
    StoredIncident now =
        store.find(key).orElseThrow(() -> new RequestException(404, "there is no such incident"));
    Review other = now.review();
    ObjectNode node = answers.object();
    node.put(
        "error",
        other == null
            ? "the decisions on this incident are not what they were; load it again"
            : "meanwhile "
                + other.reviewer()
                + " has "
                + other.verdict().name().toLowerCase(Locale.ROOT)
                + " it; nothing of yours was kept yet");
    node.put("version", now.version());
    node.set("review", other == null ? null : review(other));
    context.status(409);
    answers.answer(context, node);
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
      found = store.find(Answers.number(id, -1));
    }
    return found.orElseThrow(() -> new RequestException(404, "there is no such incident"));
  }

  private String message(StoredIncident incident) throws StoreException, RequestException {
    if (incident.damage() != null) {
      throw new RequestException(422, "the stored incident is damaged: " + incident.damage());
    }
    return store
        .message(incident.key())
        .orElseThrow(() -> new RequestException(404, "there is no such incident"));
  }

  private ObjectNode summary(StoredIncident incident) throws IOException {
    ObjectNode node = (ObjectNode) answers.read(incident.summary());
    node.put("key", incident.key());
    node.put("device", incident.device());
    node.put("id", incident.id().toString());
    node.put("receivedAt", incident.receivedAt().toString());
    node.put("version", incident.version());
    node.put("damage", incident.damage());
    Review review = incident.review();
    node.set("review", review == null ? null : review(review));
    return node;
  }

  private ObjectNode review(Review review) {
    return answers
        .object()
        .put("verdict", review.verdict().name())
        .put("reason", review.reason())
        .put("reviewer", review.reviewer())
        .put("at", review.at().toString());
  }
}
