package io.stopline.campaign.detectorguard;

import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.evaluation.detection.DetectorReading;
import io.stopline.evaluation.detection.DetectorSettings;
import io.stopline.evaluation.model.NewBundle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Another detector that is to check on a guard's finder.
 *
 * @param reading of the witness
 * @param labels which of its labels show what the finder calls by a label; none: any shows any
 * @param kinds what it is to tell, at least one
 * @param thresholdTold whether somebody said from which probability on it counts; else clean drives
 *     decide
 * @param licence of its weights, for the manifest
 */
public record WitnessPlan(
    DetectorReading reading,
    Map<String, List<String>> labels,
    Set<WitnessKind> kinds,
    boolean thresholdTold,
    String licence) {

  public WitnessPlan {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    labels.forEach((label, shown) -> copy.put(label, List.copyOf(shown)));
    labels = Collections.unmodifiableMap(copy);
    kinds = Set.copyOf(kinds);
  }

  /** What the bundle calls it. */
  public String name() {
    return NewBundle.plainName(reading.name().replaceFirst("\\.tflite$", ""));
  }

  /**
   * Which labels of a witness show what a finder calls by a label: those of the same name and those
   * that are told. A witness of one kind shows whatever the finder finds.
   *
   * @param finder labels that matter
   * @param witness all of its labels
   * @param renames the witness's label by the finder's
   * @throws UnusableDatasetException if none of the names pair; names the cure
   */
  public static Map<String, List<String>> meanings(
      List<String> finder, List<String> witness, Map<String, String> renames) {
    renames.forEach(
        (from, to) -> {
          require(finder, from, DetectorSettings.EVERY, "finder", from + "=" + to);
          require(witness, to, "", "witness", from + "=" + to);
        });
    if (witness.size() == 1) {
      return Map.of();
    }
    Map<String, List<String>> meanings = new LinkedHashMap<>();
    try {
      LabelMeanings.of(witness, finder, renames)
          .classesOf()
          .forEach(
              (shown, names) ->
                  names.forEach(
                      n -> meanings.computeIfAbsent(n, x -> new ArrayList<>()).add(shown)));
    } catch (UnusableDatasetException e) {
      throw new UnusableDatasetException(
          "none of the witness's %d labels (%s) is called as one of the finder's (%s); pair them with --witness-rename 'FINDER=WITNESS'"
              .formatted(witness.size(), some(witness), some(finder)),
          e);
    }
    return meanings;
  }

  private static void require(
      List<String> labels, String name, String also, String whose, String rename) {
    if (!name.equals(also) && !labels.contains(name)) {
      throw new UnusableDatasetException(
          "--witness-rename '%s': the %s has no label '%s'; its labels are %s"
              .formatted(rename, whose, name, some(labels)));
    }
  }

  private static String some(List<String> names) {
    String first = String.join("', '", names.subList(0, Math.min(8, names.size())));
    return "'" + first + "'" + (names.size() > 8 ? ", …" : "");
  }
}
