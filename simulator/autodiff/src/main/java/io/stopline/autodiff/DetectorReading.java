package io.stopline.autodiff;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.stopline.autodiff.operator.Odds;
import io.stopline.autodiff.operator.Tensor;
import io.stopline.sdk.model.DetectorFormat;
import java.util.List;

/** How a detector's tensors become boxes and logits: one implementation a format. */
interface DetectorReading {

  /** The tensor that boxes are read from. */
  int boxTensor();

  /** The tensor that scores are read from. */
  int scoreTensor();

  /** N: boxes an image. */
  int candidates();

  /** C: scores a box. */
  int labels();

  /** Values a box that its scores are computed from. */
  default int scoreColumns() {
    return labels();
  }

  /** The label of the first score. */
  int firstLabel();

  /** Whether many candidates on an object make one detection. */
  default boolean votes() {
    return false;
  }

  /**
   * Boxes.
   *
   * @param tensor the box tensor
   * @return images × N × 4: left, top, right, bottom, px
   */
  NDArray boxes(NDArray tensor, int images);

  /**
   * What of the score tensor are scores.
   *
   * @return one or more arrays of images × N × some; a probability is the product of theirs
   */
  List<NDArray> scores(NDArray tensor, int images);

  /**
   * @param manager lives as long as the detector
   * @throws UnusableModelException if the tensors are not what the format says
   */
  static DetectorReading of(
      TfliteFile file,
      DetectorFormat format,
      ImageShape shape,
      NDManager manager,
      DataType precision) {
    if (format instanceof DetectorFormat.SsdPostProcess ssd) {
      return new SsdReading(file, ssd, shape, manager, precision);
    }
    if (format instanceof DetectorFormat.Yolo yolo) {
      return new YoloReading(file, yolo, shape, manager, precision);
    }
    if (format instanceof DetectorFormat.AnchoredBoxes anchored) {
      return new AnchoredReading(file, anchored, shape, manager, precision);
    }
    if (format instanceof DetectorFormat.HeatMap) {
      return new HeatMapReading(file, shape, manager, precision);
    }
    if (format instanceof DetectorFormat.VoteMap) {
      return new VoteMapReading(file, shape, manager, precision);
    }
    if (format instanceof DetectorFormat.LabelledBoxes) {
      throw new UnusableModelException(
          "a detector of the kind '%s' chooses labels and boxes inside its graph, which has no gradients; export it without that (nms=False, end2end=False) for an attack by gradients"
              .formatted(format.word()));
    }
    throw new UnusableModelException(
        "no gradients for detectors of the kind '%s'".formatted(format.word()));
  }

  /** The scores of a label from those of its factors, before the logistic function. */
  static NDArray logits(List<NDArray> factors) {
    return factors.size() == 1 ? factors.get(0) : Odds.ofProduct(factors.get(0), factors.get(1));
  }

  /** The same from probabilities. */
  static NDArray odds(List<NDArray> factors, double least) {
    NDArray p = factors.get(0);
    for (NDArray factor : factors.subList(1, factors.size())) {
      p = p.mul(factor);
    }
    return Odds.ofProbability(p, least);
  }

  /** An array that lives as long as the detector. */
  static NDArray constant(NDManager manager, DataType precision, double[] values, long... shape) {
    return manager.create(values).toType(precision, false).reshape(new Shape(shape));
  }

  /** From centres and sizes, each images × N × 1, to edges. */
  static NDArray edges(NDArray x, NDArray y, NDArray halfWidth, NDArray halfHeight) {
    return x.sub(halfWidth)
        .concat(y.sub(halfHeight), -1)
        .concat(x.add(halfWidth), -1)
        .concat(y.add(halfHeight), -1);
  }

  /** One column of images × N × columns. */
  static NDArray column(NDArray x, int column) {
    return columns(x, column, column + 1);
  }

  /** The columns from one to before another of images × N × columns. */
  static NDArray columns(NDArray x, int from, int to) {
    return x.get(":, :, %d:%d".formatted(from, to));
  }

  /** For messages. */
  static String describe(TfliteFile file, List<Integer> tensors) {
    return String.join(
        " and ", tensors.stream().map(t -> file.tensors().get(t)).map(Tensor::describe).toList());
  }
}
