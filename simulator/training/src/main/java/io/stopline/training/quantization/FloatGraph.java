package io.stopline.training.quantization;

import io.stopline.autodiff.FixedShapes;
import io.stopline.autodiff.FloatForm;
import io.stopline.sdk.model.ModelFile;
import io.stopline.sdk.model.ModelStructure;
import io.stopline.training.architecture.ModelWriter;
import io.stopline.training.quantization.ActivationStatistics.Range;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.schema.ActivationFunctionType;
import org.tensorflow.lite.schema.AddOptionsT;
import org.tensorflow.lite.schema.Buffer;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.Conv2DOptionsT;
import org.tensorflow.lite.schema.DepthwiseConv2DOptionsT;
import org.tensorflow.lite.schema.FullyConnectedOptionsT;
import org.tensorflow.lite.schema.Model;
import org.tensorflow.lite.schema.MulOptionsT;
import org.tensorflow.lite.schema.Operator;
import org.tensorflow.lite.schema.OperatorCode;
import org.tensorflow.lite.schema.OperatorT;
import org.tensorflow.lite.schema.Padding;
import org.tensorflow.lite.schema.Pool2DOptionsT;
import org.tensorflow.lite.schema.ReducerOptionsT;
import org.tensorflow.lite.schema.SubGraph;
import org.tensorflow.lite.schema.SubOptionsT;
import org.tensorflow.lite.schema.TensorT;
import org.tensorflow.lite.schema.TensorType;

/** A float model's operators and constants, taken out of its file. Owned by one quantisation. */
final class FloatGraph {

  private static final double STEPS = 255;

  /**
   * A tensor.
   *
   * @param reals values of a real constant
   * @param integers values of an integer constant, such as axes
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, not compared
  record Tensor(String name, int[] shape, float @Nullable [] reals, int @Nullable [] integers) {

    boolean computed() {
      return reals == null && integers == null;
    }

    int elements() {
      return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }

    int channels() {
      return shape.length == 0 ? 1 : shape[shape.length - 1];
    }
  }

  /**
   * An operator.
   *
   * @param place for messages
   * @param options its table, or null
   * @param inputs tensors; -1 where one is left out
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, not compared
  record Node(
      String place, IntegerOperator operator, @Nullable Object options, int[] inputs, int output) {}

  private final List<Tensor> tensors;
  private final List<Node> nodes;
  private final int input;
  private final List<Integer> outputs;
  private final Map<Integer, Range> fixed = new HashMap<>();

  FloatGraph(List<Tensor> tensors, List<Node> nodes, int input, List<Integer> outputs) {
    this.tensors = tensors;
    this.nodes = nodes;
    this.input = input;
    this.outputs = List.copyOf(outputs);
  }

  /**
   * Reads a classifier.
   *
   * @throws UnquantizableModelException if the file is no float classifier of known operators
   */
  static FloatGraph read(byte[] file) {
    FloatGraph graph = readAny(file);
    if (graph.outputs.size() != 1) {
      throw new UnquantizableModelException(
          "the model has %d outputs; a classifier has one".formatted(graph.outputs.size()));
    }
    return graph;
  }

  /**
   * Reads a model of one image with one output or more.
   *
   * @throws UnquantizableModelException if the file is no such float model of known operators
   */
  static FloatGraph readAny(byte[] file) {
    String problem = ModelFile.problem(file);
    problem = problem.isEmpty() ? ModelStructure.problem(file) : problem;
    if (!problem.isEmpty()) {
      throw new UnquantizableModelException(
          "the model file is not usable: %s; copy or convert the model again".formatted(problem));
    }
    // Weights that are stored in fewer bits stand for real numbers all the same.
    byte[] floats = FixedShapes.of(FloatForm.of(file).file());
    Model model = Model.getRootAsModel(ByteBuffer.wrap(floats).order(ByteOrder.LITTLE_ENDIAN));
    SubGraph graph = model.subgraphs(0);
    if (graph.inputsLength() != 1 || graph.outputsLength() < 1) {
      throw new UnquantizableModelException(
          "the model has %d inputs and %d outputs; only models of one image are quantised"
              .formatted(graph.inputsLength(), graph.outputsLength()));
    }
    List<Integer> outputs = new ArrayList<>();
    for (int o = 0; o < graph.outputsLength(); o++) {
      outputs.add(graph.outputs(o));
    }
    List<Integer> ends = new ArrayList<>(outputs);
    int image = firstReal(model, graph);
    ends.add(0, image);
    for (int end : ends) {
      if (graph.tensors(end).type() != TensorType.FLOAT32) {
        throw new UnquantizableModelException(
            "tensor '%s' is %s: the model is quantised already or is no float model; give the"
                    .formatted(
                        graph.tensors(end).name(), TensorType.name(graph.tensors(end).type()))
                + " float32 file that it was made from");
      }
    }
    List<Tensor> tensors = new ArrayList<>();
    for (int t = 0; t < graph.tensorsLength(); t++) {
      tensors.add(tensor(model, graph, t));
    }
    List<Node> nodes = nodes(model, graph);
    FloatGraph read = new FloatGraph(tensors, nodes, image, outputs);
    read.checkInput();
    return read;
  }

