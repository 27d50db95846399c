package io.stopline.evidence.result;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evidence.format.FileBytes;

/**
 * Something that was heard from vehicles in service, as the fleet monitor gave it out.
 *
 * @param kind of what it is
 * @param bytes of the file
 * @param incidents how many incidents it tells of
 * @param confirmed how many of them people called altered
 * @param dismissed how many of them people called false alarms
 */
public record IncidentRecord(
    Kind kind, FileBytes bytes, int incidents, int confirmed, int dismissed) {

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
        .put("incidents", incidents)
        .put("confirmed", confirmed)
        .put("dismissed", dismissed)
        .put("undecided", incidents - confirmed - dismissed);
  }

  /** Of a list or a detail of the monitor: counts what people decided. */
  static IncidentRecord of(Kind kind, byte[] bytes, Iterable<JsonNode> incidents) {
    int all = 0;
    int confirmed = 0;
    int dismissed = 0;
    for (JsonNode incident : incidents) {
      all++;
      String verdict = incident.path("review").path("verdict").asText();
      confirmed += verdict.equals("CONFIRMED") ? 1 : 0;
      dismissed += verdict.equals("DISMISSED") ? 1 : 0;
    }
    return new IncidentRecord(kind, new FileBytes(bytes), all, confirmed, dismissed);
  }
}
