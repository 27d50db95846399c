package io.stopline.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.DetectorFormat.AnchoredBoxes;
import io.stopline.sdk.model.DetectorFormat.HeatMap;
import io.stopline.sdk.model.DetectorFormat.LabelledBoxes;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess;
import io.stopline.sdk.model.DetectorFormat.VoteMap;
import io.stopline.sdk.model.DetectorFormat.Yolo;
import io.stopline.yaml.Problem;
import io.stopline.yaml.YamlTree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The keys of a manifest that say what a detector's tensors mean, read and written. */
final class DetectorKeys {

  private static final String PART = "detector";

  /** By the word that {@code output} has. */
  private static final Map<String, Keys> KNOWN =
      Map.of(
          "anchored-boxes", new Keys(Set.of("fit"), Set.of("suppression", "overlap")),
          "heat-map", new Keys(Set.of(), Set.of("overlap")),
          "vote-map", new Keys(Set.of("leastCells"), Set.of()),
          "labelled-boxes",
              new Keys(Set.of("fit", "boxes", "overlap"), Set.of("suppression", "outputs")),
          "ssd-postprocess", new Keys(Set.of("fit"), Set.of("firstLabel", "outputs")),
          "yolo-v5", new Keys(Set.of("fit", "boxes", "scores"), Set.of("suppression", "overlap")),
          "yolo-v8", new Keys(Set.of("fit", "boxes", "scores"), Set.of("suppression", "overlap")));

  private record Keys(Set<String> needed, Set<String> possible) {}

  private DetectorKeys() {}

  /** Whether an {@code output} is a detector's. */
  static boolean isDetector(String output) {
    return KNOWN.containsKey(output);
  }

  /** The words that a detector's {@code output} may have. */
  static String words() {
    return KNOWN.keySet().stream()
        .sorted()
        .map("'%s'"::formatted)
        .collect(Collectors.joining(", "));
  }

  /**
   * Reads the part {@code detector} of a manifest that keeps its schema.
   *
   * @param output the word that {@code output} has, for which {@link #isDetector} is true
   * @param problems receives what is missing or does not belong there
   */
  static DetectorFormat read(YamlTree tree, String output, List<Problem> problems) {
    JsonNode node = tree.root().path(PART);
    if (!check(tree, node, output, problems)) {
      return new HeatMap(); // not used: the manifest is refused
    }
    double overlap = node.path("overlap").asDouble(DetectorFormat.USUAL_OVERLAP);
    return switch (output) {
      case "heat-map" -> new HeatMap(overlap);
      case "vote-map" -> new VoteMap(node.get("leastCells").asInt());
      case "ssd-postprocess" -> ssd(tree, node, problems);
      case "labelled-boxes" -> labelledBoxes(tree, node, overlap, problems);
      case "anchored-boxes" ->
          new AnchoredBoxes(choice(FrameFit.values(), node.get("fit")), isByLabel(node), overlap);
      case "yolo-v5", "yolo-v8" ->
          new Yolo(
              output.equals("yolo-v5") ? Yolo.Layout.V5 : Yolo.Layout.V8,
              choice(FrameFit.values(), node.get("fit")),
              choice(Yolo.BoxUnit.values(), node.get("boxes")),
              choice(Yolo.Scores.values(), node.get("scores")),
              isByLabel(node),
              overlap);
      default ->
          throw new IllegalStateException(
              "the schema knows output '%s', which the reader does not".formatted(output));
    };
  }

  private static boolean check(
      YamlTree tree, JsonNode node, String output, List<Problem> problems) {
    Keys keys = KNOWN.get(output);
    if (keys == null) {
      throw new IllegalStateException(
          "the schema knows output '%s', which the reader does not".formatted(output));
    }
    int before = problems.size();
    for (String key : keys.needed().stream().sorted().toList()) {
      if (!node.has(key)) {
        problems.add(
            new Problem(
                tree.line(node.isMissingNode() ? "/output" : "/" + PART),
                "key '%s' is missing under 'detector'; '%s' needs it".formatted(key, output)));
      }
    }
    List<String> given = new ArrayList<>();
    node.fieldNames().forEachRemaining(given::add);
    for (String key : given) {
      if (!keys.needed().contains(key) && !keys.possible().contains(key)) {
        problems.add(
            new Problem(
                tree.line("/" + PART + YamlTree.step(key)),
                "key '%s' has no meaning for '%s'; remove it".formatted(key, output)));
      }
    }
    return problems.size() == before;
  }

