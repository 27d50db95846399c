package io.stopline.training.quantization;

import io.stopline.sdk.model.ImageLayout;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.PixelArranger;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import io.stopline.training.LabelledImages;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes full-integer twins of float classifiers (post-training quantisation, by TensorFlow Lite's
 * 8-bit quantization specification). The model runs in TensorFlow Lite on calibration images, which
 * should be training images: never those that a threshold or a final figure is taken from. The same
 * file and images give the same bytes on one machine. Stateless and thread-safe.
 */
public final class Quantizer {

  /** Of the images, the share that ranges are taken from; the others choose among rules. */
  private static final double SEEN = 0.75;

  private Quantizer() {}

  /**
   * Quantises with the range rule that keeps the logits nearest to those of the float model.
   *
   * @param file a float32 {@code .tflite} classifier; batch 1
   * @param encoding how pixels 0..1 become the model's real numbers
   * @param images NHWC, 0..1: {@code count} training images, in an order without meaning; some 500
   *     are enough
   * @throws UnquantizableModelException if the file is no float classifier or has an operator
   *     without a full-integer form
   * @throws io.stopline.tflite.InvalidModelException if TensorFlow Lite refuses the file
   */
  public static QuantizedModel quantize(
      byte[] file, InputEncoding encoding, float[] images, int count) {
    return quantize(file, encoding, images, count, List.of(RangeRule.values()));
  }

  /**
   * The same on decoded 8-bit images, which take a quarter of the memory.
   *
   * @param images training images of the size that the model takes, as {@link ClassDraw} draws them
   */
  public static QuantizedModel quantize(
      byte[] file, InputEncoding encoding, LabelledImages images) {
    return quantize(
        file,
        encoding,
        (n, to) -> images.read(n, to, 0),
        images.count(),
        List.of(RangeRule.values()));
  }

  /**
   * The same with the given rules to choose from.
   *
   * @param rules at least one
   */
  public static QuantizedModel quantize(
      byte[] file, InputEncoding encoding, float[] images, int count, List<RangeRule> rules) {
    return quantize(
        file,
        encoding,
        (n, to) -> System.arraycopy(images, n * to.length, to, 0, to.length),
        count,
        rules);
  }

  private static QuantizedModel quantize(
      byte[] file, InputEncoding encoding, Inputs pixels, int count, List<RangeRule> rules) {
    FloatGraph graph = FloatGraph.read(file);
    if (count < 2) {
      throw new IllegalArgumentException(
          "%d images to take ranges from; give at least 2".formatted(count));
    }
    if (rules.isEmpty()) {
      throw new IllegalArgumentException("no range rule is given; give at least one");
    }
    int seen = Math.max(1, (int) (count * SEEN));
    Images images = new Images(graph, encoding, pixels);
    Comparison comparison = new Comparison(graph, images, seen, count);
    graph.simplify(IntegerGraph.pixels(encoding));
    Map<Integer, ActivationStatistics> statistics = statistics(graph, images::read, seen);
    Map<RangeRule, Double> errors = new EnumMap<>(RangeRule.class);
    RangeRule best = rules.get(0);
    IntegerGraph chosen = null;
    for (RangeRule rule : rules) {
      IntegerGraph integers = integers(graph, encoding, statistics, rule);
      double error = comparison.error(integers.write(graph.logits(), true));
      errors.put(rule, error);
      if (chosen == null || error < errors.getOrDefault(best, Double.MAX_VALUE)) {
        best = rule;
        chosen = integers;
      }
    }
    IntegerGraph used = Objects.requireNonNull(chosen);
    byte[] written = used.write();
    // Loaded to the end, so that no file is handed out that TensorFlow Lite refuses.
    TfLiteModel.loadBuilt("quantized", written, RuntimeOptions.defaults()).close();
    try (TfLiteModel core =
        TfLiteModel.loadBuilt(
            "quantized", used.write(graph.logits(), false), RuntimeOptions.defaults())) {
      return new QuantizedModel(
          written, best, errors, comparison.deviation(), core.nodes().cpu() == 0);
    }
  }

  private static IntegerGraph integers(
      FloatGraph graph,
      InputEncoding encoding,
      Map<Integer, ActivationStatistics> statistics,
      RangeRule rule) {
    return new IntegerGraph(
        graph,
        encoding,
        // Clipped logits would tie: the largest of all must stay the largest.
        t -> of(statistics, t).range(t == graph.logits() ? RangeRule.MIN_MAX : rule),
        t -> of(statistics, t).means());
  }

  static ActivationStatistics of(Map<Integer, ActivationStatistics> statistics, int t) {
    return Objects.requireNonNull(statistics.get(t));
  }

  /** One image after the other. */
  @FunctionalInterface
  interface Inputs {
    void read(int image, float[] to);
  }

  /** Of the input and of every computed tensor. */
  static Map<Integer, ActivationStatistics> statistics(FloatGraph graph, Inputs images, int count) {
    int[] computed = graph.computed();
    Map<Integer, ActivationStatistics> statistics = new HashMap<>();
    statistics.put(graph.input(), new ActivationStatistics(graph.tensor(graph.input()).elements()));
    for (int t : computed) {
      statistics.put(t, new ActivationStatistics(graph.tensor(t).elements()));
    }
    try (TfLiteModel model =
        TfLiteModel.load("float", graph.write(computed), RuntimeOptions.defaults())) {
      run(graph, model, images, count, statistics, ActivationStatistics::bound);
      for (int t : computed) {
        if (of(statistics, t).broken()) {
          throw new UnquantizableModelException(
              "tensor '%s' has values that are infinite or no numbers; check the weights"
                  .formatted(graph.tensor(t).name()));
        }
      }
      run(graph, model, images, count, statistics, ActivationStatistics::count);
    }
    return statistics;
  }

