package io.stopline.autodiff;

import io.stopline.sdk.model.InputEncoding;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** What TensorFlow Lite computes for a float model. */
final class Reference {
  private Reference() {}

  static float[] outputs(byte[] file, InputEncoding encoding, float[] images, int count) {
    try (TfLiteModel model = TfLiteModel.load("reference", file, RuntimeOptions.defaults())) {
      FloatBuffer in = model.input(0).order(ByteOrder.nativeOrder()).asFloatBuffer();
      FloatBuffer out = model.output(0).order(ByteOrder.nativeOrder()).asFloatBuffer();
      float[] outputs = new float[count * out.capacity()];
      for (int n = 0; n < count; n++) {
        for (int i = 0; i < in.capacity(); i++) {
          in.put(i, (float) encoding.real(255.0 * images[n * in.capacity() + i], i % 3));
        }
        model.invoke();
        for (int k = 0; k < out.capacity(); k++) {
          outputs[n * out.capacity() + k] = out.get(k);
        }
      }
      return outputs;
    }
  }

  static double[] softmax(float[] logits, int classes) {
    double[] p = new double[logits.length];
    for (int n = 0; n < logits.length; n += classes) {
      double max = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < classes; k++) {
        max = Math.max(max, logits[n + k]);
      }
      double sum = 0;
      for (int k = 0; k < classes; k++) {
        p[n + k] = Math.exp(logits[n + k] - max);
        sum += p[n + k];
      }
      for (int k = 0; k < classes; k++) {
        p[n + k] /= sum;
      }
    }
    return p;
  }
}