  private static DetectorFormat ssd(YamlTree tree, JsonNode node, List<Problem> problems) {
    FrameFit fit = choice(FrameFit.values(), node.get("fit"));
    try {
      return new SsdPostProcess(fit, node.path("firstLabel").asInt(0), outputs(node));
    } catch (IllegalArgumentException e) {
      problems.add(new Problem(tree.line("/" + PART + "/outputs"), "'outputs': " + e.getMessage()));
      return new SsdPostProcess(fit, 0);
    }
  }

  private static DetectorFormat labelledBoxes(
      YamlTree tree, JsonNode node, double overlap, List<Problem> problems) {
    FrameFit fit = choice(FrameFit.values(), node.get("fit"));
    Yolo.BoxUnit unit = choice(Yolo.BoxUnit.values(), node.get("boxes"));
    boolean byLabel = isByLabel(node);
    try {
      return new LabelledBoxes(fit, unit, byLabel, overlap, outputs(node));
    } catch (IllegalArgumentException e) {
      problems.add(new Problem(tree.line("/" + PART + "/outputs"), "'outputs': " + e.getMessage()));
      return new LabelledBoxes(fit, unit, byLabel, overlap, List.of());
    }
  }

  private static boolean isByLabel(JsonNode node) {
    return node.path("suppression").asText("by-label").equals("by-label");
  }

  private static List<SsdPostProcess.Part> outputs(JsonNode node) {
    List<SsdPostProcess.Part> outputs = new ArrayList<>();
    node.path("outputs").forEach(n -> outputs.add(choice(SsdPostProcess.Part.values(), n)));
    return outputs;
  }

  private static <E extends Enum<E>> E choice(E[] values, JsonNode node) {
    return Arrays.stream(values)
        .filter(value -> word(value).equals(node.asText()))
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("the schema knows a word that the reader does not"));
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The part as {@link #read} reads it; empty if there is nothing to say. */
  static String text(DetectorFormat format) {
    if (format instanceof HeatMap heatMap) {
      return heatMap.overlap() == DetectorFormat.USUAL_OVERLAP
          ? ""
          : "detector:\n  overlap: %s\n".formatted(heatMap.overlap());
    }
    if (format instanceof VoteMap votes) {
      return """
          detector:
            # Fewer cells than this that touch are no object.
            leastCells: %d
          """
          .formatted(votes.leastCells());
    }
    if (format instanceof SsdPostProcess ssd) {
      return """
          detector:
            # How a frame is fitted into the input.
            fit: %s
            # The line of the labels, from 0, that the model's class 0 means.
            firstLabel: %d
          %s"""
          .formatted(ssd.fit().word(), ssd.firstLabel(), outputs(ssd.outputs()));
    }
    if (format instanceof LabelledBoxes rows) {
      return """
          detector:
            # How a frame is fitted into the input.
            fit: %s
            boxes: %s
            # Which boxes suppress each other, and from which overlap on: 1 for none.
            suppression: %s
            overlap: %s
          %s"""
          .formatted(
              rows.fit().word(),
              word(rows.unit()),
              rows.byLabel() ? "by-label" : "all",
              rows.overlap(),
              outputs(rows.outputs()));
    }
    if (format instanceof AnchoredBoxes anchored) {
      return """
          detector:
            # How a frame is fitted into the input. Anchors are in the model's file.
            fit: %s
            # Which boxes suppress each other, and from which overlap on.
            suppression: %s
            overlap: %s
          """
          .formatted(
              anchored.fit().word(), anchored.byLabel() ? "by-label" : "all", anchored.overlap());
    }
    if (format instanceof Yolo yolo) {
      return """
          detector:
            # How a frame is fitted into the input.
            fit: %s
            boxes: %s
            scores: %s
            # Which boxes suppress each other, and from which overlap on.
            suppression: %s
            overlap: %s
          """
          .formatted(
              yolo.fit().word(),
              word(yolo.unit()),
              word(yolo.scores()),
              yolo.byLabel() ? "by-label" : "all",
              yolo.overlap());
    }
    throw new IllegalArgumentException("no keys are known for " + format.word());
  }

  private static String outputs(List<SsdPostProcess.Part> outputs) {
    return outputs.isEmpty()
        ? ""
        : "  # What each output tensor is, in the model's order.\n  outputs: %s\n"
            .formatted(list(outputs, SsdPostProcess.Part::word));
  }

  private static <T> String list(List<T> values, Function<T, String> word) {
    return values.stream().map(word).collect(Collectors.joining(", ", "[", "]"));
  }
}
