package io.stopline.evidence.result;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.config.files.GivenFile;
import io.stopline.evaluation.Sha256;
import io.stopline.evidence.format.FileBytes;
import io.stopline.evidence.json.PackJson;
import io.stopline.evidence.json.UnreadableJsonException;
import io.stopline.telemetry.IncidentMessage;
import io.stopline.telemetry.MalformedMessageException;
import io.stopline.telemetry.MessageCodec;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Looks through given files and folders for what belongs into a pack. Every file ends up in the
 * answer: taken, or left out with a reason. Belongs to one thread.
 */
public final class ResultCollector {

  private static final int MAX_FILES = 20_000;
  private static final int MAX_DEPTH = 8;
  private static final int MAX_JSON_BYTES = 64 << 20;
  private static final int MAX_COMPANION_BYTES = 256 << 20;

  /** What a campaign writes beside its report and a pack takes with it. */
  private static final List<String> COMPANIONS =
      List.of("rows.csv", "gate.junit.xml", "gate.sarif", "report.html", "summary.md");

  private final ItemUnderTest item;
  private final MessageCodec codec = new MessageCodec();
  private final List<AcceptedReport> reports = new ArrayList<>();
  private final List<IncidentRecord> incidents = new ArrayList<>();
  private final List<LeftOut> leftOut = new ArrayList<>();
  private final Map<String, Path> seen = new HashMap<>();
  private final Set<Path> taken = new HashSet<>();
  private final Map<Path, Integer> rest = new TreeMap<>();

  /**
   * @param item that reports must be about
   */
  public ResultCollector(ItemUnderTest item) {
    this.item = item;
  }

  /**
   * Looks at files and folders; links are not followed.
   *
   * @throws IOException if one does not exist or a folder cannot be read
   */
  public Collected collect(List<Path> given) throws IOException {
    Set<Path> files = new TreeSet<>();
    for (Path path : given) {
      if (!Files.exists(path)) {
        throw new NoSuchFileException(path.toString());
      }
      if (Files.isDirectory(path)) {
        walk(path, files);
      } else {
        files.add(path);
      }
    }
    // A campaign's report first, so that what lies beside it is known to be of its run.
    List<Path> documents =
        files.stream()
            .filter(file -> file.getFileName().toString().endsWith(".json"))
            .sorted(
                Comparator.comparing((Path file) -> !file.endsWith("report.json"))
                    .thenComparing(Comparator.naturalOrder()))
            .toList();
    for (Path file : documents) {
      if (!isOfRun(file)) {
        json(file, files);
      }
    }
    for (Path file : files) {
      if (!file.getFileName().toString().endsWith(".json")
          && !taken.contains(file)
          && !isOfRun(file)) {
        leave(file, "it is no report (JSON) of a command of Stopline", false);
      }
    }
    rest.forEach(
        (folder, count) -> {
          if (count > 0) {
            leave(
                folder,
                count
                    + " further files of the campaign's run folder: they serve to resume and to"
                    + " film it again; its report has their figures",
                false);
          }
        });
    reports.sort(
        Comparator.comparing(AcceptedReport::kind)
            .thenComparing(report -> report.source().getFileName().toString())
            .thenComparing(AcceptedReport::sha256));
    incidents.sort(Comparator.comparing(incident -> Sha256.of(incident.bytes().array())));
    leftOut.sort(Comparator.comparing((LeftOut l) -> !l.foreign()).thenComparing(LeftOut::file));
    return new Collected(reports, incidents, leftOut);
  }

  /** Counts what lies in a campaign's run folder and is not taken with its report. */
  private boolean isOfRun(Path file) {
    for (Path folder : rest.keySet()) {
      if (file.startsWith(folder) && !taken.contains(file)) {
        rest.merge(folder, 1, Integer::sum);
        return true;
      }
    }
    return false;
  }

