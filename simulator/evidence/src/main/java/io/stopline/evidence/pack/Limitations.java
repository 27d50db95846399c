package io.stopline.evidence.pack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evidence.result.AcceptedReport;
import io.stopline.evidence.result.LeftOut;
import io.stopline.evidence.result.ReportKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code LIMITATIONS.md}: what is missing, and what the figures do not say. */
final class Limitations {

  private static final int WIDTH = 118;

  private Limitations() {}

  /** What the figures do not say, one thing a text. */
  static List<String> known(Inventory inventory) {
    List<String> all = new ArrayList<>();
    all.add(
        "Every rate holds for its data, attacks, budgets and seeds; a stronger attack may do more."
            + " Only certificates say something of attacks that nobody tried.");
    if (!inventory.reportsOf(ReportKind.CAMPAIGN, ReportKind.PROBE, ReportKind.REALISM).isEmpty()) {
      all.add(
          "Drives are rendered, not photographed: roads, light, weather and stickers come from a"
              + " program. How far that can be believed is said by the realism report alone, for"
              + " clean signs.");
    }
    if (!inventory.reportsOf(ReportKind.ATTACK, ReportKind.ATTACK_GUARD).isEmpty()) {
      all.add(
          "White-box figures follow gradients of a float equivalent where the file is quantised, and"
              + " are judged on the file that ships. Attackers know everything but the random draws"
              + " of an inspection.");
    }
    for (AcceptedReport report : inventory.reports().values()) {
      if (report.json().path("robustWithheld").asBoolean()) {
        all.add(
            "A report withholds the word robust, since its attacks were too weak or its checks"
                + " failed: see its warnings (%s).".formatted(report.command()));
      }
    }
    if (!inventory.reportsOf(ReportKind.BENCH).isEmpty()) {
      all.add(
          "Times hold for the machine that is named; compare ratios, never times, across them.");
    }
    all.add(
        "Hardware, operating system and Java stand in each report; figures repeat to the last bit on"
            + " one machine, and within a stated tolerance elsewhere where gradients are involved.");
    for (ObjectNode sheet : inventory.dataSets().values()) {
      for (JsonNode pair : sheet.path("leakage")) {
        long equal = pair.path("imagesWithEqualPixels").asLong();
        long tracks = pair.path("sharedTracks").asLong();
        if (equal + tracks > 0) {
          all.add(
              "Data set '%s' leaks between %s: %d images have equal pixels in both, %d tracks are in both. Figures on the second of them may be flattered by these."
                  .formatted(
                      sheet.path("name").asText(), pair.path("splits").asText(), equal, tracks));
        }
      }
    }
    if (!inventory.incidents().isEmpty()) {
      all.add(
          "In-service incidents are those that somebody chose to export; crops show what cameras saw,"
              + " and places may be personal data: handle them as such.");
    }
    all.add(
        "A signature says who packed, not that what was packed is true. A figure is believed by"
            + " repeating its command.");
    return all;
  }

  /** What cannot be done with the pack alone. */
  static List<String> notRepeatable(Inventory inventory) {
    List<String> all = new ArrayList<>();
    all.add(
        "No figure can be measured again from the pack alone: Stopline %s and the data sets are not in it."
            .formatted(inventory.item().software()));
    all.add(
        inventory.withModels()
            ? "The bundle is in the pack, whole; data sets are named by hash."
            : "Models and data sets are named by hash; whoever repeats a run needs the same files.");
    List<String> elsewhere =
        inventory.reports().entrySet().stream()
            .filter(entry -> entry.getValue().command().matches(".*[ =]'?/.*"))
            .map(Map.Entry::getKey)
            .toList();
    if (!elsewhere.isEmpty()) {
      all.add(
          "Commands name folders of the machine where they ran; put your own in their place: "
              + String.join(", ", elsewhere));
    }
    return all;
  }

  static PackFile of(Inventory inventory, List<Missing> missing) {
    StringBuilder text = new StringBuilder("# Limitations\n\n");
    paragraph(
        text,
        "",
        "Evidence for %s %s, policy '%s'. This pack claims no compliance with any rule."
            .formatted(
                inventory.item().bundle(),
                inventory.item().bundleVersion(),
                inventory.item().policy()));
    text.append("\n## Missing\n\n");
    if (missing.isEmpty()) {
      text.append("Nothing that a pack should hold is missing.\n");
    }
    for (Missing each : missing) {
      paragraph(text, "- ", "**%s**: %s.".formatted(each.what(), each.why()));
      text.append("  `").append(each.command()).append("`\n");
    }
    text.append("\n## Given, but not taken\n\n");
    if (inventory.leftOut().isEmpty()) {
      text.append("Nothing.\n");
    }
    for (LeftOut left : inventory.leftOut()) {
      paragraph(text, "- ", "`%s`: %s.".formatted(left.file(), left.why()));
    }
    text.append("\n## What the figures do not say\n\n");
    known(inventory).forEach(each -> paragraph(text, "- ", each));
    text.append("\n## What cannot be re-run from this pack alone\n\n");
    notRepeatable(inventory).forEach(each -> paragraph(text, "- ", each));
    text.append("\n## What the reports warn of\n\n");
    inventory
        .reports()
        .forEach(
            (path, report) -> {
              text.append("- `").append(path).append("`\n");
              report
                  .json()
                  .path("warnings")
                  .forEach(warning -> paragraph(text, "  - ", warning.asText()));
            });
    if (inventory.reports().isEmpty()) {
      text.append("There are no reports.\n");
    }
    return PackFile.text(
        "LIMITATIONS.md", text.toString(), "text/markdown", "what is missing and not said");
  }

  private static void paragraph(StringBuilder text, String mark, String words) {
    StringBuilder line = new StringBuilder(mark);
    String indent = " ".repeat(mark.length());
    for (String word : words.split(" ", -1)) {
      if (line.length() + word.length() + 1 > WIDTH && line.toString().strip().length() > 2) {
        text.append(line.toString().stripTrailing()).append('\n');
        line = new StringBuilder(indent);
      }
      line.append(word).append(' ');
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }
}
