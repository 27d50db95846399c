package io.stopline.sdk.model;

import io.stopline.sdk.model.DetectorFormat.SsdPostProcess.Part;
import io.stopline.sdk.model.DetectorFormat.Yolo.Layout;
import io.stopline.sdk.model.ModelGraph.Step;
import io.stopline.sdk.model.ModelGraph.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the shapes and the last operators of a file tell of a detector, before it runs. At most one
 * family is there, but that a table of six numbers a row may be of two; what they do not tell, only
 * pictures can.
 *
 * @param inputHeight px; 0 if it was left open when the model was exported, or no image goes in
 * @param inputWidth px; 0 likewise
 * @param batch images that are fed at once
 * @param postProcess there if boxes are made by {@code TFLite_Detection_PostProcess}
 * @param yolo how a single table of candidates may be read, the likeliest first; empty if there is
 *     no such table
 * @param labelledBoxes there if each row may be one box, one score and the number of one label
 * @param heatMap whether there are two maps of one grid, one of them with four values a cell
 */
public record DetectorFacts(
    int inputHeight,
    int inputWidth,
    int batch,
    Optional<PostProcess> postProcess,
    List<YoloTable> yolo,
    Optional<LabelledRows> labelledBoxes,
    boolean heatMap) {

  /** Name of the custom operator that ends SSD models. */
  public static final String POST_PROCESS = "TFLite_Detection_PostProcess";

  private static final int BOX = 4;

  /** Four edges, a score and the number of a label. */
  private static final int LABELLED_ROW = 6;

  /** More rows than this are left of no suppression. */
  private static final int MOST_SUPPRESSED = 1000;

  /** Operators that choose among candidates. */
  private static final Set<String> CHOOSERS =
      Set.of("NON_MAX_SUPPRESSION_V4", "NON_MAX_SUPPRESSION_V5", "TOPK_V2");

  public DetectorFacts {
    yolo = List.copyOf(yolo);
  }

  /**
   * The operator that ends SSD models.
   *
   * @param outputs what each output tensor of the model is, in its order; empty if an output of the
   *     model is none of the operator's
   * @param candidates N, boxes before suppression; 0 if only a run tells
   * @param scores a candidate, one of them often for the background; 0 if only a run tells
   * @param logistic whether these scores come from a logistic function
   */
  public record PostProcess(List<Part> outputs, int candidates, int scores, boolean logistic) {
    public PostProcess {
      outputs = List.copyOf(outputs);
    }
  }

  /**
   * One way to read a table of candidates.
   *
   * @param layout what a candidate's values are
   * @param byRow whether a candidate's values lie side by side, {@code 1×N×values}; else {@code
   *     1×values×N}
   * @param candidates N
   * @param labels scores a candidate
   * @param boxesEachCell how many candidates each cell of the usual grids over the image has: 1 as
   *     YOLO v8 has it, 3 as v5; 0 if N fits no such grids
   * @param logistic whether values of the table come from a logistic function: the scores, then,
   *     are probabilities
   */
  public record YoloTable(
      Layout layout,
      boolean byRow,
      int candidates,
      int labels,
      int boxesEachCell,
      boolean logistic) {}

  /**
   * Rows of one box, one score and the number of one label.
   *
   * @param outputs what each output tensor of the model is, in its order; empty if there is one
   *     tensor, or the graph does not tell
   * @param tensors how many tensors they are in
   * @param rows N
   * @param chosen whether the graph has an operator that chooses among candidates
   * @param suppressed whether few enough are left that there is nothing to suppress
   * @param gridded whether there are as many rows as cells of the usual grids over the image
   */
  public record LabelledRows(
      List<Part> outputs,
      int tensors,
      int rows,
      boolean chosen,
      boolean suppressed,
      boolean gridded) {
    public LabelledRows {
      outputs = List.copyOf(outputs);
    }
  }

  /** Looks at what was read of a file. */
  public static DetectorFacts of(ModelGraph graph) {
    List<Tensor> fed = graph.fed();
    int height = 0;
    int width = 0;
    int batch = 1;
    if (fed.size() == 1 && ImageLayout.isOne(withBatchOf1(fed.get(0).shape()))) {
      Tensor image = fed.get(0);
      ImageLayout layout = ImageLayout.of(withBatchOf1(image.shape()));
      int rows = layout.channelsFirst() ? 2 : 1;
      height = image.isOpen(rows) ? 0 : layout.height();
      width = image.isOpen(rows + 1) ? 0 : layout.width();
      batch = Math.max(1, image.shape().get(0));
    }
    Optional<PostProcess> postProcess =
        graph.steps().stream()
            .filter(step -> step.operator().name().equals(POST_PROCESS))
            .findFirst()
            .map(step -> postProcess(graph, step));
    return new DetectorFacts(
        height,
        width,
        batch,
        postProcess,
        postProcess.isPresent() ? List.of() : tables(graph, height, width),
        postProcess.isPresent() ? Optional.empty() : labelledRows(graph, height, width),
        postProcess.isEmpty() && OutputForm.isHeatMap(graph.read()));
  }

  private static List<Integer> withBatchOf1(List<Integer> shape) {
    List<Integer> one = new ArrayList<>(shape);
    if (!one.isEmpty()) {
      one.set(0, 1);
    }
    return one;
  }

  private static PostProcess postProcess(ModelGraph graph, Step step) {
    List<Part> parts = new ArrayList<>();
    for (int output : graph.outputs()) {
      GraphEnd.given(graph, output, step)
          .filter(place -> place < Part.OF_OPERATOR.size())
          .map(Part.OF_OPERATOR::get)
          .filter(part -> !parts.contains(part))
          .ifPresent(parts::add);
    }
    boolean all = parts.size() == Part.OF_OPERATOR.size() && graph.outputs().size() == parts.size();
    int scores = step.inputs().size() > 1 ? step.inputs().get(1) : -1;
    return new PostProcess(
        all ? parts : List.of(),
        step.inputs().isEmpty() ? 0 : side(graph, step.inputs().get(0), 1),
        side(graph, scores, 2),
        scores >= 0 && GraphEnd.holdsLogistic(graph, scores));
  }

  private static int side(ModelGraph graph, int tensor, int dimension) {
    List<Integer> shape = tensor < 0 ? List.of() : graph.tensors().get(tensor).shape();
    return dimension < shape.size() ? shape.get(dimension) : 0;
  }

  private static Optional<LabelledRows> labelledRows(ModelGraph graph, int height, int width) {
    List<Tensor> read = graph.read();
    if (read.size() == 1) {
      List<Integer> shape = read.get(0).shape();
      boolean table = shape.size() == 3 && shape.get(0) == 1 && shape.get(2) == LABELLED_ROW;
      return table
          ? Optional.of(rows(graph, List.of(), shape.get(1), height, width))
          : Optional.empty();
    }
    int boxes = -1;
    for (int i = 0; i < read.size(); i++) {
      List<Integer> shape = read.get(i).shape();
      boolean fits = shape.size() == 3 && shape.get(0) == 1 && shape.get(2) == BOX;
      boxes = boxes < 0 && fits ? i : boxes;
    }
    if (boxes < 0 || read.size() < 3 || read.size() > Part.OF_OPERATOR.size()) {
      return Optional.empty();
    }
    int rows = read.get(boxes).shape().get(1);
    List<Integer> lists = new ArrayList<>();
    int counts = 0;
    for (int i = 0; i < read.size(); i++) {
      if (i != boxes && read.get(i).ranked()) {
        boolean list = rows > 1 && read.get(i).elements() == rows;
        counts += !list && read.get(i).elements() == 1 ? 1 : 0;
        if (list) {
          lists.add(i);
        }
      }
    }
    if (lists.size() != 2 || lists.size() + counts + 1 != read.size()) {
      return Optional.empty();
    }
    List<Part> parts = new ArrayList<>(Collections.nCopies(read.size(), Part.COUNT));
    parts.set(boxes, Part.BOXES);
    for (int i = 0; i < 2; i++) {
      int chosen = lists.get(i);
      int other = lists.get(1 - i);
      if (GraphEnd.choosesClass(graph, graph.outputs().get(chosen))
          && !GraphEnd.choosesClass(graph, graph.outputs().get(other))) {
        parts.set(chosen, Part.CLASSES);
        parts.set(other, Part.SCORES);
      }
    }
    return Optional.of(
        rows(graph, parts.contains(Part.CLASSES) ? parts : List.of(), rows, height, width));
  }

  private static LabelledRows rows(
      ModelGraph graph, List<Part> parts, int rows, int height, int width) {
    boolean chosen =
        graph.steps().stream().anyMatch(step -> CHOOSERS.contains(step.operator().name()));
    boolean gridded = height > 0 && AnchorGrid.boxesEachCell(height, width, rows) > 0;
    return new LabelledRows(
        parts,
        graph.outputs().size(),
        rows,
        chosen,
        chosen || (!gridded && rows <= MOST_SUPPRESSED),
        gridded);
  }

  private static List<YoloTable> tables(ModelGraph graph, int height, int width) {
    List<Tensor> read = graph.read();
    if (read.size() != 1 || read.get(0).rank() != 3 || read.get(0).shape().get(0) != 1) {
      return List.of();
    }
    List<Integer> shape = read.get(0).shape();
    boolean byRow = shape.get(1) >= shape.get(2);
    int candidates = Math.max(shape.get(1), shape.get(2));
    int values = Math.min(shape.get(1), shape.get(2));
    int each = height > 0 ? AnchorGrid.boxesEachCell(height, width, candidates) : 0;
    boolean logistic = GraphEnd.holdsLogistic(graph, graph.outputs().get(0));
    Layout likely = each > 1 || (each == 0 && byRow) ? Layout.V5 : Layout.V8;
    List<YoloTable> tables = new ArrayList<>();
    for (Layout layout : List.of(likely, likely == Layout.V5 ? Layout.V8 : Layout.V5)) {
      int labels = values - layout.before();
      if (labels > 0 && candidates > BOX) {
        tables.add(new YoloTable(layout, byRow, candidates, labels, each, logistic));
      }
    }
    return tables;
  }
}
