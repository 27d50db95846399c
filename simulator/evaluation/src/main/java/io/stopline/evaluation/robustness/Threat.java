package io.stopline.evaluation.robustness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What an attacker wants, knows, may change and may spend, as reports say it.
 *
 * @param words all of it in one line
 * @param model {@code {"goal", "knowledge", "guardKnown", "guard", "capability", "budget": {…}}}
 */
public record Threat(String words, JsonNode model) {

  private static final String QUERIES = "queries";

  /** What counts as success. */
  public String goal() {
    return model.path("goal").asText();
  }

  /** What is known of the models. */
  public String knowledge() {
    return model.path("knowledge").asText();
  }

  /** What is known of the guard. */
  public String guard() {
    return model.path("guardKnown").asBoolean() ? model.path("guard").asText() : "nothing";
  }

  /** What can be changed. */
  public String capability() {
    return model.path("capability").asText();
  }

  /** How much may be changed; how often may be asked stands by itself. */
  public String budget() {
    JsonNode budget = model.path("budget");
    List<String> parts = new ArrayList<>();
    if (budget.has("norm")) {
      boolean linf = budget.path("norm").asText().equals("linf");
      parts.add(
          "%s %s"
              .formatted(
                  linf ? "L∞" : budget.path("norm").asText().toUpperCase(Locale.ROOT),
                  budget.path("epsilon").isNull()
                      ? "as small as works"
                      : "at most " + Html.budget(budget.path("epsilon").asDouble(), linf)));
    }
    if (budget.path("rounding").asBoolean()) {
      parts.add("8-bit values");
    }
    if (budget.has("patchSide")) {
      parts.add("%1$d×%1$d px".formatted(budget.path("patchSide").asInt()));
    }
    if (budget.has("areaShare")) {
      parts.add("%s of the area at most".formatted(percent(budget.path("areaShare").asDouble())));
    }
    if (budget.has("irradiance")) {
      parts.add(
          "light up to %s times the daylight"
              .formatted(Html.number(budget.path("irradiance").asDouble())));
    }
    long draws = budget.path("draws").asLong(budget.path("drawsPerCandidate").asLong(1));
    if (draws > 1) {
      parts.add("%d draws averaged".formatted(draws));
    }
    return String.join(", ", parts);
  }

  private static String percent(double share) {
    return Html.number(100 * share) + " %";
  }

  /** How often may be asked for an input, in words: {@code any} for as often as one likes. */
  public String queries() {
    JsonNode queries = model.path("budget").path(QUERIES);
    return queries.isMissingNode() ? "–" : queries.isNull() ? "any" : Html.count(queries.asLong());
  }

  /** The same attacker, who also knows this of the guard. */
  public Threat knowing(String guard) {
    ObjectNode known = model.deepCopy();
    known.put("guardKnown", true).put("guard", guard);
    return new Threat(words + "; of the guard: " + guard, known);
  }
}
