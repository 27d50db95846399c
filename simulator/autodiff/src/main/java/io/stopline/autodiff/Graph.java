package io.stopline.autodiff;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.google.flatbuffers.Table;
import io.stopline.autodiff.operator.Margins;
import io.stopline.autodiff.operator.Node;
import io.stopline.autodiff.operator.Operator;
import io.stopline.autodiff.operator.Operators;
import io.stopline.autodiff.operator.StoredNumbers;
import io.stopline.autodiff.operator.Tensor;
import io.stopline.autodiff.operator.UnsupportedVariantException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.TensorType;

/**
 * What has to be computed, in order, to get some tensors of a file from another. Holds the
 * constants; passes may run side by side.
 */
final class Graph implements Node.Source {

  /**
   * @param operator what a pass does
   * @param last values that nobody needs after this step
   */
  private record Step(
      Operator operator, List<Integer> inputs, List<Integer> outputs, List<Integer> last) {}

  private static final Set<Integer> LEARNT =
      Set.of(
          BuiltinOperator.CONV_2D,
          BuiltinOperator.DEPTHWISE_CONV_2D,
          BuiltinOperator.FULLY_CONNECTED);

  private final TfliteFile file;
  private final NDManager manager;
  private final DataType precision;
  private final int input;
  private final List<Integer> outputs;
  private final List<TfliteFile.Step> needed;
  private final Map<Integer, NDArray> constants = new HashMap<>();
  private final Map<Integer, ByteBuffer> memories = new HashMap<>();
  private final @Nullable Graph twin;
  private final NDArray absent;
  private final @Nullable StoredNumbers stored;
  private List<Step> steps = List.of();
  private @Nullable Margins differences;

  /**
   * @param manager owns the constants
   * @param precision FLOAT32 or FLOAT64
   * @throws UnsupportedOperatorException if an operator on the way is not known
   */
  Graph(TfliteFile file, NDManager manager, DataType precision, int input, List<Integer> outputs) {
    this(file, manager, precision, input, outputs, null);
  }

  /**
   * @param twin a graph of the same file whose constants' memory is shared, or null
   */
  Graph(
      TfliteFile file,
      NDManager manager,
      DataType precision,
      int input,
      List<Integer> outputs,
      @Nullable Graph twin) {
    this.twin = twin;
    this.file = file;
    this.manager = manager;
    this.precision = precision;
    this.input = input;
    this.outputs = List.copyOf(outputs);
    this.stored = StoredNumbers.of(file.tensors().get(input), manager);
    this.needed = needed();
    this.absent = manager.create(0f);
    refuseUnknown(needed);
    prepare();
  }

  /** Steps on the way to the outputs, in the order of the file. */
  private List<TfliteFile.Step> needed() {
    Set<Integer> wanted = new LinkedHashSet<>(outputs);
    List<TfliteFile.Step> found = new ArrayList<>();
    for (int s = file.steps().size() - 1; s >= 0; s--) {
      TfliteFile.Step step = file.steps().get(s);
      boolean wants = step.outputs().stream().anyMatch(wanted::contains);
      boolean computes = step.outputs().stream().anyMatch(o -> !file.tensors().get(o).constant());
      if (wants && computes) {
        found.add(0, step);
        wanted.addAll(step.inputs());
      }
    }
    return List.copyOf(found);
  }

  /**
   * @throws UnsupportedOperatorException that names all operators among the steps that are not
   *     known
   */
  static void refuseUnknown(List<TfliteFile.Step> steps) {
    Set<String> unknown = new LinkedHashSet<>();
    for (TfliteFile.Step step : steps) {
      if (Operators.find(step.builtin()).isEmpty()) {
        unknown.add(step.name());
      }
    }
    if (!unknown.isEmpty()) {
      throw new UnsupportedOperatorException(
          List.copyOf(unknown), unknown.size() == 1 ? "it is not known" : "they are not known");
    }
  }

