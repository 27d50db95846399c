package io.stopline.evidence.check;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.stopline.evidence.format.PackFormat;
import io.stopline.evidence.result.FigureDigest;
import io.stopline.evidence.result.FigureFinder;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;

/**
 * Whether every figure stands where it is said to stand, and comes with what repeats it: the same
 * value at the pointer, and the command, seed and data of that very report.
 */
final class FigureCheck {

  private static final int MAX_FINDINGS = 50;

  private final EvidenceCheck check;
  private int found;

  FigureCheck(EvidenceCheck check) {
    this.check = check;
  }

  /** Returns how many figures hold. */
  int run(JsonNode manifest) {
    JsonNode document = check.document(PackFormat.FIGURES);
    JsonNode all = document.path("figures");
    if (document.isMissingNode()) {
      return 0;
    }
    if (!all.isArray() || all.size() != manifest.at("/figures/count").asInt(-1)) {
      finding(
          "it has %d figures, the manifest says %s"
              .formatted(all.size(), manifest.at("/figures/count").asText()),
          PackFormat.FIGURES);
    }
    for (JsonNode run : document.path("runs")) {
      digest(run);
    }
    int held = 0;
    Set<String> places = new HashSet<>();
    for (int i = 0; i < all.size() && found < MAX_FINDINGS; i++) {
      int before = found;
      JsonNode figure = all.get(i);
      one(figure, PackFormat.FIGURES + "#/figures/" + i);
      if (!places.add(figure.path("file").asText() + "#" + figure.path("pointer").asText())) {
        finding("its place is named twice", PackFormat.FIGURES + "#/figures/" + i);
      }
      held += found == before && check.isSound(figure.path("file").asText()) ? 1 : 0;
    }
    return held;
  }

  private void one(JsonNode figure, String place) {
    String name = figure.path("name").asText("without a name");
    String shown = "figure '" + (name.length() > 120 ? name.substring(0, 120) + "…" : name) + "'";
    String file = figure.path("file").asText();
    String listed = check.listed().get(file);
    if (!figure.path("command").isTextual() || figure.path("command").asText().isBlank()) {
      finding(shown + " has no command that repeats it", place);
      return;
    }
    if (listed == null) {
      finding(shown + " stands in '" + file + "', which is no file of the pack", place);
      return;
    }
    if (!listed.equals(figure.path("sourceSha256").asText())) {
      finding(shown + " is of another '" + file + "' than the pack has", place);
      return;
    }
    if (!check.isSound(file)) {
      return; // Named already, once for all its figures.
    }
    JsonNode report = check.document(file);
    JsonNode value = at(report, figure.path("pointer").asText());
    boolean isFigure = FigureFinder.isFigure(value) || value.isNumber();
    if (!isFigure || !value.equals(figure.path("figure"))) {
      finding(
          "%s is said to stand at %s of '%s', but something else stands there"
              .formatted(shown, figure.path("pointer").asText(), file),
          place);
    }
    if (!report.path("repeat").asText().equals(figure.path("command").asText())) {
      finding(shown + " has another command than its report", place);
    }
    JsonNode seed = figure.path("seed");
    if (!seed.isIntegralNumber() || seed.asLong() != report.path("seed").asLong()) {
      finding(shown + " has another seed than its report", place);
    }
    String data = report.path("hashes").path("data").asText(null);
    if (!Objects.equals(data, figure.path("dataSha256").asText(null))) {
      finding(shown + " has other data than its report", place);
    }
  }

  private void digest(JsonNode run) {
    String file = run.path("file").asText();
    if (!check.isSound(file)) {
      return; // Named already.
    }
    String digest = FigureDigest.of(check.document(file)).orElse(null);
    if (!Objects.equals(digest, run.path("figuresSha256").asText(null))) {
      finding(
          "the digest of the figures of '%s' is not what its report gives".formatted(file),
          PackFormat.FIGURES + "#/runs");
    }
  }

  private static JsonNode at(JsonNode report, String pointer) {
    try {
      return report.at(JsonPointer.compile(pointer));
    } catch (IllegalArgumentException e) {
      return MissingNode.getInstance();
    }
  }

  private void finding(String thing, String place) {
    found++;
    check.find(thing, place, "ask whoever made the pack to pack the reports again");
  }
}
