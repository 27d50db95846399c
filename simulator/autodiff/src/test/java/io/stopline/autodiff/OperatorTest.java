package io.stopline.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.DataType;
import io.stopline.sdk.model.InputEncoding;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each operator computes what TensorFlow Lite computes, and its gradient is its slope. */
final class OperatorTest {
  private static final int COUNT = 3;

  static List<OperatorCases.Case> cases() {
    return OperatorCases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void computesWhatTensorFlowLiteComputes(OperatorCases.Case tested) {
    try (DifferentiableModel model = TfliteModels.open(tested.file(), InputEncoding.UNIT)) {
      float[] images = new float[COUNT * model.shape().size()];
      Random random = new Random(1);
      for (int i = 0; i < images.length; i++) {
        images[i] = (float) random.nextGaussian();
      }
      float[] expected = Reference.outputs(tested.file(), InputEncoding.UNIT, images, COUNT);
      float[] actual = new float[COUNT * model.classes()];

      model.logits(images, COUNT, actual);

      assertThat(actual).hasSameSizeAs(expected);
      for (int i = 0; i < expected.length; i++) {
        assertThat((double) actual[i])
            .as("value %d", i)
            .isCloseTo(expected[i], within(1e-5 * Math.max(1, Math.abs(expected[i]))));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientIsTheSlope(OperatorCases.Case tested) {
    try (TfliteModel model =
        new TfliteModel(new TfliteFile(tested.file()), InputEncoding.UNIT, DataType.FLOAT64)) {
      FiniteDifferences.check(model, COUNT, new Random(2));
    }
  }
}
