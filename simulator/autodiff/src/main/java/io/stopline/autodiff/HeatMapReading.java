package io.stopline.autodiff;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.stopline.autodiff.operator.Tensor;
import io.stopline.sdk.model.DetectorFormat;
import java.util.List;
import java.util.Locale;

/** The two outputs of a {@link DetectorFormat.HeatMap}: each cell is a candidate. */
final class HeatMapReading implements DetectorReading {
  private final int heat;
  private final int boxes;
  private final int cells;
  private final int labels;
  private final NDArray centreX;
  private final NDArray centreY;
  private final NDArray stride;
  private final NDArray half;

  HeatMapReading(TfliteFile file, ImageShape shape, NDManager manager, DataType precision) {
    List<Integer> outputs = file.outputs();
    int first = outputs.size() == 2 ? heatIndex(file, outputs) : -1;
    if (first < 0) {
      throw new UnusableModelException(
          "the model gives %s; a heat map detector gives 'heat', 1×h×w×K, and 'boxes', 1×h×w×4"
              .formatted(DetectorReading.describe(file, outputs)));
    }
    this.heat = outputs.get(first);
    this.boxes = outputs.get(1 - first);
    List<Integer> sides = file.tensors().get(heat).shape();
    int rows = sides.get(1);
    int columns = sides.get(2);
    this.labels = sides.get(3);
    this.cells = rows * columns;
    int step = shape.height() / rows;
    if (step * rows != shape.height() || step * columns != shape.width()) {
      throw new UnusableModelException(
          "the model's heat map has %d×%d cells for %d×%d px; both sides must be the same whole multiple"
              .formatted(columns, rows, shape.width(), shape.height()));
    }
    double[] x = new double[cells];
    double[] y = new double[cells];
    for (int cell = 0; cell < cells; cell++) {
      int row = cell / columns;
      x[cell] = (cell % columns + 0.5) * step;
      y[cell] = (row + 0.5) * step;
    }
    this.centreX = DetectorReading.constant(manager, precision, x, 1, cells, 1);
    this.centreY = DetectorReading.constant(manager, precision, y, 1, cells, 1);
    this.stride = DetectorReading.constant(manager, precision, new double[] {step}, 1, 1, 1);
    this.half = DetectorReading.constant(manager, precision, new double[] {0.5 * step}, 1, 1, 1);
  }

  /** Which of two outputs is the heat map; -1 if none is. */
  private static int heatIndex(TfliteFile file, List<Integer> outputs) {
    Tensor a = file.tensors().get(outputs.get(0));
    Tensor b = file.tensors().get(outputs.get(1));
    if (a.rank() != 4
        || b.rank() != 4
        || a.shape().get(0) != 1
        || !a.shape().subList(0, 3).equals(b.shape().subList(0, 3))
        || a.elements() == 0) {
      return -1;
    }
    boolean firstMayBeBoxes = a.shape().get(3) == 4;
    boolean secondMayBeBoxes = b.shape().get(3) == 4;
    if (firstMayBeBoxes && secondMayBeBoxes) {
      // As the decoder tells them apart.
      return name(a).contains("heat") || name(b).contains("box") ? 0 : 1;
    }
    return secondMayBeBoxes ? 0 : firstMayBeBoxes ? 1 : -1;
  }

  private static String name(Tensor tensor) {
    return tensor.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public int boxTensor() {
    return boxes;
  }

  @Override
  public int scoreTensor() {
    return heat;
  }

  @Override
  public int candidates() {
    return cells;
  }

  @Override
  public int labels() {
    return labels;
  }

  @Override
  public int firstLabel() {
    return 0;
  }

  @Override
  public NDArray boxes(NDArray tensor, int images) {
    NDArray codes = tensor.reshape(images, cells, 4);
    return DetectorReading.edges(
        DetectorReading.column(codes, 0).mul(stride).add(centreX),
        DetectorReading.column(codes, 1).mul(stride).add(centreY),
        DetectorReading.column(codes, 2).exp().mul(half),
        DetectorReading.column(codes, 3).exp().mul(half));
  }

  @Override
  public List<NDArray> scores(NDArray tensor, int images) {
    return List.of(tensor.reshape(images, cells, labels));
  }
}
