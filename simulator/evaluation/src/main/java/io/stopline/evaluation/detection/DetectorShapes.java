package io.stopline.evaluation.detection;

import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.model.DetectorFacts;
import io.stopline.sdk.model.DetectorFacts.LabelledRows;
import io.stopline.sdk.model.DetectorFacts.PostProcess;
import io.stopline.sdk.model.DetectorFacts.YoloTable;
import io.stopline.sdk.model.DetectorFormat.AnchoredBoxes;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess.Part;
import io.stopline.sdk.model.DetectorFormat.Yolo.Layout;
import io.stopline.sdk.model.DetectorMetadata;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.tflite.InvalidModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Of which family a detector may be, by what its file tells.
 *
 * @param family one that fits
 * @param labels how many scores a candidate has; 0 if the file does not tell
 * @param parts what each output is; empty if names must tell, or there is one
 * @param suppressed whether overlapping boxes are suppressed in the graph
 * @param why for people, such as {@code one tensor 1×84×8400: 8400 candidates with 4 numbers of a
 *     box and 80 scores each}
 */
record DetectorShapes(
    DetectorFamily family, int labels, List<Part> parts, boolean suppressed, String why) {

  private static final int BOX = 4;

  private static final String READ =
      "read are the four tensors of TFLite_Detection_PostProcess (SSD, EfficientDet-Lite), one tensor 1×N×(5+labels) (YOLO v5, v7) or 1×(4+labels)×N (YOLO v8, v11), rows of box, score and label (1×N×6, or three tensors), boxes and scores with anchors in the file's metadata (MediaPipe), and heat map with boxes: export it with that operator at its end, or its head joined into one tensor";

  private static final String RAW =
      "these are boxes and scores of all candidates apart, as SSD without its last operator and DETR give them, and the file's metadata have no anchors for them (DETECTOR_METADATA, as MediaPipe's object detectors have it): take the file that ends in TFLite_Detection_PostProcess, export it with MediaPipe Model Maker, or with boxes and scores joined into one tensor 1×(4+labels)×N";

  DetectorShapes {
    parts = List.copyOf(parts);
  }

  /**
   * Looks at what a file tells.
   *
   * @param names how many labels there are names for
   * @param metadata what it says of anchors, if anything
   * @return all that fit, the likeliest first; at least one
   * @throws InvalidModelException if it is of no family that is read; says what comes out
   */
  static List<DetectorShapes> of(
      String name,
      DetectorFacts facts,
      List<TensorSpec> outputs,
      int names,
      Optional<DetectorMetadata> metadata) {
    List<DetectorShapes> all = new ArrayList<>();
    if (metadata.isPresent() && isRaw(outputs)) {
      all.add(anchored(name, metadata.get(), outputs));
    }
    facts.postProcess().ifPresent(operator -> all.add(ssd(operator, outputs)));
    if (facts.heatMap()) {
      all.add(map(DetectorFamily.HEAT_MAP, outputs));
      // A map of votes has the same tensors, but its boxes mean nothing: that must be said.
      if (heat(outputs).get(3) == 1) {
        all.add(map(DetectorFamily.VOTE_MAP, outputs));
      }
    }
    if (!facts.yolo().isEmpty()) {
      all.addAll(yolo(facts.yolo(), outputs, names));
    }
    if (facts.labelledBoxes().isPresent()) {
      LabelledRows rows = facts.labelledBoxes().get();
      boolean named = facts.yolo().stream().anyMatch(t -> t.labels() == names && isPlausible(t));
      boolean likely = rows.chosen() || !rows.gridded() || !named;
      all.add(likely ? 0 : all.size(), labelledBoxes(rows, outputs));
    }
    if (all.isEmpty()) {
      throw new InvalidModelException(
          "model '%s' gives %s, which is no detector that is read; %s"
              .formatted(name, words(outputs), isRaw(outputs) ? RAW : READ));
    }
    return all;
  }

  /** Boxes {@code 1×N×4} and scores {@code 1×N×C}, as they are before anchors or suppression. */
  static boolean isRaw(List<TensorSpec> outputs) {
    if (outputs.size() != 2) {
      return false;
    }
    List<Integer> a = outputs.get(0).shape();
    List<Integer> b = outputs.get(1).shape();
    return a.size() == 3
        && b.size() == 3
        && a.get(1).equals(b.get(1))
        && (a.get(2) == BOX || b.get(2) == BOX);
  }

  private static DetectorShapes anchored(
      String name, DetectorMetadata metadata, List<TensorSpec> outputs) {
    int boxes;
    try {
      boxes = format(metadata, FrameFit.STRETCH, 1).boxTensor(name, outputs);
    } catch (IllegalArgumentException e) {
      throw new InvalidModelException(String.valueOf(e.getMessage()), e);
    }
    List<Integer> scores = outputs.get(1 - boxes).shape();
    if (scores.get(1) != metadata.anchors().count()) {
      throw new InvalidModelException(
          "model '%s' gives %d candidates, but its DETECTOR_METADATA have %d anchors, which are another model's; export it again"
              .formatted(name, scores.get(1), metadata.anchors().count()));
    }
    return new DetectorShapes(
        DetectorFamily.ANCHORED_BOXES,
        scores.get(2),
        List.of(),
        false,
        "%d candidates with 4 numbers of a box, relative to the anchors in its metadata, and %d score%s each"
            .formatted(scores.get(1), scores.get(2), scores.get(2) == 1 ? "" : "s"));
  }

  /** What the metadata say, fitted and suppressed as given. */
  static AnchoredBoxes format(DetectorMetadata metadata, FrameFit fit, double overlap) {
    return new AnchoredBoxes(
        fit, metadata.scores(), true, overlap, metadata.anchors(), metadata.boxes());
  }

  private static DetectorShapes ssd(PostProcess operator, List<TensorSpec> outputs) {
    int rows = outputs.stream().mapToInt(TensorSpec::elements).max().orElse(0) / BOX;
    return new DetectorShapes(
        DetectorFamily.SSD_POSTPROCESS,
        0,
        operator.outputs(),
        true,
        "what TFLite_Detection_PostProcess leaves of %d candidates with %d scores each: %d boxes, labels, scores and their number"
            .formatted(operator.candidates(), operator.scores(), rows));
  }

  private static DetectorShapes map(DetectorFamily family, List<TensorSpec> outputs) {
    List<Integer> heat = heat(outputs);
    return new DetectorShapes(
        family,
        heat.get(3),
        List.of(),
        false,
        "a heat map %s and boxes of the same cells".formatted(TensorSpec.words(heat)));
  }

  private static DetectorShapes labelledBoxes(LabelledRows rows, List<TensorSpec> outputs) {
    return new DetectorShapes(
        DetectorFamily.LABELLED_BOXES,
        0,
        rows.outputs(),
        rows.suppressed(),
        "%s, %d rows of a box, a score and the number of a label%s"
            .formatted(
                rows.tensors() == 1
                    ? "one tensor " + TensorSpec.words(outputs.get(0).shape())
                    : words(outputs),
                rows.rows(),
                rows.suppressed() ? ", suppressed already" : ""));
  }

  /** The number of names tells v5 from v8: the one has an objectness before its scores. */
  private static List<DetectorShapes> yolo(
      List<YoloTable> tables, List<TensorSpec> outputs, int names) {
    YoloTable likeliest =
        tables.stream()
            .filter(t -> t.labels() == names && isPlausible(t))
            .findFirst()
            .orElse(tables.get(0));
    List<DetectorShapes> all = new ArrayList<>(List.of(yolo(likeliest, outputs)));
    tables.stream()
        .filter(t -> t.labels() == names && !t.equals(likeliest))
        .forEach(t -> all.add(yolo(t, outputs)));
    return all;
  }

  private static DetectorShapes yolo(YoloTable table, List<TensorSpec> outputs) {
    boolean objectness = table.layout() == Layout.V5;
    return new DetectorShapes(
        family(table.layout()),
        table.labels(),
        List.of(),
        false,
        "one tensor %s, %d candidates with 4 numbers of a box%s and %d score%s each"
            .formatted(
                TensorSpec.words(outputs.get(0).shape()),
                table.candidates(),
                objectness ? ", objectness" : "",
                table.labels(),
                table.labels() == 1 ? "" : "s"));
  }

  /** Exports with an objectness have a row a candidate; three candidates a cell have one. */
  private static boolean isPlausible(YoloTable table) {
    return table.layout() == Layout.V5 ? table.byRow() : table.boxesEachCell() <= 1;
  }

  private static DetectorFamily family(Layout layout) {
    return layout == Layout.V5 ? DetectorFamily.YOLO_V5 : DetectorFamily.YOLO_V8;
  }

  private static List<Integer> heat(List<TensorSpec> outputs) {
    List<Integer> first = outputs.get(0).shape();
    return first.get(3) == BOX && !outputs.get(0).name().contains("heat")
        ? outputs.get(1).shape()
        : first;
  }

  /** Tensors in words: {@code 2 tensors (float32 1×10×4, float32 1×10)}. */
  static String words(List<TensorSpec> tensors) {
    return (tensors.size() == 1 ? "one tensor" : tensors.size() + " tensors")
        + tensors.stream()
            .map(
                t ->
                    "%s %s"
                        .formatted(
                            t.type().name().toLowerCase(Locale.ROOT), TensorSpec.words(t.shape())))
            .collect(Collectors.joining(", ", " (", ")"));
  }
}
