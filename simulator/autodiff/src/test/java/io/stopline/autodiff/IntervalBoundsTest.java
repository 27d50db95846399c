package io.stopline.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.testing.SharedFiles;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.FullyConnectedOptionsT;

/** What interval arithmetic says of a box holds for each image of it. */
final class IntervalBoundsTest {
  private static final int COUNT = 3;
  private static final int TRIES = 12;
  private static final int MOST = 60;
  private static final double ROUNDING = 2e-4;

  /** Each operator in many forms: a bound holds, or it is refused. */
  @Test
  void noImageOfABoxBreaksTheBoundsOfAnyOperator() {
    Random random = new Random(4);
    int bounded = 0;
    for (OperatorCases.Case tested : OperatorCases.all()) {
      try (Bare model = new Bare(tested.file())) {
        float[] middle = new float[COUNT * model.size()];
        for (int i = 0; i < middle.length; i++) {
          middle[i] = (float) random.nextGaussian();
        }
        checkBox(tested.name(), model, middle, 0.1f, random);
        bounded++;
      } catch (UnusableModelException e) {
        assertThat(e).hasMessageContaining("no interval bounds");
      }
    }
    // Of 120 or so; the others are refused.
    assertThat(bounded).isGreaterThan(MOST);
  }

  /** What is tested: a whole model, or one of a single operator, which may have no weights. */
  private interface Bounded {
    int classes();

    float[] logits(float[] images);

    float[] margins(float[] low, float[] high, int[] labels);
  }

  private static final class Bare implements Bounded, AutoCloseable {
    private final NDManager manager = PyTorch.get().newManager();
    private final Classification classification;
    private final Graph graph;

    Bare(byte[] bytes) {
      TfliteFile file = new TfliteFile(bytes);
      classification = Classification.of(file);
      graph =
          new Graph(
              file,
              manager,
              DataType.FLOAT32,
              classification.input(),
              java.util.List.of(classification.head().tensor()));
    }

    int size() {
      return classification.shape().size();
    }

    @Override
    public int classes() {
      return classification.classes();
    }

    @Override
    public float[] logits(float[] images) {
      return PyTorch.get()
          .allCores(
              () -> {
                Slot slot =
                    new Slot(manager, DataType.FLOAT32, COUNT, classification.shape(), classes());
                slot.setPixels(new Numbers.Floats(images), 0);
                return graph.run(slot.pixels()).toFloatArray();
              });
    }

    @Override
    public float[] margins(float[] low, float[] high, int[] labels) {
      return PyTorch.get()
          .allCores(
              () -> {
                BoxSlot slot = new BoxSlot(manager, COUNT, classification.shape(), classes());
                slot.set(low, high, labels, 0);
                return graph.margins(slot.pixels(), slot.labels()).toFloatArray();
              });
    }

    @Override
    public void close() {
      manager.close();
    }
  }

  private record Whole(TrainableModel model) implements Bounded {
    @Override
    public int classes() {
      return model.classes();
    }

    @Override
    public float[] logits(float[] images) {
      float[] logits = new float[COUNT * model.classes()];
      model.logits(images, COUNT, logits);
      return logits;
    }

