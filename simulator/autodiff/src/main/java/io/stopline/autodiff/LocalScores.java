package io.stopline.autodiff;

import io.stopline.autodiff.operator.Tensor;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.schema.BuiltinOperator;

/**
 * Where a classifier keeps the scores of each place, if it ends in their mean: what some places say
 * can then be left out by a subtraction.
 *
 * @param tensor 1 × rows × columns × classes
 * @param rows of places
 * @param columns of places
 */
record LocalScores(int tensor, int rows, int columns) {

  /** Operators that only change how the means are listed. */
  private static final Set<Integer> PASSED =
      Set.of(BuiltinOperator.RESHAPE, BuiltinOperator.SQUEEZE, BuiltinOperator.EXPAND_DIMS);

  /** Those whose mean the logits are, or null if the logits are no mean over places. */
  static @Nullable LocalScores of(TfliteFile file, Classification classification) {
    int tensor = classification.head().tensor();
    for (int s = file.steps().size() - 1; s >= 0; s--) {
      TfliteFile.Step step = file.steps().get(s);
      if (!step.outputs().contains(tensor)) {
        continue;
      }
      int before = step.inputs().get(0);
      if (step.builtin() == BuiltinOperator.MEAN) {
        return of(file, before, step.inputs().get(1), classification.classes());
      }
      if (!PASSED.contains(step.builtin())) {
        return null;
      }
      tensor = before;
    }
    return null;
  }

  private static @Nullable LocalScores of(TfliteFile file, int map, int axes, int classes) {
    Tensor scores = file.tensors().get(map);
    Tensor over = file.tensors().get(axes);
    if (scores.rank() != 4 || scores.shape().get(3) != classes || !over.constant()) {
      return null;
    }
    Set<Integer> which = new TreeSet<>();
    for (int axis : file.ints(over)) {
      which.add((axis + 4) % 4);
    }
    return which.equals(Set.of(1, 2))
        ? new LocalScores(map, scores.shape().get(1), scores.shape().get(2))
        : null;
  }
}
