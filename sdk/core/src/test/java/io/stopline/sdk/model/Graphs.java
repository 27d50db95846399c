package io.stopline.sdk.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes down graphs: tensors first, then the operators that compute them. */
final class Graphs {

  private static final int NONE = -1;

  private final List<ModelGraph.Tensor> tensors = new ArrayList<>();
  private final List<ModelGraph.Step> steps = new ArrayList<>();
  private final List<Integer> inputs = new ArrayList<>();

  /** A float32 input. */
  int input(Integer... shape) {
    return typed(ModelGraph.FLOAT32, shape);
  }

  int typed(int type, Integer... shape) {
    tensors.add(new ModelGraph.Tensor("input", Arrays.asList(shape), type, true));
    inputs.add(tensors.size() - 1);
    return tensors.size() - 1;
  }

  /** What a built-in operator computes of float32 tensors. */
  int floats(String operator, List<Integer> from, Integer... shape) {
    return computed(operator, from, new ModelGraph.Tensor("t", Arrays.asList(shape), 0, true));
  }

  int computed(String operator, List<Integer> from, ModelGraph.Tensor result) {
    int builtin = NONE;
    for (int i = 0; i < 200; i++) {
      builtin = BuiltinNames.of(i).equals(operator) ? i : builtin;
    }
    tensors.add(result);
    steps.add(
        new ModelGraph.Step(
            builtin == NONE
                ? new ModelStructure.Operator(ModelStructure.CUSTOM, operator, 1)
                : new ModelStructure.Operator(builtin, "", 1),
            from,
            List.of(tensors.size() - 1)));
    return tensors.size() - 1;
  }

  ModelKind kind(Integer... outputs) {
    return ModelKind.of(new ModelGraph(tensors, steps, inputs, Arrays.asList(outputs)));
  }
}
