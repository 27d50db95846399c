package io.stopline.tflite;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers of a {@code .tflite} file changed in place, by the tables of {@code schema.fbs}. */
final class EditedModel {

  private static final int SUBGRAPHS = 2;
  private static final int TENSORS = 0;
  private static final int INPUTS = 1;
  private static final int OUTPUTS = 2;
  private static final int SHAPE = 0;
  private static final int SIGNATURE = 7;

  private final ByteBuffer bytes;

  private EditedModel(byte[] file) {
    bytes = ByteBuffer.wrap(file.clone()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * The same model with its outputs in another order.
   *
   * @param order which of the old outputs comes first, second …
   */
  static byte[] withOutputs(byte[] file, int... order) {
    EditedModel model = new EditedModel(file);
    int outputs = model.vector(model.graph(), OUTPUTS);
    int[] old = new int[order.length];
    for (int i = 0; i < old.length; i++) {
      old[i] = model.bytes.getInt(outputs + 4 * i);
    }
    for (int i = 0; i < old.length; i++) {
      model.bytes.putInt(outputs + 4 * i, old[order[i]]);
    }
    return model.bytes.array();
  }

  /** The same model with another input shape of as many dimensions. */
  static byte[] withInputShape(byte[] file, int... shape) {
    return withInput(file, SHAPE, shape);
  }

  /** The same model with another signature of the input, if it has one. */
  static byte[] withInputSignature(byte[] file, int... signature) {
    return withInput(file, SIGNATURE, signature);
  }

  private static byte[] withInput(byte[] file, int field, int... values) {
    EditedModel model = new EditedModel(file);
    int input = model.bytes.getInt(model.vector(model.graph(), INPUTS));
    int at = model.vector(model.table(model.vector(model.graph(), TENSORS) + 4 * input), field);
    for (int i = 0; i < values.length; i++) {
      model.bytes.putInt(at + 4 * i, values[i]);
    }
    return model.bytes.array();
  }

  private int graph() {
    return table(vector(bytes.getInt(0), SUBGRAPHS));
  }

  private int table(int reference) {
    return reference + bytes.getInt(reference);
  }

  /** Where the first element of a table's vector lies. */
  private int vector(int table, int field) {
    int entries = table - bytes.getInt(table);
    return table(table + bytes.getShort(entries + 4 + 2 * field)) + 4;
  }
}