  private void walk(Path folder, Set<Path> files) throws IOException {
    Files.walkFileTree(
        folder,
        Set.of(),
        MAX_DEPTH,
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!attributes.isRegularFile()) {
              leave(file, "it is no regular file", false);
            } else if (files.size() >= MAX_FILES) {
              throw new IOException(
                  "'%s' holds more than %d files; name the folders of the reports"
                      .formatted(folder, MAX_FILES));
            } else {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private void json(Path file, Set<Path> files) throws IOException {
    String problem = GivenFile.problem(file, MAX_JSON_BYTES);
    if (!problem.isEmpty()) {
      leave(file, problem, false);
      return;
    }
    byte[] bytes = GivenFile.read(file, MAX_JSON_BYTES);
    String sha256 = Sha256.of(bytes);
    Path same = seen.putIfAbsent(sha256, file);
    if (same != null) {
      leave(file, "it is the same as '" + same + "'", false);
      return;
    }
    JsonNode tree;
    try {
      tree = PackJson.read(bytes);
    } catch (UnreadableJsonException e) {
      leave(file, "it is no JSON that can be trusted: " + e.getMessage(), false);
      return;
    }
    if (tree.has("incidents") && tree.path("incidents").isArray() && tree.has("total")) {
      incidents.add(IncidentRecord.of(IncidentRecord.Kind.LIST, bytes, tree.path("incidents")));
    } else if (tree.has("reviews") && tree.has("key") && tree.has("guard")) {
      if (isOurs(file, tree)) {
        incidents.add(IncidentRecord.of(IncidentRecord.Kind.REVIEWED, bytes, List.of(tree)));
      }
    } else if (tree.has("schemaVersion") && tree.has("guard") && tree.has("evidence")) {
      incident(file, tree, bytes);
    } else {
      report(file, tree, bytes, sha256, files);
    }
  }

  private void incident(Path file, JsonNode tree, byte[] bytes) {
    try {
      codec.decode(IncidentMessage.class, bytes);
    } catch (MalformedMessageException e) {
      leave(file, "it is no incident of this version: " + e.getMessage(), false);
      return;
    }
    if (isOurs(file, tree)) {
      incidents.add(IncidentRecord.of(IncidentRecord.Kind.MESSAGE, bytes, List.of(tree)));
    }
  }

  private boolean isOurs(Path file, JsonNode incident) {
    String policy = incident.path("guard").path("policySha256").asText();
    if (!policy.equals(item.policySha256())) {
      leave(
          file,
          "the incident is of a guard with policy %s, this pack of %s"
              .formatted(brief(policy), brief(item.policySha256())),
          true);
      return false;
    }
    for (JsonNode model : incident.path("guard").path("models")) {
      if (!item.models().containsValue(model.path("sha256").asText())) {
        leave(
            file,
            "the incident is of a guard with model '%s' (%s), which bundle '%s' does not have"
                .formatted(
                    model.path("name").asText(),
                    brief(model.path("sha256").asText()),
                    item.bundle()),
            true);
        return false;
      }
    }
    return true;
  }

  private void report(Path file, JsonNode tree, byte[] bytes, String sha256, Set<Path> files)
      throws IOException {
    if (!tree.has("command") || !tree.has("version") || !tree.has("hashes")) {
      leave(file, "it is no report of a command of Stopline", false);
      return;
    }
    ReportKind kind = ReportKind.of(tree).orElse(null);
    if (kind == null) {
      leave(
          file,
          "a pack has no place for a report of '%s'".formatted(tree.path("command").asText()),
          false);
      return;
    }
    Map<String, byte[]> companions =
        kind == ReportKind.CAMPAIGN ? companions(file, files) : Map.of();
    if (kind == ReportKind.CAMPAIGN && file.getParent() != null) {
      rest.put(file.getParent(), 0);
    }
    Belonging.Answer answer = Belonging.of(kind, tree, item);
    if (!answer.against().isEmpty()) {
      leave(file, String.join("; ", answer.against()), true);
      return;
    }
    reports.add(
        new AcceptedReport(
            kind, file, tree, new FileBytes(bytes), sha256, companions, answer.foreignGuards()));
  }

  private Map<String, byte[]> companions(Path report, Set<Path> files) throws IOException {
    Map<String, byte[]> found = new TreeMap<>();
    for (String name : COMPANIONS) {
      Path file = report.resolveSibling(name);
      if (files.contains(file) && GivenFile.problem(file, MAX_COMPANION_BYTES).isEmpty()) {
        taken.add(file);
        found.put(name, GivenFile.read(file, MAX_COMPANION_BYTES));
      }
    }
    return found;
  }

  private void leave(Path file, String why, boolean foreign) {
    leftOut.add(new LeftOut(file.toString(), why, foreign));
  }

  private static String brief(String hash) {
    return hash.length() > 12 ? hash.substring(0, 12) : hash.isEmpty() ? "none" : hash;
  }
}
