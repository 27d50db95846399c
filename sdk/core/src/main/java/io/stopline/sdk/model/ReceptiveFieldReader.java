package io.stopline.sdk.model;

import io.stopline.sdk.model.ModelGraph.Step;
import io.stopline.sdk.model.ModelGraph.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Follows each pixel of a model's input through its operators up to one tensor. */
final class ReceptiveFieldReader {

  private static final int HEIGHT = 1;
  private static final int WIDTH = 2;

  /** Each cell of the output comes of the same cell of the inputs. */
  private static final Set<String> CELL_BY_CELL =
      Set.of(
          "ADD",
          "SUB",
          "MUL",
          "DIV",
          "MAXIMUM",
          "MINIMUM",
          "QUANTIZE",
          "DEQUANTIZE",
          "CAST",
          "RELU",
          "RELU6",
          "RELU_N1_TO_1",
          "RELU_0_TO_1",
          "LEAKY_RELU",
          "PRELU",
          "ELU",
          "GELU",
          "HARD_SWISH",
          "LOGISTIC",
          "TANH",
          "ABS",
          "NEG",
          "SQUARE",
          "SQRT",
          "RSQRT",
          "EXP",
          "LOG",
          "CONCATENATION");

  private final ModelGraph graph;
  private final StepOptions options;
  private final int target;

  ReceptiveFieldReader(byte[] file, int target) {
    this.graph = ModelGraph.of(file);
    this.options = new StepOptions(file);
    this.target = target;
  }

  ReceptiveField read() {
    if (graph.inputs().size() != 1 || image(graph.inputs().get(0)).shape().get(0) != 1) {
      throw new IllegalArgumentException(
          "takes %d inputs; what a pixel can change is followed in models of one image, 1×H×W×C"
              .formatted(graph.inputs().size()));
    }
    return new ReceptiveField(axis(HEIGHT), axis(WIDTH));
  }

  private ReceptiveField.Axis axis(int axis) {
    int pixels = side(graph.inputs().get(0), axis);
    Span[][] reach = new Span[graph.tensors().size()][];
    Span[] itself = new Span[pixels];
    Arrays.setAll(itself, i -> new Span(i, i));
    reach[graph.inputs().get(0)] = itself;
    boolean[] wanted = leadingTo(target);
    for (int s = 0; s < graph.steps().size(); s++) {
      Step step = graph.steps().get(s);
      if (wanted[s] && step.inputs().stream().anyMatch(t -> t >= 0 && reach[t] != null)) {
        Span[] through = through(s, step, reach, axis, pixels);
        step.outputs().forEach(t -> reach[t] = through);
      }
    }
    Span @Nullable [] found = reach[target];
    if (found == null) {
      throw new IllegalArgumentException("does not compute that map from its image");
    }
    return new ReceptiveField.Axis(List.of(found), side(target, axis));
  }

  /** Which steps have a part in a tensor. */
  private boolean[] leadingTo(int tensor) {
    boolean[] wanted = new boolean[graph.steps().size()];
    boolean[] needed = new boolean[graph.tensors().size()];
    needed[tensor] = true;
    for (int s = wanted.length - 1; s >= 0; s--) {
      Step step = graph.steps().get(s);
      wanted[s] = step.outputs().stream().anyMatch(t -> needed[t]);
      if (wanted[s]) {
        step.inputs().stream().filter(t -> t >= 0).forEach(t -> needed[t] = true);
      }
    }
    return wanted;
  }

  private Span[] through(int s, Step step, Span[][] reach, int axis, int pixels) {
    String name = step.operator().name();
    int output = step.outputs().get(0);
    switch (name) {
      case "CONV_2D", "DEPTHWISE_CONV_2D" -> {
        if (reach[step.inputs().get(1)] != null) {
          throw spreads(name, "whose filter is computed from the image");
        }
        int filter = side(step.inputs().get(1), axis);
        return slide(
            step, options.convolution(s, name.startsWith("DEPTH"), axis, filter), reach, axis);
      }
      case "AVERAGE_POOL_2D", "MAX_POOL_2D" -> {
        return slide(step, options.pool(s, axis), reach, axis);
      }
      case "PAD", "PADV2" -> {
        List<Integer> padding = options.constant(step.inputs().get(1));
        if (padding.size() != 8) {
          throw spreads(name, "whose padding only a run tells");
        }
        return shift(given(reach, step.inputs().get(0), name), padding.get(2 * axis));
      }
      default -> {
        if (!CELL_BY_CELL.contains(name)) {
          throw spreads(name, "by which a pixel may change any place");
        }
        return merge(step, reach, axis, pixels, side(output, axis));
      }
    }
  }

  /** Through a filter that looks at some neighbouring cells. */
  private Span[] slide(Step step, StepOptions.Sliding sliding, Span[][] reach, int axis) {
    int in = side(step.inputs().get(0), axis);
    int out = side(step.outputs().get(0), axis);
    int stride = sliding.stride();
    int field = (sliding.filter() - 1) * sliding.dilation() + 1;
    // As TensorFlow Lite's ComputePadding has it.
    int before = sliding.same() ? Math.max(0, (out - 1) * stride + field - in) / 2 : 0;
    Span[] given = given(reach, step.inputs().get(0), step.operator().name());
    Span[] result = new Span[given.length];
    for (int i = 0; i < given.length; i++) {
      // Cell o looks at o · stride − before up to field − 1 further; gaps of a dilation count in.
      int first = -Math.floorDiv(field - 1 - before - given[i].first(), stride);
      int last = Math.floorDiv(given[i].last() + before, stride);
      Span cells = new Span(Math.max(0, first), Math.min(out - 1, last));
      result[i] = given[i].isEmpty() || cells.isEmpty() ? Span.EMPTY : cells;
    }
    return result;
  }

  private static Span[] shift(Span[] given, int by) {
    Span[] result = new Span[given.length];
    for (int i = 0; i < given.length; i++) {
      result[i] =
          given[i].isEmpty() ? Span.EMPTY : new Span(given[i].first() + by, given[i].last() + by);
    }
    return result;
  }

  /** Of operators that compute each cell from the same cell of what they are given. */
  private Span[] merge(Step step, Span[][] reach, int axis, int pixels, int side) {
    Span[] result = new Span[pixels];
    Arrays.fill(result, Span.EMPTY);
    for (int t : step.inputs()) {
      if (t < 0 || reach[t] == null) {
        continue;
      }
      if (side(t, axis) != side) {
        throw spreads(step.operator().name(), "that gives one cell to several places");
      }
      Span[] given = reach[t];
      for (int i = 0; i < pixels; i++) {
        result[i] = result[i].hull(given[i]);
      }
    }
    return result;
  }

  private Span[] given(Span[][] reach, int tensor, String name) {
    Span @Nullable [] given = tensor < 0 ? null : reach[tensor];
    if (given == null) {
      throw spreads(name, "that computes with the image in an unknown way");
    }
    return given;
  }

  private static IllegalArgumentException spreads(String operator, String how) {
    return new IllegalArgumentException(
        "has the operator %s, %s; leave it out before the map of local scores"
            .formatted(operator, how));
  }

  private Tensor image(int tensor) {
    Tensor t = graph.tensors().get(tensor);
    if (t.rank() != 4) {
      throw new IllegalArgumentException(
          "computes a tensor of %s where a map, 1×h×w×C, is needed".formatted(t.dimensions()));
    }
    return t;
  }

  private int side(int tensor, int axis) {
    return image(tensor).shape().get(axis);
  }
}
