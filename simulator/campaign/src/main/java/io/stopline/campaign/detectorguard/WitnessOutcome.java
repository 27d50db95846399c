package io.stopline.campaign.detectorguard;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.EventRate;
import io.stopline.sdk.guard.Witnesses;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a witness may say, as clean drives have it.
 *
 * @param witness its name
 * @param settings as the policy has them; null if no kind was quiet, so that it says nothing
 * @param leftOut kinds that raised incidents on clean drives even at their most reluctant
 * @param chosenOn how many drives decided the settings
 * @param chosenMinutes of driving there
 * @param measuredOn how many drives were measured
 * @param separate whether these are other drives than those that decided
 * @param seen tracks of the witness there
 * @param accepted tracks of the finder there whose label the guard accepts; counted where phantoms
 *     are looked for
 * @param rates false incidents of each kind that is in the settings
 */
public record WitnessOutcome(
    String witness,
    @Nullable Witnesses settings,
    Set<WitnessKind> leftOut,
    int chosenOn,
    double chosenMinutes,
    int measuredOn,
    boolean separate,
    long seen,
    long accepted,
    Map<WitnessKind, EventRate> rates) {

  /** Of which a claim can be made that is worth something: one a minute at most. */
  private static final double WORTH = 1;

  public WitnessOutcome {
    leftOut = Set.copyOf(leftOut);
    Map<WitnessKind, EventRate> copy = new EnumMap<>(WitnessKind.class);
    copy.putAll(rates);
    rates = Collections.unmodifiableMap(copy);
  }

  /** For people, one line each. */
  public List<String> words() {
    List<String> lines = new ArrayList<>();
    if (settings != null) {
      lines.add(
          "witness '%s': %s; chosen so that %d clean drives (%.1f minutes) stay quiet"
              .formatted(witness, rules(settings), chosenOn, chosenMinutes));
      rates.forEach(
          (kind, rate) ->
              lines.add(
                  "  %s on %d %s clean drives: %s"
                      .formatted(
                          kind.incident(), measuredOn, separate ? "other" : "of the same", rate)));
      if (!settings.detectors().isEmpty()) {
        lines.add("  the witness followed %d things there".formatted(seen));
      }
      if (settings.phantomObject() != null) {
        lines.add("  the guard accepted the labels of %d tracks there".formatted(accepted));
      }
    }
    return lines;
  }

  /** What the user should know before relying on it. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (!leftOut.isEmpty()) {
      warnings.add(
          "witness '%s' raises incidents of %s on clean drives however reluctant it is made, so the policy leaves %s out; give another witness, or one that is surer (--witness-threshold)"
              .formatted(
                  witness,
                  leftOut.stream()
                      .sorted()
                      .map(WitnessKind::word)
                      .collect(Collectors.joining(", ")),
                  leftOut.size() == 1 ? "it" : "them"));
    }
    rates.forEach(
        (kind, rate) -> {
          if (rate.count() > 0) {
            warnings.add(
                String.format(
                    Locale.ROOT,
                    "%s: %s on clean drives that did not choose the settings: expect such false incidents on the road",
                    kind.word(),
                    rate));
          }
        });
    double minutes = rates.values().stream().mapToDouble(EventRate::minutes).max().orElse(0);
    double most = rates.values().stream().mapToDouble(EventRate::atMost).max().orElse(0);
    if (most > WORTH) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "%.1f minutes of clean drives are little for a witness: up to %.1f false incidents a minute of a kind cannot be ruled out; without any, 3 minutes show that there is at most one a minute, 3 hours that there is at most one an hour",
              minutes,
              most));
    }
    if (!separate && settings != null) {
      warnings.add(
          "there is one clean drive only: the settings of the witness were chosen and measured on the same frames, so its false incidents are understated");
    }
    return warnings;
  }

  private static String rules(Witnesses w) {
    List<String> rules = new ArrayList<>();
    w.detectors().forEach(d -> rules.add("counts from %s on".formatted(d.threshold())));
    if (w.hiddenObject() != null) {
      rules.add(
          "hidden is what it saw in %d looks with %d px or more%s and the finder never reported"
              .formatted(
                  w.hiddenObject().persistence(),
                  w.hiddenObject().minimumSide(),
                  w.hiddenObject().sureFrames() == 0
                      ? ""
                      : ", the guard's models sure of a label in %d"
                          .formatted(w.hiddenObject().sureFrames())));
    }
    if (w.phantomObject() != null) {
      rules.add(
          "a phantom is what it never saw in %d looks".formatted(w.phantomObject().persistence()));
    }
    if (w.vanished() != null) {
      rules.add(
          "vanished is what the finder lost at %d px or more"
              .formatted(w.vanished().minimumSide()));
    }
    return String.join("; ", rules);
  }

  /** For reports. */
  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("witness", witness);
    node.put("chosenOnDrives", chosenOn).put("chosenOnMinutes", chosenMinutes);
    node.put("measuredOnDrives", measuredOn).put("separateDrives", separate);
    node.put("tracksSeen", seen).put("tracksAccepted", accepted);
    if (settings != null) {
      settings.detectors().forEach(d -> node.put("threshold", d.threshold()));
    }
    leftOut.stream().sorted().map(WitnessKind::word).forEach(node.putArray("leftOut")::add);
    ObjectNode falseIncidents = node.putObject("falseIncidents");
    rates.forEach((kind, rate) -> falseIncidents.set(kind.word(), rate.toJson()));
    return node;
  }
}
