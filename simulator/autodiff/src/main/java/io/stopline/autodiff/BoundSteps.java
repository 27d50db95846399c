package io.stopline.autodiff;

import io.stopline.autodiff.operator.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.lite.schema.ActivationFunctionType;
import org.tensorflow.lite.schema.AddOptions;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.Conv2DOptions;
import org.tensorflow.lite.schema.DepthwiseConv2DOptions;
import org.tensorflow.lite.schema.FullyConnectedOptions;
import org.tensorflow.lite.schema.MulOptions;
import org.tensorflow.lite.schema.Padding;
import org.tensorflow.lite.schema.Pool2DOptions;
import org.tensorflow.lite.schema.SubOptions;
import org.tensorflow.lite.schema.TensorType;

/** Reads the layers of a float file as {@link OutwardBounds} takes them. */
final class BoundSteps {

  /**
   * One layer: an affine map of one value, a sum of two, or an activation. Values are numbered; 0
   * is the image.
   *
   * @param affine null for the others
   * @param cap of an activation: 6 for RELU6, infinite for RELU; NaN for what is none
   */
  record Layer(
      List<Integer> inputs,
      int output,
      @org.jspecify.annotations.Nullable Affine affine,
      double cap) {}

  private final TfliteFile file;
  private final Map<Integer, Integer> values = new HashMap<>();
  private final List<Layer> layers = new ArrayList<>();
  private final List<Integer> sizes = new ArrayList<>();

  private BoundSteps(TfliteFile file) {
    this.file = file;
  }

  /** Layers in order, the size of each value, and the value that holds the logits. */
  record Read(List<Layer> layers, List<Integer> sizes, int logits) {}

  /**
   * @throws UnusableModelException if the file is quantised, or naming the operator of which no
   *     bounds are known
   */
  static Read of(TfliteFile file, Classification classifier) {
    return new BoundSteps(file).read(classifier);
  }

  private Read read(Classification classifier) {
    value(classifier.input());
    Set<Integer> wanted = new HashSet<>(Set.of(classifier.head().tensor()));
    List<TfliteFile.Step> needed = new ArrayList<>();
    for (int s = file.steps().size() - 1; s >= 0; s--) {
      TfliteFile.Step step = file.steps().get(s);
      if (wanted.contains(step.outputs().get(0))) {
        needed.add(0, step);
        wanted.addAll(step.inputs());
      }
    }
    for (int t : wanted) {
      Tensor tensor = t < 0 ? null : file.tensors().get(t);
      if (tensor != null && !tensor.constant() && tensor.type() != TensorType.FLOAT32) {
        throw new UnusableModelException(
            "the model computes in integers (%s); bounds are of float32 files: certify the float32 file, and an int8 one by windows, masks or smoothing"
                .formatted(tensor.describe()));
      }
    }
    needed.forEach(this::read);
    Integer logits = values.get(classifier.head().tensor());
    if (logits == null) {
      throw new UnusableModelException("the model computes nothing; give one that does");
    }
    return new Read(List.copyOf(layers), List.copyOf(sizes), logits);
  }

  private int value(int tensor) {
    return values.computeIfAbsent(
        tensor,
        t -> {
          sizes.add(file.tensors().get(t).elements());
          return sizes.size() - 1;
        });
  }

  private int fresh(int size) {
    sizes.add(size);
    return sizes.size() - 1;
  }

