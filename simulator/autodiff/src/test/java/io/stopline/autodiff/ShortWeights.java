package io.stopline.autodiff;

import io.stopline.autodiff.operator.Tensor;
import java.nio.ByteBuffer;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.QuantizationDetailsUnion;
import org.tensorflow.lite.schema.QuantizationParametersT;
import org.tensorflow.lite.schema.TensorType;

/**
 * Stores the large weights of a float32 file as int8, as the converter's dynamic-range quantisation
 * does: symmetric, one scale an output channel.
 */
final class ShortWeights {

  /** The converter leaves smaller weights as they are. */
  private static final int LEAST_VALUES = 1024;

  private static final int STEPS = 127;

  private ShortWeights() {}

  /** The file with int8 weights. */
  static byte[] of(byte[] file) {
    TfliteFile read = new TfliteFile(file);
    ModelRewriter rewriter = new ModelRewriter(file);
    for (TfliteFile.Step step : read.steps()) {
      boolean depthwise = step.builtin() == BuiltinOperator.DEPTHWISE_CONV_2D;
      if (depthwise
          || step.builtin() == BuiltinOperator.CONV_2D
          || step.builtin() == BuiltinOperator.FULLY_CONNECTED) {
        Tensor weights = read.tensors().get(step.inputs().get(1));
        if (weights.elements() >= LEAST_VALUES) {
          shorten(rewriter, weights, read.reals(weights), depthwise ? 3 : 0);
        }
      }
    }
    return rewriter.bytes();
  }

  private static void shorten(ModelRewriter rewriter, Tensor tensor, double[] values, int axis) {
    int channels = tensor.shape().get(axis);
    int inner = axis == 0 ? tensor.elements() / channels : 1;
    float[] scales = new float[channels];
    for (int i = 0; i < values.length; i++) {
      int channel = i / inner % channels;
      scales[channel] = Math.max(scales[channel], (float) (Math.abs(values[i]) / STEPS));
    }
    ByteBuffer bytes = ByteBuffer.allocate(values.length);
    for (int i = 0; i < values.length; i++) {
      bytes.put((byte) Math.round(values[i] / Math.max(1e-9f, scales[i / inner % channels])));
    }
    rewriter.fix(tensor.index(), TensorType.INT8, bytes.flip());
    QuantizationParametersT parameters = new QuantizationParametersT();
    parameters.setScale(scales);
    parameters.setZeroPoint(new long[channels]);
    parameters.setQuantizedDimension(axis);
    parameters.setDetails(new QuantizationDetailsUnion());
    rewriter.graph().getTensors()[tensor.index()].setQuantization(parameters);
  }
}
