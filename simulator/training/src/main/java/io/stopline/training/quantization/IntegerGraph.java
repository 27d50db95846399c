package io.stopline.training.quantization;

import io.stopline.sdk.model.InputEncoding;
import io.stopline.training.architecture.ModelWriter;
import io.stopline.training.quantization.ActivationStatistics.Range;
import io.stopline.training.quantization.FloatGraph.Node;
import io.stopline.training.quantization.FloatGraph.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.TensorType;

/**
 * Writes a float graph's full-integer twin by TensorFlow Lite's 8-bit quantization specification:
 * int8 activations with a scale and zero point a tensor, int8 weights from -127 to 127 with a scale
 * an output channel, int32 biases, uint8 at both ends.
 */
final class IntegerGraph {

  private static final int LOWEST = -128;
  private static final int HIGHEST = 127;
  private static final double STEPS = 255;

  /** uint8 128 and int8 0 are the same number. */
  private static final int UNSIGNED = 128;

  private static final float PROBABILITY_STEP = 1 / 256f;

  /** Sums over many products are added to a bias, which therefore keeps this far from overflow. */
  private static final double MAX_BIAS = 1 << 30;

  /**
   * Least ratio of a product's step to the output's. Weights so small that they would need a
   * smaller one change no output; XNNPACK refuses ratios that are smaller still.
   */
  private static final double LEAST_RATIO = 0x1p-20;

  private final FloatGraph graph;
  private final IntFunction<double[]> means;
  private final int[] group;
  private final Map<Integer, ModelWriter.Scale> scales = new HashMap<>();

  /**
   * @param ranges of computed tensors
   * @param means of the elements of computed tensors, over images
   */
  IntegerGraph(
      FloatGraph graph,
      InputEncoding encoding,
      IntFunction<Range> ranges,
      IntFunction<double[]> means) {
    this.graph = graph;
    this.means = means;
    this.group = groups(graph);
    Map<Integer, Range> shared = new HashMap<>();
    for (int t : graph.computed()) {
      Range fixed = graph.fixed(t);
      shared.merge(group[t], fixed != null ? fixed : ranges.apply(t), Range::union);
    }
    shared.forEach((root, range) -> scales.put(root, scale(range)));
    // The ends of these tensors are fixed by what they mean, whatever was seen.
    for (Node node : graph.nodes()) {
      if (node.operator().rule() == IntegerOperator.Rule.PROBABILITIES) {
        scales.put(group[node.output()], ModelWriter.Scale.of(PROBABILITY_STEP, LOWEST));
      }
    }
    scales.put(group[graph.input()], scale(pixels(encoding)));
  }

