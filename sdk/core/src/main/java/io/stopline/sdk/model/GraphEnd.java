package io.stopline.sdk.model;

import io.stopline.sdk.model.ModelGraph.Step;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the last operators of a model do to an output. */
final class GraphEnd {

  /** They change neither the numbers nor their order. */
  private static final Set<String> PASSED =
      Set.of("RESHAPE", "SQUEEZE", "EXPAND_DIMS", "QUANTIZE", "DEQUANTIZE", "CAST");

  /** Between the sum of squares and the product, in the forms that converters write. */
  private static final Set<String> BETWEEN = Set.of("RSQRT", "SQRT", "MAXIMUM", "ADD", "POW");

  private static final int LONGEST = 4;

  /** They put candidates and their values in another order, or take some of them. */
  private static final Set<String> ARRANGED =
      Set.of(
          "TRANSPOSE",
          "CONCATENATION",
          "STRIDED_SLICE",
          "SLICE",
          "SPLIT",
          "SPLIT_V",
          "GATHER",
          "PACK",
          "UNPACK",
          "PAD");

  private GraphEnd() {}

  /** The operator that computes a tensor, behind those that only rename or round it. */
  private static Optional<Step> last(ModelGraph graph, int tensor) {
    Optional<Step> step = graph.producer(tensor);
    int left = graph.steps().size();
    while (step.isPresent() && PASSED.contains(name(step.get())) && left-- > 0) {
      step = graph.producer(step.get().inputs().get(0));
    }
    return step;
  }

  private static String name(Step step) {
    return step.operator().name();
  }

  /** An operator's output that an output of the model is, behind those that only round it. */
  static Optional<Integer> given(ModelGraph graph, int output, Step by) {
    int tensor = output;
    for (int left = graph.steps().size(); left >= 0; left--) {
      int place = by.outputs().indexOf(tensor);
      Optional<Step> step = graph.producer(tensor);
      if (place >= 0 || step.isEmpty() || !PASSED.contains(name(step.get()))) {
        return place >= 0 ? Optional.of(place) : Optional.empty();
      }
      tensor = step.get().inputs().get(0);
    }
    return Optional.empty();
  }

  /**
   * Whether some of a tensor's values come from a logistic function and were only arranged then.
   */
  static boolean holdsLogistic(ModelGraph graph, int tensor) {
    Deque<Integer> open = new ArrayDeque<>(List.of(tensor));
    Set<Integer> seen = new HashSet<>();
    while (!open.isEmpty()) {
      int next = open.pop();
      Optional<Step> step = next < 0 || !seen.add(next) ? Optional.empty() : graph.producer(next);
      if (step.isPresent() && name(step.get()).equals("LOGISTIC")) {
        return true;
      }
      if (step.isPresent()
          && (PASSED.contains(name(step.get())) || ARRANGED.contains(name(step.get())))) {
        open.addAll(step.get().inputs());
      }
    }
    return false;
  }

  /** Whether an output is the number of the largest score. */
  static boolean choosesClass(ModelGraph graph, int output) {
    return last(graph, output).filter(step -> name(step).equals("ARG_MAX")).isPresent();
  }

  /**
   * Whether an output is divided by its own length: by one operator, or by the square root of a sum
   * of its squares, as {@code tf.math.l2_normalize} is converted.
   */
  static boolean scalesToUnitLength(ModelGraph graph, int output) {
    Optional<Step> end = last(graph, output);
    if (end.isEmpty()) {
      return false;
    }
    Step step = end.get();
    if (name(step).equals("L2_NORMALIZATION")) {
      return true;
    }
    if (!name(step).equals("MUL") && !name(step).equals("DIV")) {
      return false;
    }
    return endsSumOfSquares(graph, step.inputs().get(0), step.inputs().get(1))
        || endsSumOfSquares(graph, step.inputs().get(1), step.inputs().get(0));
  }

  /** Whether {@code length} is a root of the sum of squares of {@code vector}. */
  private static boolean endsSumOfSquares(ModelGraph graph, int vector, int length) {
    int tensor = length;
    boolean rooted = false;
    for (int k = 0; k < LONGEST; k++) {
      Optional<Step> step = graph.producer(tensor);
      if (step.isEmpty()) {
        return false;
      }
      if (name(step.get()).equals("SUM")) {
        Optional<Step> square = graph.producer(step.get().inputs().get(0));
        return rooted && square.isPresent() && squares(square.get(), vector);
      }
      if (!BETWEEN.contains(name(step.get()))) {
        return false;
      }
      rooted |= Set.of("RSQRT", "SQRT", "POW").contains(name(step.get()));
      tensor = computedInput(graph, step.get());
    }
    return false;
  }

  private static boolean squares(Step step, int vector) {
    return switch (name(step)) {
      case "SQUARE" -> step.inputs().get(0) == vector;
      case "MUL" -> step.inputs().stream().allMatch(i -> i == vector);
      default -> false;
    };
  }

  /** Of a tensor and a constant, the tensor. */
  private static int computedInput(ModelGraph graph, Step step) {
    return step.inputs().stream()
        .filter(i -> graph.producer(i).isPresent())
        .findFirst()
        .orElse(step.inputs().get(0));
  }

  /** Words for the case that one output is the softmax of another; empty if none is. */
  static String softmaxOfAnother(ModelGraph graph) {
    List<Integer> outputs = graph.outputs();
    for (int i = 0; i < outputs.size(); i++) {
      Optional<Step> step = last(graph, outputs.get(i));
      if (step.isPresent() && name(step.get()).equals("SOFTMAX")) {
        int logits = outputs.indexOf(step.get().inputs().get(0));
        if (logits >= 0) {
          return ", of which %d is the softmax of %d (counted from 0)".formatted(i, logits);
        }
      }
    }
    return "";
  }
}
