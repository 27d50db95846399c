package io.stopline.sdk.model;

import io.stopline.sdk.model.DetectorFormat.SsdPostProcess.Part;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Which of three tensors are boxes, scores and classes, and which of four is the count, where no
 * operator of the graph tells. What they hold is not asked: it is another with each picture.
 */
final class BoxOutputs {

  private static final int BOX = 4;

  private static final List<String> SCORE_WORDS = List.of("score", "conf", "prob");
  private static final List<String> CLASS_WORDS = List.of("class", "label", "idx");

  private BoxOutputs() {}

  /**
   * What each tensor is.
   *
   * @param told in the model's order; empty if shapes, types and names are to tell
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
        && (!parts.contains(Part.COUNT) || outputs.get(parts.indexOf(Part.COUNT)).elements() == 1);
  }

  private static boolean isBoxes(TensorSpec spec) {
    List<Integer> shape = spec.shape();
    return shape.size() >= 2
        && shape.get(shape.size() - 1) == BOX
        && spec.elements() == BOX * shape.get(shape.size() - 2);
  }

  private static List<Part> found(String name, List<TensorSpec> outputs) {
    int boxes = -1;
    for (int i = 0; i < outputs.size(); i++) {
      // Of four rows, scores and classes look like one box.
      boolean larger = boxes < 0 || outputs.get(i).elements() > outputs.get(boxes).elements();
      boxes = larger && isBoxes(outputs.get(i)) ? i : boxes;
    }
    if (boxes < 0 || outputs.size() < 3 || outputs.size() > Part.values().length) {
      throw wrong(name, outputs, List.of());
    }
    int rows = outputs.get(boxes).elements() / BOX;
    List<Integer> rest = new ArrayList<>();
    List<Part> parts = new ArrayList<>(Collections.nCopies(outputs.size(), Part.COUNT));
    parts.set(boxes, Part.BOXES);
    for (int i = 0; i < outputs.size(); i++) {
      if (i != boxes && outputs.get(i).elements() == rows) {
        rest.add(i);
      }
    }
    if (rest.size() != 2) {
      throw wrong(name, outputs, List.of());
    }
    int classes = classes(name, outputs, rest.get(0), rest.get(1));
    parts.set(rest.get(0), Part.SCORES);
    parts.set(rest.get(1), Part.SCORES);
    parts.set(classes, Part.CLASSES);
    return parts;
  }

  private static int classes(String name, List<TensorSpec> outputs, int a, int b) {
    TensorSpec first = outputs.get(a);
    TensorSpec second = outputs.get(b);
    if (isWhole(first) != isWhole(second)) {
      return isWhole(first) ? a : b;
    }
    if (says(first, SCORE_WORDS) != says(second, SCORE_WORDS)) {
      return says(first, SCORE_WORDS) ? b : a;
    }
    if (says(first, CLASS_WORDS) != says(second, CLASS_WORDS)) {
      return says(first, CLASS_WORDS) ? a : b;
    }
    throw new IllegalArgumentException(
        ("detector '%s': '%s' and '%s' have one shape, and neither the graph nor their names tell"
                + " which are the classes and which the scores; write 'outputs' under 'detector' in"
                + " its manifest, such as [boxes, scores, classes], in the model's order")
            .formatted(name, first.name(), second.name()));
  }

  /** Bytes that mean themselves: no score is such. */
  private static boolean isWhole(TensorSpec spec) {
    return spec.type() != ElementType.FLOAT32 && spec.scale() == 1;
  }

  private static boolean says(TensorSpec spec, List<String> words) {
    String lower = spec.name().toLowerCase(Locale.ROOT);
    return words.stream().anyMatch(lower::contains);
  }

  private static IllegalArgumentException wrong(
      String name, List<TensorSpec> outputs, List<Part> told) {
    return new IllegalArgumentException(
        ("detector '%s' gives %s%s; 'labelled-boxes' is one tensor 1×N×6 (left, top, right, bottom,"
                + " score, label), or boxes 1×N×4, scores 1×N and classes 1×N, with or without a"
                + " count, for one image")
            .formatted(
                name,
                outputs,
                told.isEmpty() ? "" : ", said to be " + told.stream().map(Part::word).toList()));
  }
}