  /**
   * Brings the graph into the form in which integers serve it best and XNNPACK has kernels for all
   * of it. Tensors that remain keep their numbers.
   *
   * @param pixels what the input holds, from black to white
   */
  void simplify(Range pixels) {
    fuseActivations();
    foldInputScale(pixels);
    replaceWhatXnnpackLacks();
  }

  /** The image as real numbers: the input, or what a model of stored pixels first makes of it. */
  private static int firstReal(Model model, SubGraph graph) {
    for (int o = 0; o < graph.operatorsLength(); o++) {
      Operator operator = graph.operators(o);
      if (startsFromBytes(model, graph, operator)) {
        return operator.outputs(0);
      }
    }
    return graph.inputs(0);
  }

  /**
   * Whether an operator makes real numbers of the model's input, which is bytes without a scale.
   */
  private static boolean startsFromBytes(Model model, SubGraph graph, Operator operator) {
    org.tensorflow.lite.schema.Tensor input = graph.tensors(graph.inputs(0));
    return input.type() == TensorType.UINT8
        && (input.quantization() == null || input.quantization().scaleLength() == 0)
        && builtin(model, operator) == BuiltinOperator.CAST
        && operator.inputs(0) == graph.inputs(0);
  }

  private static int builtin(Model model, Operator operator) {
    OperatorCode code = model.operatorCodes((int) operator.opcodeIndex());
    return Math.max(code.deprecatedBuiltinCode(), code.builtinCode());
  }

  private static List<Node> nodes(Model model, SubGraph graph) {
    List<Node> nodes = new ArrayList<>();
    Set<String> unknown = new LinkedHashSet<>();
    for (int o = 0; o < graph.operatorsLength(); o++) {
      if (startsFromBytes(model, graph, graph.operators(o))) {
        continue;
      }
      OperatorT operator = graph.operators(o).unpack();
      OperatorCode code = model.operatorCodes((int) operator.getOpcodeIndex());
      int builtin = builtin(model, graph.operators(o));
      int[] inputs = operator.getInputs();
      int[] outputs = operator.getOutputs();
      String name = name(builtin, code.customCode());
      IntegerOperator known = IntegerOperator.find(builtin).orElse(null);
      if (known == null || outputs.length != 1) {
        unknown.add(name);
        continue;
      }
      nodes.add(
          new Node(
              "%s (operator %d)".formatted(name, o),
              known,
              operator.getBuiltinOptions() == null ? null : operator.getBuiltinOptions().getValue(),
              inputs,
              outputs[0]));
    }
    if (!unknown.isEmpty()) {
      throw new UnquantizableModelException(
          "the model uses %s, which cannot be quantised here; known are %s. Keep the float32 file, or"
                  .formatted(String.join(", ", unknown), IntegerOperator.known())
              + " use TensorFlow Lite's converter");
    }
    return nodes;
  }

  private static String name(int builtin, @Nullable String custom) {
    if (builtin == BuiltinOperator.CUSTOM) {
      return "custom operator '" + custom + "'";
    }
    return builtin < BuiltinOperator.names.length
        ? BuiltinOperator.name(builtin)
        : "operator " + builtin;
  }

  private static Tensor tensor(Model model, SubGraph graph, int index) {
    TensorT t = graph.tensors(index).unpack();
    String name = t.getName() == null ? "tensor " + index : t.getName();
    int[] shape = t.getShape() == null ? new int[0] : t.getShape();
    Buffer buffer = model.buffers((int) t.getBuffer());
    if (buffer.dataLength() == 0) {
      return new Tensor(name, shape, null, null);
    }
    ByteBuffer data = buffer.dataAsByteBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
    return switch (t.getType()) {
      case TensorType.FLOAT32 -> {
        float[] values = new float[data.remaining() / 4];
        data.asFloatBuffer().get(values);
        yield new Tensor(name, shape, values, null);
      }
      case TensorType.INT32 -> {
        int[] values = new int[data.remaining() / 4];
        data.asIntBuffer().get(values);
        yield new Tensor(name, shape, null, values);
      }
      default ->
          throw new UnquantizableModelException(
              "constant '%s' is %s; give a float32 model whose weights are float32, float16 or int8"
                  .formatted(name, TensorType.name(t.getType())));
    };
  }

