package io.stopline.training.architecture;

import io.stopline.sdk.random.RandomStream;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.tensorflow.lite.schema.AddOptionsT;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.Conv2DOptionsT;
import org.tensorflow.lite.schema.DepthwiseConv2DOptionsT;
import org.tensorflow.lite.schema.FullyConnectedOptionsT;
import org.tensorflow.lite.schema.MulOptionsT;
import org.tensorflow.lite.schema.Padding;
import org.tensorflow.lite.schema.Pool2DOptionsT;
import org.tensorflow.lite.schema.ReducerOptionsT;
import org.tensorflow.lite.schema.SubOptionsT;

/**
 * Appends operators with initial weights to a file, each behind the last. Biases begin at 0,
 * filters by He et al. 2015. The same calls and seed give the same bytes.
 */
class LayerWriter {

  final String architecture;
  final RandomStream random;
  final ModelWriter writer;

  /** Where the last layer ended, and how it was reached. */
  int last;

  int receptiveField = 1;
  int reach = 1;

  private Map<String, float[]> given = Map.of();
  private final Set<String> taken = new HashSet<>();

  /**
   * @param architecture its name, for messages; it goes into the draws
   */
  LayerWriter(String architecture, long seed) {
    this.architecture = architecture;
    this.random = new RandomStream(RandomStream.derive(seed, architecture.hashCode()));
    this.writer = new ModelWriter("Stopline " + architecture);
  }

  /**
   * Weights that filters, matrices and biases of these names get instead of their initial ones.
   *
   * @throws InvalidArchitectureException later, if one is of another size
   */
  void give(Map<String, float[]> weights) {
    given = Map.copyOf(weights);
  }

  private int parameter(String name, float[] initial, int... shape) {
    float[] values = given.getOrDefault(name, initial);
    taken.add(name);
    if (values.length != initial.length) {
      throw problem(
          "'%s'".formatted(name),
          "has %d values, but %d are given; give the weights of this architecture"
              .formatted(initial.length, values.length));
    }
    return writer.constant(name, values, shape);
  }

  /** Names of filters, matrices and biases that were given and have found no place. */
  Set<String> leftOver() {
    Set<String> left = new TreeSet<>();
    for (String name : given.keySet()) {
      boolean parameter = name.matches(".*(filter|matrix|bias)");
      if (parameter && !taken.contains(name)) {
        left.add(name);
      }
    }
    return left;
  }

  /** Side of the square of pixels that one place of the last map sees, px. */
  int receptiveField() {
    return receptiveField;
  }

  /** 0..1 becomes -1..1. Not folded into the first filter: zeros around the image mean grey. */
  void scale() {
    int two = writer.constant("scale/two", new float[] {2});
    int one = writer.constant("scale/one", new float[] {1});
    int doubled = writer.floats("scale/doubled", shape());
    writer.operator(BuiltinOperator.MUL, 1, new MulOptionsT(), new int[] {last, two}, doubled);
    int scaled = writer.floats("scale/images", shape());
    writer.operator(BuiltinOperator.SUB, 1, new SubOptionsT(), new int[] {doubled, one}, scaled);
    last = scaled;
  }

  /** Adds a branch to the last tensor. */
  void sum(String name, String place, int branch, Activation activation) {
    int[] shape = shape();
    int[] other = writer.shape(branch);
    if (shape[1] != other[1] || shape[2] != other[2]) {
      throw problem(
          place,
          "has maps of %d×%d and %d×%d to add; make the image's sides multiples of the strides"
              .formatted(shape[1], shape[2], other[1], other[2]));
    }
    AddOptionsT options = new AddOptionsT();
    options.setFusedActivationFunction(activation.code());
    int out = writer.floats(name + "/sum", shape);
    writer.operator(BuiltinOperator.ADD, 1, options, new int[] {last, branch}, out);
    last = out;
  }

  void convolution(
      String name,
      String place,
      int kernel,
      int channels,
      int stride,
      boolean same,
      Activation activation,
      double gain) {
    convolution(name, place, kernel, channels, stride, same, activation, gain, new float[channels]);
  }

  /**
   * A convolution.
   *
   * @param bias one number an output channel
   */
  void convolution(
      String name,
      String place,
      int kernel,
      int channels,
      int stride,
      boolean same,
      Activation activation,
      double gain,
      float[] bias) {
    int in = shape()[3];
    int filter =
        parameter(
            name + "/filter",
            weights(channels * kernel * kernel * in, kernel * kernel * in, activation, gain),
            channels,
            kernel,
            kernel,
            in);
    int biases = parameter(name + "/bias", bias, channels);
    Conv2DOptionsT options = new Conv2DOptionsT();
    options.setPadding(same ? Padding.SAME : Padding.VALID);
    options.setStrideH(stride);
    options.setStrideW(stride);
    options.setFusedActivationFunction(activation.code());
    int out = writer.floats(name, window(place, kernel, stride, same, channels));
    writer.operator(BuiltinOperator.CONV_2D, 1, options, new int[] {last, filter, biases}, out);
    last = out;
  }

