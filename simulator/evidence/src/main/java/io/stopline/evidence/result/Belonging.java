package io.stopline.evidence.result;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether a report is about the item under test, and if not, why. Stateless. */
final class Belonging {

  /**
   * What was found.
   *
   * @param against why it does not belong; empty if it does
   * @param foreignGuards guards of a campaign that are not the item
   */
  record Answer(List<String> against, List<String> foreignGuards) {}

  private Belonging() {}

  static Answer of(ReportKind kind, JsonNode report, ItemUnderTest item) {
    List<String> against = new ArrayList<>();
    String version = report.path("version").asText("");
    if (!version.equals(item.software())) {
      against.add(
          "it was written by version '%s', this is '%s'".formatted(version, item.software()));
    }
    if (report.path("repeat").asText("").isBlank()) {
      against.add("it does not say which command repeats it");
    }
    if (!report.path("seed").isIntegralNumber()) {
      against.add("it does not say its seed");
    }
    List<String> foreign = kind == ReportKind.CAMPAIGN ? guards(report, item, against) : List.of();
    if (kind == ReportKind.HARDEN) {
      trained(report, item, against);
    } else if (kind != ReportKind.CAMPAIGN) {
      hashes(report.path("hashes"), item, against);
    }
    return new Answer(List.copyOf(against), foreign);
  }

  private static List<String> guards(JsonNode report, ItemUnderTest item, List<String> against) {
    List<String> foreign = new ArrayList<>();
    int ours = 0;
    for (JsonNode guard : report.path("guards")) {
      if (guard.path("bundleSha256").asText().equals(item.bundleSha256())
          && guard.path("policySha256").asText().equals(item.policySha256())) {
        ours++;
      } else {
        foreign.add(guard.path("name").asText());
      }
    }
    if (ours == 0) {
      JsonNode first = report.at("/guards/0");
      against.add(
          "it judged bundle '%s' %s (%s) with policy '%s' (%s), this is %s %s (%s) with '%s' (%s)"
              .formatted(
                  first.path("bundle").asText("?"),
                  first.path("bundleVersion").asText("?"),
                  brief(first.path("bundleSha256").asText()),
                  first.path("policy").asText("?"),
                  brief(first.path("policySha256").asText()),
                  item.bundle(),
                  item.bundleVersion(),
                  brief(item.bundleSha256()),
                  item.policy(),
                  brief(item.policySha256())));
    }
    return List.copyOf(foreign);
  }

  /** A training belongs if what it made is in the bundle, and is not what it began with. */
  private static void trained(JsonNode report, ItemUnderTest item, List<String> against) {
    String before = "";
    for (JsonNode model : report.path("models")) {
      if (model.path("role").asText().equals("before")) {
        before = model.path("sha256").asText();
      }
    }
    for (JsonNode model : report.path("models")) {
      String made = model.path("sha256").asText();
      if (!model.path("role").asText().equals("before")
          && !made.equals(before)
          && item.models().containsValue(made)) {
        return;
      }
    }
    against.add("no model that it made is in bundle '%s'".formatted(item.bundle()));
  }

  private static void hashes(JsonNode hashes, ItemUnderTest item, List<String> against) {
    int known = 0;
    for (Map.Entry<String, JsonNode> entry : hashes.properties()) {
      String what = entry.getKey();
      String hash = entry.getValue().asText();
      String expected =
          switch (what) {
            case "bundle" -> item.bundleSha256();
            case "policy" -> item.policySha256();
            case "calibration" -> item.calibrationSha256();
            default -> null;
          };
      if (expected != null) {
        known++;
        if (!expected.equals(hash)) {
          against.add(
              "it is about a %s with SHA-256 %s, this pack about %s"
                  .formatted(what, brief(hash), brief(expected)));
        }
      } else if (what.equals("model") || what.startsWith("model:")) {
        known++;
        if (!item.models().containsValue(hash)) {
          against.add(
              "%s with SHA-256 %s is not in bundle '%s'"
                  .formatted(what.replace(':', ' '), brief(hash), item.bundle()));
        }
      }
    }
    if (known == 0) {
      against.add("it does not say which bundle or model it is about");
    }
  }

  private static String brief(String hash) {
    return hash.length() > 12 ? hash.substring(0, 12) : hash.isEmpty() ? "none" : hash;
  }
}