  private void checkInput() {
    int[] shape = tensors.get(input).shape();
    if (shape.length != 4 || shape[0] != 1) {
      throw new UnquantizableModelException(
          "the model's input is %s; a classifier takes 1 × height × width × channels"
              .formatted(Arrays.toString(shape)));
    }
    for (Node node : nodes) {
      if (node.operator().rule() == IntegerOperator.Rule.WEIGHTS
          && (tensors.get(node.inputs()[1]).reals() == null
              || (node.inputs().length > 2
                  && node.inputs()[2] >= 0
                  && tensors.get(node.inputs()[2]).reals() == null))) {
        throw new UnquantizableModelException(
            node.place() + " has weights that are computed; only constant ones are quantised");
      }
    }
  }

  /** A rectifier of its own wastes the half of an int8 range that it cuts away. */
  private void fuseActivations() {
    for (int n = 0; n < nodes.size(); n++) {
      Node node = nodes.get(n);
      Node next = onlyReader(node.output());
      if (next == null || outputs.contains(node.output())) {
        continue;
      }
      byte activation;
      if (next.operator() == IntegerOperator.RELU) {
        activation = ActivationFunctionType.RELU;
      } else if (next.operator() == IntegerOperator.RELU6) {
        activation = ActivationFunctionType.RELU6;
      } else {
        continue;
      }
      if (fuse(node.options(), activation)) {
        nodes.set(
            n,
            new Node(node.place(), node.operator(), node.options(), node.inputs(), next.output()));
        nodes.remove(next);
      }
    }
  }

  /**
   * XNNPACK has no int8 average pooling and no int8 rectifier of its own, but operators that
   * compute the same: a mean, a depthwise convolution with equal weights, a sum with 0 and an
   * activation.
   */
  private void replaceWhatXnnpackLacks() {
    for (int n = 0; n < nodes.size(); n++) {
      Node node = nodes.get(n);
      if (node.operator() == IntegerOperator.AVERAGE_POOL_2D
          && node.options() instanceof Pool2DOptionsT options
          && !padded(node, options)) {
        nodes.set(n, average(node, options));
      } else if (node.operator() == IntegerOperator.RELU
          || node.operator() == IntegerOperator.RELU6) {
        AddOptionsT options = new AddOptionsT();
        options.setFusedActivationFunction(
            node.operator() == IntegerOperator.RELU
                ? ActivationFunctionType.RELU
                : ActivationFunctionType.RELU6);
        int zero = add(new Tensor(name(node) + "/zero", new int[0], new float[1], null));
        nodes.set(
            n,
            new Node(
                node.place(),
                IntegerOperator.ADD,
                options,
                new int[] {node.inputs()[0], zero},
                node.output()));
      }
    }
  }

  /**
   * A model that scales its own input, such as to -1..1, would round each pixel twice more, to
   * fewer than 256 steps. A shift by whole steps is exact; what is left goes into the filters and
   * biases behind it. Zeros that a filter has beyond the border then stand for half a step more
   * than before.
   */
  private void foldInputScale(Range pixels) {
    Node scaling = onlyReader(input);
    Float factor = scalar(scaling, IntegerOperator.MUL);
    Node shifting = scaling == null ? null : onlyReader(scaling.output());
    Float plus = scalar(shifting, IntegerOperator.ADD);
    Float minus = scalar(shifting, IntegerOperator.SUB);
    if (scaling == null
        || factor == null
        || !(factor > 0)
        || shifting == null
        || (plus == null && minus == null)
        || (minus != null && shifting.inputs()[0] != scaling.output())
        || outputs.contains(shifting.output())
        || nodes.stream().anyMatch(n -> reads(n, shifting.output()) && !convolves(n))) {
      return;
    }
    double step = (pixels.high() - pixels.low()) / STEPS;
    double shift =
        (plus != null ? (double) plus : -(double) Objects.requireNonNull(minus)) / factor;
    double exact = Math.rint(shift / step) * step;
    Range shifted = new Range(pixels.low() + exact, pixels.high() + exact);
    if (Math.abs(shifted.high() - shifted.low() - (pixels.high() - pixels.low())) > step / 2) {
      return; // Without 0 inside, which border filling needs, there are not steps enough.
    }
    int constant =
        add(new Tensor(name(shifting) + "/shift", new int[0], new float[] {(float) exact}, null));
    Node sum =
        new Node(
            shifting.place(),
            IntegerOperator.ADD,
            new AddOptionsT(),
            new int[] {input, constant},
            shifting.output());
    nodes.remove(scaling);
    nodes.set(nodes.indexOf(shifting), sum);
    fixed.put(shifting.output(), shifted);
    for (int n = 0; n < nodes.size(); n++) {
      if (reads(nodes.get(n), sum.output())) {
        nodes.set(n, scaled(nodes.get(n), factor, shift - exact));
      }
    }
  }

