package io.stopline.autodiff;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.stopline.autodiff.operator.Tensor;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.DetectorFormat.Yolo.BoxUnit;
import io.stopline.sdk.model.DetectorFormat.Yolo.Layout;
import java.util.List;

/** The one output of a YOLO export: {@link DetectorFormat.Yolo} says how it is arranged. */
final class YoloReading implements DetectorReading {
  private final boolean objectness;
  private final int output;
  private final int candidates;
  private final int columns;
  private final NDArray unitX;
  private final NDArray unitY;
  private final NDArray halfX;
  private final NDArray halfY;

  YoloReading(
      TfliteFile file,
      DetectorFormat.Yolo format,
      ImageShape shape,
      NDManager manager,
      DataType precision) {
    this.objectness = format.layout() == Layout.V5;
    List<Integer> outputs = file.outputs();
    Tensor tensor = file.tensors().get(outputs.get(0));
    int least = objectness ? 6 : 5;
    boolean fits = outputs.size() == 1 && tensor.rank() == 3 && tensor.shape().get(0) == 1;
    this.candidates = fits ? tensor.shape().get(objectness ? 1 : 2) : 0;
    this.columns = fits ? tensor.shape().get(objectness ? 2 : 1) : 0;
    if (candidates < 1 || columns < least) {
      throw new UnusableModelException(
          "the model gives %s; a detector of the kind '%s' gives one tensor, %s"
              .formatted(
                  DetectorReading.describe(file, outputs),
                  format.word(),
                  objectness ? "1×N×(5+C)" : "1×(4+C)×N"));
    }
    this.output = tensor.index();
    boolean pixels = format.unit() == BoxUnit.PIXELS;
    double x = pixels ? 1 : shape.width();
    double y = pixels ? 1 : shape.height();
    this.unitX = unit(manager, precision, x);
    this.unitY = unit(manager, precision, y);
    this.halfX = unit(manager, precision, 0.5 * x);
    this.halfY = unit(manager, precision, 0.5 * y);
  }

  private static NDArray unit(NDManager manager, DataType precision, double value) {
    return DetectorReading.constant(manager, precision, new double[] {value}, 1, 1, 1);
  }

  @Override
  public int boxTensor() {
    return output;
  }

  @Override
  public int scoreTensor() {
    return output;
  }

  @Override
  public int candidates() {
    return candidates;
  }

  @Override
  public int labels() {
    return columns - (objectness ? 5 : 4);
  }

  @Override
  public int scoreColumns() {
    return columns - 4;
  }

  @Override
  public int firstLabel() {
    return 0;
  }

  private NDArray rows(NDArray tensor, int images) {
    return objectness
        ? tensor.reshape(images, candidates, columns)
        : tensor.reshape(images, columns, candidates).transpose(0, 2, 1);
  }

  @Override
  public NDArray boxes(NDArray tensor, int images) {
    NDArray rows = rows(tensor, images);
    return DetectorReading.edges(
        DetectorReading.column(rows, 0).mul(unitX),
        DetectorReading.column(rows, 1).mul(unitY),
        DetectorReading.column(rows, 2).mul(halfX),
        DetectorReading.column(rows, 3).mul(halfY));
  }

  @Override
  public List<NDArray> scores(NDArray tensor, int images) {
    NDArray rows = rows(tensor, images);
    return objectness
        ? List.of(DetectorReading.column(rows, 4), DetectorReading.columns(rows, 5, columns))
        : List.of(DetectorReading.columns(rows, 4, columns));
  }
}
