package io.stopline.evaluation.detection;

import io.stopline.sdk.model.DetectorFacts;
import io.stopline.sdk.model.DetectorFacts.PostProcess;
import io.stopline.sdk.model.DetectorFacts.YoloTable;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess.Part;
import io.stopline.sdk.model.DetectorFormat.Yolo.Layout;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.tflite.InvalidModelException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Of which family a detector is, by what its file tells.
 *
 * @param families that fit, the likeliest first; never empty
 * @param labels how many scores a candidate has in the first of them; 0 if the file does not tell
 * @param parts what each output of an SSD is; empty if names must tell
 * @param logistic whether a YOLO's scores come from a logistic function
 * @param why for people, such as {@code one tensor 1×84×8400: 8400 candidates with 4 numbers of a
 *     box and 80 scores each}
 */
record DetectorShapes(
    List<DetectorFamily> families, int labels, List<Part> parts, boolean logistic, String why) {

  private static final int BOX = 4;

  private static final String READ =
      "read are the four tensors of TFLite_Detection_PostProcess (SSD, EfficientDet-Lite), one tensor 1×N×(5+labels) (YOLO v5, v7) or 1×(4+labels)×N (YOLO v8, v11), and heat map with boxes: export it with that operator at its end, or its head joined into one tensor";

  DetectorShapes {
    families = List.copyOf(families);
    parts = List.copyOf(parts);
  }

  /**
   * Looks at what a file tells.
   *
   * @param names how many labels there are names for
   * @throws InvalidModelException if it is of no family that is read; says what comes out
   */
  static DetectorShapes of(String name, DetectorFacts facts, List<TensorSpec> outputs, int names) {
    if (facts.postProcess().isPresent()) {
      return ssd(facts.postProcess().get(), outputs);
    }
    if (facts.heatMap()) {
      List<Integer> heat = heat(outputs);
      return new DetectorShapes(
          List.of(DetectorFamily.HEAT_MAP),
          heat.get(3),
          List.of(),
          false,
          "a heat map %s and boxes of the same cells".formatted(TensorSpec.words(heat)));
    }
    if (!facts.yolo().isEmpty()) {
      return yolo(facts.yolo(), outputs, names);
    }
    throw new InvalidModelException(
        "model '%s' gives %s, which is no detector that is read; %s"
            .formatted(name, words(outputs), READ));
  }

  private static DetectorShapes ssd(PostProcess operator, List<TensorSpec> outputs) {
    int rows = outputs.stream().mapToInt(TensorSpec::elements).max().orElse(0) / BOX;
    return new DetectorShapes(
        List.of(DetectorFamily.SSD_POSTPROCESS),
        0,
        operator.outputs(),
        operator.logistic(),
        "what TFLite_Detection_PostProcess leaves of %d candidates with %d scores each: %d boxes, labels, scores and their number"
            .formatted(operator.candidates(), operator.scores(), rows));
  }

  /** The number of names tells v5 from v8: the one has an objectness before its scores. */
  private static DetectorShapes yolo(List<YoloTable> tables, List<TensorSpec> outputs, int names) {
    YoloTable table =
        tables.stream()
            .filter(t -> t.labels() == names && isPlausible(t))
            .findFirst()
            .orElse(tables.get(0));
    boolean objectness = table.layout() == Layout.V5;
    boolean suppressed = table.labels() + table.layout().before() == BOX + 2 && names > 2;
    return new DetectorShapes(
        List.of(family(table.layout())),
        table.labels(),
        List.of(),
        table.logistic(),
        "one tensor %s, %d candidates with 4 numbers of a box%s and %d score%s each%s"
            .formatted(
                TensorSpec.words(outputs.get(0).shape()),
                table.candidates(),
                objectness ? ", objectness" : "",
                table.labels(),
                table.labels() == 1 ? "" : "s",
                suppressed
                    ? " (or, if suppression is built into it, box, score and number of the label, which is not read: export it without, nms=False)"
                    : ""));
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
