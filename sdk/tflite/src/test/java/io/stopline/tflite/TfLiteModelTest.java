package io.stopline.tflite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.VisionModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TfLiteModelTest {

  private static final RuntimeOptions DEFAULTS = RuntimeOptions.defaults();

  /**
   * The reference came from TensorFlow Lite 2.21 in Python. int8 is integer arithmetic: equal on
   * every processor. float32 sums in an order that depends on the vector width, so it is held to
   * 1e-5 (one part in 10^5 of a probability) and is bit-equal where the processor is the same.
   */
  @ParameterizedTest
  @CsvSource({
    "mobile-int8.tflite, 0",
    "res-int8.tflite, 0",
    "local-int8.tflite, 0",
    "mobile-float32.tflite, 1e-5",
    "res-float32.tflite, 1e-5",
    "local-float32.tflite, 1e-5"
  })
  void givesTheReferenceOutputs(String file, double tolerance) throws IOException {
    JsonNode reference = SharedData.referenceOutputs();
    List<Integer> numbers = new ArrayList<>();
    reference.get("numbers").forEach(n -> numbers.add(n.asInt()));
    List<byte[]> images = SharedData.testImages(numbers);
    JsonNode expected = reference.get("models").get(file).get("outputs");
    int unequalBits = 0;

    try (TfLiteModel model = load(file, DEFAULTS)) {
      boolean real = model.inputs().get(0).type() == ElementType.FLOAT32;
      assertThat(model.delegate()).isEqualTo("xnnpack");
      assertThat(images).hasSize(10);
      for (int i = 0; i < images.size(); i++) {
        byte[] image = images.get(i);
        model.input(0).put(real ? SharedData.asFloat32(image) : image);
        model.invoke();
        ByteBuffer output = model.output(0);
        assertThat(expected.get(i)).hasSize(model.outputs().get(0).elements());
        for (int c = 0; c < expected.get(i).size(); c++) {
          double want = expected.get(i).get(c).asDouble();
          double got = real ? output.getFloat(4 * c) : output.get(c) & 0xff;
          assertThat(Math.abs(got - want)).isLessThanOrEqualTo(tolerance);
          unequalBits += got == (real ? (float) want : want) ? 0 : 1;
        }
      }
    }
    System.out.println(file + ": outputs that differ in any bit: " + unequalBits + " of 430");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cifar10_resnet8_float.tflite",
        "cifar10_resnet8_int8.tflite",
        "mobile_object_localizer_v1_1_metadata_2.tflite",
        "mobilenet_v1_0.25_128_quant.tflite",
        "mobilenet_v1_0.5_160_quant.tflite",
        "mobilenet_v2_1.0_224_quant.tflite",
        "ssd_mobilenet_v1_coco_quant_metadata.tflite",
        "tf2_mobilenet_v2_1.0_224_ptq.tflite",
        "vww_96_float.tflite",
        "vww_96_int8.tflite"
      })
  void loadsAndRunsThirdPartyModels(String file) {
    byte[] bytes = SharedData.bytes(SharedData.thirdParty(file));
    try (TfLiteModel model = TfLiteModel.load(file, bytes, DEFAULTS)) {
      model.invoke();
      System.out.printf(
          "%s: %s, %s -> %s%n", file, model.delegate(), model.inputs(), model.outputs());
      assertThat(model.input(0).capacity()).isEqualTo(model.inputs().get(0).bytes());
      assertThat(model.delegate()).isEqualTo("xnnpack");
    }
  }

  @Test
  void handsOutTheTensorsOwnMemory() {
    try (TfLiteModel model = load("mobile-int8.tflite", DEFAULTS)) {
      ByteBuffer early = model.input(0);
      assertThat(early.isDirect()).isTrue();
      assertThat(early.order()).isEqualTo(ByteOrder.nativeOrder());
      early.put(5, (byte) 77);
      assertThat(model.input(0).get(5)).isEqualTo((byte) 77);
      assertThat(model.input(0).position()).isZero();
    }
  }

  @Test
  void aBatchGivesWhatSingleImagesGive() throws IOException {
    List<byte[]> images = SharedData.testImages(List.of(0, 1263, 2526, 3789));
    try (TfLiteModel single = load("res-int8.tflite", DEFAULTS);
        TfLiteModel batched = load("res-int8.tflite", DEFAULTS.withBatch(4))) {
      assertThat(batched.inputs().get(0).shape()).containsExactly(4, 32, 32, 3);
      assertThat(batched.outputs().get(0).shape()).containsExactly(4, 43);
      ByteBuffer input = batched.input(0);
      images.forEach(input::put);
      batched.invoke();
      ByteBuffer all = batched.output(0);
      for (byte[] image : images) {
        single.input(0).put(image);
        single.invoke();
        byte[] slice = new byte[43];
        all.get(slice);
        assertThat(slice).isEqualTo(copy(single.output(0)));
      }
    }
  }

  @Test
  void moreThreadsGiveTheSameInt8Outputs() throws IOException {
    byte[] image = SharedData.testImages(List.of(5052)).get(0);
    try (TfLiteModel one = load("res-int8.tflite", DEFAULTS);
        TfLiteModel two = load("res-int8.tflite", DEFAULTS.withThreads(2))) {
      assertThat(run(two, image)).isEqualTo(run(one, image));
    }
  }

  @Test
  void instancesRunSideBySide() throws Exception {
    List<byte[]> images = SharedData.testImages(List.of(0, 7578));
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try (TfLiteModel reference = load("mobile-int8.tflite", DEFAULTS)) {
      List<byte[]> expected = images.stream().map(i -> run(reference, i)).toList();
      List<Future<Boolean>> futures = new ArrayList<>();
      for (int t = 0; t < 2; t++) {
        int thread = t;
        futures.add(
            pool.submit(
                () -> {
                  try (TfLiteModel model = load("mobile-int8.tflite", DEFAULTS)) {
                    boolean equal = true;
                    for (int i = 0; i < 500; i++) {
                      int pick = (i + thread) % 2;
                      equal &= Arrays.equals(run(model, images.get(pick)), expected.get(pick));
                    }
                    return equal;
                  }
                }));
      }
      for (Future<Boolean> future : futures) {
        assertThat(future.get()).isTrue();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void isClosedOnceAndForAll() {
    TfLiteModel model = load("mobile-int8.tflite", DEFAULTS);
    model.close();
    model.close();
    assertThatThrownBy(model::invoke)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("mobile-int8.tflite")
        .hasMessageContaining("load it again");
    assertThatThrownBy(() -> model.input(0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> model.output(0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void refusesWhatIsNoModel() {
    assertInvalid(new byte[0], "'m' is empty");
    assertInvalid(new byte[3], "no TensorFlow Lite flatbuffer");
    assertInvalid(
        "<html>not found</html>".getBytes(java.nio.charset.StandardCharsets.US_ASCII), "web page");
    assertInvalid(new byte[TfLiteModel.MAX_MODEL_BYTES + 1], "at most");
    byte[] onlyIdentifier = new byte[64];
    System.arraycopy(new byte[] {'T', 'F', 'L', '3'}, 0, onlyIdentifier, 4, 4);
    assertInvalid(onlyIdentifier, "truncated or corrupt");
  }

  @Test
  void refusesATruncatedModel() {
    byte[] whole = SharedData.bytes(SharedData.model("mobile-int8.tflite"));
    assertInvalid(Arrays.copyOf(whole, whole.length / 2), "truncated or corrupt");
  }

  @Test
  void refusesTheModelThatIsInvalidOnPurpose() {
    assertThatThrownBy(
            () -> {
              try (TfLiteModel model =
                  TfLiteModel.load(
                      "m",
                      SharedData.bytes(
                          SharedData.thirdParty("invalid_model_invoking_error.tflite")),
                      DEFAULTS)) {
                model.invoke();
              }
            })
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("'m' uses the custom operators 'fake-op-double'");
  }

  @Test
  void refusesOperatorsThatAreNewerThanTheRuntime() {
    ByteBuffer file =
        ByteBuffer.wrap(SharedData.bytes(SharedData.model("local-int8.tflite")))
            .order(ByteOrder.LITTLE_ENDIAN);
    // Operators of version 1 may leave their version out.
    int codes = follow(file, field(file, file.getInt(0), 1));
    int code = follow(file, codes + 4);
    for (int i = 1; field(file, code, 2) == code; i++) {
      code = follow(file, codes + 4 + 4 * i);
    }
    file.putInt(field(file, code, 2), 99);
    assertInvalid(file.array(), "version 99, which TensorFlow Lite 2.21 does not know");
  }

  /** Where a flatbuffer's table has a field; the table itself if it has none. */
  private static int field(ByteBuffer file, int table, int number) {
    int fields = table - file.getInt(table);
    int slot = 4 + 2 * number;
    return slot < file.getShort(fields) ? table + file.getShort(fields + slot) : table;
  }

  private static int follow(ByteBuffer file, int position) {
    return position + file.getInt(position);
  }

  @Test
  void addsNextToNothingToTheInterpreter() {
    try (TfLiteModel model = load("mobile-int8.tflite", DEFAULTS)) {
      long before = allocatedBytes();
      for (int i = 0; i < 2000; i++) {
        model.invoke();
      }
      long allocated = allocatedBytes() - before;
      assertThat(allocated).as("bytes allocated by 2000 invocations").isLessThan(20_000);
    }
  }

  @Test
  void givesBackItsNativeMemory() throws IOException {
    byte[] bytes = SharedData.bytes(SharedData.model("local-int8.tflite"));
    for (int i = 0; i < 200; i++) {
      loadRunClose(bytes);
    }
    System.gc();
    long before = residentKilobytes();
    for (int i = 0; i < 2000; i++) {
      loadRunClose(bytes);
    }
    System.gc();
    long grown = residentKilobytes() - before;
    System.out.println("resident memory grew by " + grown + " kB over 2000 load/close cycles");
    // A leak of the model's bytes alone would be 280 MB.
    assertThat(grown).isLessThan(40_000);
  }

  private static void loadRunClose(byte[] bytes) {
    try (TfLiteModel model = TfLiteModel.load("m", bytes, DEFAULTS)) {
      model.invoke();
    }
  }

  private static long residentKilobytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
      }
    }
    return 0;
  }

  private static long allocatedBytes() {
    return ((com.sun.management.ThreadMXBean)
            java.lang.management.ManagementFactory.getThreadMXBean())
        .getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  private static void assertInvalid(byte[] bytes, String reason) {
    assertThatThrownBy(() -> TfLiteModel.load("m", bytes, DEFAULTS))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("'m'")
        .hasMessageContaining(reason);
  }

  private static TfLiteModel load(String file, RuntimeOptions options) {
    return TfLiteModel.load(file, SharedData.bytes(SharedData.model(file)), options);
  }

  private static byte[] run(VisionModel model, byte[] image) {
    model.input(0).put(image);
    model.invoke();
    return copy(model.output(0));
  }

  private static byte[] copy(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