  /** What the input holds, from black to white. */
  static Range pixels(InputEncoding encoding) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < encoding.mean().size(); c++) {
      low = Math.min(low, encoding.real(0, c));
      high = Math.max(high, encoding.real(255, c));
    }
    return new Range(low, high);
  }

  /** For each tensor the first of those that share its scale. */
  private static int[] groups(FloatGraph graph) {
    int[] group = new int[graph.tensors().size()];
    for (int t = 0; t < group.length; t++) {
      group[t] = t;
    }
    for (Node node : graph.nodes()) {
      if (node.operator().rule() != IntegerOperator.Rule.SAME_SCALE) {
        continue;
      }
      for (int i : node.inputs()) {
        if (i >= 0 && graph.tensor(i).computed()) {
          int from = group[node.output()];
          int to = group[i];
          for (int t = 0; t < group.length; t++) {
            group[t] = group[t] == from ? to : group[t];
          }
        }
      }
    }
    return group;
  }

  private static ModelWriter.Scale scale(Range range) {
    double width = range.high() - range.low();
    if (width < Float.MIN_NORMAL * STEPS) {
      return ModelWriter.Scale.of(1, LOWEST); // Nothing but zeros was seen.
    }
    double step = width / STEPS;
    long zeroPoint = Math.round(LOWEST - range.low() / step);
    return ModelWriter.Scale.of((float) step, (int) Math.max(LOWEST, Math.min(HIGHEST, zeroPoint)));
  }

  private ModelWriter.Scale scaleOf(int tensor) {
    ModelWriter.Scale scale = scales.get(group[tensor]);
    if (scale == null) {
      throw new IllegalStateException("tensor " + tensor + " has no scale");
    }
    return scale;
  }

  /** The full-integer file, with uint8 in and out. */
  byte[] write() {
    return write(graph.outputs(), true);
  }

  /** The file that ends with another tensor, see {@link #write(List, boolean)}. */
  byte[] write(int output, boolean unsigned) {
    return write(List.of(output), unsigned);
  }

  /**
   * The file that ends with other tensors.
   *
   * @param outputs computed tensors
   * @param unsigned whether both ends are uint8, with operators that convert them; else they are
   *     int8 as all between them
   */
  byte[] write(List<Integer> outputs, boolean unsigned) {
    ModelWriter writer = new ModelWriter("Stopline full-integer");
    int[] written = new int[graph.tensors().size()];
    int in = computed(writer, graph.input());
    written[graph.input()] = in;
    if (unsigned) {
      in = unsigned(writer, graph.input());
      writer.operator(BuiltinOperator.QUANTIZE, 1, null, new int[] {in}, written[graph.input()]);
    }
    Set<Integer> left = new HashSet<>(outputs);
    for (Node node : graph.nodes()) {
      int[] inputs = inputs(writer, node, written);
      written[node.output()] = computed(writer, node.output());
      writer.operator(
          node.operator().code(),
          node.operator().version(),
          node.options(),
          inputs,
          written[node.output()]);
      left.remove((Integer) node.output());
      if (left.isEmpty()) {
        break;
      }
    }
    int[] ends = new int[outputs.size()];
    for (int o = 0; o < ends.length; o++) {
      int output = outputs.get(o);
      ends[o] = written[output];
      if (unsigned) {
        ends[o] = unsigned(writer, output);
        writer.operator(BuiltinOperator.QUANTIZE, 1, null, new int[] {written[output]}, ends[o]);
      }
    }
    return writer.write(in, ends);
  }

  private int computed(ModelWriter writer, int t) {
    Tensor tensor = graph.tensor(t);
    return writer.tensor(tensor.name(), TensorType.INT8, tensor.shape(), null, scaleOf(t));
  }

  private int unsigned(ModelWriter writer, int t) {
    Tensor tensor = graph.tensor(t);
    ModelWriter.Scale scale = scaleOf(t);
    return writer.tensor(
        tensor.name() + "_uint8",
        TensorType.UINT8,
        tensor.shape(),
        null,
        ModelWriter.Scale.of(scale.scales()[0], scale.zeroPoint() + UNSIGNED));
  }

  private int[] inputs(ModelWriter writer, Node node, int[] written) {
    if (node.operator().rule() == IntegerOperator.Rule.WEIGHTS) {
      return weighted(writer, node, written);
    }
    int[] inputs = new int[node.inputs().length];
    for (int i = 0; i < inputs.length; i++) {
      int t = node.inputs()[i];
      if (t < 0) {
        inputs[i] = -1;
        continue;
      }
      Tensor tensor = graph.tensor(t);
      if (tensor.integers() != null) {
        inputs[i] = writer.integers(tensor.name(), tensor.integers(), tensor.shape());
      } else if (tensor.reals() != null) {
        if (node.operator().rule() != IntegerOperator.Rule.OWN_SCALE) {
          throw new UnquantizableModelException(
              "%s has the constant '%s' among its inputs; only ADD, SUB and MUL may"
                  .formatted(node.place(), tensor.name()));
        }
        inputs[i] = constant(writer, tensor, tensor.reals(), scaleOf(node.output()));
      } else {
        inputs[i] = written[t];
      }
    }
    return inputs;
  }

  /**
   * A constant of ADD, SUB or MUL.
   *
   * @param result scale of the output, which serves zeros too
   */
  private static int constant(
      ModelWriter writer, Tensor tensor, float[] reals, ModelWriter.Scale result) {
    Range range = new Range(0, 0);
    for (float v : reals) {
      range = range.union(new Range(v, v));
    }
    ModelWriter.Scale scale = range.high() > range.low() ? scale(range) : result;
    byte[] stored = new byte[reals.length];
    for (int i = 0; i < stored.length; i++) {
      long value = Math.round(reals[i] / (double) scale.scales()[0]) + scale.zeroPoint();
      stored[i] = (byte) Math.max(LOWEST, Math.min(HIGHEST, value));
    }
    return writer.tensor(tensor.name(), TensorType.INT8, tensor.shape(), stored, scale);
  }

  /** Filter and bias; a bias is written even where there was none, which kernels on arm64 need. */
  private int[] weighted(ModelWriter writer, Node node, int[] written) {
    Tensor filter = graph.tensor(node.inputs()[1]);
    float[] weights = Objects.requireNonNull(filter.reals());
    boolean depthwise = node.operator() == IntegerOperator.DEPTHWISE_CONV_2D;
    int dimension = depthwise ? 3 : 0;
    int channels = filter.shape()[dimension];
    float[] bias = bias(node, channels);
    double inStep = scaleOf(node.inputs()[0]).scales()[0];
    double outStep = scaleOf(node.output()).scales()[0];
    float[] steps = new float[channels];
    for (int i = 0; i < weights.length; i++) {
      int c = channel(i, weights.length, channels, depthwise);
      steps[c] = Math.max(steps[c], Math.abs(weights[i]) / HIGHEST);
    }
    for (int c = 0; c < channels; c++) {
      double least =
          Math.max(LEAST_RATIO * outStep / inStep, Math.abs(bias[c]) / (inStep * MAX_BIAS));
      steps[c] = (float) Math.max(steps[c], least);
    }
    byte[] stored = new byte[weights.length];
    double[] lost = new double[weights.length];
    for (int i = 0; i < stored.length; i++) {
      double step = steps[channel(i, weights.length, channels, depthwise)];
      long value = Math.round(weights[i] / step);
      stored[i] = (byte) Math.max(-HIGHEST, Math.min(HIGHEST, value));
      lost[i] = weights[i] - stored[i] * step;
    }
    double[] correction = correction(node, filter, lost, depthwise);
    ByteBuffer biases = ByteBuffer.allocate(4 * channels).order(ByteOrder.LITTLE_ENDIAN);
    float[] biasSteps = new float[channels];
    for (int c = 0; c < channels; c++) {
      biasSteps[c] = (float) (inStep * steps[c]);
      biases.putInt((int) Math.round((bias[c] + correction[c]) / (inStep * steps[c])));
    }
    return new int[] {
      written[node.inputs()[0]],
      writer.tensor(
          filter.name(),
          TensorType.INT8,
          filter.shape(),
          stored,
          new ModelWriter.Scale(steps, 0, dimension)),
      writer.tensor(
          filter.name() + "_bias",
          TensorType.INT32,
          new int[] {channels},
          biases.array(),
          new ModelWriter.Scale(biasSteps, 0, 0))
    };
  }

  private float[] bias(Node node, int channels) {
    float @Nullable [] reals =
        node.inputs().length > 2 && node.inputs()[2] >= 0
            ? graph.tensor(node.inputs()[2]).reals()
            : null;
    return reals == null ? new float[channels] : reals.clone();
  }

  private static int channel(int i, int weights, int channels, boolean depthwise) {
    return depthwise ? i % channels : i / (weights / channels);
  }

  /**
   * What rounded weights take from the mean output of each channel, to be given back by the bias
   * (Nagel et al. 2019, "Data-free quantization", section 4.2, with means that were measured).
   */
  private double[] correction(Node node, Tensor filter, double[] lost, boolean depthwise) {
    double[] elements = means.apply(node.inputs()[0]);
    int[] shape = filter.shape();
    int outputs = depthwise ? shape[3] : shape[0];
    double[] correction = new double[outputs];
    if (node.operator() == IntegerOperator.FULLY_CONNECTED) {
      for (int i = 0; i < lost.length; i++) {
        correction[i / shape[1]] += lost[i] * elements[i % shape[1]];
      }
      return correction;
    }
    int inputs = graph.tensor(node.inputs()[0]).channels();
    double[] mean = new double[inputs];
    for (int i = 0; i < elements.length; i++) {
      mean[i % inputs] += elements[i] * inputs / elements.length;
    }
    if (depthwise) {
      int multiplier = outputs / inputs;
      for (int i = 0; i < lost.length; i++) {
        correction[i % outputs] += lost[i] * mean[i % outputs / multiplier];
      }
      return correction;
    }
    int perGroup = shape[3];
    int outputsPerGroup = outputs / (inputs / perGroup);
    int size = lost.length / outputs;
    for (int i = 0; i < lost.length; i++) {
      int o = i / size;
      correction[o] += lost[i] * mean[o / outputsPerGroup * perGroup + i % perGroup];
    }
    return correction;
  }
}