  private void read(TfliteFile.Step step) {
    Tensor out = file.tensors().get(step.outputs().get(0));
    int in = step.inputs().get(0);
    switch (step.builtin()) {
      case BuiltinOperator.CONV_2D -> {
        Conv2DOptions o = new Conv2DOptions();
        file.options(step.place(), o);
        Window window =
            new Window(
                o.strideH(),
                o.strideW(),
                o.dilationHFactor(),
                o.dilationWFactor(),
                o.padding() == Padding.SAME);
        affine(step, convolution(step, window, false), o.fusedActivationFunction());
      }
      case BuiltinOperator.DEPTHWISE_CONV_2D -> {
        DepthwiseConv2DOptions o = new DepthwiseConv2DOptions();
        file.options(step.place(), o);
        Window window =
            new Window(
                o.strideH(),
                o.strideW(),
                o.dilationHFactor(),
                o.dilationWFactor(),
                o.padding() == Padding.SAME);
        affine(step, convolution(step, window, true), o.fusedActivationFunction());
      }
      case BuiltinOperator.FULLY_CONNECTED -> {
        FullyConnectedOptions o = new FullyConnectedOptions();
        file.options(step.place(), o);
        affine(step, dense(step), o.fusedActivationFunction());
      }
      case BuiltinOperator.MEAN -> affine(step, mean(step), ActivationFunctionType.NONE);
      case BuiltinOperator.AVERAGE_POOL_2D -> {
        Pool2DOptions o = new Pool2DOptions();
        file.options(step.place(), o);
        affine(step, pool(step, o), o.fusedActivationFunction());
      }
      case BuiltinOperator.ADD -> {
        AddOptions o = new AddOptions();
        file.options(step.place(), o);
        Tensor other = file.tensors().get(step.inputs().get(1));
        if (other.constant()) {
          affine(step, elementwise(step, other, 1), o.fusedActivationFunction());
        } else if (other.elements() == out.elements()
            && file.tensors().get(in).elements() == out.elements()) {
          sum(step, o.fusedActivationFunction());
        } else {
          throw unsupported(step, "adds values of different sizes");
        }
      }
      case BuiltinOperator.SUB -> {
        SubOptions o = new SubOptions();
        file.options(step.place(), o);
        Tensor other = file.tensors().get(step.inputs().get(1));
        affine(step, elementwise(step, other, -1), o.fusedActivationFunction());
      }
      case BuiltinOperator.MUL -> {
        MulOptions o = new MulOptions();
        file.options(step.place(), o);
        Tensor other = file.tensors().get(step.inputs().get(1));
        affine(step, elementwise(step, other, 0), o.fusedActivationFunction());
      }
      case BuiltinOperator.RELU ->
          activation(value(in), value(out.index()), Double.POSITIVE_INFINITY);
      case BuiltinOperator.RELU6 -> activation(value(in), value(out.index()), 6);
      case BuiltinOperator.RESHAPE, BuiltinOperator.SQUEEZE -> values.put(out.index(), value(in));
      default -> throw unsupported(step, "has no outward bounds here");
    }
  }

  private static UnusableModelException unsupported(TfliteFile.Step step, String what) {
    return new UnusableModelException(
        "bounds: %s (operator %d) %s; certify this model by windows, masks or smoothing"
            .formatted(step.name(), step.place(), what));
  }

  /**
   * Values that meet a constant, one for all or one a channel.
   *
   * @param sign 1 where it is added, −1 where it is subtracted, 0 where it multiplies
   */
  private Affine elementwise(TfliteFile.Step step, Tensor constant, int sign) {
    int size = file.tensors().get(step.outputs().get(0)).elements();
    if (!constant.constant()
        || file.tensors().get(step.inputs().get(0)).constant()
        || size != file.tensors().get(step.inputs().get(0)).elements()
        || size % constant.elements() != 0) {
      throw unsupported(step, "is not one of values and a constant, in this order");
    }
    double[] of = file.reals(constant);
    Affine.Builder built = new Affine.Builder(size);
    for (int i = 0; i < size; i++) {
      double c = of[i % of.length];
      built.term(i, sign == 0 ? c : 1);
      built.end(sign * c);
    }
    return built.done();
  }

  private void affine(TfliteFile.Step step, Affine affine, int fused) {
    int in = value(step.inputs().get(0));
    put(step, fused, List.of(in), affine);
  }

  private void sum(TfliteFile.Step step, int fused) {
    put(step, fused, step.inputs().subList(0, 2).stream().map(this::value).toList(), null);
  }

  private void put(
      TfliteFile.Step step,
      int fused,
      List<Integer> inputs,
      @org.jspecify.annotations.Nullable Affine affine) {
    int out = step.outputs().get(0);
    double cap =
        switch (fused) {
          case ActivationFunctionType.NONE -> Double.NaN;
          case ActivationFunctionType.RELU -> Double.POSITIVE_INFINITY;
          case ActivationFunctionType.RELU6 -> 6;
          default -> throw unsupported(step, "ends in an activation other than RELU and RELU6");
        };
    if (Double.isNaN(cap)) {
      layers.add(new Layer(inputs, value(out), affine, Double.NaN));
      return;
    }
    int before = fresh(file.tensors().get(out).elements());
    layers.add(new Layer(inputs, before, affine, Double.NaN));
    activation(before, value(out), cap);
  }

  private void activation(int in, int out, double cap) {
    layers.add(new Layer(List.of(in), out, null, cap));
  }

  /** How a filter moves. */
  private record Window(int strideY, int strideX, int dilationY, int dilationX, boolean same) {}