  /** The constant that an operator without activation has with one computed tensor, or null. */
  private @Nullable Float scalar(@Nullable Node node, IntegerOperator operator) {
    if (node == null || node.operator() != operator || activated(node.options())) {
      return null;
    }
    for (int i : node.inputs()) {
      float[] reals = tensors.get(i).reals();
      if (reals != null && reals.length == 1) {
        return reals[0];
      }
    }
    return null;
  }

  private static boolean activated(@Nullable Object options) {
    return (options instanceof MulOptionsT m && m.getFusedActivationFunction() != 0)
        || (options instanceof AddOptionsT a && a.getFusedActivationFunction() != 0)
        || (options instanceof SubOptionsT s && s.getFusedActivationFunction() != 0);
  }

  private static boolean reads(Node node, int tensor) {
    return Arrays.stream(node.inputs()).anyMatch(i -> i == tensor);
  }

  private static boolean convolves(Node node) {
    return node.operator() == IntegerOperator.CONV_2D
        && node.inputs().length > 2
        && node.inputs()[2] >= 0;
  }

  /** The convolution for an input of which {@code factor · (input + rest)} is meant. */
  private Node scaled(Node node, float factor, double rest) {
    Tensor filter = tensors.get(node.inputs()[1]);
    Tensor bias = tensors.get(node.inputs()[2]);
    float[] weights = Objects.requireNonNull(filter.reals()).clone();
    float[] biases = Objects.requireNonNull(bias.reals()).clone();
    int each = weights.length / biases.length;
    for (int o = 0; o < biases.length; o++) {
      double sum = 0;
      for (int i = o * each; i < (o + 1) * each; i++) {
        weights[i] *= factor;
        sum += weights[i];
      }
      biases[o] += (float) (rest * sum);
    }
    int[] inputs = node.inputs().clone();
    inputs[1] = add(new Tensor(filter.name(), filter.shape(), weights, null));
    inputs[2] = add(new Tensor(bias.name(), bias.shape(), biases, null));
    return new Node(node.place(), node.operator(), node.options(), inputs, node.output());
  }

  private String name(Node node) {
    return tensors.get(node.output()).name();
  }

  private int add(Tensor tensor) {
    tensors.add(tensor);
    return tensors.size() - 1;
  }

  /** Whether a window reaches beyond the map, where the mean is over fewer pixels. */
  private boolean padded(Node node, Pool2DOptionsT options) {
    int[] in = tensors.get(node.inputs()[0]).shape();
    int[] out = tensors.get(node.output()).shape();
    return (out[1] - 1) * options.getStrideH() + options.getFilterHeight() > in[1]
        || (out[2] - 1) * options.getStrideW() + options.getFilterWidth() > in[2];
  }

  private Node average(Node node, Pool2DOptionsT options) {
    int[] in = tensors.get(node.inputs()[0]).shape();
    int height = options.getFilterHeight();
    int width = options.getFilterWidth();
    if (height == in[1]
        && width == in[2]
        && options.getFusedActivationFunction() == ActivationFunctionType.NONE) {
      ReducerOptionsT mean = new ReducerOptionsT();
      mean.setKeepDims(true);
      int axes = add(new Tensor(name(node) + "/axes", new int[] {2}, null, new int[] {1, 2}));
      return new Node(
          node.place(),
          IntegerOperator.MEAN,
          mean,
          new int[] {node.inputs()[0], axes},
          node.output());
    }
    float[] equal = new float[height * width * in[3]];
    Arrays.fill(equal, 1f / (height * width));
    DepthwiseConv2DOptionsT sliding = new DepthwiseConv2DOptionsT();
    sliding.setPadding(Padding.VALID);
    sliding.setStrideH(options.getStrideH());
    sliding.setStrideW(options.getStrideW());
    sliding.setDepthMultiplier(1);
    sliding.setFusedActivationFunction(options.getFusedActivationFunction());
    int filter =
        add(new Tensor(name(node) + "/equal", new int[] {1, height, width, in[3]}, equal, null));
    int bias = add(new Tensor(name(node) + "/none", new int[] {in[3]}, new float[in[3]], null));
    return new Node(
        node.place(),
        IntegerOperator.DEPTHWISE_CONV_2D,
        sliding,
        new int[] {node.inputs()[0], filter, bias},
        node.output());
  }

