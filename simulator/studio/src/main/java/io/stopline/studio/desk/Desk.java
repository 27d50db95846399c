package io.stopline.studio.desk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.campaign.AlterationKinds;
import io.stopline.evaluation.Version;
import io.stopline.evaluation.road.GtsrbClasses;
import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.BenignTwin;
import io.stopline.scene.scenario.InvalidScenarioException;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.ScenarioControls;
import io.stopline.scene.scenario.ScenarioFile;
import io.stopline.scene.scenario.Sign;
import io.stopline.scene.sign.SignArt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the page can see and do, as JSON in and out, apart from how it is served. Thread-safe.
 *
 * <p>A {@code drive} is asked for by a {@code scenario} (a name of the list) with {@code changes}
 * (numbers by JSON Pointer), or by a {@code run}, its {@code guard}, {@code track} and {@code
 * variant}; with {@code guards} (numbers in {@code guards} of the state) and {@code seed}.
 */
final class Desk implements AutoCloseable {

  private static final int THUMBNAIL = 320;

  private final Workspace workspace;
  private final List<GuardChoice> guards;
  private final CampaignRuns runs;
  private final Previews previews = new Previews();
  private final LastResults results;
  private final Drives drives;
  private final Jobs jobs;
  private final Launches launches;
  private final @Nullable String opened;
  private final Map<String, byte[]> thumbnails = new ConcurrentHashMap<>();

  /**
   * @param guards that may be chosen, the first one where nothing is chosen; at least one
   * @param opened the page's part that is shown first, as its address has it behind {@code #}; null
   *     for the list of scenarios
   */
  Desk(
      Workspace workspace,
      List<GuardChoice> guards,
      CampaignRuns runs,
      Jobs jobs,
      @Nullable String opened) {
    this.workspace = workspace;
    this.guards = List.copyOf(guards);
    this.runs = runs;
    this.jobs = jobs;
    this.opened = opened;
    this.launches = new Launches(workspace, jobs);
    this.results = new LastResults(workspace.folder("results").resolve("last.json"));
    this.drives = new Drives(results::keep);
  }

  /** What there is to choose from. */
  ObjectNode state() {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("version", Version.current())
            .put("opened", opened);
    ArrayNode choices = node.putArray("guards");
    guards.forEach(
        g ->
            choices
                .addObject()
                .put("name", g.name())
                .put("bundle", g.bundle())
                .put("policy", g.policy()));
    AlterationKinds.words().forEach(node.putArray("kinds")::add);
    runs.folders().keySet().forEach(node.putArray("runs")::add);
    ArrayNode classes = node.putArray("classes");
    GtsrbClasses.NAMES.forEach(classes::add);
    node.set("jobs", jobs.toJson());
    return node;
  }

  /** All scenarios, the broken ones with what is wrong in which line. */
  ArrayNode scenarios() {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    workspace.scenarios().forEach((name, file) -> list.add(described(name, file)));
    return list;
  }

