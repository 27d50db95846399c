package io.stopline.studio.desk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.campaign.proving.CampaignRunner;
import io.stopline.campaign.proving.Row;
import io.stopline.scene.scenario.ScenarioFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Folders of campaigns, finished or still running: their rows, and the drives that were kept for
 * each of them. Thread-safe.
 */
final class CampaignRuns {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Workspace workspace;
  private final List<Path> opened;

  /**
   * @param opened folders that were named when the studio was started
   */
  CampaignRuns(Workspace workspace, List<Path> opened) {
    this.workspace = workspace;
    this.opened = List.copyOf(opened);
  }

  /** Whether a folder holds a campaign's run. */
  static boolean isRun(Path folder) {
    return Files.isRegularFile(folder.resolve("settings.json"))
        && Files.isRegularFile(folder.resolve("batches.jsonl"));
  }

  /** Folders by the path that commands take. */
  Map<String, Path> folders() {
    Map<String, Path> found = new LinkedHashMap<>();
    opened.forEach(folder -> found.put(Workspace.shown(folder), folder));
    Path own = workspace.folder("campaigns");
    try (Stream<Path> folders = Files.list(own)) {
      folders
          .filter(CampaignRuns::isRun)
          .sorted()
          .forEach(folder -> found.put(Workspace.shown(folder), folder));
    } catch (IOException e) {
      throw new UncheckedIOException("folder '%s' cannot be read".formatted(own), e);
    }
    return found;
  }

  private Path folder(String name) {
    Path folder = folders().get(name);
    if (folder == null) {
      throw new RefusedException(
          "no campaign's run '%s' is open; start 'stopline studio %s'".formatted(name, name));
    }
    return folder;
  }

  /**
   * A run's rows and what its report says of the whole.
   *
   * @throws RefusedException if it is no run of a campaign
   */
  ObjectNode toJson(String name) {
    Path folder = folder(name);
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("name", name);
    JsonNode settings = read(folder.resolve("settings.json"));
    node.set("settings", settings);
    Path report = folder.resolve("report.json");
    if (Files.isRegularFile(report)) {
      ObjectNode whole = (ObjectNode) read(report);
      whole.remove("drives");
      node.set("report", whole);
    }
    ArrayNode rows = node.putArray("rows");
    for (JsonNode line : batches(folder)) {
      line.path("rows").forEach(row -> rows.add(Row.of(row).toJson()));
    }
    return node;
  }

  private static List<JsonNode> batches(Path folder) {
    List<JsonNode> lines = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(folder.resolve("batches.jsonl"))) {
        // A run that is still going on may have written half of its last line.
        if (line.startsWith("{") && line.endsWith("}")) {
          lines.add(JSON.readTree(line));
        }
      }
    } catch (IOException e) {
      throw new RefusedException(
          "'%s' cannot be read as a campaign's rows (%s); run the campaign again"
              .formatted(folder, e.getMessage()));
    }
    return lines;
  }

  private static JsonNode read(Path file) {
    try {
      return JSON.readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      throw new RefusedException("'%s' is damaged; run the campaign again".formatted(file));
    } catch (IOException e) {
      throw new UncheckedIOException("'%s' cannot be read".formatted(file), e);
    }
  }

  /**
   * A track's drive as it was kept: clean, as it was attacked, and benign.
   *
   * @param guard that judged it
   * @param attack {@code attack-NAME}, or {@code clean} or {@code benign}: then the first attack
   *     that was kept stands beside them
   * @param judges who judges it now; none: the run's guard
   * @throws RefusedException if it was not kept, or its guard is not here
   */
  StudioDrive.Spec drive(
      String name, String guard, int track, String attack, List<GuardChoice> judges) {
    Path folder = folder(name);
    JsonNode settings = read(folder.resolve("settings.json"));
    List<Variant> variants = new ArrayList<>();
    Map<String, Row> rows = new HashMap<>();
    Map<String, Row> counted = rows(folder, guard, track);
    for (String kept : List.of(Row.CLEAN, attack, Row.BENIGN)) {
      Path file = CampaignRunner.scenario(folder, guard, track, kept);
      String kind =
          kept.equals(Row.CLEAN)
              ? Variant.CLEAN
              : kept.equals(Row.BENIGN) ? Variant.BENIGN : Variant.ATTACKED;
      if (Files.isRegularFile(file) && variants.stream().noneMatch(v -> v.kind().equals(kind))) {
        variants.add(new Variant(kind, ScenarioFile.read(file), file));
        Row row = counted.get(kept);
        if (row != null) {
          rows.put(kind, row);
        }
      }
    }
    if (variants.isEmpty()) {
      throw new RefusedException(
          "no drive of track %d was kept below '%s'".formatted(track, folder.resolve("scenarios")));
    }
    List<String> notes = new ArrayList<>();
    GuardChoice own = guard(settings, guard, notes);
    return new StudioDrive.Spec(
        "track %d of %s".formatted(track, name),
        variants,
        judges.isEmpty() ? List.of(own) : judges,
        CampaignRunner.drawSeed(settings.path("seed").asLong(), track),
        notes,
        rows);
  }

  /** A guard's rows of a track, by what is on the sign. */
  private static Map<String, Row> rows(Path folder, String guard, int track) {
    Map<String, Row> rows = new HashMap<>();
    for (JsonNode line : batches(folder)) {
      if (line.path("track").asInt() == track && line.path("guard").asText().equals(guard)) {
        for (JsonNode each : line.path("rows")) {
          Row row = Row.of(each);
          if (row.guard().equals(guard)) {
            rows.put(row.name(), row);
          }
        }
      }
    }
    return rows;
  }

  /** The guard that judged the run, as it is here now. */
  private static GuardChoice guard(JsonNode settings, String name, List<String> notes) {
    for (JsonNode guard : settings.path("guards")) {
      if (guard.path("name").asText().equals(name)) {
        GuardChoice choice =
            new GuardChoice(guard.path("bundle").asText(), guard.path("policy").asText());
        String now = choice.open().sha256();
        if (!now.equals(guard.path("bundleSha256").asText())) {
          notes.add(
              "the run was judged by %s %s; here it is another version, so figures may differ"
                  .formatted(choice.bundle(), guard.path("bundleVersion").asText()));
        }
        return choice;
      }
    }
    throw new RefusedException("the run has no guard '%s'".formatted(name));
  }
}
