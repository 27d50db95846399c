package io.stopline.training.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.testing.ToyModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.Conv2DOptionsT;
import org.tensorflow.lite.schema.FullyConnectedOptionsT;
import org.tensorflow.lite.schema.Padding;
import org.tensorflow.lite.schema.ReducerOptionsT;
import org.tensorflow.lite.schema.SoftmaxOptionsT;

/** The models that tests of other modules use come from here; the files hold nothing else. */
final class ToyModelFilesTest {

  private static final int STRIDE = 8;
  private static final int BOX = 24;

  /** How red a pixel is, of R, G, B in 0..1. */
  private static final float[] RED = {1, -0.5f, -0.5f};

  @Test
  void theFinderIsWrittenAgainByteByByte() throws IOException {
    same(finder(), ToyModels.finder(), "toy-finder.tflite");
  }

  @Test
  void theVerifierIsWrittenAgainByteByByte() throws IOException {
    same(verifier(), ToyModels.verifier(), "toy-verifier.tflite");
  }

  /** Where they differ, the new file lies in {@code target}, to be looked at and taken over. */
  private static void same(byte[] written, byte[] kept, String name) throws IOException {
    if (!Arrays.equals(written, kept)) {
      Files.write(Path.of("target", name), written);
    }
    assertThat(written).as("%s; what is written now lies in target", name).isEqualTo(kept);
  }

  /** Redness of a box less that of twice the box around it; a box of fixed size in each cell. */
  private static byte[] finder() {
    ModelWriter writer = new ModelWriter("toy detector: finds what is red");
    int image = writer.floats("image", 1, 128, 192, 3);
    int wide = 2 * BOX;
    float[] kernel = new float[wide * wide * 3];
    for (int y = 0; y < wide; y++) {
      for (int x = 0; x < wide; x++) {
        boolean inside = Math.abs(2 * y + 1 - wide) < BOX && Math.abs(2 * x + 1 - wide) < BOX;
        float weight = inside ? 20f / (BOX * BOX) : -20f / (3 * BOX * BOX);
        for (int c = 0; c < 3; c++) {
          kernel[(y * wide + x) * 3 + c] = weight * RED[c];
        }
      }
    }
    int score =
        conv(writer, "score", image, kernel, new float[] {-3}, new int[] {1, wide, wide, 3});
    int heat = writer.floats("heat", 1, 128 / STRIDE, 192 / STRIDE, 1);
    writer.operator(BuiltinOperator.LOGISTIC, 1, null, new int[] {score}, heat);
    float side = (float) Math.log(BOX / (double) STRIDE);
    int boxes =
        conv(
            writer,
            "boxes",
            image,
            new float[4 * 3],
            new float[] {0, 0, side, side},
            new int[] {4, 1, 1, 3});
    return writer.write(image, boxes, heat);
  }

  private static int conv(
      ModelWriter writer, String name, int image, float[] kernel, float[] bias, int[] shape) {
    int out = writer.floats(name, 1, 128 / STRIDE, 192 / STRIDE, shape[0]);
    Conv2DOptionsT options = new Conv2DOptionsT();
    options.setPadding(Padding.SAME);
    options.setStrideH(STRIDE);
    options.setStrideW(STRIDE);
    options.setDilationHFactor(1);
    options.setDilationWFactor(1);
    int weights = writer.constant(name + "/kernel", kernel, shape);
    int shift = writer.constant(name + "/bias", bias, shape[0]);
    writer.operator(BuiltinOperator.CONV_2D, 1, options, new int[] {image, weights, shift}, out);
    return out;
  }

  private static byte[] verifier() {
    ModelWriter writer = new ModelWriter("toy verifier: what is red is a sign");
    int image = writer.floats("image", 1, 16, 16, 3);
    int mean = writer.floats("mean", 1, 3);
    int axes = writer.integers("axes", new int[] {1, 2}, 2);
    writer.operator(BuiltinOperator.MEAN, 1, new ReducerOptionsT(), new int[] {image, axes}, mean);
    int logits = writer.floats("logits", 1, 2);
    float[] matrix = {0, 0, 0, 20 * RED[0], 20 * RED[1], 20 * RED[2]};
    int weights = writer.constant("dense/kernel", matrix, 2, 3);
    int bias = writer.constant("dense/bias", new float[] {0, -2}, 2);
    writer.operator(
        BuiltinOperator.FULLY_CONNECTED,
        1,
        new FullyConnectedOptionsT(),
        new int[] {mean, weights, bias},
        logits);
    int probabilities = writer.floats("probabilities", 1, 2);
    SoftmaxOptionsT softmax = new SoftmaxOptionsT();
    softmax.setBeta(1);
    writer.operator(BuiltinOperator.SOFTMAX, 1, softmax, new int[] {logits}, probabilities);
    return writer.write(image, probabilities);
  }
}
