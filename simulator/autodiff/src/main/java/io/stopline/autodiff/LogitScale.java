package io.stopline.autodiff;

import io.stopline.autodiff.operator.Tensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.tensorflow.lite.schema.ActivationFunctionType;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.Conv2DOptions;
import org.tensorflow.lite.schema.FullyConnectedOptions;
import org.tensorflow.lite.schema.TensorType;

/**
 * Multiplies a classifier's logits by a number above 0, in the file. Decisions stay, but behind a
 * softmax of float32 the gradients of the cross-entropy vanish once logits are far apart: a model
 * made so looks robust to a naive attack and is not. A control for whoever claims to notice that;
 * never to be shipped.
 */
public final class LogitScale {

  /** Operators that multiply their result when their input is multiplied. */
  private static final Set<Integer> HOMOGENEOUS =
      Set.of(
          BuiltinOperator.AVERAGE_POOL_2D,
          BuiltinOperator.EXPAND_DIMS,
          BuiltinOperator.MAX_POOL_2D,
          BuiltinOperator.MEAN,
          BuiltinOperator.RELU,
          BuiltinOperator.RESHAPE,
          BuiltinOperator.SQUEEZE,
          BuiltinOperator.SUM);

  private LogitScale() {}

  /**
   * The same file with other weights and bias in the layer that makes the logits. No byte but
   * theirs changes.
   *
   * @param file a float32 classifier whose logits come from a convolution or a fully connected
   *     layer, perhaps through pooling and reshaping
   * @param factor above 0
   * @throws UnusableModelException if the file is damaged or not built like that
   */
  public static byte[] multiply(byte[] file, double factor) {
    if (!(factor > 0) || Double.isInfinite(factor)) {
      throw new IllegalArgumentException("factor %s; give one above 0".formatted(factor));
    }
    TfliteFile model = new TfliteFile(file);
    TfliteFile.Step layer = layer(model, Classification.of(model).head().tensor());
    for (int index : layer.inputs().subList(1, layer.inputs().size())) {
      if (index >= 0) {
        multiply(model, layer, model.tensors().get(index), factor);
      }
    }
    return model.bytes();
  }

  /** The layer that makes a tensor, seen through operators that hand a factor on. */
  private static TfliteFile.Step layer(TfliteFile model, int logits) {
    int tensor = logits;
    for (int s = model.steps().size() - 1; s >= 0; s--) {
      TfliteFile.Step step = model.steps().get(s);
      if (!step.outputs().contains(tensor)) {
        continue;
      }
      boolean learnt =
          step.builtin() == BuiltinOperator.CONV_2D
              || step.builtin() == BuiltinOperator.FULLY_CONNECTED;
      if (learnt && handsOn(activation(model, step))) {
        return step;
      }
      if (learnt || !HOMOGENEOUS.contains(step.builtin())) {
        throw new UnusableModelException(
            "the logits come through %s, operator %d; give a model whose logits come from a"
                    .formatted(step.name(), step.place())
                + " convolution or a fully connected layer without activation");
      }
      tensor = step.inputs().get(0);
      refuseOtherReaders(model, tensor);
    }
    throw new UnusableModelException("no layer makes the logits; give a classifier");
  }

  private static boolean handsOn(byte activation) {
    return activation == ActivationFunctionType.NONE || activation == ActivationFunctionType.RELU;
  }

  private static byte activation(TfliteFile model, TfliteFile.Step step) {
    if (step.builtin() == BuiltinOperator.CONV_2D) {
      Conv2DOptions options = new Conv2DOptions();
      return model.options(step.place(), options) ? options.fusedActivationFunction() : 0;
    }
    FullyConnectedOptions options = new FullyConnectedOptions();
    return model.options(step.place(), options) ? options.fusedActivationFunction() : 0;
  }

  private static void multiply(
      TfliteFile model, TfliteFile.Step layer, Tensor tensor, double factor) {
    if (tensor.type() != TensorType.FLOAT32 || !tensor.constant() || !model.stored(tensor)) {
      throw new UnusableModelException(
          "%s of %s is no float32 constant; give a float32 model"
              .formatted(tensor.describe(), layer.name()));
    }
    refuseOtherReaders(model, tensor.index());
    ByteBuffer values = model.data(tensor);
    for (int i = 0; i < tensor.elements(); i++) {
      values.putFloat(4 * i, (float) (factor * values.getFloat(4 * i)));
    }
  }

  private static void refuseOtherReaders(TfliteFile model, int tensor) {
    List<TfliteFile.Step> readers =
        model.steps().stream().filter(step -> step.inputs().contains(tensor)).toList();
    if (readers.size() > 1) {
      throw new UnusableModelException(
          "%s is read by %d operators; give a model that uses the layer of its logits once"
              .formatted(model.tensors().get(tensor).describe(), readers.size()));
    }
  }
}
