package io.stopline.autodiff;

import java.util.Set;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.SoftmaxOptions;

/**
 * Where a classifier's scores are before they become probabilities. A final softmax saturates: to
 * attack what is behind it would mistake vanished gradients for robustness.
 *
 * @param tensor that holds the logits, or the model's output if it ends in nothing known
 * @param factor by which they are multiplied before the softmax
 * @param found whether a softmax or logistic was found; if not, the output may hold probabilities
 */
record Head(int tensor, double factor, boolean found) {

  /** Operators behind the softmax that change no order of scores. */
  private static final Set<Integer> PASSED =
      Set.of(
          BuiltinOperator.RESHAPE,
          BuiltinOperator.SQUEEZE,
          BuiltinOperator.EXPAND_DIMS,
          BuiltinOperator.QUANTIZE,
          BuiltinOperator.DEQUANTIZE,
          BuiltinOperator.CAST);

  static Head of(TfliteFile file, int output) {
    int tensor = output;
    for (int s = file.steps().size() - 1; s >= 0; s--) {
      TfliteFile.Step step = file.steps().get(s);
      if (!step.outputs().contains(tensor)) {
        continue;
      }
      int before = step.inputs().get(0);
      if (step.builtin() == BuiltinOperator.SOFTMAX) {
        SoftmaxOptions options = new SoftmaxOptions();
        double beta = file.options(step.place(), options) ? options.beta() : 1;
        return new Head(before, beta, true);
      }
      if (step.builtin() == BuiltinOperator.LOG_SOFTMAX
          || step.builtin() == BuiltinOperator.LOGISTIC) {
        return new Head(before, 1, true);
      }
      if (!PASSED.contains(step.builtin())) {
        break;
      }
      tensor = before;
    }
    return new Head(output, 1, false);
  }
}
