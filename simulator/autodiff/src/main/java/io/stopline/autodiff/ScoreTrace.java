package io.stopline.autodiff;

import io.stopline.autodiff.operator.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.TensorType;

/**
 * A tensor as it would be without the logistic functions on the way to it. Where the values of a
 * score tensor are probabilities, the traced tensor holds their logits in the same places; what
 * passes no logistic function (boxes beside the scores) keeps its values. A logistic saturates, and
 * where its result is stored in 8 bits, small probabilities are all 0 there.
 *
 * @param file the file, also computing the traced tensor
 * @param tensor the traced tensor
 * @param found whether any logistic function was left out
 */
record ScoreTrace(TfliteFile file, int tensor, boolean found) {

  /** Operators that only put values elsewhere or store them in another way. */
  private static final Set<Integer> PASSED =
      Set.of(
          BuiltinOperator.CAST,
          BuiltinOperator.CONCATENATION,
          BuiltinOperator.DEQUANTIZE,
          BuiltinOperator.EXPAND_DIMS,
          BuiltinOperator.PACK,
          BuiltinOperator.QUANTIZE,
          BuiltinOperator.RESHAPE,
          BuiltinOperator.SLICE,
          BuiltinOperator.SPLIT,
          BuiltinOperator.SPLIT_V,
          BuiltinOperator.SQUEEZE,
          BuiltinOperator.STRIDED_SLICE,
          BuiltinOperator.TRANSPOSE,
          BuiltinOperator.UNPACK);

  static ScoreTrace of(TfliteFile file, int tensor) {
    List<Tensor> more = new ArrayList<>();
    List<TfliteFile.Step> further = new ArrayList<>();
    // Tensors that have a counterpart before the logistic, and those that are their own.
    Map<Integer, Integer> traced = new HashMap<>();
    for (TfliteFile.Step step : file.steps()) {
      if (step.builtin() == BuiltinOperator.LOGISTIC) {
        traced.put(step.outputs().get(0), step.inputs().get(0));
      } else if (PASSED.contains(step.builtin())
          && step.inputs().stream().anyMatch(traced::containsKey)) {
        List<Integer> outputs = new ArrayList<>();
        for (int output : step.outputs()) {
          int index = file.tensors().size() + more.size();
          Tensor own = file.tensors().get(output);
          more.add(
              new Tensor(
                  index,
                  own.name(),
                  own.shape(),
                  TensorType.FLOAT32,
                  Tensor.Quantization.NONE,
                  false));
          traced.put(output, index);
          outputs.add(index);
        }
        further.add(
            new TfliteFile.Step(
                step.place(),
                step.builtin(),
                step.name(),
                step.inputs().stream().map(i -> traced.getOrDefault(i, i)).toList(),
                outputs));
      }
    }
    Integer found = traced.get(tensor);
    return found == null
        ? new ScoreTrace(file, tensor, false)
        : new ScoreTrace(file.with(more, further), found, true);
  }
}
