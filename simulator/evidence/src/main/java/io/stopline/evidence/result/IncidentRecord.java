package io.stopline.evidence.result;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evidence.format.FileBytes;
import java.util.HashSet;
import java.util.Set;

/**
 * Something that was heard from vehicles in service, as the fleet monitor gave it out.
 *
 * @param kind of what it is
 * @param bytes of the file
 * @param incidents ids of the incidents that it tells of
 * @param confirmed ids of those that people called altered
 * @param dismissed ids of those that people called false alarms
 */
public record IncidentRecord(
    Kind kind,
    FileBytes bytes,
    Set<String> incidents,
    Set<String> confirmed,
    Set<String> dismissed) {

  public IncidentRecord {
    incidents = Set.copyOf(incidents);
    confirmed = Set.copyOf(confirmed);
    dismissed = Set.copyOf(dismissed);
  }

  /** What the monitor gives out. */
  public enum Kind {
    /** The message of one incident, with its crops: it can be replayed. */
    MESSAGE("incident"),
    /** One incident with what people decided on it. */
    REVIEWED("incident with reviews"),
    /** A list of incidents, each with the last decision; says nothing of the bundle. */
    LIST("list of incidents");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** For people. */
    public String words() {
      return words;
    }
  }

  /** A line of {@code incidents/summary.json}. */
  public ObjectNode toJson(String file) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("file", file)
        .put("kind", kind.words())
        .put("incidents", incidents.size())
        .put("confirmed", confirmed.size())
        .put("dismissed", dismissed.size());
  }

  /** Reads what the monitor says of incidents, and what people decided last on each. */
  static IncidentRecord of(Kind kind, byte[] bytes, Iterable<JsonNode> incidents) {
    Set<String> all = new HashSet<>();
    Set<String> confirmed = new HashSet<>();
    Set<String> dismissed = new HashSet<>();
    for (JsonNode incident : incidents) {
      String id = incident.path("device").asText() + "/" + incident.path("id").asText();
      all.add(id);
      String verdict = incident.path("review").path("verdict").asText();
      if (verdict.equals("CONFIRMED")) {
        confirmed.add(id);
      } else if (verdict.equals("DISMISSED")) {
        dismissed.add(id);
      }
    }
    return new IncidentRecord(kind, new FileBytes(bytes), all, confirmed, dismissed);
  }
}
