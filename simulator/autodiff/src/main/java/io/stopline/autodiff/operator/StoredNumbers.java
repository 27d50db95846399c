package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.schema.TensorType;

/**
 * Tensors of small integers, seen as the real numbers that they stand for: rounded and clamped as
 * stored, with the gradient of the identity inside the range and none outside (Bengio et al. 2013,
 * the straight-through estimator).
 */
public final class StoredNumbers {
  private final Script script;

  private StoredNumbers(Script script) {
    this.script = script;
  }

  /**
   * How a computed tensor is stored; null if it holds real numbers.
   *
   * @param manager lives as long as the model
   */
  public static @Nullable StoredNumbers of(Tensor tensor, NDManager manager) {
    if (!tensor.quantization().present()) {
      return null;
    }
    return switch (tensor.type()) {
      case TensorType.INT8 -> of(tensor, manager, -128, 127);
      case TensorType.UINT8 -> of(tensor, manager, 0, 255);
      case TensorType.INT16 -> of(tensor, manager, -32768, 32767);
      default -> null;
    };
  }

  private static StoredNumbers of(Tensor tensor, NDManager manager, int lowest, int highest) {
    double scale = tensor.quantization().scales().get(0);
    double least = lowest - (double) tensor.quantization().zeroPoints().get(0);
    double greatest = highest - (double) tensor.quantization().zeroPoints().get(0);
    // Gradients pass where rounding alone leads to the edge: black and white pixels are there.
    return new StoredNumbers(
        new Script(
            manager,
            List.of("x"),
            List.of(
                "y = torch.hardtanh(x, %s, %s)"
                    .formatted((least - 0.5) * scale, (greatest + 0.5) * scale),
                "d = torch.detach(y)",
                "q = torch.clamp_(torch.round_(torch.div(d, %s)), %s, %s)"
                    .formatted(scale, least, greatest),
                "return torch.add(y, torch.sub_(torch.mul_(q, %s), d))".formatted(scale))));
  }

  /** What is left of real numbers after they were stored. */
  public NDArray apply(NDArray x) {
    return script.call(x);
  }

  /** An operator whose results are stored as the file says; itself if none is quantised. */
  public static Operator behind(Operator operator, List<Tensor> outputs, NDManager manager) {
    List<@Nullable StoredNumbers> stored = new ArrayList<>();
    boolean any = false;
    for (Tensor output : outputs) {
      StoredNumbers numbers = of(output, manager);
      stored.add(numbers);
      any |= numbers != null;
    }
    if (!any) {
      return operator;
    }
    return inputs -> {
      List<NDArray> results = new ArrayList<>(operator.apply(inputs));
      for (int i = 0; i < results.size(); i++) {
        StoredNumbers numbers = stored.get(i);
        if (numbers != null) {
          results.set(i, numbers.apply(results.get(i)));
        }
      }
      return results;
    };
  }
}