  private static void run(
      FloatGraph graph,
      TfLiteModel model,
      Inputs images,
      int count,
      Map<Integer, ActivationStatistics> statistics,
      BiConsumer<ActivationStatistics, float[]> each) {
    int[] computed = graph.computed();
    float[] image = new float[graph.tensor(graph.input()).elements()];
    float[][] values = new float[computed.length][];
    FloatBuffer[] outputs = new FloatBuffer[computed.length];
    for (int i = 0; i < computed.length; i++) {
      values[i] = new float[graph.tensor(computed[i]).elements()];
      outputs[i] = model.output(i).asFloatBuffer();
    }
    FloatBuffer input = model.input(0).asFloatBuffer();
    for (int n = 0; n < count; n++) {
      images.read(n, image);
      input.put(0, image);
      model.invoke();
      each.accept(of(statistics, graph.input()), image);
      for (int i = 0; i < computed.length; i++) {
        outputs[i].get(0, values[i]);
        each.accept(of(statistics, computed[i]), values[i]);
      }
    }
  }

  /** Images as callers have them, brought into the float model's input. Belongs to one thread. */
  private static final class Images {
    private final InputEncoding encoding;
    private final Inputs pixels;
    private final float[] image;
    private final @Nullable PixelArranger arranger;

    Images(FloatGraph graph, InputEncoding encoding, Inputs pixels) {
      List<Integer> shape = Arrays.stream(graph.tensor(graph.input()).shape()).boxed().toList();
      ImageLayout layout = ImageLayout.isOne(shape) ? ImageLayout.of(shape) : null;
      this.encoding = encoding;
      this.pixels = pixels;
      this.image =
          new float[layout == null ? graph.tensor(graph.input()).elements() : layout.values()];
      this.arranger = layout == null ? null : new PixelArranger(layout, encoding.channels());
    }

    /**
     * @param to receives the elements of the input tensor
     */
    void read(int n, float[] to) {
      pixels.read(n, image);
      if (!encoding.isUnit()) {
        for (int i = 0; i < image.length; i++) {
          image[i] = (float) encoding.real(255.0 * image[i], i % encoding.mean().size());
        }
      }
      if (arranger == null) {
        System.arraycopy(image, 0, to, 0, image.length);
      } else {
        arranger.arrange(image, 0, to);
      }
    }
  }

  /** The logits of the float model on images that no range was taken from. */
  private static final class Comparison {
    private final FloatGraph graph;
    private final Images images;
    private final int from;
    private final double[][] expected;

    Comparison(FloatGraph graph, Images images, int from, int count) {
      this.graph = graph;
      this.images = images;
      this.from = from;
      this.expected = new double[count - from][];
      float[] image = new float[graph.tensor(graph.input()).elements()];
      float[] scores = new float[graph.tensor(graph.logits()).elements()];
      try (TfLiteModel model =
          TfLiteModel.load("float", graph.write(graph.logits()), RuntimeOptions.defaults())) {
        for (int n = from; n < count; n++) {
          images.read(n, image);
          model.input(0).asFloatBuffer().put(image);
          model.invoke();
          model.output(0).asFloatBuffer().get(scores);
          double[] logits = new double[scores.length];
          Arrays.setAll(logits, i -> scores[i]);
          expected[n - from] = centred(logits);
        }
      }
    }

    /** A softmax does not see what is added to all logits. */
    private static double[] centred(double[] logits) {
      double mean = Arrays.stream(logits).average().orElse(0);
      Arrays.setAll(logits, i -> logits[i] - mean);
      return logits;
    }

    double deviation() {
      return rootMeanSquare(new double[expected.length][expected[0].length]);
    }

    /**
     * @param integers a file that ends with the logits as uint8
     */
    double error(byte[] integers) {
      double[][] found = new double[expected.length][];
      try (TfLiteModel model =
          TfLiteModel.loadBuilt("integers", integers, RuntimeOptions.defaults())) {
        double inStep = model.inputs().get(0).scale();
        int inZero = model.inputs().get(0).zeroPoint();
        double outStep = model.outputs().get(0).scale();
        float[] image = new float[graph.tensor(graph.input()).elements()];
        for (int n = 0; n < expected.length; n++) {
          images.read(from + n, image);
          ByteBuffer input = model.input(0);
          for (float v : image) {
            input.put((byte) Math.max(0, Math.min(255, Math.round(v / inStep) + inZero)));
          }
          model.invoke();
          ByteBuffer output = model.output(0);
          double[] logits = new double[expected[n].length];
          Arrays.setAll(logits, i -> outStep * (output.get(i) & 0xff));
          found[n] = centred(logits);
        }
      }
      return rootMeanSquare(found);
    }

    private double rootMeanSquare(double[][] found) {
      double sum = 0;
      for (int n = 0; n < expected.length; n++) {
        for (int i = 0; i < expected[n].length; i++) {
          double difference = found[n][i] - expected[n][i];
          sum += difference * difference;
        }
      }
      return Math.sqrt(sum / expected.length / expected[0].length);
    }
  }
}
