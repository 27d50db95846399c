package io.stopline.evidence.result;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * One measured figure, and where it stands.
 *
 * @param name in words, unique within its file
 * @param headline whether a reader wants it first
 * @param value as its report has it: {@code value}, {@code low}, {@code high}, {@code count},
 *     {@code of}; or {@code count}, {@code minutes}, {@code perMinute}, {@code atMost}; or a
 *     number, which has no interval
 * @param file of the pack
 * @param pointer into the file (RFC 6901)
 * @param command that repeats the run
 * @param seed of its draws
 * @param dataSha256 of the pixels that it was measured on; null where it was no data set
 * @param sourceSha256 of the file
 */
public record Figure(
    String name,
    boolean headline,
    JsonNode value,
    String file,
    String pointer,
    String command,
    long seed,
    @Nullable String dataSha256,
    String sourceSha256) {

  /** As an entry of {@code figures.json}. */
  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("name", name).put("headline", headline);
    node.set("figure", value);
    if (value.isNumber()) {
      node.put("interval", "none: a measured time or count, not a rate");
    } else {
      node.put("interval", value.has("atMost") ? "95 %, one-sided" : "95 %");
    }
    node.put("file", file).put("pointer", pointer).put("command", command).put("seed", seed);
    node.put("dataSha256", dataSha256).put("sourceSha256", sourceSha256);
    return node;
  }

  /** For people: {@code 97.31 % (97.01–97.59, 12290 of 12630)}. */
  public String words() {
    return FigureWords.of(value);
  }
}
