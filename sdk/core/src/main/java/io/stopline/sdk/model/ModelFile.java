package io.stopline.sdk.model;

/** What can be said of the bytes of a {@code .tflite} file before any runtime sees them. */
public final class ModelFile {

  /** Larger files are refused, bytes. */
  public static final int MAX_BYTES = 256 << 20;

  /** The flatbuffer file identifier of TensorFlow Lite's {@code schema.fbs}, at byte 4. */
  private static final String IDENTIFIER = "TFL3";

  private static final int IDENTIFIER_AT = 4;
  private static final int MIN_BYTES = 16;

  private ModelFile() {}

  /**
   * What is wrong and the cure, to be put behind the model's name; empty if nothing is. A file of
   * another kind is called what it is (an archive, a Keras or ONNX model, a web page), and so is a
   * model that only an accelerator or TensorFlow itself can run.
   */
  public static String problem(byte[] bytes) {
    if (bytes.length == 0) {
      return "is empty (0 bytes); copy the file again";
    }
    if (bytes.length > MAX_BYTES) {
      return "has %d bytes; at most %d are accepted".formatted(bytes.length, MAX_BYTES);
    }
    if (bytes.length < MIN_BYTES || !hasIdentifier(bytes)) {
      return ForeignFile.problem(bytes)
          .orElse(
              ("is no TensorFlow Lite flatbuffer: the identifier '%s' is missing at byte 4; give a"
                      + " file that TensorFlow Lite's converter wrote")
                  .formatted(IDENTIFIER));
    }
    return ForeignOperators.problem(ModelStructure.operators(bytes));
  }

  private static boolean hasIdentifier(byte[] bytes) {
    return ForeignFile.has(bytes, IDENTIFIER_AT, IDENTIFIER);
  }
}