  void depthwise(String name, int kernel, int stride, Activation activation) {
    int channels = shape()[3];
    int filter =
        parameter(
            name + "/depth/filter",
            weights(channels * kernel * kernel, kernel * kernel, activation, 1),
            1,
            kernel,
            kernel,
            channels);
    int bias = parameter(name + "/depth/bias", new float[channels], channels);
    DepthwiseConv2DOptionsT options = new DepthwiseConv2DOptionsT();
    options.setPadding(Padding.SAME);
    options.setStrideH(stride);
    options.setStrideW(stride);
    options.setDepthMultiplier(1);
    options.setFusedActivationFunction(activation.code());
    int out = writer.floats(name + "/depth", window(name, kernel, stride, true, channels));
    writer.operator(
        BuiltinOperator.DEPTHWISE_CONV_2D, 1, options, new int[] {last, filter, bias}, out);
    last = out;
  }

  void pool(String name, String place, boolean largest, int size, int stride, boolean same) {
    Pool2DOptionsT options = new Pool2DOptionsT();
    options.setPadding(same ? Padding.SAME : Padding.VALID);
    options.setFilterHeight(size);
    options.setFilterWidth(size);
    options.setStrideH(stride);
    options.setStrideW(stride);
    int out = writer.floats(name, window(place, size, stride, same, shape()[3]));
    int code = largest ? BuiltinOperator.MAX_POOL_2D : BuiltinOperator.AVERAGE_POOL_2D;
    writer.operator(code, 1, options, new int[] {last}, out);
    last = out;
  }

  void activate(String name, Activation activation) {
    if (activation == Activation.NONE) {
      return;
    }
    int out = writer.floats(name, shape());
    int code = activation == Activation.RELU ? BuiltinOperator.RELU : BuiltinOperator.RELU6;
    writer.operator(code, 1, null, new int[] {last}, out);
    last = out;
  }

  /** Adds sines and cosines of row and column to the last channels. */
  void position(String name, String place, int waves) {
    int[] shape = shape();
    int channels = shape[3];
    if (4 * waves > channels) {
      throw problem(
          place,
          "adds %d waves to %d channels; each takes 4, so take fewer waves or more channels"
              .formatted(waves, channels));
    }
    float[] code = new float[shape[1] * shape[2] * channels];
    for (int p = 0; p < shape[1] * shape[2]; p++) {
      int line = p / shape[2];
      double row = StrictMath.PI * (line + 0.5) / shape[1];
      double column = StrictMath.PI * (p % shape[2] + 0.5) / shape[2];
      for (int w = 0; w < waves; w++) {
        int at = (p + 1) * channels - 4 * (w + 1);
        code[at] = (float) StrictMath.sin((1 << w) * row);
        code[at + 1] = (float) StrictMath.cos((1 << w) * row);
        code[at + 2] = (float) StrictMath.sin((1 << w) * column);
        code[at + 3] = (float) StrictMath.cos((1 << w) * column);
      }
    }
    int constant = writer.constant(name + "/code", code, shape);
    int out = writer.floats(name, shape);
    writer.operator(BuiltinOperator.ADD, 1, new AddOptionsT(), new int[] {last, constant}, out);
    last = out;
  }

  void mean(String name) {
    int axes = writer.integers(name + "/axes", new int[] {1, 2}, 2);
    int out = writer.floats(name, 1, shape()[3]);
    writer.operator(BuiltinOperator.MEAN, 1, new ReducerOptionsT(), new int[] {last, axes}, out);
    last = out;
  }

  void connected(String name, int units, Activation activation) {
    int in = shape()[1];
    int matrix = parameter(name + "/matrix", weights(units * in, in, activation, 1), units, in);
    int bias = parameter(name + "/bias", new float[units], units);
    FullyConnectedOptionsT options = new FullyConnectedOptionsT();
    options.setFusedActivationFunction(activation.code());
    int out = writer.floats(name, 1, units);
    writer.operator(
        BuiltinOperator.FULLY_CONNECTED, 1, options, new int[] {last, matrix, bias}, out);
    last = out;
  }

  /** Normal, with a variance that keeps that of the values; twice as much before a rectifier. */
  float[] weights(int size, int inputs, Activation activation, double gain) {
    double deviation = gain * Math.sqrt((activation == Activation.NONE ? 1.0 : 2.0) / inputs);
    float[] weights = new float[size];
    for (int i = 0; i < size; i++) {
      weights[i] = (float) (deviation * random.nextGaussian());
    }
    return weights;
  }

  /** Shape behind a sliding window, as TensorFlow Lite computes it. */
  int[] window(String place, int kernel, int stride, boolean same, int channels) {
    int[] shape = shape();
    int height = same ? (shape[1] + stride - 1) / stride : (shape[1] - kernel + stride) / stride;
    int width = same ? (shape[2] + stride - 1) / stride : (shape[2] - kernel + stride) / stride;
    if (height < 1 || width < 1) {
      throw problem(
          place,
          "has a window of %d over a map of %d×%d; make it smaller or the image larger"
              .formatted(kernel, shape[1], shape[2]));
    }
    receptiveField += (kernel - 1) * reach;
    reach *= stride;
    return new int[] {1, height, width, channels};
  }

  int[] shape() {
    return writer.shape(last);
  }

  void needMap(String place) {
    if (shape().length != 4) {
      throw problem(place, "needs a map, but stands behind 'mean'; move it before");
    }
  }

  void needVector(String place) {
    if (shape().length != 2) {
      throw problem(place, "'dense' needs a vector; put 'mean' before it");
    }
  }

  InvalidArchitectureException problem(String place, String what) {
    return new InvalidArchitectureException(
        "architecture '%s': %s %s".formatted(architecture, place, what));
  }
}