  private Affine convolution(TfliteFile.Step step, Window w, boolean depthwise) {
    Tensor in = file.tensors().get(step.inputs().get(0));
    Tensor filter = file.tensors().get(step.inputs().get(1));
    Tensor out = file.tensors().get(step.outputs().get(0));
    double[] weights = file.reals(filter);
    double[] bias = bias(step, out.shape().get(3));
    int height = in.shape().get(1);
    int width = in.shape().get(2);
    int channels = in.shape().get(3);
    int rows = out.shape().get(1);
    int columns = out.shape().get(2);
    int kept = out.shape().get(3);
    int fy = filter.shape().get(1);
    int fx = filter.shape().get(2);
    if (!depthwise && filter.shape().get(3) != channels) {
      throw unsupported(step, "convolves in groups");
    }
    int top = w.same ? before(height, rows, w.strideY, (fy - 1) * w.dilationY + 1) : 0;
    int left = w.same ? before(width, columns, w.strideX, (fx - 1) * w.dilationX + 1) : 0;
    int multiplier = kept / channels;
    Affine.Builder built = new Affine.Builder(rows * columns * kept);
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < columns; x++) {
        for (int k = 0; k < kept; k++) {
          for (int a = 0; a < fy; a++) {
            int iy = y * w.strideY - top + a * w.dilationY;
            for (int b = 0; b < fx && iy >= 0 && iy < height; b++) {
              int ix = x * w.strideX - left + b * w.dilationX;
              if (ix < 0 || ix >= width) {
                continue;
              }
              int cell = (iy * width + ix) * channels;
              if (depthwise) {
                built.term(cell + k / multiplier, weights[(a * fx + b) * kept + k]);
              } else {
                for (int c = 0; c < channels; c++) {
                  built.term(cell + c, weights[((k * fy + a) * fx + b) * channels + c]);
                }
              }
            }
          }
          built.end(bias[k]);
        }
      }
    }
    return built.done();
  }

  /** Rows of zeros before the first one. */
  private static int before(int in, int out, int stride, int reach) {
    return Math.max(0, (out - 1) * stride + reach - in) / 2;
  }

  private double[] bias(TfliteFile.Step step, int size) {
    boolean has = step.inputs().size() > 2 && step.inputs().get(2) >= 0;
    return has ? file.reals(file.tensors().get(step.inputs().get(2))) : new double[size];
  }

  private Affine dense(TfliteFile.Step step) {
    Tensor filter = file.tensors().get(step.inputs().get(1));
    int units = filter.shape().get(0);
    int inputs = filter.shape().get(1);
    if (file.tensors().get(step.inputs().get(0)).elements() != inputs) {
      throw unsupported(step, "is applied to more than one row");
    }
    double[] weights = file.reals(filter);
    double[] bias = bias(step, units);
    Affine.Builder built = new Affine.Builder(units);
    for (int u = 0; u < units; u++) {
      for (int i = 0; i < inputs; i++) {
        built.term(i, weights[u * inputs + i]);
      }
      built.end(bias[u]);
    }
    return built.done();
  }

  private Affine mean(TfliteFile.Step step) {
    Tensor in = file.tensors().get(step.inputs().get(0));
    Set<Integer> axes = new HashSet<>();
    for (int axis : file.ints(file.tensors().get(step.inputs().get(1)))) {
      axes.add(Math.floorMod(axis, in.rank()));
    }
    if (in.rank() != 4 || !axes.equals(Set.of(1, 2))) {
      throw unsupported(step, "takes the mean over other axes than height and width");
    }
    int places = in.shape().get(1) * in.shape().get(2);
    int channels = in.shape().get(3);
    Affine.Builder built = new Affine.Builder(channels);
    for (int c = 0; c < channels; c++) {
      for (int p = 0; p < places; p++) {
        built.term(p * channels + c, 1.0 / places);
      }
      built.end(0);
    }
    return built.done();
  }

  private Affine pool(TfliteFile.Step step, Pool2DOptions o) {
    Tensor in = file.tensors().get(step.inputs().get(0));
    Tensor out = file.tensors().get(step.outputs().get(0));
    if (o.padding() == Padding.SAME
        && (in.shape().get(1) % o.strideH() != 0 || o.filterHeight() != o.strideH())) {
      throw unsupported(step, "averages beyond the edge");
    }
    int channels = in.shape().get(3);
    int width = in.shape().get(2);
    int area = o.filterHeight() * o.filterWidth();
    Affine.Builder built = new Affine.Builder(out.elements());
    for (int y = 0; y < out.shape().get(1); y++) {
      for (int x = 0; x < out.shape().get(2); x++) {
        for (int c = 0; c < channels; c++) {
          for (int a = 0; a < o.filterHeight(); a++) {
            for (int b = 0; b < o.filterWidth(); b++) {
              built.term(
                  ((y * o.strideH() + a) * width + x * o.strideW() + b) * channels + c, 1.0 / area);
            }
          }
          built.end(0);
        }
      }
    }
    return built.done();
  }
}
