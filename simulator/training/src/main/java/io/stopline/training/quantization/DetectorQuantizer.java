package io.stopline.training.quantization;

import io.stopline.sdk.model.InputEncoding;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import io.stopline.training.quantization.ActivationStatistics.Range;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes full-integer files of float detectors with a heat map and boxes, as {@link Quantizer} does
 * of classifiers. The range rule that is kept is the one whose heat is nearest to the float
 * detector's where either of them is warm. Stateless and thread-safe.
 */
public final class DetectorQuantizer {

  /** Frames that ranges are taken from, as a share of all. */
  private static final double SEEN = 0.75;

  /** Where no heat is above it, nobody looks at how warm it is. */
  private static final float WARM = 0.05f;

  /**
   * What a box can be: middles within a cell and a half, sides from a half to 115 cells (as
   * logarithms).
   */
  private static final Range BOX = new Range(-1.5, 4.75);

  private DetectorQuantizer() {}

  /**
   * Quantises.
   *
   * @param file a float32 detector, batch 1, that {@code DetectorArchitecture.using} made
   * @param encoding how pixels become the model's real numbers
   * @param frames training frames of the model's size by number, HWC bytes
   * @param count how many there are, at least 4
   * @return the file; its errors are root mean squares of the heat where it is warm
   * @throws UnquantizableModelException if the file is no float detector or has an operator without
   *     a full-integer form
   */
  public static QuantizedModel quantize(
      byte[] file, InputEncoding encoding, IntFunction<byte[]> frames, int count) {
    FloatGraph graph = FloatGraph.readAny(file);
    if (graph.outputs().size() != 2 || count < 4) {
      throw new UnquantizableModelException(
          "a model of %d outputs and %d frames; a detector has a heat map and boxes, and 4 frames are the least"
              .formatted(graph.outputs().size(), count));
    }
    int boxes = graph.outputs().get(1);
    int seen = Math.max(1, (int) (count * SEEN));
    float[] table = new float[256];
    for (int i = 0; i < table.length; i++) {
      table[i] = (float) encoding.real(i, 0);
    }
    Quantizer.Inputs inputs =
        (n, to) -> {
          byte[] frame = frames.apply(n);
          for (int i = 0; i < to.length; i++) {
            to[i] = table[frame[i] & 0xff];
          }
        };
    graph.simplify(IntegerGraph.pixels(encoding));
    graph.fix(boxes, BOX);
    Map<Integer, ActivationStatistics> statistics = Quantizer.statistics(graph, inputs, seen);
    Map<Integer, float[]> expected = new HashMap<>();
    double warm = 0;
    float[] image = new float[graph.tensor(graph.input()).elements()];
    try (TfLiteModel model =
        TfLiteModel.load("float", graph.write(graph.output()), RuntimeOptions.defaults())) {
      FloatBuffer to = model.input(0).asFloatBuffer();
      for (int n = seen; n < count; n++) {
        inputs.read(n, image);
        to.put(0, image);
        model.invoke();
        float[] heat = new float[graph.tensor(graph.output()).elements()];
        model.output(0).asFloatBuffer().get(heat);
        expected.put(n, heat);
        for (float h : heat) {
          warm += h > WARM ? h * h : 0;
        }
      }
    }
    Map<RangeRule, Double> errors = new EnumMap<>(RangeRule.class);
    RangeRule best = RangeRule.MIN_MAX;
    @Nullable IntegerGraph chosen = null;
    int logits = beforeLogistic(graph);
    for (RangeRule rule : RangeRule.values()) {
      IntegerGraph integers =
          new IntegerGraph(
              graph,
              encoding,
              t -> Quantizer.of(statistics, t).range(t == logits ? RangeRule.MIN_MAX : rule),
              t -> Quantizer.of(statistics, t).means());
      double error = error(integers.write(graph.output(), true), encoding, expected, frames);
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
        TfLiteModel.loadBuilt("quantized", used.write(logits, false), RuntimeOptions.defaults())) {
      return new QuantizedModel(
          written,
          best,
          errors,
          Math.sqrt(warm / Math.max(1, expected.size())),
          core.nodes().cpu() == 0);
    }
  }

  private static int beforeLogistic(FloatGraph graph) {
    for (FloatGraph.Node node : graph.nodes()) {
      if (node.output() == graph.output()
          && node.operator().rule() == IntegerOperator.Rule.PROBABILITIES) {
        return node.inputs()[0];
      }
    }
    throw new UnquantizableModelException(
        "the first output is no heat map of probabilities; a detector ends with a logistic");
  }

  /** Root mean square, a frame, of the difference where one of both is warm. */
  private static double error(
      byte[] integers,
      InputEncoding encoding,
      Map<Integer, float[]> expected,
      IntFunction<byte[]> frames) {
    double sum = 0;
    try (TfLiteModel model =
        TfLiteModel.loadBuilt("integers", integers, RuntimeOptions.defaults())) {
      double inStep = model.inputs().get(0).scale();
      int inZero = model.inputs().get(0).zeroPoint();
      double step = model.outputs().get(0).scale();
      int zero = model.outputs().get(0).zeroPoint();
      ByteBuffer input = model.input(0);
      for (Map.Entry<Integer, float[]> entry : expected.entrySet()) {
        byte[] frame = frames.apply(entry.getKey());
        for (int i = 0; i < frame.length; i++) {
          double real = encoding.real(frame[i] & 0xff, i % 3);
          input.put(i, (byte) Math.max(0, Math.min(255, Math.round(real / inStep) + inZero)));
        }
        model.invoke();
        ByteBuffer output = model.output(0);
        float[] heat = entry.getValue();
        for (int i = 0; i < heat.length; i++) {
          double found = step * ((output.get(i) & 0xff) - zero);
          if (found > WARM || heat[i] > WARM) {
            sum += (found - heat[i]) * (found - heat[i]);
          }
        }
      }
    }
    return Math.sqrt(sum / expected.size());
  }
}