  /** The single operator that reads a tensor; null if there are none or several. */
  @Nullable Node onlyReader(int tensor) {
    Node only = null;
    for (Node node : nodes) {
      for (int i : node.inputs()) {
        if (i == tensor) {
          if (only != null) {
            return null;
          }
          only = node;
        }
      }
    }
    return only;
  }

  private static boolean fuse(@Nullable Object options, byte activation) {
    if (options instanceof Conv2DOptionsT o
        && o.getFusedActivationFunction() == ActivationFunctionType.NONE) {
      o.setFusedActivationFunction(activation);
      return true;
    }
    if (options instanceof DepthwiseConv2DOptionsT o
        && o.getFusedActivationFunction() == ActivationFunctionType.NONE) {
      o.setFusedActivationFunction(activation);
      return true;
    }
    if (options instanceof FullyConnectedOptionsT o
        && o.getFusedActivationFunction() == ActivationFunctionType.NONE) {
      o.setFusedActivationFunction(activation);
      return true;
    }
    if (options instanceof AddOptionsT o
        && o.getFusedActivationFunction() == ActivationFunctionType.NONE) {
      o.setFusedActivationFunction(activation);
      return true;
    }
    if (options instanceof SubOptionsT o
        && o.getFusedActivationFunction() == ActivationFunctionType.NONE) {
      o.setFusedActivationFunction(activation);
      return true;
    }
    if (options instanceof MulOptionsT o
        && o.getFusedActivationFunction() == ActivationFunctionType.NONE) {
      o.setFusedActivationFunction(activation);
      return true;
    }
    return false;
  }

  List<Tensor> tensors() {
    return tensors;
  }

  Tensor tensor(int t) {
    return tensors.get(t);
  }

  List<Node> nodes() {
    return nodes;
  }

  int input() {
    return input;
  }

  /** The first output. */
  int output() {
    return outputs.get(0);
  }

  /** All outputs, in the order of the file. */
  List<Integer> outputs() {
    return outputs;
  }

  /** Gives a tensor a range that follows from what it means, whatever is measured. */
  void fix(int tensor, Range range) {
    fixed.put(tensor, range);
  }

  /** The range of a tensor if it follows from that of pixels; null if it is to be measured. */
  @Nullable Range fixed(int tensor) {
    return fixed.get(tensor);
  }

  /** Scores before a final softmax or logistic; the output itself if there is none. */
  int logits() {
    Node last = nodes.get(nodes.size() - 1);
    return last.output() == output() && last.operator().rule() == IntegerOperator.Rule.PROBABILITIES
        ? last.inputs()[0]
        : output();
  }

  /** Tensors that operators compute, in order. */
  int[] computed() {
    return nodes.stream().mapToInt(Node::output).toArray();
  }

  /** As a float32 file with these outputs. */
  byte[] write(int... outputs) {
    ModelWriter writer = new ModelWriter("calibration");
    int[] written = new int[tensors.size()];
    for (int t = 0; t < written.length; t++) {
      Tensor tensor = tensors.get(t);
      if (tensor.reals() != null) {
        written[t] = writer.constant(tensor.name(), tensor.reals(), tensor.shape());
      } else if (tensor.integers() != null) {
        written[t] = writer.integers(tensor.name(), tensor.integers(), tensor.shape());
      } else {
        written[t] = writer.floats(tensor.name(), tensor.shape());
      }
    }
    for (Node node : nodes) {
      writer.operator(
          node.operator().code(),
          1,
          node.options(),
          Arrays.stream(node.inputs()).map(i -> i < 0 ? -1 : written[i]).toArray(),
          written[node.output()]);
    }
    return writer.write(written[input], Arrays.stream(outputs).map(o -> written[o]).toArray());
  }
}
