package io.stopline.evaluation.certificate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.robustness.Threat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Certificates against one axis-aligned square patch anywhere in the crop.
 *
 * @param method {@code windows} or {@code masks}
 * @param unit {@code frame} or {@code track}
 * @param judged how a track is judged; null for frames
 * @param patchSide px of the model's input
 * @param areaFraction share of the crop
 * @param threshold τ: 0 for frames, the median of the splits for tracks
 * @param promised false alarms that each split's τ was set for; NaN for frames
 * @param clean right when nothing is done
 * @param falseAlarms clean ones that raise an alarm, at this threshold
 * @param detection whatever a patch does, a wrong label raises the alarm
 * @param recovery whatever a patch does, the right label stands; null if not asked for
 * @param inferences a frame, mean
 * @param mostInferences a frame, most
 * @param attacked null if the certificates were not attacked
 */
public record PatchResult(
    String model,
    String method,
    Level level,
    String unit,
    @Nullable TrackRule judged,
    int patchSide,
    double areaFraction,
    double threshold,
    double promised,
    Rate clean,
    Rate falseAlarms,
    Rate detection,
    @Nullable Rate recovery,
    double inferences,
    long mostInferences,
    @Nullable Attacked attacked)
    implements CertificateResult {

  @Override
  public ObjectNode toJson() {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("model", model)
            .put("kind", "patch")
            .put("method", method)
            .put("level", level.id())
            .put("unit", unit)
            .put("patchSide", patchSide)
            .put("patchAreaFraction", areaFraction)
            .put("threshold", threshold);
    if (judged != null) {
      node.put("statistic", judged.words()).put("promisedFalseAlarmRate", promised);
    }
    node.set("cleanAccuracy", clean.toJson());
    node.set("falseAlarmRate", falseAlarms.toJson());
    node.set("certifiedDetection", detection.toJson());
    if (recovery != null) {
      node.set("certifiedRecovery", recovery.toJson());
    }
    node.putObject("inferences").put("mean", inferences).put("most", mostInferences);
    if (attacked != null) {
      node.set("attacked", attacked.toJson());
    }
    return node;
  }

  @Override
  public Threat threat() {
    return ProvedThreat.of(
        level,
        "one square patch of any content, anywhere",
        JsonNodeFactory.instance
            .objectNode()
            .put("patchSide", patchSide)
            .put("areaShare", areaFraction));
  }

  @Override
  public List<String> heads() {
    return List.of(
        "Model",
        "Method",
        "Level",
        "Of",
        "Patch",
        "Right when clean",
        "False alarms",
        "Certified detection",
        "Certified recovery",
        "Inferences");
  }

  @Override
  public List<String> cells() {
    return List.of(
        model,
        method,
        level.id(),
        judged == null
            ? "frames"
            : "tracks %s (%d of last %d frames)"
                .formatted(when(judged), judged.least(), judged.of()),
        String.format(
            Locale.ROOT,
            "%d×%d px (%.1f %% of the crop)",
            patchSide,
            patchSide,
            100 * areaFraction),
        clean.toString(),
        falseAlarms.toString(),
        detection.toString(),
        recovery == null ? "" : recovery.toString(),
        String.format(Locale.ROOT, "%.1f", inferences));
  }

  /** What is certified, in a word or two: {@code Tracks at the end}. */
  String unitWords() {
    return judged == null ? "Frames" : "Tracks " + when(judged);
  }

  private static String when(TrackRule judged) {
    return judged.from() == 0 ? "at the end" : "at any time";
  }

  @Override
  public String attackedWords() {
    return "%s level, %d×%d px".formatted(level.id(), patchSide, patchSide);
  }

  @Override
  public String line() {
    return String.format(
        Locale.ROOT,
        "%-14s %-7s %-5s %-40s %2d px  detection %s  false alarms %s%s",
        model,
        method,
        level.id(),
        cells().get(3),
        patchSide,
        detection,
        falseAlarms,
        recovery == null ? "" : "  recovery " + recovery);
  }
}
