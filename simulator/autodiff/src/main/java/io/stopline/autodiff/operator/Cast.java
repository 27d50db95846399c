package io.stopline.autodiff.operator;

import java.util.List;
import org.tensorflow.lite.schema.TensorType;

/** CAST of whole numbers to real ones: how a model begins that takes pixels as they are stored. */
final class Cast {
  private Cast() {}

  static Operator prepare(Node node) {
    Tensor in = node.input(0);
    Tensor out = node.output(0);
    if (out.type() != TensorType.FLOAT32 || !(isWhole(in) || in.type() == TensorType.FLOAT32)) {
      throw node.unsupported(
          "casts %s to %s".formatted(TensorType.name(in.type()), TensorType.name(out.type())));
    }
    return inputs -> List.of(inputs.get(0));
  }

  /** Whether what is stored is what is meant. */
  private static boolean isWhole(Tensor tensor) {
    return tensor.quantization().equals(Tensor.Quantization.WHOLE);
  }
}