  private ObjectNode described(String name, Path file) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("name", name);
    try {
      Scenario scenario = ScenarioFile.read(file);
      node.put("title", scenario.name())
          .put("frames", scenario.frames())
          .put("changed", Files.getLastModifiedTime(file).toMillis());
      ArrayNode signs = node.putArray("signs");
      for (Sign sign : scenario.signs()) {
        signs
            .addObject()
            .put("class", GtsrbClasses.NAMES.get(sign.signClass()))
            .put("alteration", alteration(sign.alteration()));
      }
      JsonNode last = results.of(name);
      if (last.isObject()) {
        node.set("last", last);
      }
    } catch (InvalidScenarioException e) {
      String.valueOf(e.getMessage()).lines().forEach(node.withArray("errors")::add);
    } catch (IOException e) {
      throw new UncheckedIOException("'%s' cannot be read".formatted(file), e);
    }
    return node;
  }

  private static @Nullable String alteration(@Nullable Alteration alteration) {
    return alteration == null ? null : alteration.getClass().getSimpleName();
  }

  /** A small picture of a scenario as JPEG, kept until its file changes. */
  byte[] thumbnail(String name) throws IOException {
    Path file = workspace.scenario(name);
    String key = name + " " + Files.getLastModifiedTime(file);
    byte[] kept = thumbnails.get(key);
    if (kept == null) {
      kept = Previews.thumbnail(ScenarioFile.read(file), THUMBNAIL);
      thumbnails.put(key, kept);
    }
    return kept;
  }

  /** One scenario with all that can be turned in it. */
  ObjectNode scenario(JsonNode asked) {
    Scenario scenario = changed(asked);
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("name", asked.path("scenario").asText())
            .put("title", scenario.name())
            .put("frames", scenario.frames())
            .put("text", ScenarioFile.text(scenario, workspace.folder("scenarios"), List.of()));
    ArrayNode signs = node.putArray("signs");
    for (Sign sign : scenario.signs()) {
      signs
          .addObject()
          .put("class", GtsrbClasses.NAMES.get(sign.signClass()))
          .put("alongMetres", sign.alongMetres())
          .put("alteration", alteration(sign.alteration()));
    }
    ArrayNode controls = node.putArray("controls");
    for (ScenarioControls.Control control : ScenarioControls.of(scenario)) {
      ObjectNode one =
          controls
              .addObject()
              .put("pointer", control.pointer())
              .put("description", control.description())
              .put("value", control.value())
              .put("whole", control.whole());
      if (Double.isFinite(control.least()) && Double.isFinite(control.most())) {
        one.put("least", control.least()).put("most", control.most());
      }
    }
    return node;
  }

  /** A picture of a scenario that is being changed. */
  Previews.Picture preview(JsonNode asked) {
    Scenario scenario = changed(asked);
    int sign = asked.path("sign").asInt(0);
    if (sign < 0 || sign >= scenario.signs().size()) {
      throw new RefusedException("the scenario has no sign " + sign);
    }
    double metres = asked.path("metres").asDouble(20);
    return asked.path("part").asText().equals("crop")
        ? previews.crop(scenario, sign, metres)
        : previews.frame(scenario, sign, metres);
  }

  private Scenario changed(JsonNode asked) {
    Scenario scenario = ScenarioFile.read(workspace.scenario(asked.path("scenario").asText()));
    Map<String, Double> changes = changes(asked);
    return changes.isEmpty() ? scenario : ScenarioControls.with(scenario, changes);
  }

  private static Map<String, Double> changes(JsonNode asked) {
    Map<String, Double> changes = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> change : asked.path("changes").properties()) {
      if (!change.getValue().isNumber()) {
        throw new RefusedException("'%s' is to be a number".formatted(change.getKey()));
      }
      changes.put(change.getKey(), change.getValue().asDouble());
    }
    return changes;
  }

  /** The scenario's own file, or one that was written with the changes. */
  private Path file(JsonNode asked) {
    String name = asked.path("scenario").asText();
    return changes(asked).isEmpty()
        ? workspace.scenario(name)
        : workspace.keep(changed(asked), "made in the studio of " + name);
  }

  /** Opens a drive: films and judges it unless it is open. */
  ObjectNode openDrive(JsonNode asked) {
    List<GuardChoice> judges = new ArrayList<>();
    asked.path("guards").forEach(number -> judges.add(guard(number.asInt(-1))));
    StudioDrive.Spec spec =
        asked.has("run")
            ? runs.drive(
                asked.path("run").asText(),
                asked.path("guard").asText(),
                asked.path("track").asInt(-1),
                asked.path("variant").asText(),
                judges)
            : ofScenario(asked, judges.isEmpty() ? List.of(guards.get(0)) : judges);
    return drives.open(spec).toJson();
  }

  private StudioDrive.Spec ofScenario(JsonNode asked, List<GuardChoice> judges) {
    Path file = file(asked);
    Scenario scenario = ScenarioFile.read(file);
    long seed = seed(asked);
    List<Variant> variants = new ArrayList<>();
    int altered = altered(scenario);
    if (altered < 0) {
      variants.add(new Variant(Variant.CLEAN, scenario, file));
    } else {
      variants.add(beside(scenario, altered, null, Variant.CLEAN));
      variants.add(new Variant(Variant.ATTACKED, scenario, file));
      Sign sign = scenario.signs().get(altered);
      Alteration alteration = sign.alteration();
      if (alteration != null) {
        Alteration twin = BenignTwin.of(alteration, SignArt.of(sign.signClass()).outline(), seed);
        variants.add(beside(scenario, altered, twin, Variant.BENIGN));
      }
    }
    return new StudioDrive.Spec(scenario.name(), variants, judges, seed, List.of(), Map.of());
  }

  private Variant beside(Scenario scenario, int sign, @Nullable Alteration other, String kind) {
    List<Sign> signs = new ArrayList<>(scenario.signs());
    signs.set(sign, signs.get(sign).with(other));
    Path file = workspace.keep(scenario.with(signs), kind + " counterpart, made in the studio");
    return new Variant(kind, ScenarioFile.read(file), file);
  }

  /** The first sign with something on it; −1 if there is none. */
  private static int altered(Scenario scenario) {
    for (int i = 0; i < scenario.signs().size(); i++) {
      if (scenario.signs().get(i).alteration() != null) {
        return i;
      }
    }
    return -1;
  }

  private static long seed(JsonNode asked) {
    String text = asked.path("seed").asText("1");
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new RefusedException("'%s' is no seed; give a whole number".formatted(text));
    }
  }

  private GuardChoice guard(int number) {
    if (number < 0 || number >= guards.size()) {
      throw new RefusedException("there is no guard " + number);
    }
    return guards.get(number);
  }

  /** An open drive. */
  StudioDrive drive(String id) {
    return drives.get(id);
  }

  /** A campaign's rows. */
  ObjectNode run(String name) {
    return runs.toJson(name);
  }

  /** Starts a command: {@code what} says which. */
  ObjectNode start(JsonNode asked) {
    GuardChoice guard = guard(asked.path("guard").asInt(0));
    String what = asked.path("what").asText();
    Job job =
        switch (what) {
          case "search" -> launches.search(file(asked), guard, asked);
          case "campaign" -> launches.campaign(guard, asked);
          case "harden" -> launches.harden(asked);
          case "incident" -> launches.fromIncident(asked);
          default -> throw new RefusedException("nothing here is called '%s'".formatted(what));
        };
    return job.toJson();
  }

  /** A command that was started. */
  Job job(int number) {
    return jobs.get(number);
  }

  @Override
  public void close() {
    jobs.close();
    drives.close();
  }
}
