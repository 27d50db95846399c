package io.stopline.sdk.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.sdk.model.ModelKind.Task;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelKindTest {

  private static Integer[] shape(String text) {
    return text.isEmpty()
        ? new Integer[0]
        : Arrays.stream(text.split("x")).map(Integer::valueOf).toArray(Integer[]::new);
  }

  @ParameterizedTest
  @CsvSource({
    "1x32x32x3, 1x43, CLASSIFIER",
    "1x32x32x1, 1x10, CLASSIFIER",
    "1x224x224x3, 1x1x1x1001, CLASSIFIER",
    "1x224x224x3, 1001, CLASSIFIER",
    "1x49x40x1, 1x12, CLASSIFIER", // could be a spectrogram: not claimed
    "1x32x32x3, 1x1, ONE_NUMBER",
    "1x640x640x3, 1x25200x85, DETECTOR", // YOLO v5
    "1x640x640x3, 1x84x8400, DETECTOR", // YOLO v8
    "1x416x416x3, 1x2535x85, DETECTOR", // YOLO v4 tiny
    "1x320x320x3, 1x2100x7, DETECTOR",
    "1x32x100x3, 1x25x37, OTHER", // a reader of text
    "1x192x192x3, 1x1x17x3, MAP",
    "1x257x257x3, 1x257x257x21, MAP",
    "1x256x256x3, 1x256x256, MAP",
    "1x256x256x3, 1x512x512x3, MAP",
    "1x96x96x3, 1x12x12x3, MAP",
    "8x32x32x3, 8x43, FIXED_BATCH",
    "1x3x224x224, 1x1000, CLASSIFIER", // as PyTorch has it
    "1x48x48x1, 1x43, CLASSIFIER",
    "1x48x48x4, 1x43, OTHER",
    "224x224x3, 1x1000, OTHER",
    "1x16000, 1x12, SERIES",
    "1x1x16000x1, 1x12, SERIES",
    "1x98x40, 1x12, SERIES",
    "1x16x112x112x3, 1x400, OTHER"
  })
  void tellsWhatShapesTell(String input, String output, Task task) {
    Graphs graph = new Graphs();
    int image = graph.input(shape(input));
    assertThat(graph.kind(graph.floats("CONV_2D", List.of(image), shape(output))).task())
        .isEqualTo(task);
  }

  @Test
  void aDetectorIsNamedByTheOperatorThatMakesBoxes() {
    Graphs graph = new Graphs();
    int image = graph.typed(ModelGraph.UINT8, 1, 300, 300, 3);
    int boxes = graph.floats("TFLite_Detection_PostProcess", List.of(image), 1, 10, 4);
    int scores = graph.floats("RESHAPE", List.of(boxes), 1, 10);

    ModelKind kind = graph.kind(boxes, scores);

    assertThat(kind.isClassifier()).isFalse();
    assertThat(kind.sentence())
        .isEqualTo(
            "is a detector: it takes one image 1×300×300×3 (uint8) and gives 2 tensors (1×10×4"
                + " (float32), 1×10 (float32)) by TFLite_Detection_PostProcess ('ssd-postprocess'); here a"
                + " classifier is needed: one image in, one vector of class scores out");
  }

  @Test
  void rawHeadsOfDetectorsAreNamed() {
    Graphs ssd = new Graphs();
    int image = ssd.input(1, 300, 300, 3);
    assertThat(
            ssd.kind(
                    ssd.floats("CONCATENATION", List.of(image), 1, 1917, 91),
                    ssd.floats("CONCATENATION", List.of(image), 1, 1917, 4))
                .claim())
        .contains("raw boxes and scores");

    Graphs heatMap = new Graphs();
    image = heatMap.input(1, 192, 192, 3);
    assertThat(
            heatMap
                .kind(
                    heatMap.floats("LOGISTIC", List.of(image), 1, 24, 24, 1),
                    heatMap.floats("CONV_2D", List.of(image), 1, 24, 24, 4))
                .claim())
        .contains("heat map and boxes");

    Graphs yolo = new Graphs();
    image = yolo.input(1, 416, 416, 3);
    assertThat(
            yolo.kind(
                    yolo.floats("CONV_2D", List.of(image), 1, 13, 13, 255),
                    yolo.floats("CONV_2D", List.of(image), 1, 26, 26, 255))
                .claim())
        .contains("raw maps of several strides");
  }

  @Test
  void aVectorOfUnitLengthIsAnEmbedding() {
    Graphs one = new Graphs();
    int vector = one.floats("MEAN", List.of(one.input(1, 32, 32, 3)), 1, 128);
    assertThat(one.kind(one.floats("L2_NORMALIZATION", List.of(vector), 1, 128)).task())
        .isEqualTo(Task.EMBEDDING);

    // As tf.math.l2_normalize is converted.
    Graphs many = new Graphs();
    vector = many.floats("MEAN", List.of(many.input(1, 32, 32, 3)), 1, 128);
    int square = many.floats("SQUARE", List.of(vector), 1, 128);
    int sum = many.floats("SUM", List.of(square), 1, 1);
    int floor = many.floats("MAXIMUM", List.of(sum), 1, 1);
    int inverse = many.floats("RSQRT", List.of(floor), 1, 1);
    int unit = many.floats("MUL", List.of(vector, inverse), 1, 128);
    assertThat(many.kind(unit).task()).isEqualTo(Task.EMBEDDING);
    // A plain product at the end says nothing.
    assertThat(many.kind(many.floats("MUL", List.of(vector, vector), 1, 128)).task())
        .isEqualTo(Task.CLASSIFIER);
  }

  @Test
  void aClassifierWithTwoOutputsIsToldWhichIsWhich() {
    Graphs graph = new Graphs();
    int logits = graph.floats("FULLY_CONNECTED", List.of(graph.input(1, 32, 32, 3)), 1, 10);
    int softmax = graph.floats("SOFTMAX", List.of(logits), 1, 10);

    ModelKind kind = graph.kind(softmax, logits);

    assertThat(kind.task()).isEqualTo(Task.SEVERAL_VECTORS);
    assertThat(kind.sentence())
        .contains("of which 0 is the softmax of 1", "export it with the one");
  }

  @Test
  void theNumberOfTheWinnerIsNoScore() {
    Graphs graph = new Graphs();
    int scores = graph.floats("SOFTMAX", List.of(graph.input(1, 32, 32, 3)), 1, 10);
    int winner =
        graph.computed(
            "ARG_MAX",
            List.of(scores),
            new ModelGraph.Tensor("winner", List.of(1), ModelGraph.INT64, true));
    assertThat(graph.kind(winner).sentence())
        .startsWith("tells the number of the winning class only; export it without");
  }

  @Test
  void modelsOfTextAndOfSeveralInputsAreNamed() {
    Graphs text = new Graphs();
    int tokens = text.typed(ModelGraph.INT32, 1, 128);
    assertThat(text.kind(text.floats("SOFTMAX", List.of(tokens), 1, 2)).task())
        .isEqualTo(Task.TEXT);

    Graphs two = new Graphs();
    int image = two.input(1, 32, 32, 3);
    two.input(1, 4);
    assertThat(two.kind(two.floats("SOFTMAX", List.of(image), 1, 2)).sentence())
        .startsWith(
            "has several inputs: it takes 2 tensors (1×32×32×3 (float32), 1×4 (float32)) and gives"
                + " 1×2 (float32); here");
  }

  @Test
  void aShapeThatOnlyARunTellsIsLeftToTheRun() {
    Graphs graph = new Graphs();
    int image = graph.input(1, 32, 32, 3);
    int unknown =
        graph.computed("RESHAPE", List.of(image), new ModelGraph.Tensor("t", List.of(), 0, false));

    ModelKind kind = graph.kind(unknown);

    assertThat(kind.isClassifier()).isFalse();
    assertThat(kind.isSomethingElse()).isFalse();
    assertThat(kind.gives()).contains("only a run tells");
  }
}
