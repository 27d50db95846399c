package io.stopline.sdk.model;

import io.stopline.sdk.model.ModelKind.Form;
import io.stopline.sdk.model.ModelKind.Task;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What the outputs of a model of one image tell about what it is for. */
final class OutputForm {

  /** Custom and built-in operators that make boxes of maps. */
  private static final Set<String> BOX_MAKERS =
      Set.of(DetectorFacts.POST_PROCESS, "NON_MAX_SUPPRESSION_V4", "NON_MAX_SUPPRESSION_V5");

  /** What one box needs: its four edges. */
  private static final int BOX = 4;

  private OutputForm() {}

  /** {@link Task#CLASSIFIER} if one vector comes out that is not known to be something else. */
  static Form of(ModelGraph graph) {
    String makers =
        graph.steps().stream()
            .map(step -> step.operator().name())
            .filter(BOX_MAKERS::contains)
            .distinct()
            .collect(Collectors.joining(", "));
    if (!makers.isEmpty()) {
      return new Form(
          Task.DETECTOR,
          "is a detector",
          makers.equals(DetectorFacts.POST_PROCESS) ? makers + " ('ssd-postprocess')" : makers);
    }
    List<ModelGraph.Tensor> read = graph.read();
    if (read.isEmpty()) {
      return Form.of(Task.OTHER, "has no output");
    }
    return read.size() == 1 ? ofOne(graph, read.get(0)) : ofSeveral(graph, read);
  }

  private static Form ofOne(ModelGraph graph, ModelGraph.Tensor output) {
    if (GraphEnd.choosesClass(graph, graph.outputs().get(0))) {
      return output.elements() == 1
          ? new Form(
              Task.CLASS_NUMBER,
              "tells the number of the winning class only; export it without its last operator",
              "ARG_MAX")
          : new Form(
              Task.MAP, "tells a class for each pixel or cell, as segmentation does", "ARG_MAX");
    }
    if (!output.ranked()) {
      return Form.of(Task.UNTOLD, "");
    }
    if (output.elements() == 1) {
      return Form.of(
          Task.ONE_NUMBER,
          "gives one number, as a regression does or a sigmoid that tells two classes apart; export"
              + " it with one score a class");
    }
    if (isVector(output)) {
      return GraphEnd.scalesToUnitLength(graph, graph.outputs().get(0))
          ? new Form(
              Task.EMBEDDING,
              "is an embedding: its vector has length 1 and no class scores",
              "an L2 normalisation")
          : Form.of(Task.CLASSIFIER, "");
    }
    List<Integer> shape = output.shape();
    List<Integer> image = graph.fed().get(0).shape();
    if (shape.size() == 3 && AnchorGrid.matches(image, shape)) {
      return Form.of(
          Task.DETECTOR,
          "is a detector of the YOLO kind ('%s'), one row of box and scores a candidate"
              .formatted(
                  AnchorGrid.boxesEachCell(
                              image.get(1), image.get(2), Math.max(shape.get(1), shape.get(2)))
                          > 1
                      ? "yolo-v5"
                      : "yolo-v8"));
    }
    if (shape.size() == 4) {
      return Form.of(Task.MAP, map(image, shape));
    }
    return shape.size() == 3 && shape.subList(1, 3).equals(image.subList(1, 3))
        ? Form.of(Task.MAP, "gives a map, a number for each pixel")
        : Form.of(
            Task.OTHER, "gives rows of numbers, as detectors, key points and readers of text do");
  }

  private static String map(List<Integer> image, List<Integer> shape) {
    boolean asLarge = shape.get(1) >= image.get(1) && shape.get(2) >= image.get(2);
    if (!asLarge) {
      return "gives a map, as segmentation, depth and heat maps of objects are";
    }
    return shape.get(3) == 3
        ? "gives an image, or a map of 3 numbers a pixel"
        : "gives a map of %d numbers a pixel, as segmentation or depth does"
            .formatted(shape.get(3));
  }

  private static Form ofSeveral(ModelGraph graph, List<ModelGraph.Tensor> read) {
    if (read.stream().allMatch(t -> isVector(t) && t.elements() > 1)) {
      String softmax = GraphEnd.softmaxOfAnother(graph);
      return Form.of(
          Task.SEVERAL_VECTORS,
          "gives %d vectors%s; export it with the one that holds the class scores"
              .formatted(read.size(), softmax));
    }
    if (hasBoxesAndScores(read)) {
      return Form.of(Task.DETECTOR, "is a detector that gives raw boxes and scores");
    }
    if (isHeatMap(read)) {
      return Form.of(Task.DETECTOR, "is a detector that gives heat map and boxes ('heat-map')");
    }
    List<Integer> image = graph.fed().get(0).shape();
    if (read.stream().allMatch(t -> AnchorGrid.isCellMap(image, t.shape()))
        && read.stream().map(t -> t.shape().get(3)).distinct().count() == 1) {
      return Form.of(Task.DETECTOR, "is a detector that gives raw maps of several strides");
    }
    return Form.of(Task.OTHER, "has several outputs");
  }

  /** Boxes {@code 1×N×4} and, for the same N, scores. */
  private static boolean hasBoxesAndScores(List<ModelGraph.Tensor> read) {
    return read.stream()
        .filter(t -> t.rank() == 3 && t.shape().get(2) == BOX)
        .map(boxes -> boxes.shape().get(1))
        .anyMatch(n -> read.stream().filter(t -> isListOf(n, t)).count() > 1);
  }

  private static boolean isListOf(int n, ModelGraph.Tensor tensor) {
    return (tensor.rank() == 2 || tensor.rank() == 3) && tensor.shape().get(1) == n;
  }

  /** Two maps of one grid, one of them with four numbers a cell. */
  static boolean isHeatMap(List<ModelGraph.Tensor> read) {
    return read.size() == 2
        && read.stream().allMatch(t -> t.rank() == 4)
        && read.get(0).shape().subList(0, 3).equals(read.get(1).shape().subList(0, 3))
        && read.get(0).shape().get(1) > 1
        && read.stream().anyMatch(t -> t.shape().get(3) == BOX);
  }

  /** All elements along one axis: {@code 1×C}, {@code 1×1×1×C}, {@code C}. */
  private static boolean isVector(ModelGraph.Tensor tensor) {
    return tensor.shape().contains(tensor.elements());
  }
}
