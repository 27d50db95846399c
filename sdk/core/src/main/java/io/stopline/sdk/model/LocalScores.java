package io.stopline.sdk.model;

import io.stopline.sdk.model.ModelGraph.Step;
import io.stopline.sdk.model.ModelGraph.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where a classifier computes local class scores, a map 1×h×w×C of which each cell sees a part of
 * the image, that it then averages. Without the cells that a patch can change, such a mean is the
 * same with and without the patch: the ground of a certificate by windows.
 *
 * @param tensor number of the map in the file's first subgraph
 * @param height cells
 * @param width cells
 * @param classes scores a cell
 * @param output number of the map among the model's outputs; −1 if it is none
 * @param field which cells a pixel can change
 */
public record LocalScores(
    int tensor, int height, int width, int classes, int output, ReceptiveField field) {

  /** They change neither the numbers' order nor which is the largest. */
  private static final Set<String> PASSED =
      Set.of(
          "SOFTMAX", "LOG_SOFTMAX", "RESHAPE", "SQUEEZE", "EXPAND_DIMS", "QUANTIZE", "DEQUANTIZE");

  private static final String CURE =
      "; a certificate by windows needs a model of small receptive field that ends in the mean of a map of local class scores, such as the recipe 'local' trains";

  /**
   * Finds the map.
   *
   * @param name what messages call the model
   * @param file for which {@link ModelFile#problem} and {@link ModelStructure#problem} are empty
   * @throws IllegalArgumentException if there is none, naming the model and the operator that
   *     stands in its place, or if a pixel may change every cell of it
   */
  public static LocalScores of(String name, byte[] file) {
    ModelGraph graph = ModelGraph.of(file);
    try {
      int map = map(graph, new StepOptions(file));
      Tensor tensor = graph.tensors().get(map);
      return new LocalScores(
          map,
          tensor.shape().get(1),
          tensor.shape().get(2),
          tensor.shape().get(3),
          graph.outputs().indexOf(map),
          ReceptiveField.of(file, map));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "model '%s' %s%s".formatted(name, e.getMessage(), CURE), e);
    }
  }

  /**
   * A copy of a file that gives the map beside its scores, as output 1; the file itself if it does
   * so already. The first output is computed as before.
   *
   * @throws IllegalArgumentException as {@link #of}, or if the file gives something else beside it
   */
  public static byte[] readable(String name, byte[] file) {
    LocalScores scores = of(name, file);
    int outputs = ModelGraph.of(file).outputs().size();
    if (outputs > (scores.output() == 1 ? 2 : 1)) {
      throw new IllegalArgumentException(
          "model '%s' gives %d outputs; export it with its class scores alone"
              .formatted(name, outputs));
    }
    return scores.output() == 1 ? file : AddedOutput.to(file, scores.tensor());
  }

  /** The map whose mean the first output is. */
  private static int map(ModelGraph graph, StepOptions options) {
    int tensor = graph.outputs().get(0);
    for (int left = graph.steps().size(); left >= 0; left--) {
      Optional<Step> step = graph.producer(tensor);
      if (step.isEmpty()) {
        break;
      }
      String operator = step.get().operator().name();
      int from = step.get().inputs().get(0);
      if (PASSED.contains(operator)) {
        tensor = from;
        continue;
      }
      if (!isMean(graph, step.get(), options)) {
        throw new IllegalArgumentException(
            "ends in %s%s, not in the mean of a map"
                .formatted(
                    operator,
                    operator.equals("MEAN")
                        ? " of " + graph.tensors().get(from).dimensions()
                        : ""));
      }
      return from;
    }
    throw new IllegalArgumentException("computes nothing");
  }

  /** Whether a step takes the mean of a whole map, 1×h×w×C, channel by channel. */
  private static boolean isMean(ModelGraph graph, Step step, StepOptions options) {
    Tensor map = graph.tensors().get(step.inputs().get(0));
    Tensor mean = graph.tensors().get(step.outputs().get(0));
    if (map.rank() != 4 || map.shape().get(0) != 1 || mean.elements() != map.shape().get(3)) {
      return false;
    }
    return switch (step.operator().name()) {
      case "MEAN" -> {
        Set<Integer> axes = new HashSet<>();
        options.constant(step.inputs().get(1)).forEach(a -> axes.add(Math.floorMod(a, 4)));
        yield axes.equals(Set.of(1, 2));
      }
      case "AVERAGE_POOL_2D" -> {
        int number = graph.steps().indexOf(step);
        yield List.of(1, 2).stream()
            .allMatch(axis -> options.pool(number, axis).filter() == map.shape().get(axis));
      }
      default -> false;
    };
  }
}
