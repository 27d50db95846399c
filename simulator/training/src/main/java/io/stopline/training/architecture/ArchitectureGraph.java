package io.stopline.training.architecture;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;
import java.util.List;
import org.tensorflow.lite.schema.AddOptionsT;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.Conv2DOptionsT;
import org.tensorflow.lite.schema.DepthwiseConv2DOptionsT;
import org.tensorflow.lite.schema.FullyConnectedOptionsT;
import org.tensorflow.lite.schema.MulOptionsT;
import org.tensorflow.lite.schema.Padding;
import org.tensorflow.lite.schema.Pool2DOptionsT;
import org.tensorflow.lite.schema.ReducerOptionsT;
import org.tensorflow.lite.schema.SoftmaxOptionsT;
import org.tensorflow.lite.schema.SubOptionsT;

/** Turns layers into operators, one after the other, for one file. */
final class ArchitectureGraph {

  private final String architecture;
  private final RandomStream random;
  private final ModelWriter writer;

  /** Where the last layer ended, and how it was reached. */
  private int last;

  private int receptiveField = 1;
  private int reach = 1;

  ArchitectureGraph(String architecture, long seed) {
    this.architecture = architecture;
    this.random = new RandomStream(RandomStream.derive(seed, architecture.hashCode()));
    this.writer = new ModelWriter("Stopline " + architecture);
  }

  /** After {@link #file}: side of the square of pixels that one place before the mean sees, px. */
  int receptiveField() {
    return receptiveField;
  }

