package io.stopline.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What every command's JSON report begins with: {@code command}, {@code version}, {@code date},
 * {@code seed}, {@code hashes}, {@code hardware}, {@code warnings} and, where data are used, {@code
 * data}. Then the command's own fields in the order in which they were put. Two reports of one
 * command and seed may differ in {@code date} and {@code hardware}, which say nothing of the
 * figures. Belongs to one thread.
 */
public final class Report {

  private final String command;
  private final long seed;
  private final Instant date;
  private final Map<String, String> hashes = new TreeMap<>();
  private final List<String> warnings = new ArrayList<>();
  private final ObjectNode fields = JsonNodeFactory.instance.objectNode();
  private @Nullable ObjectNode data;

  /**
   * A report of now.
   *
   * @param command as it was called, for example {@code evaluate}
   */
  public Report(String command, long seed) {
    this(command, seed, Instant.now());
  }

  /**
   * A report of its time.
   *
   * @param command as it was called, for example {@code evaluate}
   * @param date of the run; told in UTC, to the second
   */
  public Report(String command, long seed, Instant date) {
    this.command = command;
    this.seed = seed;
    this.date = date.truncatedTo(ChronoUnit.SECONDS);
  }

  /**
   * Names what went in by its SHA-256.
   *
   * @param what {@code model:NAME}, {@code policy}, {@code calibration}, {@code bundle}, {@code
   *     data}
   */
  public Report hash(String what, String sha256) {
    hashes.put(what, sha256);
    return this;
  }

  /** Adds what a reader must know before believing the figures. */
  public Report warn(String warning) {
    warnings.add(warning);
    return this;
  }

  /** What was warned of, in order. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /**
   * Says which data were used.
   *
   * @param tracks how many physical signs they show; null if that is not known
   */
  public Report data(String name, String split, long inputs, @Nullable Integer tracks) {
    data =
        JsonNodeFactory.instance
            .objectNode()
            .put("name", name)
            .put("split", split)
            .put("inputs", inputs)
            .put("tracks", tracks);
    return this;
  }

  /** Puts a field of the command's own. */
  public Report put(String name, JsonNode value) {
    fields.set(name, value);
    return this;
  }

  /** The command's own fields, to be added to. */
  public ObjectNode fields() {
    return fields;
  }

  /** The whole report. */
  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("command", command)
        .put("version", Version.current())
        .put("date", date.toString())
        .put("seed", seed);
    ObjectNode hashNode = node.putObject("hashes");
    hashes.forEach(hashNode::put);
    node.set("hardware", Hardware.describe());
    warnings.forEach(node.putArray("warnings")::add);
    if (data != null) {
      node.set("data", data);
    }
    node.setAll(fields);
    return node;
  }
}
