package io.stopline.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.sdk.model.InputEncoding;
import io.stopline.testing.SharedFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Batches, recordings, closing and refusals of rebuilt classifiers. */
final class TfliteModelTest {
  private static final String MOBILE = "models/mobile-float32.tflite";
  private static final int PASSES = 2000;

  @Test
  void imagesOfABatchDoNotInfluenceEachOther() {
    try (DifferentiableModel model = open(MOBILE)) {
      int count = 37;
      int size = model.shape().size();
      int classes = model.classes();
      float[] images = SharedData.photographs(count, model.shape());
      float[] cotangent = random(count * classes);
      float[] logits = new float[count * classes];
      float[] gradient = new float[count * size];
      gradient(model, images, count, cotangent, logits, gradient);

      for (int n : new int[] {0, 17, 36}) {
        float[] alone = new float[classes];
        float[] slope = new float[size];
        gradient(
            model,
            Arrays.copyOfRange(images, n * size, (n + 1) * size),
            1,
            Arrays.copyOfRange(cotangent, n * classes, (n + 1) * classes),
            alone,
            slope);
        assertThat(alone).containsExactly(slice(logits, n, classes), within(1e-4f));
        assertThat(slope).containsExactly(slice(gradient, n, size), within(1e-4f));
      }
    }
  }

  @Test
  void aRecordingCanBeWalkedBackManyTimesWhileOthersAreOpen() {
    try (DifferentiableModel a = open(MOBILE);
        DifferentiableModel b = open("models/res-float32.tflite");
        DifferentiableModel c = open("models/local-float32.tflite")) {
      int count = 10;
      float[] images = SharedData.photographs(count, a.shape());
      float[] cotangent = random(count * a.classes());
      List<DifferentiableModel> models = List.of(a, b, c);
      List<float[]> expected =
          models.stream()
              .map(
                  m -> {
                    float[] gradient = new float[images.length];
                    gradient(m, images, count, cotangent, new float[cotangent.length], gradient);
                    return gradient;
                  })
              .toList();

      try (DifferentiableModel.Recording ra = a.record(images, count);
          DifferentiableModel.Recording rb = b.record(images, count);
          DifferentiableModel.Recording rc = c.record(images, count)) {
        List<DifferentiableModel.Recording> recordings = List.of(rc, ra, rb, ra, rc);
        List<Integer> order = List.of(2, 0, 1, 0, 2);
        // Another batch in between must not disturb what was recorded.
        a.logits(new float[images.length], count, new float[cotangent.length]);
        for (int i = 0; i < order.size(); i++) {
          float[] gradient = new float[images.length];
          recordings.get(i).backward(cotangent, gradient);
          assertThat(gradient).isEqualTo(expected.get(order.get(i)));
        }
        float[] twice = new float[images.length];
        float[] doubled = cotangent.clone();
        for (int i = 0; i < doubled.length; i++) {
          doubled[i] *= 2;
        }
        ra.backward(doubled, twice);
        for (int i = 0; i < twice.length; i++) {
          twice[i] /= 2;
        }
        assertThat(twice).containsExactly(expected.get(0), within(1e-5f));
      }
    }
  }

  /** PyTorch must own what a gradient needs: memory of Java that nobody refers to is given away. */
  @Test
  void garbageCollectionBetweenPassesChangesNothing() {
    for (String name : List.of(MOBILE, "models/res-int8.tflite")) {
      try (DifferentiableModel model = open(name)) {
        float[] images = SharedData.photographs(2, model.shape());
        float[] cotangent = random(2 * model.classes());
        float[] expected = new float[images.length];
        gradient(model, images, 2, cotangent, new float[cotangent.length], expected);
        float[] actual = new float[images.length];
        try (DifferentiableModel.Recording recording = model.record(images, 2)) {
          System.gc();
          for (int i = 0; i < 50; i++) {
            // Taken from what the collector has freed, and zeroed.
            assertThat(ByteBuffer.allocateDirect(1 << i % 12).get(0)).isZero();
          }
          recording.backward(cotangent, actual);
        }
        assertThat(actual).isEqualTo(expected);
      }
    }
  }

  @Test
  void passesLeaveNothingBehind() throws IOException {
    Assumptions.assumeTrue(
        Files.exists(Path.of("/proc/self/status")), "resident memory is read on Linux only");
    try (DifferentiableModel model = open(MOBILE)) {
      float[] images = SharedData.photographs(2, model.shape());
      float[] cotangent = random(2 * model.classes());
      float[] logits = new float[cotangent.length];
      float[] gradient = new float[images.length];
      TfliteModel counted = (TfliteModel) model;
      for (int pass = 0; pass < PASSES / 10; pass++) {
        gradient(model, images, 2, cotangent, logits, gradient);
      }
      int arrays = counted.arrays();
      long before = residentKilobytes();
      for (int pass = 0; pass < PASSES; pass++) {
        gradient(model, images, 2, cotangent, logits, gradient);
      }

      assertThat(counted.arrays()).isEqualTo(arrays);
      // One leaked activation a pass would be 2,000 × 256 KB. Half of that leaves room for the
      // collector's own pace: pages of the Java heap that it touches first now count here too.
      assertThat(residentKilobytes() - before).isLessThan(PASSES * 128L);
    }
  }