  /** Reads options and constants; again after constants were replaced. */
  private void prepare() {
    List<Step> prepared = new ArrayList<>();
    Set<Integer> neededLater = new LinkedHashSet<>(outputs);
    for (int s = needed.size() - 1; s >= 0; s--) {
      TfliteFile.Step step = needed.get(s);
      List<Integer> last = new ArrayList<>();
      for (int i : step.inputs()) {
        if (i >= 0 && i != input && !file.tensors().get(i).constant() && neededLater.add(i)) {
          last.add(i);
        }
      }
      prepared.add(0, new Step(operator(step), step.inputs(), step.outputs(), List.copyOf(last)));
    }
    steps = List.copyOf(prepared);
  }

  private Operator operator(TfliteFile.Step step) {
    List<@Nullable Tensor> inputs = new ArrayList<>();
    for (int i : step.inputs()) {
      inputs.add(i < 0 ? null : file.tensors().get(i));
    }
    for (Tensor tensor : inputs) {
      if (tensor != null && tensor.constant() && isReal(tensor)) {
        constant(tensor);
      }
    }
    List<Tensor> outputs = step.outputs().stream().map(o -> file.tensors().get(o)).toList();
    try {
      Node node = new Node(step.name(), step.place(), inputs, outputs, this);
      return StoredNumbers.behind(
          Operators.find(step.builtin()).orElseThrow().prepare(node), outputs, manager);
    } catch (UnsupportedVariantException e) {
      throw new UnsupportedOperatorException(List.of(step.name()), String.valueOf(e.getMessage()));
    }
  }

  /**
   * One pass, to be called inside an {@link NDScope}, which lets everything go that was made on the
   * way; what gradients need stays with the result inside the engine.
   *
   * @param x the input tensor, axes as in the file
   * @return the first of the outputs
   */
  NDArray run(NDArray x) {
    return run(x, null).get(0);
  }

  /** One pass, to be called as {@link #run(NDArray)}; all outputs. */
  List<NDArray> runAll(NDArray x) {
    return run(x, null);
  }

  /**
   * One pass over boxes of images, to be called as {@link #run(NDArray)}.
   *
   * @param x the input tensor; lower ends in the first half of the batch, upper ends in the second
   * @param labels one row a box, 1 at its label and else 0
   * @return one row a box: how far the label's score stays above each other, at least
   * @throws UnusableModelException if an operator on the way has no bounds
   */
  NDArray margins(NDArray x, NDArray labels) {
    refuseUnbounded();
    NDArray result = run(x, labels).get(0);
    if (last() instanceof Margins.Source source && source.hasMargins()) {
      return result;
    }
    if (differences == null) {
      differences = new Margins(manager);
    }
    return differences.of(result.reshape(2 * labels.getShape().get(0), -1), labels);
  }

  private @Nullable Operator last() {
    Step step = steps.get(steps.size() - 1);
    return step.outputs().contains(outputs.get(0)) ? step.operator() : null;
  }

  private void refuseUnbounded() {
    List<String> unbounded =
        needed.stream()
            .filter(step -> !Operators.bounded(step.builtin()))
            .map(TfliteFile.Step::name)
            .distinct()
            .toList();
    if (!unbounded.isEmpty()) {
      throw unbounded(String.join(", ", unbounded));
    }
  }

  private List<NDArray> run(NDArray x, @Nullable NDArray labels) {
    @Nullable NDArray[] values = new NDArray[file.tensors().size()];
    values[input] = stored == null ? x : stored.apply(x);
    for (Step step : steps) {
      List<NDArray> inputs = new ArrayList<>(step.inputs().size());
      for (int i : step.inputs()) {
        NDArray value = i < 0 ? absent : values[i];
        inputs.add(value != null ? value : constants.getOrDefault(i, absent));
      }
      List<NDArray> results = results(step.operator(), inputs, labels);
      for (int i = 0; i < results.size(); i++) {
        values[step.outputs().get(i)] = results.get(i);
      }
      for (int done : step.last()) {
        release(values, done);
      }
    }
    List<NDArray> wanted = new ArrayList<>(outputs.size());
    for (int output : outputs) {
      wanted.add(Objects.requireNonNull(values[output]));
    }
    return wanted;
  }

  private List<NDArray> results(Operator operator, List<NDArray> inputs, @Nullable NDArray labels) {
    if (labels == null) {
      return operator.apply(inputs);
    }
    if (operator == last() && operator instanceof Margins.Source source && source.hasMargins()) {
      return List.of(source.margins(inputs, labels));
    }
    try {
      return operator.bounds(inputs);
    } catch (UnsupportedVariantException e) {
      throw unbounded(String.valueOf(e.getMessage()));
    }
  }

