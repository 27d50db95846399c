package io.stopline.autodiff;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.stopline.autodiff.operator.Tensor;
import io.stopline.sdk.model.BoxAnchors;
import io.stopline.sdk.model.DetectorFormat;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** Boxes relative to anchors, 1×N×4 (y, x, h, w), and scores 1×N×C, both outputs of the model. */
final class AnchoredReading implements DetectorReading {
  private final BoxAnchors anchors;
  private final int boxTensor;
  private final int scoreTensor;
  private final int columns;

  /** Centres in px, and the steps in px that a number of 1 means; 1 × N × 1. */
  private final NDArray anchorX;

  private final NDArray anchorY;
  private final NDArray stepX;
  private final NDArray stepY;
  private final NDArray halfWidth;
  private final NDArray halfHeight;

  AnchoredReading(
      TfliteFile file,
      DetectorFormat.AnchoredBoxes format,
      ImageShape shape,
      NDManager manager,
      DataType precision) {
    this.anchors = format.anchors();
    int n = anchors.count();
    List<Tensor> outputs = file.outputs().stream().map(file.tensors()::get).toList();
    int at = 0;
    while (at < outputs.size() && !isBoxes(outputs, at, n, format.boxes())) {
      at++;
    }
    Tensor scores = outputs.size() == 2 && at < 2 ? outputs.get(1 - at) : null;
    if (n == 0 || scores == null || scores.rank() != 3 || scores.shape().get(1) != n) {
      throw new UnusableModelException(
          "the model gives %s and its metadata have %d anchors; a detector of the kind '%s' gives 1×N×4 and 1×N×C and has N anchors"
              .formatted(DetectorReading.describe(file, file.outputs()), n, format.word()));
    }
    this.boxTensor = outputs.get(at).index();
    this.scoreTensor = scores.index();
    this.columns = scores.shape().get(2);
    double w = shape.width();
    double h = shape.height();
    this.anchorX = column(manager, precision, i -> w * anchors.x(i));
    this.anchorY = column(manager, precision, i -> h * anchors.y(i));
    this.stepX = column(manager, precision, i -> w * anchors.width(i) / anchors.scaleX());
    this.stepY = column(manager, precision, i -> h * anchors.height(i) / anchors.scaleY());
    this.halfWidth = column(manager, precision, i -> 0.5 * w * anchors.width(i));
    this.halfHeight = column(manager, precision, i -> 0.5 * h * anchors.height(i));
  }

  private static boolean isBoxes(List<Tensor> outputs, int at, int n, int told) {
    return (told < 0 || told == at) && outputs.get(at).shape().equals(List.of(1, n, 4));
  }

  private NDArray column(NDManager manager, DataType precision, IntToDoubleFunction of) {
    double[] values = new double[anchors.count()];
    for (int i = 0; i < values.length; i++) {
      values[i] = of.applyAsDouble(i);
    }
    return DetectorReading.constant(manager, precision, values, 1, values.length, 1);
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
    return anchors.count();
  }

  @Override
  public int labels() {
    return columns;
  }

  @Override
  public int firstLabel() {
    return 0;
  }

  @Override
  public NDArray boxes(NDArray tensor, int images) {
    NDArray codes = tensor.reshape(images, candidates(), 4);
    NDArray height = DetectorReading.column(codes, 2).div(anchors.scaleHeight());
    NDArray width = DetectorReading.column(codes, 3).div(anchors.scaleWidth());
    return DetectorReading.edges(
        DetectorReading.column(codes, 1).mul(stepX).add(anchorX),
        DetectorReading.column(codes, 0).mul(stepY).add(anchorY),
        (anchors.exponential() ? width.exp() : width).mul(halfWidth),
        (anchors.exponential() ? height.exp() : height).mul(halfHeight));
  }

  @Override
  public List<NDArray> scores(NDArray tensor, int images) {
    return List.of(tensor.reshape(images, candidates(), columns));
  }
}
