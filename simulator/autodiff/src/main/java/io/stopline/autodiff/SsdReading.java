package io.stopline.autodiff;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.google.flatbuffers.ArrayReadWriteBuf;
import com.google.flatbuffers.FlexBuffers;
import io.stopline.autodiff.operator.Tensor;
import io.stopline.sdk.model.DetectorFormat;
import java.util.List;
import org.tensorflow.lite.schema.BuiltinOperator;

/**
 * The inputs of {@code TFLite_Detection_PostProcess}: box encodings 1×N×4 (y, x, h, w, relative to
 * an anchor each), class predictions 1×N×C, with the background first if there is one class more
 * than the operator's {@code num_classes}, and anchors N×4 (the centre's y and x, h, w, 0..1).
 */
final class SsdReading implements DetectorReading {
  private static final String OPERATOR = "custom 'TFLite_Detection_PostProcess'";

  private final int boxTensor;
  private final int scoreTensor;
  private final int candidates;
  private final int columns;
  private final int skipped;
  private final int firstLabel;

  /** Centres in px, and the steps in px that an encoding of 1 means; 1 × N × 1. */
  private final NDArray anchorX;

  private final NDArray anchorY;
  private final NDArray stepX;
  private final NDArray stepY;

  /** Half sizes in px, 1 × N × 1, and what an encoded size is multiplied by, 1. */
  private final NDArray halfWidth;

  private final NDArray halfHeight;
  private final NDArray widthRate;
  private final NDArray heightRate;

  SsdReading(
      TfliteFile file,
      DetectorFormat.SsdPostProcess format,
      ImageShape shape,
      NDManager manager,
      DataType precision) {
    TfliteFile.Step step =
        file.steps().stream()
            .filter(s -> s.builtin() == BuiltinOperator.CUSTOM && s.name().equals(OPERATOR))
            .findFirst()
            .orElseThrow(
                () ->
                    new UnusableModelException(
                        "the model has no operator TFLite_Detection_PostProcess, in front of which"
                            + " the format '%s' has its gradients; say what its outputs are"
                                .formatted(format.word())));
    if (step.inputs().size() != 3) {
      throw new UnusableModelException(
          "TFLite_Detection_PostProcess has %d inputs; it takes boxes, scores and anchors"
              .formatted(step.inputs().size()));
    }
    this.boxTensor = step.inputs().get(0);
    this.scoreTensor = step.inputs().get(1);
    Tensor boxes = file.tensors().get(boxTensor);
    Tensor scores = file.tensors().get(scoreTensor);
    Tensor anchors = file.tensors().get(step.inputs().get(2));
    this.candidates = scores.rank() == 3 ? scores.shape().get(1) : 0;
    if (!boxes.shape().equals(List.of(1, candidates, 4))
        || !anchors.shape().equals(List.of(candidates, 4))
        || !anchors.constant()) {
      throw new UnusableModelException(
          "TFLite_Detection_PostProcess takes %s; expected are 1×N×4, 1×N×C and constant anchors N×4"
              .formatted(DetectorReading.describe(file, step.inputs())));
    }
    FlexBuffers.Map options = options(file.customOptions(step.place()));
    this.columns = scores.shape().get(2);
    int background = columns - options.get("num_classes").asInt();
    if (background != 0 && background != 1) {
      throw new UnusableModelException(
          "TFLite_Detection_PostProcess has %d classes and is given scores of %d; expected are as many, or one more for the background"
              .formatted(columns - background, columns));
    }
    this.skipped = background + Math.max(0, -format.firstLabel());
    this.firstLabel = Math.max(0, format.firstLabel());
    if (columns <= skipped) {
      throw new UnusableModelException(
          "TFLite_Detection_PostProcess has no class but the background; check firstLabel");
    }
    double[] values = file.reals(anchors);
    this.anchorY = column(manager, precision, values, 0, shape.height());
    this.anchorX = column(manager, precision, values, 1, shape.width());
    this.stepY = column(manager, precision, values, 2, shape.height() / scale(options, "y_scale"));
    this.stepX = column(manager, precision, values, 3, shape.width() / scale(options, "x_scale"));
    this.halfHeight = column(manager, precision, values, 2, 0.5 * shape.height());
    this.halfWidth = column(manager, precision, values, 3, 0.5 * shape.width());
    this.heightRate = rate(manager, precision, 1 / scale(options, "h_scale"));
    this.widthRate = rate(manager, precision, 1 / scale(options, "w_scale"));
  }

  private static FlexBuffers.Map options(byte[] bytes) {
    try {
      FlexBuffers.Map options =
          FlexBuffers.getRoot(new ArrayReadWriteBuf(bytes, bytes.length)).asMap();
      options.get("num_classes").asInt();
      return options;
    } catch (RuntimeException e) {
      throw new UnusableModelException(
          "the options of TFLite_Detection_PostProcess cannot be read; convert the model again");
    }
  }

  private static double scale(FlexBuffers.Map options, String name) {
    double scale = options.get(name).asFloat();
    if (!(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
      throw new UnusableModelException(
          "TFLite_Detection_PostProcess has %s %s; it must be above 0".formatted(name, scale));
    }
    return scale;
  }

  private NDArray column(
      NDManager manager, DataType precision, double[] anchors, int column, double factor) {
    double[] values = new double[candidates];
    for (int n = 0; n < candidates; n++) {
      values[n] = factor * anchors[4 * n + column];
    }
    return DetectorReading.constant(manager, precision, values, 1, candidates, 1);
  }

  private static NDArray rate(NDManager manager, DataType precision, double value) {
    return DetectorReading.constant(manager, precision, new double[] {value}, 1, 1, 1);
  }

  @Override
  public int boxTensor() {
    return boxTensor;
  }

  @Override
  public int scoreTensor() {
    return scoreTensor;
  }

  @Override
  public int candidates() {
    return candidates;
  }

  @Override
  public int labels() {
    return columns - skipped;
  }

  @Override
  public int firstLabel() {
    return firstLabel;
  }

  @Override
  public NDArray boxes(NDArray tensor, int images) {
    NDArray codes = tensor.reshape(images, candidates, 4);
    return DetectorReading.edges(
        DetectorReading.column(codes, 1).mul(stepX).add(anchorX),
        DetectorReading.column(codes, 0).mul(stepY).add(anchorY),
        DetectorReading.column(codes, 3).mul(widthRate).exp().mul(halfWidth),
        DetectorReading.column(codes, 2).mul(heightRate).exp().mul(halfHeight));
  }

  @Override
  public List<NDArray> scores(NDArray tensor, int images) {
    return List.of(
        DetectorReading.columns(tensor.reshape(images, candidates, columns), skipped, columns));
  }
}
