package io.stopline.sdk.model;

import io.stopline.sdk.model.ModelKind.Form;
import io.stopline.sdk.model.ModelKind.Task;
import java.util.List;
import java.util.Set;

/** What a model's inputs tell about what it is for. */
final class InputForm {

  private static final Set<Integer> PIXELS =
      Set.of(ModelGraph.FLOAT32, ModelGraph.UINT8, ModelGraph.INT8);
  private static final Set<Integer> NUMBERS_OF_WORDS = Set.of(ModelGraph.INT32, ModelGraph.INT64);
  private static final Set<Integer> CHANNELS = Set.of(1, 3, 4);

  /** An image has more rows than this. */
  private static final int LEAST_SIDE = 8;

  /** A picture of one row is none; a short one could be a test's. */
  private static final int LONG_ROW = 64;

  private InputForm() {}

  /** {@link Task#CLASSIFIER} if the inputs are one image. */
  static Form of(ModelGraph graph) {
    List<ModelGraph.Tensor> fed = graph.fed();
    if (fed.size() != 1) {
      return Form.of(Task.SEVERAL_INPUTS, fed.isEmpty() ? "has no input" : "has several inputs");
    }
    ModelGraph.Tensor input = fed.get(0);
    if (input.type() == ModelGraph.STRING
        || (NUMBERS_OF_WORDS.contains(input.type()) && input.rank() <= 2)) {
      return Form.of(Task.TEXT, "is a model of text or of other whole numbers");
    }
    if (!PIXELS.contains(input.type())) {
      return Form.of(
          Task.OTHER,
          "takes numbers of a type that no image has here (float32, uint8 or int8 are read)");
    }
    return ofShape(input);
  }

  private static Form ofShape(ModelGraph.Tensor input) {
    List<Integer> shape = input.shape();
    return switch (shape.size()) {
      case 0 -> Form.of(Task.OTHER, "takes no image");
      case 1, 2 ->
          Form.of(Task.SERIES, "is a model of a row of numbers, such as sound or measurements");
      case 3 ->
          CHANNELS.contains(shape.get(2)) && shape.get(0) >= LEAST_SIDE
              ? Form.of(Task.OTHER, "takes an image without a batch; export it with batch 1")
              : Form.of(
                  Task.SERIES, "is a model of a series, such as sound or measurements over time");
      case 4 -> ofImage(shape);
      default -> Form.of(Task.OTHER, "takes more dimensions than an image has, such as a film");
    };
  }

  private static Form ofImage(List<Integer> shape) {
    if (!isImage(shape)) {
      return Form.of(Task.SERIES, "is a model of a row of numbers, such as sound or measurements");
    }
    if (shape.get(0) != 1) {
      return Form.of(
          Task.FIXED_BATCH,
          "takes %d images at once; export it with batch 1".formatted(shape.get(0)));
    }
    if (!ImageLayout.isOne(shape)) {
      return Form.of(
          Task.OTHER,
          "takes an image of %d channels, where colours have 3 and grey has 1"
              .formatted(shape.get(3)));
    }
    return Form.of(Task.CLASSIFIER, "");
  }

  /** Whether four dimensions are more than one long row. */
  static boolean isImage(List<Integer> shape) {
    int rows = shape.get(1);
    int columns = shape.get(2);
    return Math.min(rows, columns) > 1 || Math.max(rows, columns) < LONG_ROW;
  }
}
