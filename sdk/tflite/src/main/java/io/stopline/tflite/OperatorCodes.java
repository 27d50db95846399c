package io.stopline.tflite;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads which operators a {@code .tflite} file declares, to explain a refusal. Only for bytes that
 * passed the flatbuffer verifier. Field numbers are those of TensorFlow Lite's {@code schema.fbs}
 * (tables {@code Model} and {@code OperatorCode}).
 */
final class OperatorCodes {

  /** {@code BuiltinOperator_CUSTOM}. */
  static final int CUSTOM = 32;

  /**
   * One declared operator.
   *
   * @param builtin number of a built-in operator, or {@link #CUSTOM}
   * @param custom name of a custom operator, else empty
   */
  record Operator(int builtin, String custom, int version) {}

  private static final int MODEL_OPERATOR_CODES = 1;
  private static final int CODE_DEPRECATED_BUILTIN = 0;
  private static final int CODE_CUSTOM = 1;
  private static final int CODE_VERSION = 2;
  private static final int CODE_BUILTIN = 3;

  private final ByteBuffer bytes;

  private OperatorCodes(byte[] model) {
    this.bytes = ByteBuffer.wrap(model).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The declared operators, or an empty list if the file cannot be read that far. */
  static List<Operator> of(byte[] model) {
    try {
      return new OperatorCodes(model).read();
    } catch (IndexOutOfBoundsException e) {
      return List.of();
    }
  }

  private List<Operator> read() {
    List<Operator> operators = new ArrayList<>();
    int root = bytes.getInt(0);
    int codes = field(root, MODEL_OPERATOR_CODES);
    if (codes == 0) {
      return operators;
    }
    int vector = codes + bytes.getInt(codes);
    int count = bytes.getInt(vector);
    for (int i = 0; i < count; i++) {
      int entry = vector + 4 + 4 * i;
      int table = entry + bytes.getInt(entry);
      int oldCode = field(table, CODE_DEPRECATED_BUILTIN);
      int newCode = field(table, CODE_BUILTIN);
      int version = field(table, CODE_VERSION);
      int custom = field(table, CODE_CUSTOM);
      operators.add(
          new Operator(
              Math.max(
                  oldCode == 0 ? 0 : bytes.get(oldCode), newCode == 0 ? 0 : bytes.getInt(newCode)),
              custom == 0 ? "" : string(custom + bytes.getInt(custom)),
              version == 0 ? 1 : bytes.getInt(version)));
    }
    return operators;
  }

  /** Position of a table's field, or 0 if it is absent. */
  private int field(int table, int number) {
    int vtable = table - bytes.getInt(table);
    int slot = 4 + 2 * number;
    if (slot >= bytes.getShort(vtable)) {
      return 0;
    }
    int offset = bytes.getShort(vtable + slot) & 0xffff;
    return offset == 0 ? 0 : table + offset;
  }

  private String string(int position) {
    int length = bytes.getInt(position);
    byte[] text = new byte[Math.max(0, Math.min(length, 200))];
    bytes.get(position + 4, text);
    return new String(text, StandardCharsets.UTF_8);
  }
}
