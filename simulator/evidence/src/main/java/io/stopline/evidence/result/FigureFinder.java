package io.stopline.evidence.result;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Finds every figure of a report: rates, means and event rates by their form, times by name. */
public final class FigureFinder {

  private static final List<String> NAMES =
      List.of(
          "name",
          "model",
          "kind",
          "method",
          "level",
          "unit",
          "role",
          "guard",
          "epsilon",
          "patchSide");

  private FigureFinder() {}

  /** What is told of each figure. */
  interface Found {
    void figure(String name, String pointer, JsonNode value);
  }

  /**
   * All figures, in the order of the report.
   *
   * @param report that was accepted
   * @param file of the pack that has it
   */
  public static List<Figure> of(AcceptedReport report, String file) {
    List<Figure> found = new ArrayList<>();
    walk(
        report.kind(),
        report.json(),
        report::excludes,
        (name, pointer, value) ->
            found.add(
                new Figure(
                    name,
                    report.kind().isHeadline(pointer),
                    value,
                    file,
                    pointer,
                    report.command(),
                    report.json().path("seed").asLong(),
                    report.json().path("hashes").path("data").asText(null),
                    report.sha256())));
    return found;
  }

  /** Tells every figure of a report but those below pointers that are left out. */
  static void walk(ReportKind kind, JsonNode report, Predicate<String> leftOut, Found found) {
    walk(kind, report, "", kind.folder() + ":", leftOut, found);
  }

  private static void walk(
      ReportKind kind,
      JsonNode node,
      String pointer,
      String name,
      Predicate<String> leftOut,
      Found found) {
    if (leftOut.test(pointer)) {
      return;
    }
    boolean time = node.isNumber() && kind.measuresTime() && kind.isHeadline(pointer);
    if (time || isFigure(node)) {
      found.figure(name, pointer, node);
      return;
    }
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        walk(
            kind,
            field.getValue(),
            pointer + "/" + field.getKey().replace("~", "~0").replace("/", "~1"),
            name + " " + field.getKey(),
            leftOut,
            found);
      }
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        String label = label(node.get(i));
        walk(
            kind,
            node.get(i),
            pointer + "/" + i,
            name + " " + (label == null ? String.valueOf(i) : i + " (" + label + ")"),
            leftOut,
            found);
      }
    }
  }

  /** Whether a node is a rate, a mean or an event rate with its interval. */
  public static boolean isFigure(JsonNode node) {
    return node.isObject()
        && ((node.has("value") && node.path("low").isNumber() && node.path("high").isNumber())
            || (node.has("perMinute") && node.has("atMost") && node.path("count").isNumber()));
  }

  private static @Nullable String label(JsonNode element) {
    List<String> parts = new ArrayList<>();
    for (String name : NAMES) {
      JsonNode value = element.path(name);
      if (value.isTextual() || (value.isNumber() && !name.equals("name"))) {
        parts.add((value.isNumber() ? name + " " : "") + value.asText());
      }
    }
    return parts.isEmpty() ? null : String.join(", ", parts);
  }
}
