package io.stopline.sdk.model;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Calls files that are no {@code .tflite} models what they are, by how they begin. */
final class ForeignFile {

  /** How much of a text is looked at. */
  private static final int HEAD = 1024;

  /** How much of a text is repeated in a message. */
  private static final int QUOTE = 40;

  private static final int IDENTIFIER_AT = 4;
  private static final int TAR_AT = 257;

  /** Python for Keras models; {@code %s} loads one. */
  private static final String CONVERT =
      "convert it in Python: import tensorflow as tf; c = tf.lite.TFLiteConverter.%s;"
          + " open('model.tflite', 'wb').write(c.convert())";

  static final String CONVERT_KERAS =
      CONVERT.formatted("from_keras_model(tf.keras.models.load_model('FILE'))");

  static final String CONVERT_SAVED_MODEL =
      CONVERT.formatted("from_saved_model('FOLDER')") + ", with the folder that the file lies in";

  static final String CONVERT_PYTORCH =
      "convert it with litert_torch (formerly ai_edge_torch), or export ONNX and convert that with"
          + " onnx2tf";

  static final String CONVERT_ONNX = "convert it with onnx2tf -i FILE, which writes .tflite files";

  private static final String UNPACK = "unpack it first";

  /** By the Latin-1 characters that the file begins with. */
  private static final Map<String, String> BEGINNINGS =
      Map.ofEntries(
          Map.entry("\u0089HDF\r\n", "is a Keras model or its weights in HDF5; " + CONVERT_KERAS),
          Map.entry("\u001f\u008b", "is a gzip archive; " + UNPACK),
          Map.entry("BZh", "is a bzip2 archive; " + UNPACK),
          Map.entry("\u00fd7zXZ\0", "is an xz archive; " + UNPACK),
          Map.entry("(\u00b5/\u00fd", "is a Zstandard archive; " + UNPACK),
          Map.entry("7z\u00bc\u00af'\u001c", "is a 7-Zip archive; " + UNPACK),
          Map.entry("Rar!\u001a\u0007", "is a RAR archive; " + UNPACK),
          Map.entry("\u0080\u0002\u008a\nl\u00fc\u009cF", "is a PyTorch model; " + CONVERT_PYTORCH),
          Map.entry("\u0080\u0002}", "is a Python pickle, as PyTorch writes; " + CONVERT_PYTORCH),
          Map.entry("\u0080\u0004\u0095", "is a Python pickle; give a .tflite file"),
          Map.entry("\u0089PNG\r\n", "is a PNG picture; give a .tflite file"),
          Map.entry("\u00ff\u00d8\u00ff", "is a JPEG picture; give a .tflite file"),
          Map.entry("\u007fELF", "is a program or library (ELF); give a .tflite file"),
          Map.entry("%PDF", "is a PDF document; give a .tflite file"));

  private ForeignFile() {}

  /** What a file without TensorFlow Lite's identifier is and the cure; empty if it is not known. */
  static Optional<String> problem(byte[] bytes) {
    for (Map.Entry<String, String> beginning : BEGINNINGS.entrySet()) {
      if (has(bytes, 0, beginning.getKey())) {
        return Optional.of(beginning.getValue());
      }
    }
    if (ZipNames.isZip(bytes)) {
      return Optional.of(archive(ZipNames.of(bytes)));
    }
    if (has(bytes, TAR_AT, "ustar")) {
      return Optional.of("is a tar archive; " + UNPACK);
    }
    return text(bytes).or(() -> ProtobufModel.problem(bytes)).or(() -> flatbuffer(bytes));
  }

  private static String archive(List<String> names) {
    if (names.contains("metadata.json") && names.contains("config.json")) {
      return "is a Keras model (.keras); " + CONVERT_KERAS;
    }
    if (names.stream().anyMatch(n -> n.endsWith("data.pkl"))) {
      return "is a PyTorch model (.pt); " + CONVERT_PYTORCH;
    }
    Optional<String> inside = names.stream().filter(n -> n.endsWith(".tflite")).findFirst();
    if (inside.isPresent()) {
      return "is a zip archive that holds '%s'; %s".formatted(inside.get(), UNPACK);
    }
    return names.stream().anyMatch(n -> n.endsWith("saved_model.pb"))
        ? "is a zip archive that holds a TensorFlow SavedModel; %s, then %s"
            .formatted(UNPACK, CONVERT_SAVED_MODEL)
        : "is a zip archive without a .tflite file in it; give the model";
  }

  private static Optional<String> text(byte[] bytes) {
    Optional<String> head = readable(bytes);
    if (head.isEmpty()) {
      return Optional.empty();
    }
    String text = head.get();
    String lower = text.toLowerCase(Locale.ROOT);
    if (text.startsWith("version https://git-lfs")) {
      return Optional.of(
          "is a Git LFS pointer: a few lines that stand for the model, not the model; run 'git lfs"
              + " pull' where it was cloned");
    }
    if (lower.startsWith("<!doctype html") || lower.startsWith("<html")) {
      return Optional.of(
          "is a web page, not a model: a download that went wrong, such as one that asked for a"
              + " login; download the file itself");
    }
    if (lower.startsWith("<?xml")) {
      return Optional.of(
          "is XML: a storage server's error message, or another tool's model; download the .tflite"
              + " file itself");
    }
    if (text.startsWith("{") || text.startsWith("[")) {
      return Optional.of(
          text.contains("modelTopology") || text.contains("layers-model")
              ? "is a TensorFlow.js model; convert the model that it was made from to .tflite"
              : "is JSON text, not a model; give a .tflite file");
    }
    return Optional.of(
        "is no TensorFlow Lite flatbuffer but text that begins with '%s'; give a .tflite file"
            .formatted(
                text.substring(0, Math.min(QUOTE, text.length())).lines().findFirst().orElse("")));
  }

  /** The beginning, without white space and byte order mark before it, if the file is text. */
  private static Optional<String> readable(byte[] bytes) {
    String head =
        new String(bytes, 0, Math.min(HEAD, bytes.length), StandardCharsets.UTF_8)
            .replaceFirst("^[\uFEFF\\s]+", "");
    boolean text =
        head.codePoints()
            .limit(HEAD / 2)
            .allMatch(c -> Character.isWhitespace(c) || (c >= ' ' && c != 0x7f && c != 0xfffd));
    return text && !head.isEmpty() ? Optional.of(head) : Optional.empty();
  }

  /** A flatbuffer of another schema. */
  private static Optional<String> flatbuffer(byte[] bytes) {
    if (has(bytes, IDENTIFIER_AT, "ORTM")) {
      return Optional.of(
          "is a model in ONNX Runtime's own format; take the .onnx file that it was"
              + " made from, and "
              + CONVERT_ONNX);
    }
    return has(bytes, IDENTIFIER_AT, "ET1")
        ? Optional.of(
            "is an ExecuTorch program; take the PyTorch model that it was made from, and "
                + CONVERT_PYTORCH)
        : Optional.empty();
  }

  /** Whether Latin-1 characters stand at a place. */
  static boolean has(byte[] bytes, int at, String characters) {
    if (bytes.length < at + characters.length()) {
      return false;
    }
    for (int i = 0; i < characters.length(); i++) {
      if ((bytes[at + i] & 0xff) != characters.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
