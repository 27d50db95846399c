package io.stopline.autodiff;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.stopline.autodiff.operator.Scalar;
import io.stopline.autodiff.operator.Tensor;
import io.stopline.sdk.model.DetectorFormat;
import java.util.List;

/**
 * The votes of a {@link DetectorFormat.VoteMap}: each cell is a candidate whose box is the cell
 * itself. Whoever hides an object from it silences every cell that lies on it.
 */
final class VoteMapReading implements DetectorReading {
  private final int votes;
  private final int cells;
  private final NDArray edges;

  VoteMapReading(TfliteFile file, ImageShape shape, NDManager manager, DataType precision) {
    int found = -1;
    for (int output : file.outputs()) {
      Tensor tensor = file.tensors().get(output);
      if (found < 0 && tensor.rank() == 4 && tensor.shape().get(0) == 1 && isOne(tensor)) {
        found = output;
      }
    }
    if (found < 0) {
      throw new UnusableModelException(
          "the model gives %s; a map of votes is 1×h×w×1"
              .formatted(DetectorReading.describe(file, file.outputs())));
    }
    this.votes = found;
    int rows = file.tensors().get(found).shape().get(1);
    int columns = file.tensors().get(found).shape().get(2);
    this.cells = rows * columns;
    int step = shape.height() / rows;
    if (step * rows != shape.height() || step * columns != shape.width()) {
      throw new UnusableModelException(
          "the model's map has %d×%d votes for %d×%d px; both sides must be the same whole multiple"
              .formatted(columns, rows, shape.width(), shape.height()));
    }
    double[] boxes = new double[4 * cells];
    for (int cell = 0; cell < cells; cell++) {
      int row = cell / columns;
      int column = cell - row * columns;
      boxes[4 * cell] = (double) column * step;
      boxes[4 * cell + 1] = (double) row * step;
      boxes[4 * cell + 2] = (column + 1.0) * step;
      boxes[4 * cell + 3] = (row + 1.0) * step;
    }
    this.edges = DetectorReading.constant(manager, precision, boxes, 1, cells, 4);
  }

  private static boolean isOne(Tensor tensor) {
    return tensor.shape().get(3) == 1 && tensor.elements() > 0;
  }

  @Override
  public int boxTensor() {
    return votes;
  }

  @Override
  public int scoreTensor() {
    return votes;
  }

  @Override
  public int candidates() {
    return cells;
  }

  @Override
  public int labels() {
    return 1;
  }

  @Override
  public int firstLabel() {
    return 0;
  }

  @Override
  public boolean votes() {
    return true;
  }

  @Override
  public NDArray boxes(NDArray tensor, int images) {
    // Nothing moves them; 0 times a vote keeps them in the graph that is walked back.
    return Scalar.mul(tensor.reshape(images, cells, 1), 0).add(edges);
  }

  @Override
  public List<NDArray> scores(NDArray tensor, int images) {
    return List.of(tensor.reshape(images, cells, 1));
  }
}
