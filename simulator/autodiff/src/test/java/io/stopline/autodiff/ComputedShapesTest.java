package io.stopline.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.model.InputEncoding;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.Conv2DOptionsT;
import org.tensorflow.lite.schema.FullyConnectedOptionsT;
import org.tensorflow.lite.schema.PackOptionsT;
import org.tensorflow.lite.schema.ShapeOptionsT;
import org.tensorflow.lite.schema.SoftmaxOptionsT;
import org.tensorflow.lite.schema.StridedSliceOptionsT;
import org.tensorflow.lite.schema.TensorType;

/**
 * Models that work out a shape while they run, as the converter writes a flattening layer of a
 * model whose batch it was not told.
 */
final class ComputedShapesTest {

  private static final int COUNT = 3;
  private static final int SIDE = 8;
  private static final int CLASSES = 5;

  /** Tensors of the layers behind the flattening have no shape in the file if {@code hidden}. */
  private static byte[] model(boolean computed, boolean hidden) {
    Random random = new Random(3);
    TinyModels tiny = new TinyModels();
    int x = tiny.floats(1, SIDE, SIDE, 3);
    int filter = tiny.constant(normal(random, 4 * 27), 4, 3, 3, 3);
    int maps = tiny.floats(1, 4, 4, 4);
    Conv2DOptionsT convolution = new Conv2DOptionsT();
    convolution.setStrideH(2);
    convolution.setStrideW(2);
    tiny.operator(
        BuiltinOperator.CONV_2D,
        convolution,
        new int[] {x, filter, tiny.constant(new float[4], 4)},
        maps);
    int target = computed ? target(tiny, maps) : tiny.ints(1, 64);
    int flat = hidden ? tiny.floats() : tiny.floats(1, 64);
    tiny.operator(BuiltinOperator.RESHAPE, null, new int[] {maps, target}, flat);
    int matrix = tiny.constant(normal(random, CLASSES * 64), CLASSES, 64);
    int logits = tiny.floats(1, CLASSES);
    tiny.operator(
        BuiltinOperator.FULLY_CONNECTED,
        new FullyConnectedOptionsT(),
        new int[] {flat, matrix, -1},
        logits);
    int y = tiny.floats(1, CLASSES);
    SoftmaxOptionsT softmax = new SoftmaxOptionsT();
    softmax.setBeta(1);
    tiny.operator(BuiltinOperator.SOFTMAX, softmax, new int[] {logits}, y);
    return tiny.build(x, y);
  }

  /** The batch of a tensor, and 64. */
  private static int target(TinyModels tiny, int maps) {
    ShapeOptionsT shapes = new ShapeOptionsT();
    shapes.setOutType(TensorType.INT32);
    int shape = tiny.computedInts(4);
    tiny.operator(BuiltinOperator.SHAPE, shapes, new int[] {maps}, shape);
    StridedSliceOptionsT first = new StridedSliceOptionsT();
    first.setShrinkAxisMask(1);
    int batch = tiny.computedInts();
    tiny.operator(
        BuiltinOperator.STRIDED_SLICE,
        first,
        new int[] {shape, tiny.ints(0), tiny.ints(1), tiny.ints(1)},
        batch);
    PackOptionsT pack = new PackOptionsT();
    pack.setValuesCount(2);
    int target = tiny.computedInts(2);
    tiny.operator(BuiltinOperator.PACK, pack, new int[] {batch, tiny.scalar(64)}, target);
    return target;
  }

  private static float[] normal(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (0.3 * random.nextGaussian());
    }
    return values;
  }

  private static float[] images() {
    Random random = new Random(9);
    float[] images = new float[COUNT * SIDE * SIDE * 3];
    for (int i = 0; i < images.length; i++) {
      images[i] = random.nextFloat();
    }
    return images;
  }

  @Test
  void tensorFlowLiteRunsThem() {
    byte[] plain = model(false, false);
    for (boolean hidden : new boolean[] {false, true}) {
      byte[] file = model(true, hidden);
      try (TfLiteModel model = TfLiteModel.load("m", file, RuntimeOptions.defaults())) {
        assertThat(model.outputs().get(0).shape()).isEqualTo(List.of(1, CLASSES));
      }
      assertThat(Reference.outputs(file, InputEncoding.UNIT, images(), COUNT))
          .usingComparatorWithPrecision(1e-6f)
          .containsExactly(Reference.outputs(plain, InputEncoding.UNIT, images(), COUNT));
    }
  }

  @Test
  void logitsAndGradientsAreThoseOfTheFixedShape() {
    float[] images = images();
    float[] cotangent = new float[COUNT * CLASSES];
    cotangent[1] = 1;
    cotangent[CLASSES] = -2;
    try (DifferentiableModel plain = TfliteModels.open(model(false, false), InputEncoding.UNIT)) {
      for (boolean hidden : new boolean[] {false, true}) {
        try (DifferentiableModel model =
                TfliteModels.open(model(true, hidden), InputEncoding.UNIT);
            DifferentiableModel.Recording expected = plain.record(images, COUNT);
            DifferentiableModel.Recording found = model.record(images, COUNT)) {
          assertThat(found.logits()).isEqualTo(expected.logits());
          float[] wanted = new float[images.length];
          float[] got = new float[images.length];
          expected.backward(cotangent, wanted);
          found.backward(cotangent, got);
          assertThat(got).isEqualTo(wanted);
        }
      }
    }
  }

  @Test
  void trainingKeepsTheComputedShape() {
    try (TrainableModel model =
        TfliteModels.openTrainable(model(true, false), InputEncoding.UNIT)) {
      assertThat(model.weights()).isEqualTo(4 * 27 + 4 + CLASSES * 64);
      float[] weights = new float[model.weights()];
      model.read(weights);
      weights[0] += 0.5f;
      model.write(weights);
      float[] logits = new float[COUNT * CLASSES];
      model.logits(images(), COUNT, logits);
      double[] expected = Reference.softmax(logits, CLASSES);
      float[] run = Reference.outputs(model.file(), InputEncoding.UNIT, images(), COUNT);
      for (int i = 0; i < run.length; i++) {
        assertThat((double) run[i]).isCloseTo(expected[i], within(1e-5));
      }
    }
  }

  @Test
  void theFixedFormIsTheSameFunctionWithoutTheOperators() {
    byte[] file = model(true, true);
    byte[] fixed = FixedShapes.of(file);
    assertThat(new TfliteFile(fixed).folded()).isEmpty();
    assertThat(new TfliteFile(fixed).steps()).hasSize(4);
    assertThat(Reference.outputs(fixed, InputEncoding.UNIT, images(), COUNT))
        .isEqualTo(Reference.outputs(file, InputEncoding.UNIT, images(), COUNT));
    byte[] plain = model(false, false);
    assertThat(FixedShapes.of(plain)).isSameAs(plain);
  }
}