  @Test
  void whatIsClosedSaysSo() {
    DifferentiableModel model = open(MOBILE);
    float[] images = SharedData.photographs(1, model.shape());
    float[] gradient = new float[images.length];
    float[] cotangent = new float[model.classes()];
    DifferentiableModel.Recording recording = model.record(images, 1);
    recording.close();
    recording.close();
    assertThatThrownBy(() -> recording.backward(cotangent, gradient))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("record the batch again");
    DifferentiableModel.Recording left = model.record(images, 1);
    model.close();
    model.close();
    assertThatThrownBy(() -> left.backward(cotangent, gradient))
        .isInstanceOf(IllegalStateException.class);
    left.close();
    assertThatThrownBy(() -> model.logits(images, 1, cotangent))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("open it again");
  }

  @Test
  void arraysThatAreTooShortAreRefused() {
    try (DifferentiableModel model = open(MOBILE)) {
      float[] images = new float[model.shape().size()];
      assertThatThrownBy(() -> model.logits(images, 2, new float[2 * model.classes()]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("images has 3072 values; 6144 are needed");
      assertThatThrownBy(() -> model.record(images, 0))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void anUnknownOperatorIsNamedAndTheCureToo() {
    byte[] file = SharedFiles.bytes("data/models/invalid_model_invoking_error.tflite");
    assertThatThrownBy(() -> TfliteModels.open(file, InputEncoding.UNIT).close())
        .isInstanceOfAny(UnsupportedOperatorException.class, UnusableModelException.class);
    assertThat(new UnsupportedOperatorException(List.of("FFT", "custom 'x'"), "they are not known"))
        .hasMessageContaining("FFT, custom 'x'")
        .hasMessageContaining("square");
  }

  @Test
  void detectorsAreRefusedByTheOperatorThatEndsThem() {
    byte[] file = SharedFiles.bytes("data/models/ssd_mobilenet_v1_coco_quant_metadata.tflite");
    assertThatThrownBy(() -> TfliteModels.open(file, InputEncoding.UNIT).close())
        .isInstanceOf(UnsupportedOperatorException.class)
        .hasMessageContaining("TFLite_Detection_PostProcess");
  }

  @Test
  void damagedFilesAreRefusedAndNeverCrash() {
    assertThatThrownBy(() -> TfliteModels.open(new byte[0], InputEncoding.UNIT).close())
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("empty");
    byte[] text = "this is no model, it is a sentence".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> TfliteModels.open(text, InputEncoding.UNIT).close())
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("no TensorFlow Lite flatbuffer");
    byte[] whole = SharedFiles.bytes(MOBILE);
    Random random = new Random(3);
    for (int i = 0; i < 60; i++) {
      byte[] damaged =
          Arrays.copyOf(whole, i % 2 == 0 ? whole.length : random.nextInt(whole.length));
      for (int flips = 0; flips < 20 && damaged.length > 2000; flips++) {
        // The tables stand at both ends, the weights between them.
        int at = random.nextInt(2000);
        damaged[random.nextBoolean() ? at : damaged.length - 1 - at] ^=
            (byte) (1 << random.nextInt(8));
      }
      try (DifferentiableModel model = TfliteModels.open(damaged, InputEncoding.UNIT)) {
        assertThat(model.classes()).isGreaterThanOrEqualTo(2);
      } catch (UnusableModelException | UnsupportedOperatorException e) {
        assertThat(e).hasMessageMatching("(?s).{20,}");
      }
    }
  }

  private static DifferentiableModel open(String name) {
    return TfliteModels.open(SharedFiles.bytes(name), InputEncoding.UNIT);
  }

  private static void gradient(
      DifferentiableModel model,
      float[] images,
      int count,
      float[] cotangent,
      float[] logits,
      float[] gradient) {
    try (DifferentiableModel.Recording recording = model.record(images, count)) {
      System.arraycopy(recording.logits(), 0, logits, 0, logits.length);
      recording.backward(cotangent, gradient);
    }
  }

  private static org.assertj.core.data.Offset<Float> within(float tolerance) {
    return org.assertj.core.data.Offset.offset(tolerance);
  }

  private static float[] slice(float[] values, int n, int size) {
    return Arrays.copyOfRange(values, n * size, (n + 1) * size);
  }

  private static float[] random(int size) {
    Random random = new Random(11);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  private static long residentKilobytes() throws IOException {
    Matcher line =
        Pattern.compile("VmRSS:\\s+(\\d+) kB")
            .matcher(Files.readString(Path.of("/proc/self/status")));
    assertThat(line.find()).isTrue();
    return Long.parseLong(line.group(1));
  }
}
