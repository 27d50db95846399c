package io.stopline.sdk.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.sdk.model.DetectorFacts.LabelledRows;
import io.stopline.sdk.model.DetectorFacts.YoloTable;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess.Part;
import io.stopline.sdk.model.DetectorFormat.Yolo.Layout;
import java.util.List;
import org.junit.jupiter.api.Test;

class DetectorFactsTest {

  @Test
  void outputsAreToldApartByTheOperatorInAnyOrderAndBehindRounding() {
    Graphs graph = new Graphs();
    int image = graph.input(1, 320, 320, 3);
    int boxes = graph.floats("CONCATENATION", List.of(image), 1, 19206, 4);
    int scores =
        graph.floats("LOGISTIC", List.of(graph.floats("CONV_2D", List.of(image), 1)), 1, 19206, 90);
    List<Integer> made =
        graph.several(
            DetectorFacts.POST_PROCESS,
            List.of(boxes, scores, boxes),
            List.of(List.of(1, 25, 4), List.of(1, 25), List.of(1, 25), List.of(1)));
    int rounded = graph.floats("DEQUANTIZE", List.of(made.get(2)), 1, 25);

    DetectorFacts facts =
        DetectorFacts.of(graph.graph(rounded, made.get(0), made.get(3), made.get(1)));

    DetectorFacts.PostProcess end = facts.postProcess().orElseThrow();
    assertThat(end.outputs()).containsExactly(Part.SCORES, Part.BOXES, Part.COUNT, Part.CLASSES);
    assertThat(end.candidates()).isEqualTo(19206);
    assertThat(end.scores()).isEqualTo(90);
    assertThat(end.logistic()).isTrue();
    // An output that is not the operator's: nothing is said of any.
    assertThat(
            DetectorFacts.of(graph.graph(rounded, made.get(0), made.get(3), scores))
                .postProcess()
                .orElseThrow()
                .outputs())
        .isEmpty();
  }

  @Test
  void theNumberOfCandidatesTellsTheLikelierLayout() {
    assertThat(tables(1, 25200, 85))
        .containsExactly(
            new YoloTable(Layout.V5, true, 25200, 80, 3, false),
            new YoloTable(Layout.V8, true, 25200, 81, 3, false));
    assertThat(tables(1, 84, 8400))
        .containsExactly(
            new YoloTable(Layout.V8, false, 8400, 80, 1, false),
            new YoloTable(Layout.V5, false, 8400, 79, 1, false));
    assertThat(tables(1, 8400, 5))
        .as("one label, and no room for objectness")
        .containsExactly(new YoloTable(Layout.V8, true, 8400, 1, 1, false));
    assertThat(tables(1, 1000)).isEmpty();
    assertThat(tables(1, 1, 4)).isEmpty();
  }

  private static List<YoloTable> tables(Integer... shape) {
    Graphs graph = new Graphs();
    int image = graph.input(1, 640, 640, 3);
    return DetectorFacts.of(graph.graph(graph.floats("CONV_2D", List.of(image), shape))).yolo();
  }

  @Test
  void scoresBehindALogisticAreFoundThroughWhatOnlyArranges() {
    Graphs graph = new Graphs();
    int image = graph.input(1, 640, 640, 3);
    int boxes = graph.floats("MUL", List.of(graph.floats("LOGISTIC", List.of(image), 1)), 1, 4);
    int scores = graph.floats("CONV_2D", List.of(image), 1, 8400, 80);
    int logits = graph.floats("CONCATENATION", List.of(boxes, scores), 1, 8400, 84);
    assertThat(DetectorFacts.of(graph.graph(logits)).yolo().get(0).logistic())
        .as("a logistic that makes boxes is none of the scores'")
        .isFalse();

    int logistic = graph.floats("LOGISTIC", List.of(scores), 1, 8400, 80);
    int table = graph.floats("CONCATENATION", List.of(boxes, logistic), 1, 8400, 84);
    int turned = graph.floats("TRANSPOSE", List.of(table), 1, 84, 8400);
    assertThat(DetectorFacts.of(graph.graph(turned)).yolo().get(0).logistic()).isTrue();
  }

