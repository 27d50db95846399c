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
    return given(new ModelGraph.Tensor("input", Arrays.asList(shape), type, true));
  }

  int given(ModelGraph.Tensor input) {
    tensors.add(input);
    inputs.add(tensors.size() - 1);
    return tensors.size() - 1;
  }

  /** What a built-in operator computes of float32 tensors. */
  int floats(String operator, List<Integer> from, Integer... shape) {
    return computed(operator, from, new ModelGraph.Tensor("t", Arrays.asList(shape), 0, true));
  }

  int computed(String operator, List<Integer> from, ModelGraph.Tensor result) {
    tensors.add(result);
    add(operator, from, List.of(tensors.size() - 1));
    return tensors.size() - 1;
  }

  /** What an operator of several outputs computes. */
  List<Integer> several(String operator, List<Integer> from, List<List<Integer>> shapes) {
    List<Integer> made = new ArrayList<>();
    for (List<Integer> shape : shapes) {
      tensors.add(new ModelGraph.Tensor("t", shape, 0, true));
      made.add(tensors.size() - 1);
    }
    add(operator, from, made);
    return made;
  }

  private void add(String operator, List<Integer> from, List<Integer> results) {
    int builtin = NONE;
    for (int i = 0; i < 200; i++) {
      builtin = BuiltinNames.of(i).equals(operator) ? i : builtin;
    }
    steps.add(
        new ModelGraph.Step(
            builtin == NONE
                ? new ModelStructure.Operator(ModelStructure.CUSTOM, operator, 1)
                : new ModelStructure.Operator(builtin, "", 1),
            from,
            results));
  }

  ModelKind kind(Integer... outputs) {
    return ModelKind.of(graph(outputs));
  }

  ModelGraph graph(Integer... outputs) {
    return new ModelGraph(tensors, steps, inputs, Arrays.asList(outputs));
  }
}