    @Override
    public float[] margins(float[] low, float[] high, int[] labels) {
      return IntervalBoundsTest.margins(model, low, high, labels);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mobile", "res", "local"})
  void noImageOfABoxBreaksTheBoundsOfAModel(String name) {
    byte[] file = SharedFiles.bytes("models/" + name + "-float32.tflite");
    try (TrainableModel model = TfliteModels.openTrainable(file, InputEncoding.UNIT)) {
      float[] images = SharedData.spread(COUNT, model.shape());
      checkBox(name, new Whole(model), images, 1e-3f, new Random(5));
    }
  }

  private static void checkBox(
      String name, Bounded model, float[] middle, float radius, Random random) {
    float[] low = new float[middle.length];
    float[] high = new float[middle.length];
    for (int i = 0; i < middle.length; i++) {
      low[i] = middle[i] - radius * random.nextFloat();
      high[i] = middle[i] + radius * random.nextFloat();
    }
    int[] labels = {0, model.classes() - 1, model.classes() / 2};
    float[] exact = model.margins(middle, middle, labels);
    float[] bound = model.margins(low, high, labels);
    for (int t = 0; t < TRIES; t++) {
      float[] inside = new float[middle.length];
      for (int i = 0; i < inside.length; i++) {
        float share = t % 2 == 0 ? random.nextInt(2) : random.nextFloat();
        inside[i] = low[i] + share * (high[i] - low[i]);
      }
      float[] logits = model.logits(t == 0 ? middle : inside);
      for (int i = 0; i < logits.length; i++) {
        int n = i / model.classes();
        double margin = logits[n * model.classes() + labels[n]] - logits[i];
        double rounding = ROUNDING * Math.max(1, Math.abs(margin));
        assertThat(margin).as("%s, value %d", name, i).isGreaterThanOrEqualTo(bound[i] - rounding);
        if (t == 0) {
          assertThat(margin).as("%s, value %d", name, i).isCloseTo(exact[i], within(rounding));
        }
      }
    }
  }

  private static float[] margins(TrainableModel model, float[] low, float[] high, int[] labels) {
    try (TrainableModel.Bounds bounds = model.bounds(low, high, labels, COUNT)) {
      return bounds.margins();
    }
  }

  /** The worst image of a box is known there, so the bounds must be its margins. */
  @Test
  void oneLayerIsBoundedExactly() {
    TinyModels tiny = new TinyModels();
    int x = tiny.floats(1, 2, 2, 3);
    int y = tiny.floats();
    Random random = new Random(6);
    float[] weights = new float[4 * 12];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    float[] bias = {0.5f, -0.25f, 0, 1};
    tiny.operator(
        BuiltinOperator.FULLY_CONNECTED,
        new FullyConnectedOptionsT(),
        new int[] {x, tiny.constant(weights, 4, 12), tiny.constant(bias, 4)},
        y);
    try (TrainableModel model = TfliteModels.openTrainable(tiny.build(x, y), InputEncoding.UNIT)) {
      float[] low = new float[COUNT * 12];
      float[] high = new float[COUNT * 12];
      for (int i = 0; i < low.length; i++) {
        low[i] = random.nextFloat();
        high[i] = low[i] + random.nextFloat();
      }
      int[] labels = {2, 0, 3};
      float[] bound = margins(model, low, high, labels);
      for (int n = 0; n < COUNT; n++) {
        for (int k = 0; k < 4; k++) {
          double worst = bias[labels[n]] - bias[k];
          for (int i = 0; i < 12; i++) {
            double slope = weights[labels[n] * 12 + i] - weights[k * 12 + i];
            worst += slope * (slope > 0 ? low : high)[n * 12 + i];
          }
          assertThat((double) bound[n * 4 + k]).isCloseTo(worst, within(1e-5));
        }
      }
    }
  }

  /** Along the gradient itself, where the change is far above single precision. */
  @ParameterizedTest
  @ValueSource(strings = {"mobile", "res", "local"})
  void theGradientForetellsTheChange(String name) {
    byte[] file = SharedFiles.bytes("models/" + name + "-float32.tflite");
    try (TrainableModel model = TfliteModels.openTrainable(file, InputEncoding.UNIT)) {
      float[] images = SharedData.spread(COUNT, model.shape());
      float[] low = images.clone();
      float[] high = images.clone();
      for (int i = 0; i < low.length; i++) {
        low[i] -= 1e-4f;
        high[i] += 1e-4f;
      }
      int[] labels = {1, 5, 30};
      float[] cotangent = new float[COUNT * model.classes()];
      Random random = new Random(7);
      for (int i = 0; i < cotangent.length; i++) {
        cotangent[i] = (float) random.nextGaussian();
      }
      float[] gradient = new float[model.weights()];
      try (TrainableModel.Bounds bounds = model.bounds(low, high, labels, COUNT)) {
        bounds.backward(cotangent, gradient);
      }
      float[] again = new float[model.weights()];
      try (TrainableModel.Bounds bounds = model.bounds(low, high, labels, COUNT)) {
        bounds.backward(cotangent, again);
      }
      assertThat(again).isEqualTo(gradient);
      double square = 0;
      for (float g : gradient) {
        square += (double) g * g;
      }
      float[] weights = new float[model.weights()];
      model.read(weights);
      double distance = 1e-5;
      double[] ends = new double[2];
      for (int side = 0; side < 2; side++) {
        float[] moved = weights.clone();
        double factor = (side == 0 ? -distance : distance) / Math.sqrt(square);
        for (int i = 0; i < moved.length; i++) {
          moved[i] += (float) (factor * gradient[i]);
        }
        model.write(moved);
        float[] margins = margins(model, low, high, labels);
        for (int i = 0; i < margins.length; i++) {
          ends[side] += (double) cotangent[i] * margins[i];
        }
      }
      assertThat((ends[1] - ends[0]) / (2 * distance) / Math.sqrt(square))
          .isCloseTo(1, within(0.03));
    }
  }

  @Test
  void whatHasNoBoundsIsRefused() {
    TinyModels tiny = new TinyModels();
    int x = tiny.floats(1, 2, 2, 3);
    int square = tiny.floats(1, 2, 2, 3);
    int y = tiny.floats();
    float[] weights = new float[2 * 12];
    Arrays.fill(weights, 1);
    tiny.operator(BuiltinOperator.SQUARE, null, new int[] {x}, square);
    tiny.operator(
        BuiltinOperator.FULLY_CONNECTED,
        new FullyConnectedOptionsT(),
        new int[] {square, tiny.constant(weights, 2, 12), -1},
        y);
    try (TrainableModel model = TfliteModels.openTrainable(tiny.build(x, y), InputEncoding.UNIT)) {
      float[] images = new float[COUNT * 12];
      assertThatThrownBy(() -> model.bounds(images, images, new int[COUNT], COUNT))
          .isInstanceOf(UnusableModelException.class)
          .hasMessageContaining("SQUARE");
    }
  }
}
