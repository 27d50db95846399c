package io.stopline.sdk.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFileTest {

  private static final int FIXED_TAG = 7 << 3;

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] zip(String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : names) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(latin("content of " + name));
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  /** A length-delimited protocol buffer field. */
  private static String field(int number, String content) {
    StringBuilder text = new StringBuilder().append((char) ((number << 3) | 2));
    int length = content.length();
    while (length > 0x7f) {
      text.append((char) ((length & 0x7f) | 0x80));
      length >>= 7;
    }
    return text.append((char) length).append(content).toString();
  }

  private static String number(int field, int value) {
    return "" + (char) (field << 3) + (char) value;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version https://git-lfs.github.com/spec/v1 | Git LFS pointer | git lfs pull",
        "<!DOCTYPE html><html><title>Sign in</title> | web page | download the file itself",
        "<?xml version='1.0'?><Error><Code>AccessDenied | XML | download",
        "{\"format\":\"layers-model\",\"modelTopology\":{} | TensorFlow.js | convert",
        "{\"error\":\"not found\", \"status\": 404} | JSON | give a .tflite file",
        "import tensorflow as tf | text that begins with 'import tensorflow as tf' | .tflite"
      })
  void textIsCalledWhatItIs(String content, String what, String cure) {
    byte[] file = (content + "\n".repeat(20)).getBytes(StandardCharsets.UTF_8);
    assertThat(ModelFile.problem(file)).contains(what.strip(), cure.strip());
  }

  @Test
  void anEmptyFileIsCalledEmpty() {
    assertThat(ModelFile.problem(new byte[0])).contains("is empty (0 bytes)");
    assertThat(ModelFile.problem(new byte[100])).contains("no TensorFlow Lite flatbuffer");
  }

  @Test
  void kerasFilesComeWithTheLinesThatConvertThem() throws IOException {
    String lines = "tf.lite.TFLiteConverter.from_keras_model(tf.keras.models.load_model('FILE'))";
    assertThat(ModelFile.problem(latin("\u0089HDF\r\n\u001a\n" + "\0".repeat(100))))
        .startsWith("is a Keras model or its weights in HDF5")
        .contains(lines);
    assertThat(ModelFile.problem(zip("metadata.json", "config.json", "model.weights.h5")))
        .startsWith("is a Keras model (.keras)")
        .contains(lines);
  }

  @Test
  void archivesAreToldApartByTheNamesInThem() throws IOException {
    assertThat(ModelFile.problem(zip("archive/data.pkl", "archive/data/0")))
        .startsWith("is a PyTorch model");
    assertThat(ModelFile.problem(zip("readme.txt", "signs/model.tflite")))
        .startsWith("is a zip archive that holds 'signs/model.tflite'; unpack it first");
    assertThat(ModelFile.problem(zip("m/saved_model.pb", "m/variables/variables.index")))
        .startsWith("is a zip archive that holds a TensorFlow SavedModel");
    assertThat(ModelFile.problem(zip("readme.txt"))).contains("without a .tflite file in it");
    byte[] cut = Arrays.copyOf(zip("a.tflite", "b.tflite"), 60);
    assertThat(ModelFile.problem(cut)).startsWith("is a zip archive");

    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
      out.write(new byte[100]);
    }
    assertThat(ModelFile.problem(gzip.toByteArray()))
        .isEqualTo("is a gzip archive; unpack it first");
    byte[] tar = new byte[1024];
    System.arraycopy(latin("model.tflite"), 0, tar, 0, 12);
    System.arraycopy(latin("ustar"), 0, tar, 257, 5);
    assertThat(ModelFile.problem(tar)).isEqualTo("is a tar archive; unpack it first");
  }

  @Test
  void modelsInProtocolBuffersAreToldApart() {
    String graph = field(1, field(1, "conv1") + field(4, "Conv")) + field(2, "main");
    String onnx = number(1, 8) + field(2, "pytorch") + field(7, graph) + field(8, number(2, 13));
    assertThat(ModelFile.problem(latin(onnx))).startsWith("is an ONNX model; convert it with");

    String saved = number(1, 1) + field(2, field(1, "a meta graph with its tags and nodes"));
    assertThat(ModelFile.problem(latin(saved)))
        .startsWith("is the graph of a TensorFlow SavedModel");

    String node = field(1, "input") + field(2, "Placeholder");
    String frozen =
        field(1, node) + field(1, field(1, "w") + field(2, "Const")) + field(4, "\u0008!");
    assertThat(ModelFile.problem(latin(frozen))).startsWith("is a frozen TensorFlow graph");

    // What cannot be read as a whole is not claimed.
    assertThat(ModelFile.problem(latin(onnx.substring(0, onnx.length() - 1))))
        .startsWith("is no TensorFlow Lite flatbuffer");
  }

  @Test
  void nothingIsClaimedOfNoise() {
    Random random = new Random(7);
    for (int n = 0; n < 300; n++) {
      byte[] noise = new byte[200];
      random.nextBytes(noise);
      noise[0] = (byte) FIXED_TAG;
      assertThat(ModelFile.problem(noise)).startsWith("is no TensorFlow Lite flatbuffer");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "edgetpu-custom-op, is compiled for the Edge TPU, edgetpu_compiler was given",
    "ethos-u, is compiled for Arm Ethos-U, Vela was given",
    "FlexErf, needs TensorFlow itself for the operators FlexErf, without SELECT_TF_OPS"
  })
  void modelsThatNoCpuRunsAreCalledWhatTheyAre(String operator, String what, String cure) {
    assertThat(ModelFile.problem(declaring(operator))).startsWith(what).contains(cure);
  }

  @Test
  void otherCustomOperatorsAreLeftToTheRuntime() {
    assertThat(ModelFile.problem(declaring("TFLite_Detection_PostProcess"))).isEmpty();
  }

  /** A flatbuffer that declares one custom operator and has nothing else. */
  private static byte[] declaring(String custom) {
    byte[] name = custom.getBytes(StandardCharsets.UTF_8);
    ByteBuffer file = ByteBuffer.allocate(80 + name.length).order(ByteOrder.LITTLE_ENDIAN);
    file.putInt(0, 16).put(4, latin("TFL3"));
    // The model's table and, at 8, its fields: the second is the list of operators.
    file.putShort(8, (short) 8).putShort(10, (short) 8).putShort(14, (short) 4);
    file.putInt(16, 8).putInt(20, 12);
    // One operator, whose fields at 24 are a built-in number and a name.
    file.putShort(24, (short) 8).putShort(26, (short) 12).putShort(28, (short) 8);
    file.putShort(30, (short) 4);
    file.putInt(32, 1).putInt(36, 8);
    file.putInt(44, 20).putInt(48, 8).put(52, (byte) ModelStructure.CUSTOM);
    file.putInt(56, name.length).put(60, name);
    return file.array();
  }
}