  @Test
  void inputsAreOfOneSizeOrSaidToBeOpen() {
    Graphs fixed = new Graphs();
    int image = fixed.input(1, 3, 480, 640);
    DetectorFacts facts =
        DetectorFacts.of(fixed.graph(fixed.floats("CONV_2D", List.of(image), 1, 84, 6300)));
    assertThat(facts.inputHeight()).isEqualTo(480);
    assertThat(facts.inputWidth()).isEqualTo(640);
    assertThat(facts.batch()).isOne();
    assertThat(facts.yolo().get(0).boxesEachCell()).isOne();

    Graphs open = new Graphs();
    image =
        open.given(
            new ModelGraph.Tensor("x", List.of(1, 1, 1, 3), 0, true, List.of(-1, -1, -1, 3)));
    facts = DetectorFacts.of(open.graph(open.floats("CONV_2D", List.of(image), 1, 84, 8400)));
    assertThat(facts.inputHeight()).isZero();
    assertThat(facts.inputWidth()).isZero();
    assertThat(facts.batch()).as("an open batch is one image").isOne();

    Graphs many = new Graphs();
    image = many.input(8, 640, 640, 3);
    assertThat(
            DetectorFacts.of(many.graph(many.floats("CONV_2D", List.of(image), 8, 84, 8400)))
                .batch())
        .isEqualTo(8);
  }

  @Test
  void rowsOfOneLabelEachAreToldFromCandidatesByWhatChoosesAndHowManyThereAre() {
    assertThat(rows(List.of(1, 300, 6), "GATHER_ND"))
        .as("too few for candidates")
        .isEqualTo(new LabelledRows(List.of(), 1, 300, false, true, false));
    assertThat(rows(List.of(1, 8400, 6), "TOPK_V2").chosen()).isTrue();
    assertThat(rows(List.of(1, 8400, 6), "NON_MAX_SUPPRESSION_V5").suppressed()).isTrue();
    assertThat(rows(List.of(1, 25200, 6), "CONV_2D"))
        .as("as well YOLO v5 with one label")
        .isEqualTo(new LabelledRows(List.of(), 1, 25200, false, false, true));
    assertThat(facts(List.of(1, 6, 8400), "CONV_2D").labelledBoxes())
        .as("YOLO v8 with two labels")
        .isEmpty();
  }

  private static LabelledRows rows(List<Integer> shape, String chooser) {
    return facts(shape, chooser).labelledBoxes().orElseThrow();
  }

  private static DetectorFacts facts(List<Integer> shape, String chooser) {
    Graphs graph = new Graphs();
    int image = graph.input(1, 640, 640, 3);
    int chosen = graph.floats(chooser, List.of(image), 1, 300);
    return DetectorFacts.of(
        graph.graph(graph.floats("GATHER", List.of(chosen), shape.toArray(new Integer[0]))));
  }

  @Test
  void theLargestScoresPlaceTellsClassesFromScores() {
    Graphs graph = new Graphs();
    int image = graph.input(1, 640, 640, 3);
    int all = graph.floats("LOGISTIC", List.of(image), 1, 8400, 80);
    int boxes = graph.floats("CONCATENATION", List.of(image), 1, 8400, 4);
    int scores = graph.floats("REDUCE_MAX", List.of(all), 1, 8400);
    int classes =
        graph.floats("CAST", List.of(graph.floats("ARG_MAX", List.of(all), 1, 8400)), 1, 8400);
    LabelledRows told =
        DetectorFacts.of(graph.graph(classes, boxes, scores)).labelledBoxes().orElseThrow();
    assertThat(told.outputs()).containsExactly(Part.CLASSES, Part.BOXES, Part.SCORES);
    assertThat(told.suppressed()).as("as many as cells").isFalse();

    int other = graph.floats("GATHER", List.of(classes), 1, 8400);
    assertThat(
            DetectorFacts.of(graph.graph(other, boxes, scores))
                .labelledBoxes()
                .orElseThrow()
                .outputs())
        .as("nothing told")
        .isEmpty();
    int count = graph.floats("SUM", List.of(all), 1);
    assertThat(
            DetectorFacts.of(graph.graph(count, classes, boxes, scores))
                .labelledBoxes()
                .orElseThrow()
                .outputs())
        .containsExactly(Part.COUNT, Part.CLASSES, Part.BOXES, Part.SCORES);
    assertThat(DetectorFacts.of(graph.graph(boxes, scores)).labelledBoxes()).isEmpty();
    assertThat(DetectorFacts.of(graph.graph(boxes, all)).labelledBoxes()).isEmpty();
  }
}
