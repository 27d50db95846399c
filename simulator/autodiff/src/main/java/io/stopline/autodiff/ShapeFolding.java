package io.stopline.autodiff;

import io.stopline.autodiff.operator.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntBinaryOperator;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.StridedSliceOptions;
import org.tensorflow.lite.schema.TensorType;

/**
 * Integers that a model computes of shapes alone. A converter that was not told the batch writes a
 * flattening layer as SHAPE, STRIDED_SLICE, PACK and RESHAPE; with the shapes that the file gives,
 * all but the last are constants.
 */
final class ShapeFolding {

  private final TfliteFile file;
  private final List<Tensor> tensors;
  private final Map<Integer, int[]> values = new HashMap<>();

  private ShapeFolding(TfliteFile file, List<Tensor> tensors) {
    this.file = file;
    this.tensors = tensors;
  }

  /**
   * Values by tensor.
   *
   * @param tensors of the file
   * @param steps in the order in which they run
   */
  static Map<Integer, int[]> values(
      TfliteFile file, List<Tensor> tensors, List<TfliteFile.Step> steps) {
    ShapeFolding folding = new ShapeFolding(file, tensors);
    for (TfliteFile.Step step : steps) {
      if (step.outputs().size() == 1 && isWhole(tensors.get(step.outputs().get(0)))) {
        folding.result(step).ifPresent(v -> folding.values.put(step.outputs().get(0), v));
      }
    }
    return folding.values;
  }

  private static boolean isWhole(Tensor tensor) {
    return tensor.type() == TensorType.INT32 || tensor.type() == TensorType.INT64;
  }

  private Optional<int[]> result(TfliteFile.Step step) {
    if (step.builtin() == BuiltinOperator.SHAPE) {
      List<Integer> shape = tensors.get(step.inputs().get(0)).shape();
      return shape.isEmpty() || shape.stream().anyMatch(side -> side < 1)
          ? Optional.empty()
          : Optional.of(shape.stream().mapToInt(side -> side).toArray());
    }
    List<int[]> inputs = new ArrayList<>();
    for (int i : step.inputs()) {
      Optional<int[]> input = input(i);
      if (input.isEmpty()) {
        return Optional.empty();
      }
      inputs.add(input.get());
    }
    return switch (step.builtin()) {
      case BuiltinOperator.CAST,
          BuiltinOperator.RESHAPE,
          BuiltinOperator.SQUEEZE,
          BuiltinOperator.EXPAND_DIMS ->
          Optional.of(inputs.get(0));
      case BuiltinOperator.PACK, BuiltinOperator.CONCATENATION -> joined(step, inputs);
      case BuiltinOperator.STRIDED_SLICE -> strided(step, inputs);
      case BuiltinOperator.GATHER -> gathered(step, inputs);
      case BuiltinOperator.REDUCE_PROD ->
          Optional.of(new int[] {Arrays.stream(inputs.get(0)).reduce(1, Math::multiplyExact)});
      case BuiltinOperator.MUL -> each(inputs, Math::multiplyExact);
      case BuiltinOperator.ADD -> each(inputs, Math::addExact);
      case BuiltinOperator.SUB -> each(inputs, Math::subtractExact);
      default -> Optional.empty();
    };
  }

  private Optional<int[]> input(int i) {
    if (i < 0) {
      return Optional.empty();
    }
    Tensor tensor = tensors.get(i);
    return tensor.constant() && isWhole(tensor)
        ? Optional.of(file.storedInts(tensor))
        : Optional.ofNullable(values.get(i));
  }

  /** Numbers and rows of numbers, one behind the other. */
  private Optional<int[]> joined(TfliteFile.Step step, List<int[]> inputs) {
    return tensors.get(step.outputs().get(0)).rank() > 1
        ? Optional.empty()
        : Optional.of(inputs.stream().flatMapToInt(Arrays::stream).toArray());
  }

  private Optional<int[]> strided(TfliteFile.Step step, List<int[]> inputs) {
    StridedSliceOptions options = new StridedSliceOptions();
    int[] from = inputs.get(0);
    if (tensors.get(step.inputs().get(0)).rank() != 1
        || inputs.get(1).length != 1
        || inputs.get(3)[0] < 1
        || !file.options(step.place(), options)
        || options.ellipsisMask() != 0
        || options.newAxisMask() != 0) {
      return Optional.empty();
    }
    int first = options.beginMask() != 0 ? 0 : place(inputs.get(1)[0], from.length);
    int last = options.endMask() != 0 ? from.length : place(inputs.get(2)[0], from.length);
    last = options.shrinkAxisMask() != 0 ? Math.min(first + 1, from.length) : last;
    List<Integer> taken = new ArrayList<>();
    for (int i = first; i < last; i += inputs.get(3)[0]) {
      taken.add(from[i]);
    }
    return Optional.of(taken.stream().mapToInt(v -> v).toArray());
  }

  /** Negative places count from behind; what lies outside is moved to the edge. */
  private static int place(int place, int size) {
    return Math.max(0, Math.min(place < 0 ? place + size : place, size));
  }

  private Optional<int[]> gathered(TfliteFile.Step step, List<int[]> inputs) {
    int[] from = inputs.get(0);
    boolean row = tensors.get(step.inputs().get(0)).rank() == 1;
    return row && Arrays.stream(inputs.get(1)).allMatch(i -> i >= 0 && i < from.length)
        ? Optional.of(Arrays.stream(inputs.get(1)).map(i -> from[i]).toArray())
        : Optional.empty();
  }

  /** Two rows of one length, or a row and a number. */
  private static Optional<int[]> each(List<int[]> inputs, IntBinaryOperator operator) {
    int[] a = inputs.get(0);
    int[] b = inputs.get(1);
    if (a.length != b.length && a.length != 1 && b.length != 1) {
      return Optional.empty();
    }
    int[] result = new int[Math.max(a.length, b.length)];
    Arrays.setAll(result, i -> operator.applyAsInt(a[i % a.length], b[i % b.length]));
    return Optional.of(result);
  }
}
