package io.stopline.evidence.result;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.evidence.format.FileBytes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A report that belongs to the item under test.
 *
 * @param kind of command that wrote it
 * @param source where it was found
 * @param json the whole report
 * @param bytes of the file
 * @param sha256 of these bytes
 * @param companions files that were written with it, by their name; of a campaign alone
 * @param foreignGuards guards of a campaign that are another bundle's or policy's
 */
public record AcceptedReport(
    ReportKind kind,
    Path source,
    JsonNode json,
    FileBytes bytes,
    String sha256,
    Map<String, byte[]> companions,
    List<String> foreignGuards) {

  public AcceptedReport {
    companions = Map.copyOf(companions);
    foreignGuards = List.copyOf(foreignGuards);
  }

  /** The command line that repeats it. */
  public String command() {
    return json.path("repeat").asText();
  }

  /** Whether what stands there is about another guard. */
  boolean excludes(String pointer) {
    return foreignGuards.stream()
        .anyMatch(
            guard ->
                pointer.equals("/figures/" + guard)
                    || (pointer.equals("/guarded")
                        && json.at("/guards/0/name").asText().equals(guard)));
  }
}
