package io.stopline.campaign.proving;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Version;
import java.util.List;

/**
 * A gate as SARIF 2.1.0 (OASIS 2020), as code hosts show it: one rule a figure, one result a
 * criterion, at its line of the campaign file. Stateless.
 */
public final class SarifLog {

  private static final String SCHEMA =
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

  /** The rule of a gate that is closed whatever the figures. */
  private static final String CLOSED = "SL-gateClosed";

  private SarifLog() {}

  /**
   * Makes the log.
   *
   * @param file of the campaign, as a relative path with slashes
   */
  public static ObjectNode of(String file, GateResult gate) {
    ObjectNode log =
        JsonNodeFactory.instance.objectNode().put("$schema", SCHEMA).put("version", "2.1.0");
    ObjectNode run = log.putArray("runs").addObject();
    ObjectNode driver = run.putObject("tool").putObject("driver");
    driver
        .put("name", "Stopline")
        .put("semanticVersion", Version.current())
        .put("informationUri", "https://example.org/stopline");
    ArrayNode rules = driver.putArray("rules");
    rule(rules, CLOSED, "GateClosed", "The gate is closed: its run cannot be judged.");
    for (Figure figure : Figure.values()) {
      rule(
          rules,
          id(figure),
          Character.toUpperCase(figure.id().charAt(0)) + figure.id().substring(1),
          "The share of tracks '%s' keeps its limit.".formatted(figure.id()));
    }
    ArrayNode results = run.putArray("results");
    for (String reason : gate.closed()) {
      result(results, CLOSED, 0, false, reason, file, 1);
    }
    for (GateResult.Checked c : gate.criteria()) {
      result(
          results,
          id(c.criterion().figure()),
          1 + List.of(Figure.values()).indexOf(c.criterion().figure()),
          c.passed(),
          c.words(),
          file,
          c.criterion().line());
    }
    run.put("columnKind", "utf16CodeUnits");
    return log;
  }

  private static String id(Figure figure) {
    return "SL-" + figure.id();
  }

  private static void rule(ArrayNode rules, String id, String name, String words) {
    ObjectNode rule = rules.addObject().put("id", id).put("name", name);
    rule.putObject("shortDescription").put("text", words);
    rule.putObject("fullDescription").put("text", words);
    rule.putObject("help").put("text", "docs/campaigns.md says how it is counted.");
    rule.putObject("defaultConfiguration").put("level", "error");
  }

  private static void result(
      ArrayNode results,
      String rule,
      int index,
      boolean passed,
      String words,
      String file,
      int line) {
    ObjectNode result =
        results
            .addObject()
            .put("ruleId", rule)
            .put("ruleIndex", index)
            .put("kind", passed ? "pass" : "fail")
            .put("level", passed ? "none" : "error");
    result.putObject("message").put("text", words + ".");
    ObjectNode place = result.putArray("locations").addObject().putObject("physicalLocation");
    place.putObject("artifactLocation").put("uri", file);
    place.putObject("region").put("startLine", Math.max(1, line));
  }
}