  byte[] file(ImageShape input, int classes, boolean scaled, List<Layer> layers) {
    int images = writer.floats("images", 1, input.height(), input.width(), input.channels());
    last = images;
    if (scaled) {
      scale();
    }
    boolean scored = false;
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      String place = "layer " + (i + 1);
      if (scored && !(layer instanceof Layer.Mean)) {
        throw problem(place, "stands behind 'classes'; only 'mean' may");
      }
      scored |= layer instanceof Layer.Classes;
      add(place, layer, classes);
    }
    if (!scored) {
      throw problem("the list", "has no 'classes' layer; add one");
    }
    if (shape().length != 2) {
      throw problem("the list", "ends with a score a class at each place; add 'mean' behind it");
    }
    SoftmaxOptionsT options = new SoftmaxOptionsT();
    options.setBeta(1);
    int probabilities = writer.floats("probabilities", 1, classes);
    writer.operator(BuiltinOperator.SOFTMAX, 1, options, new int[] {last}, probabilities);
    return writer.write(images, probabilities);
  }

  /** 0..1 becomes -1..1. Not folded into the first filter: zeros around the image mean grey. */
  private void scale() {
    int two = writer.constant("scale/two", new float[] {2});
    int one = writer.constant("scale/one", new float[] {1});
    int doubled = writer.floats("scale/doubled", shape());
    writer.operator(BuiltinOperator.MUL, 1, new MulOptionsT(), new int[] {last, two}, doubled);
    int scaled = writer.floats("scale/images", shape());
    writer.operator(BuiltinOperator.SUB, 1, new SubOptionsT(), new int[] {doubled, one}, scaled);
    last = scaled;
  }

  private void add(String place, Layer layer, int classes) {
    if (!(layer instanceof Layer.Dense || layer instanceof Layer.Classes)) {
      needMap(place);
    }
    String name = place.replace(" ", "");
    if (layer instanceof Layer.Convolution l) {
      for (int r = 0; r < l.repeat(); r++) {
        convolution(
            at(name, r),
            place,
            l.kernel(),
            l.channels(),
            r == 0 ? l.stride() : 1,
            l.same(),
            l.activation(),
            1);
      }
    } else if (layer instanceof Layer.Separable l) {
      for (int r = 0; r < l.repeat(); r++) {
        depthwise(at(name, r), l.kernel(), r == 0 ? l.stride() : 1, l.activation());
        convolution(at(name, r) + "/point", place, 1, l.channels(), 1, true, l.activation(), 1);
      }
    } else if (layer instanceof Layer.Residual l) {
      for (int r = 0; r < l.repeat(); r++) {
        residual(at(name, r), place, l, r == 0 ? l.stride() : 1);
      }
    } else if (layer instanceof Layer.Inverted l) {
      for (int r = 0; r < l.repeat(); r++) {
        inverted(at(name, r), place, l, r == 0 ? l.stride() : 1);
      }
    } else if (layer instanceof Layer.Pool l) {
      pool(name, place, l.largest(), l.size(), l.stride(), false);
    } else if (layer instanceof Layer.Activate l) {
      activate(name, l.activation());
    } else if (layer instanceof Layer.Mean) {
      mean(name);
    } else if (layer instanceof Layer.Dense l) {
      needVector(place);
      connected(name, l.units(), l.activation());
    } else if (layer instanceof Layer.Classes) {
      if (shape().length == 2) {
        connected("classes", classes, Activation.NONE);
      } else {
        convolution("classes", place, 1, classes, 1, true, Activation.NONE, 1);
      }
    }
  }

  private static String at(String name, int repeat) {
    return name + "." + (repeat + 1);
  }

  private void residual(String name, String place, Layer.Residual l, int stride) {
    int before = last;
    int field = receptiveField;
    int step = reach;
    if (l.before()) {
      activate(name + "/activation", l.activation());
    }
    int activated = last;
    convolution(name + "/first", place, l.kernel(), l.channels(), stride, true, l.activation(), 1);
    convolution(
        name + "/second", place, l.kernel(), l.channels(), 1, true, Activation.NONE, l.branch());
    int branch = last;
    int deepest = receptiveField;
    int stepBehind = reach;
    receptiveField = field;
    reach = step;
    last = before;
    boolean changes = stride != 1 || shape()[3] != l.channels();
    if (changes && l.shortcut() == Layer.Shortcut.AVERAGE) {
      last = before;
      if (stride != 1) {
        pool(name + "/shortcut/mean", place, false, stride, stride, true);
      }
      if (shape()[3] != l.channels()) {
        convolution(name + "/shortcut", place, 1, l.channels(), 1, true, Activation.NONE, 1);
      }
    } else if (changes) {
      last = activated;
      convolution(name + "/shortcut", place, 1, l.channels(), stride, true, Activation.NONE, 1);
    }
    receptiveField = Math.max(deepest, receptiveField);
    reach = stepBehind;
    sum(name, place, branch, l.before() ? Activation.NONE : l.activation());
  }

  private void inverted(String name, String place, Layer.Inverted l, int stride) {
    int before = last;
    int in = shape()[3];
    boolean around = stride == 1 && in == l.channels();
    if (l.expansion() > 1) {
      convolution(name + "/widen", place, 1, in * l.expansion(), 1, true, l.activation(), 1);
    }
    depthwise(name, l.kernel(), stride, l.activation());
    convolution(
        name + "/narrow",
        place,
        1,
        l.channels(),
        1,
        true,
        Activation.NONE,
        around ? l.branch() : 1);
    if (around) {
      int branch = last;
      last = before;
      sum(name, place, branch, Activation.NONE);
    }
  }

  /** Adds a branch to the last tensor. */
  private void sum(String name, String place, int branch, Activation activation) {
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

  private void convolution(
      String name,
      String place,
      int kernel,
      int channels,
      int stride,
      boolean same,
      Activation activation,
      double gain) {
    int in = shape()[3];
    int filter =
        writer.constant(
            name + "/filter",
            weights(channels * kernel * kernel * in, kernel * kernel * in, activation, gain),
            channels,
            kernel,
            kernel,
            in);
    int bias = writer.constant(name + "/bias", new float[channels], channels);
    Conv2DOptionsT options = new Conv2DOptionsT();
    options.setPadding(same ? Padding.SAME : Padding.VALID);
    options.setStrideH(stride);
    options.setStrideW(stride);
    options.setFusedActivationFunction(activation.code());
    int out = writer.floats(name, window(place, kernel, stride, same, channels));
    writer.operator(BuiltinOperator.CONV_2D, 1, options, new int[] {last, filter, bias}, out);
    last = out;
  }

  private void depthwise(String name, int kernel, int stride, Activation activation) {
    int channels = shape()[3];
    int filter =
        writer.constant(
            name + "/depth/filter",
            weights(channels * kernel * kernel, kernel * kernel, activation, 1),
            1,
            kernel,
            kernel,
            channels);
    int bias = writer.constant(name + "/depth/bias", new float[channels], channels);
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

  private void pool(
      String name, String place, boolean largest, int size, int stride, boolean same) {
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

  private void activate(String name, Activation activation) {
    if (activation == Activation.NONE) {
      return;
    }
    int out = writer.floats(name, shape());
    int code = activation == Activation.RELU ? BuiltinOperator.RELU : BuiltinOperator.RELU6;
    writer.operator(code, 1, null, new int[] {last}, out);
    last = out;
  }

  private void mean(String name) {
    int axes = writer.integers(name + "/axes", new int[] {1, 2}, 2);
    int out = writer.floats(name, 1, shape()[3]);
    writer.operator(BuiltinOperator.MEAN, 1, new ReducerOptionsT(), new int[] {last, axes}, out);
    last = out;
  }

  private void connected(String name, int units, Activation activation) {
    int in = shape()[1];
    int matrix =
        writer.constant(name + "/matrix", weights(units * in, in, activation, 1), units, in);
    int bias = writer.constant(name + "/bias", new float[units], units);
    FullyConnectedOptionsT options = new FullyConnectedOptionsT();
    options.setFusedActivationFunction(activation.code());
    int out = writer.floats(name, 1, units);
    writer.operator(
        BuiltinOperator.FULLY_CONNECTED, 1, options, new int[] {last, matrix, bias}, out);
    last = out;
  }

  /** Normal, with a variance that keeps that of the values; twice as much before a rectifier. */
  private float[] weights(int size, int inputs, Activation activation, double gain) {
    double deviation = gain * Math.sqrt((activation == Activation.NONE ? 1.0 : 2.0) / inputs);
    float[] weights = new float[size];
    for (int i = 0; i < size; i++) {
      weights[i] = (float) (deviation * random.nextGaussian());
    }
    return weights;
  }

  /** Shape behind a sliding window, as TensorFlow Lite computes it. */
  private int[] window(String place, int kernel, int stride, boolean same, int channels) {
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

  private int[] shape() {
    return writer.shape(last);
  }

  private void needMap(String place) {
    if (shape().length != 4) {
      throw problem(place, "needs a map, but stands behind 'mean'; move it before");
    }
  }

  private void needVector(String place) {
    if (shape().length != 2) {
      throw problem(place, "'dense' needs a vector; put 'mean' before it");
    }
  }

  private InvalidArchitectureException problem(String place, String what) {
    return new InvalidArchitectureException(
        "architecture '%s': %s %s".formatted(architecture, place, what));
  }
}
