package io.stopline.autodiff;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The same classifier with its logits as the only output, to be run by TensorFlow Lite at its full
 * speed. The softmax of a confident model rounds to exactly 0 and 1, in float32 from a lead of
 * about 104 on and in 8 bits from about 6: who queries scores behind it sees a plateau where the
 * model has none. Not a byte of the file is altered but the reference to its list of outputs.
 *
 * @param file the {@code .tflite} file; the given one if it has no softmax at its end
 * @param factor by which the output is multiplied to give logits
 * @param found whether a softmax or logistic was found; if not, the output may be probabilities
 */
@SuppressWarnings("ArrayRecordComponent") // a model file is handed on, not compared
public record LogitsTap(byte[] file, double factor, boolean found) {

  // Field numbers in schema.fbs.
  private static final int MODEL_SUBGRAPHS = 2;
  private static final int SUBGRAPH_OUTPUTS = 2;

  /**
   * Looks for the logits of a classifier.
   *
   * @param file bytes of a classifier with one output
   * @throws UnusableModelException if the file is damaged or has not one output
   */
  public static LogitsTap of(byte[] file) {
    TfliteFile read = new TfliteFile(file);
    if (read.outputs().size() != 1) {
      throw new UnusableModelException(
          "the model has %d outputs; a classifier has one vector of scores"
              .formatted(read.outputs().size()));
    }
    Head head = Head.of(read, read.outputs().get(0));
    return head.found()
        ? new LogitsTap(withOutputs(file, head.tensor()), head.factor(), true)
        : new LogitsTap(file.clone(), 1, false);
  }

  /**
   * The same file with other outputs: appends a list of them and points the first subgraph to it.
   *
   * @param file a sound one, as for {@link #of}
   * @param tensors numbers of tensors in the first subgraph
   */
  public static byte[] withOutputs(byte[] file, int... tensors) {
    int list = (file.length + 3) / 4 * 4;
    byte[] copy = Arrays.copyOf(file, list + 4 + 4 * tensors.length);
    ByteBuffer bytes = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(list, tensors.length);
    for (int i = 0; i < tensors.length; i++) {
      bytes.putInt(list + 4 + 4 * i, tensors[i]);
    }
    int subgraphs = follow(bytes, field(bytes, bytes.getInt(0), MODEL_SUBGRAPHS));
    int outputs = field(bytes, follow(bytes, subgraphs + 4), SUBGRAPH_OUTPUTS);
    bytes.putInt(outputs, list - outputs);
    return copy;
  }

  /** Where a table has a field; the file was checked, so it is there. */
  private static int field(ByteBuffer bytes, int table, int number) {
    int vtable = table - bytes.getInt(table);
    return table + (bytes.getShort(vtable + 4 + 2 * number) & 0xffff);
  }

  private static int follow(ByteBuffer bytes, int position) {
    return position + bytes.getInt(position);
  }
}
