package io.stopline.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.model.DetectorFormat.AnchoredBoxes;
import io.stopline.sdk.model.DetectorMetadata;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.testing.AnchoredModel;
import io.stopline.testing.YoloModel;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Boxes relative to anchors rebuilt with gradients are what TensorFlow Lite's numbers mean. */
final class DifferentiableAnchoredTest {

  private static final int N = AnchoredModel.CANDIDATES;
  private static final int LABELS = 3;

  /** Without anchors, as manifests have it: they come of the file. */
  private static final AnchoredBoxes FORMAT = new AnchoredBoxes(FrameFit.STRETCH, true, 0.45);

  private static float[] image(int size) {
    Random random = new Random(5);
    float[] image = new float[size];
    for (int i = 0; i < size; i++) {
      // Steps of a byte, so that full integers see the same picture.
      image[i] = random.nextInt(256) / 255f;
    }
    return image;
  }

  /** All outputs as real numbers, in the file's order, and the coarsest step. */
  private static double[][] outputs(byte[] file, float[] image, double[] step) {
    try (TfLiteModel model = TfLiteModel.load("toy", file, RuntimeOptions.defaults())) {
      TensorSpec in = model.inputs().get(0);
      ByteBuffer to = model.input(0).order(ByteOrder.nativeOrder());
      for (int i = 0; i < image.length; i++) {
        if (in.type() == ElementType.FLOAT32) {
          to.putFloat(4 * i, image[i]);
        } else {
          to.put(i, (byte) (Math.round(image[i] / in.scale()) + in.zeroPoint()));
        }
      }
      model.invoke();
      double[][] all = new double[2][];
      for (int o = 0; o < 2; o++) {
        TensorSpec spec = model.outputs().get(o);
        ByteBuffer from = model.output(o).duplicate().order(ByteOrder.nativeOrder());
        all[o] = new double[spec.elements()];
        for (int i = 0; i < all[o].length; i++) {
          all[o][i] =
              spec.type() == ElementType.FLOAT32
                  ? from.getFloat(4 * i)
                  : spec.scale() * (from.get(i) - spec.zeroPoint());
        }
        step[0] = Math.max(step[0], spec.scale());
      }
      return all;
    }
  }

  @ParameterizedTest
  @EnumSource(AnchoredModel.class)
  void candidatesAreThoseOfTensorFlowLite(AnchoredModel model) {
    DetectorMetadata told = DetectorMetadata.of(model.bytes()).orElseThrow();
    double place = told.anchors().scaleX();
    double size = told.anchors().scaleHeight();
    try (DifferentiableDetector detector =
        TfliteModels.openDetector(model.bytes(), InputEncoding.UNIT, FORMAT)) {
      assertThat(detector.candidates()).isEqualTo(N);
      assertThat(detector.labels()).isEqualTo(LABELS);
      float[] image = image(detector.shape().size());
      double[] step = new double[1];
      double[][] exact = outputs(model.bytes(), image, step);
      double[] codes = exact[model.isLogits() ? 1 : 0];
      double[] scores = exact[model.isLogits() ? 0 : 1];
      double boxOff = 0;
      double scoreOff = 0;
      try (DifferentiableDetector.Recording recording = detector.record(image, 1)) {
        for (int n = 0; n < N; n++) {
          double w = YoloModel.WIDTH * told.anchors().width(n);
          double h = YoloModel.HEIGHT * told.anchors().height(n);
          double y = YoloModel.HEIGHT * told.anchors().y(n) + codes[4 * n] / place * h;
          double x = YoloModel.WIDTH * told.anchors().x(n) + codes[4 * n + 1] / place * w;
          double halfHeight = Math.exp(codes[4 * n + 2] / size) * h / 2;
          double halfWidth = Math.exp(codes[4 * n + 3] / size) * w / 2;
          double[] box = {x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight};
          for (int e = 0; e < 4; e++) {
            // In sides of the anchor, in which numbers are rounded.
            double off = Math.abs(recording.boxes()[4 * n + e] - box[e]) / w;
            boxOff = Math.max(boxOff, off);
          }
          for (int c = 0; c < LABELS; c++) {
            double logit = recording.scores()[LABELS * n + c];
            double given = scores[LABELS * n + c];
            double p = model.isLogits() ? 1 / (1 + Math.exp(-given)) : given;
            scoreOff = Math.max(scoreOff, Math.abs(1 / (1 + Math.exp(-logit)) - p));
          }
        }
      }
      System.out.printf(
          "%s: boxes within %.2e of an anchor's side, probabilities within %.2e; step %.2e%n",
          model, boxOff, scoreOff, step[0]);
      boolean rounded = model == AnchoredModel.RED_INT8;
      assertThat(boxOff).isLessThan(1e-4);
      assertThat(scoreOff).isLessThan(rounded ? 2.01 * step[0] : 1e-4);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = AnchoredModel.class,
      names = {"RED", "RED_LOGITS"})
  void gradientsAreFiniteDifferences(AnchoredModel model) {
    AnchoredBoxes complete = (AnchoredBoxes) DetectorMetadata.complete(FORMAT, model.bytes());
    try (TfliteDetector detector =
        new TfliteDetector(
            new TfliteFile(model.bytes()), InputEncoding.UNIT, complete, DataType.FLOAT64)) {
      Random random = new Random(3);
      double[] image = random.doubles(detector.shape().size()).toArray();
      double[] cotangent = random.doubles(N * (4 + LABELS), -1, 1).toArray();
      double[] values = new double[cotangent.length];
      double[] gradient = new double[image.length];
      detector.gradient(image, 1, cotangent, values, gradient);
      for (int d = 0; d < 4; d++) {
        double[] direction = random.doubles(image.length, -1, 1).toArray();
        double step = 1e-6;
        double[] ends = new double[2];
        for (int side = 0; side < 2; side++) {
          double[] moved = image.clone();
          for (int i = 0; i < moved.length; i++) {
            moved[i] += (side == 0 ? -step : step) * direction[i];
          }
          detector.values(moved, 1, values);
          for (int i = 0; i < values.length; i++) {
            ends[side] += values[i] * cotangent[i];
          }
        }
        double slope = (ends[1] - ends[0]) / (2 * step);
        double along = 0;
        for (int i = 0; i < image.length; i++) {
          along += gradient[i] * direction[i];
        }
        assertThat(Math.abs(along - slope) / (1 + Math.abs(slope))).isLessThan(1e-5);
      }
    }
  }

  @Test
  void aFileWithoutAnchorsIsRefused() {
    assertThatThrownBy(
            () -> TfliteModels.openDetector(YoloModel.V8_RED.bytes(), InputEncoding.UNIT, FORMAT))
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("its metadata have 0 anchors");
  }
}
