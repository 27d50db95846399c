package io.stopline.training.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.sdk.model.InputEncoding;
import io.stopline.testing.LabelledBoxesModel;
import io.stopline.testing.YoloModel;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import io.stopline.training.architecture.YoloFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The YOLO files that tests of other modules use come from here; the files hold nothing else. */
final class YoloModelFilesTest {

  private static final int FRAMES = 8;

  @ParameterizedTest
  @EnumSource(YoloModel.class)
  void theFileIsWhatIsWrittenNow(YoloModel model) throws IOException {
    YoloFiles.Form form =
        new YoloFiles.Form(
            model.isV5(),
            model.isRed(),
            model.isV5() || model.isRed() ? 0 : 16,
            model.isNormalised(),
            false,
            true);
    byte[] written =
        model.isInteger()
            ? integers(YoloFiles.write(form.withoutSlices()), model.isV5())
            : YoloFiles.write(form);
    Files.write(Path.of("target", model.file()), written); // to be taken over if it is another

    if (model.isInteger()) {
      // Ranges are measured, which another processor rounds in another way.
      assertThat(written).hasSameSizeAs(model.bytes());
      assertThat(largestDifference(written, model.bytes())).isLessThanOrEqualTo(2);
    } else {
      assertThat(Arrays.equals(written, model.bytes())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(LabelledBoxesModel.class)
  void theFileOfLabelledBoxesIsWhatIsWrittenNow(LabelledBoxesModel model) throws IOException {
    byte[] written =
        YoloFiles.writeLabelled(model == LabelledBoxesModel.BEST ? LabelledBoxesModel.ROWS : 0);
    Files.write(Path.of("target", model.file()), written); // to be taken over if it is another
    assertThat(Arrays.equals(written, model.bytes())).isTrue();
  }

  /** Of two full-integer files' outputs for one frame, in steps. */
  private static int largestDifference(byte[] one, byte[] other) {
    byte[][] outputs = {run(one), run(other)};
    int largest = 0;
    for (int i = 0; i < outputs[0].length; i++) {
      largest = Math.max(largest, Math.abs((byte) (outputs[0][i] - outputs[1][i])));
    }
    return largest;
  }

  private static byte[] run(byte[] file) {
    float[] pixels = new float[3 * YoloModel.WIDTH * YoloModel.HEIGHT];
    frame(FRAMES, pixels);
    try (TfLiteModel model = TfLiteModel.loadBuilt("yolo", file, RuntimeOptions.defaults())) {
      int zero = model.inputs().get(0).zeroPoint();
      ByteBuffer in = model.input(0);
      for (int i = 0; i < pixels.length; i++) {
        in.put(i, (byte) (Math.round(255 * pixels[i]) + zero));
      }
      model.invoke();
      byte[] out = new byte[model.outputs().get(0).bytes()];
      model.output(0).get(out);
      return out;
    }
  }

  private static byte[] integers(byte[] file, boolean unsigned) {
    FloatGraph graph = FloatGraph.readAny(file);
    graph.simplify(IntegerGraph.pixels(InputEncoding.UNIT));
    Map<Integer, ActivationStatistics> statistics =
        Quantizer.statistics(graph, YoloModelFilesTest::frame, FRAMES);
    IntegerGraph integers =
        new IntegerGraph(
            graph,
            InputEncoding.UNIT,
            t -> Quantizer.of(statistics, t).range(RangeRule.MIN_MAX),
            t -> Quantizer.of(statistics, t).means());
    return integers.write(graph.outputs(), unsigned);
  }

  /** Noise of any brightness, and a red square. */
  private static void frame(int number, float[] to) {
    Random random = new Random(number);
    float grey = random.nextFloat();
    for (int i = 0; i < to.length; i++) {
      to[i] = Math.max(0, Math.min(1, grey + 0.2f * (random.nextFloat() - 0.5f)));
    }
    int left = random.nextInt(YoloModel.WIDTH - 16);
    int top = random.nextInt(YoloModel.HEIGHT - 16);
    for (int y = top; y < top + 16; y++) {
      for (int x = left; x < left + 16; x++) {
        int at = 3 * (y * YoloModel.WIDTH + x);
        to[at] = 1;
        to[at + 1] = 0;
        to[at + 2] = 0;
      }
    }
  }
}
