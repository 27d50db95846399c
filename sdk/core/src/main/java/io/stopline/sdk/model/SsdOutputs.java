package io.stopline.sdk.model;

import io.stopline.sdk.model.DetectorFormat.SsdPostProcess.Part;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Which of four tensors are boxes, classes, scores and count. Shapes tell boxes and count; classes
 * and scores have the same, and only what is said of them or their names tell them apart. What they
 * hold is not asked: it is another with each picture.
 */
final class SsdOutputs {

  private static final int BOX = 4;

  /** Outputs of TensorFlow 1 exports: the operator's name and the number of its output. */
  private static final String OPERATOR = "detection_postprocess";

  private SsdOutputs() {}

  /**
   * What each tensor is.
   *
   * @param told in the model's order; empty if shapes and names are to tell
   * @throws IllegalArgumentException if the tensors cannot be such, or nothing tells classes and
   *     scores apart
   */
  static List<Part> parts(String name, List<TensorSpec> outputs, List<Part> told) {
    List<Part> parts = told.isEmpty() ? found(name, outputs) : told;
    if (outputs.size() != parts.size() || !fit(outputs, parts)) {
      throw wrong(name, outputs, told);
    }
    return parts;
  }

  private static boolean fit(List<TensorSpec> outputs, List<Part> parts) {
    TensorSpec boxes = outputs.get(parts.indexOf(Part.BOXES));
    int rows = boxes.elements() / BOX;
    return isBoxes(boxes)
        && outputs.get(parts.indexOf(Part.CLASSES)).elements() == rows
        && outputs.get(parts.indexOf(Part.SCORES)).elements() == rows
        && outputs.get(parts.indexOf(Part.COUNT)).elements() == 1;
  }

  private static boolean isBoxes(TensorSpec spec) {
    List<Integer> shape = spec.shape();
    return shape.size() >= 2 && shape.get(shape.size() - 1) == BOX;
  }

  private static IllegalArgumentException wrong(
      String name, List<TensorSpec> outputs, List<Part> told) {
    return new IllegalArgumentException(
        "detector '%s' gives %s%s; 'ssd-postprocess' has four tensors: boxes 1×M×4, classes 1×M, scores 1×M and a count, for one image"
            .formatted(
                name,
                outputs,
                told.isEmpty() ? "" : ", said to be " + told.stream().map(Part::word).toList()));
  }

  private static List<Part> found(String name, List<TensorSpec> outputs) {
    int boxes = -1;
    for (int i = 0; i < outputs.size(); i++) {
      boolean larger = boxes < 0 || outputs.get(i).elements() > outputs.get(boxes).elements();
      boxes = isBoxes(outputs.get(i)) && larger ? i : boxes;
    }
    int count = -1;
    for (int i = 0; i < outputs.size(); i++) {
      // Of a model of one box, classes and scores have one element too, but more dimensions.
      boolean flatter =
          count < 0 || outputs.get(i).shape().size() < outputs.get(count).shape().size();
      count = outputs.get(i).elements() == 1 && flatter ? i : count;
    }
    if (outputs.size() != Part.OF_OPERATOR.size() || boxes < 0 || count < 0 || boxes == count) {
      throw wrong(name, outputs, List.of());
    }
    List<Integer> rest = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      if (i != boxes && i != count) {
        rest.add(i);
      }
    }
    for (int i : rest) {
      if (BOX * outputs.get(i).elements() != outputs.get(boxes).elements()) {
        throw wrong(name, outputs, List.of());
      }
    }
    int scores = scores(name, outputs, rest.get(0), rest.get(1));
    List<Part> parts = new ArrayList<>(Collections.nCopies(Part.OF_OPERATOR.size(), Part.CLASSES));
    parts.set(boxes, Part.BOXES);
    parts.set(count, Part.COUNT);
    parts.set(scores, Part.SCORES);
    return parts;
  }

  /** Which of two tensors holds the scores, by their names. */
  private static int scores(String name, List<TensorSpec> outputs, int a, int b) {
    String first = lower(outputs.get(a));
    String second = lower(outputs.get(b));
    if (first.contains("score") != second.contains("score")) {
      return first.contains("score") ? a : b;
    }
    if (first.contains("class") != second.contains("class")) {
      return first.contains("class") ? b : a;
    }
    if (first.contains(OPERATOR) && second.contains(OPERATOR)) {
      // Names that end in :1 and :2; the operator's own first output has no number.
      int compared = first.compareTo(second);
      if (compared != 0 && first.length() == second.length()) {
        return compared < 0 ? b : a;
      }
    }
    throw new IllegalArgumentException(
        ("detector '%s': '%s' and '%s' have one shape, and their names do not tell which are the"
                + " classes and which the scores; write 'outputs' under 'detector' in its manifest,"
                + " such as [boxes, classes, scores, count], in the model's order")
            .formatted(name, outputs.get(a).name(), outputs.get(b).name()));
  }

  private static String lower(TensorSpec spec) {
    return spec.name().toLowerCase(Locale.ROOT);
  }
}