  private static UnusableModelException unbounded(String what) {
    return new UnusableModelException(
        "no interval bounds through the model: %s; other methods of training need none"
            .formatted(what));
  }

  /** Frees early, so that the next step finds warm memory. An operator may hand its input on. */
  private static void release(@Nullable NDArray[] values, int done) {
    NDArray value = Objects.requireNonNull(values[done]);
    values[done] = null;
    for (NDArray other : values) {
      if (other == value) {
        return;
      }
    }
    NDScope.unregister(value);
    value.close();
  }

  /** Axes and the like are integers without a scale. */
  private static boolean isReal(Tensor tensor) {
    return tensor.quantization().present()
        || tensor.type() == TensorType.FLOAT32
        || tensor.type() == TensorType.FLOAT16
        || tensor.type() == TensorType.FLOAT64;
  }

  /**
   * A weight of the file that can be trained.
   *
   * @param builtin the operator that it belongs to
   * @param bias whether it is added, not multiplied
   * @param memory what {@code values} stores its numbers in
   */
  record Parameter(Tensor tensor, int builtin, boolean bias, NDArray values, ByteBuffer memory) {}

  /** Values that are computed for one image on the way. */
  long computedValues() {
    long values = 0;
    for (TfliteFile.Step step : needed) {
      for (int o : step.outputs()) {
        values += file.tensors().get(o).elements();
      }
    }
    return values;
  }

  /** Values of filters, matrices and biases on the way, whether they can be trained or not. */
  int learntValues() {
    Set<Integer> seen = new LinkedHashSet<>();
    int values = 0;
    for (TfliteFile.Step step : needed) {
      if (!LEARNT.contains(step.builtin())) {
        continue;
      }
      for (int i : step.inputs().subList(1, step.inputs().size())) {
        values += i >= 0 && seen.add(i) ? file.tensors().get(i).elements() : 0;
      }
    }
    return values;
  }

  /** Float32 filters, matrices and biases, in the order of the file. */
  List<Parameter> parameters() {
    List<Parameter> parameters = new ArrayList<>();
    Set<Integer> seen = new LinkedHashSet<>();
    for (TfliteFile.Step step : needed) {
      if (!LEARNT.contains(step.builtin())) {
        continue;
      }
      for (int place = 1; place < step.inputs().size(); place++) {
        int i = step.inputs().get(place);
        ByteBuffer memory = memories.get(i);
        if (memory != null
            && file.tensors().get(i).type() == TensorType.FLOAT32
            && file.stored(file.tensors().get(i))
            && seen.add(i)) {
          parameters.add(
              new Parameter(
                  file.tensors().get(i),
                  step.builtin(),
                  place == 2,
                  constant(file.tensors().get(i)),
                  memory));
        }
      }
    }
    return parameters;
  }

  @Override
  public NDArray constant(Tensor tensor) {
    return constants.computeIfAbsent(
        tensor.index(),
        t -> {
          ByteBuffer memory = twin == null ? null : twin.memories.get(t);
          memory = memory == null ? memory(file.reals(tensor)) : memory;
          memories.put(t, memory);
          return manager.create(
              memory, new Shape(tensor.shape().stream().mapToLong(d -> d).toArray()), precision);
        });
  }

  @Override
  public int[] ints(Tensor tensor) {
    return file.ints(tensor);
  }

  @Override
  public boolean options(int place, Table options) {
    return file.options(place, options);
  }

  @Override
  public NDManager manager() {
    return manager;
  }

  @Override
  public DataType precision() {
    return precision;
  }

  private ByteBuffer memory(double[] values) {
    int bytes = precision.getNumOfBytes();
    ByteBuffer memory =
        ByteBuffer.allocateDirect(values.length * bytes).order(ByteOrder.nativeOrder());
    for (int i = 0; i < values.length; i++) {
      if (precision == DataType.FLOAT64) {
        memory.putDouble(i * bytes, values[i]);
      } else {
        memory.putFloat(i * bytes, (float) values[i]);
      }
    }
    return memory;
  }
}
