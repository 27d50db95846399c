package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import org.tensorflow.lite.schema.ActivationFunctionType;

/** What an operator does to its result before it is stored. */
final class Activation {
  private Activation() {}

  /**
   * TorchScript for an activation of {@code y}, which may be overwritten. Not {@code hardtanh_}:
   * its gradient needs the input, so that autograd would copy that first.
   *
   * @param type one of {@link ActivationFunctionType}
   * @throws UnsupportedVariantException for an activation that no kernel of TensorFlow Lite has
   */
  static String script(byte type, String y) {
    return switch (type) {
      case ActivationFunctionType.NONE -> y;
      case ActivationFunctionType.RELU -> "torch.relu_(%s)".formatted(y);
      case ActivationFunctionType.RELU6 -> "torch.hardtanh(%s, 0., 6.)".formatted(y);
      case ActivationFunctionType.RELU_N1_TO_1 -> "torch.hardtanh(%s, -1., 1.)".formatted(y);
      case ActivationFunctionType.TANH -> "torch.tanh_(%s)".formatted(y);
      default -> throw new UnsupportedVariantException("fused activation " + type);
    };
  }

  /**
   * @param type one of {@link ActivationFunctionType}
   * @throws UnsupportedVariantException for an activation that no kernel of TensorFlow Lite has
   */
  static NDArray apply(byte type, NDArray x) {
    return switch (type) {
      case ActivationFunctionType.NONE -> x;
      case ActivationFunctionType.RELU -> x.getNDArrayInternal().relu();
      case ActivationFunctionType.RELU6 -> x.clip(0, 6);
      case ActivationFunctionType.RELU_N1_TO_1 -> x.clip(-1, 1);
      case ActivationFunctionType.TANH -> x.getNDArrayInternal().tanh();
      default -> throw new UnsupportedVariantException("fused activation " + type);
    };
  }
}
