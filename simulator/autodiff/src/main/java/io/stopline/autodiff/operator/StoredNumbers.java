package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.jni.JniUtils;
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
  private final double scale;
  private final double least;
  private final double greatest;

  private StoredNumbers(double scale, double least, double greatest) {
    this.scale = scale;
    this.least = least;
    this.greatest = greatest;
  }

  /** How a computed tensor is stored; null if it holds real numbers. */
  public static @Nullable StoredNumbers of(Tensor tensor) {
    Tensor.Quantization q = tensor.quantization();
    if (!q.present()) {
      return null;
    }
    double zero = q.zeroPoints().get(0);
    return switch (tensor.type()) {
      case TensorType.INT8 -> new StoredNumbers(q.scales().get(0), -128 - zero, 127 - zero);
      case TensorType.UINT8 -> new StoredNumbers(q.scales().get(0), -zero, 255 - zero);
      case TensorType.INT16 -> new StoredNumbers(q.scales().get(0), -32768 - zero, 32767 - zero);
      default -> null;
    };
  }

  /** What is left of real numbers after they were stored. */
  public NDArray apply(NDArray x) {
    NDArray steps = x.div(scale).clip(least, greatest);
    if (!JniUtils.isGradMode()) {
      return steps.round().mul(scale);
    }
    NDArray error = steps.stopGradient();
    return steps.add(error.round().sub(error)).mul(scale);
  }

  /** An operator whose results are stored as the file says; itself if none is quantised. */
  public static Operator behind(Operator operator, List<Tensor> outputs) {
    List<@Nullable StoredNumbers> stored = new ArrayList<>();
    boolean any = false;
    for (Tensor output : outputs) {
      StoredNumbers numbers = of(output);
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
