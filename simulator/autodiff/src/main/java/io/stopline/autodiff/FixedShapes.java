package io.stopline.autodiff;

import io.stopline.autodiff.operator.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.lite.schema.OperatorT;
import org.tensorflow.lite.schema.TensorType;

/** A model without operators that compute shapes: the same function of one image. */
public final class FixedShapes {

  private FixedShapes() {}

  /**
   * Puts constants in place of what a file computes of shapes alone, such as the target of a
   * RESHAPE that keeps the batch. The batch is then the one that the file gives.
   *
   * @return the given bytes if there is nothing of this kind
   * @throws UnusableModelException if the bytes are no sound {@code .tflite} file
   */
  public static byte[] of(byte[] file) {
    TfliteFile read = new TfliteFile(file);
    Map<Integer, int[]> folded = read.folded();
    if (folded.isEmpty()) {
      return file;
    }
    ModelRewriter rewriter = new ModelRewriter(file);
    Set<Integer> kept =
        read.steps().stream().map(TfliteFile.Step::place).collect(Collectors.toSet());
    List<OperatorT> operators = new ArrayList<>();
    OperatorT[] all = rewriter.graph().getOperators();
    for (int place = 0; place < all.length; place++) {
      if (kept.contains(place)) {
        operators.add(all[place]);
      }
    }
    rewriter.graph().setOperators(operators.toArray(new OperatorT[0]));
    folded.forEach(
        (tensor, values) -> {
          ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
          bytes.asIntBuffer().put(values);
          rewriter.fix(tensor, TensorType.INT32, bytes);
        });
    // What is reshaped has a shape now, even if the file gives it none.
    for (Tensor tensor : read.tensors()) {
      if (rewriter.graph().getTensors()[tensor.index()].getShape().length == 0) {
        rewriter
            .graph()
            .getTensors()[tensor.index()]
            .setShape(tensor.shape().stream().mapToInt(side -> side).toArray());
      }
    }
    return rewriter.bytes();
  }
}
