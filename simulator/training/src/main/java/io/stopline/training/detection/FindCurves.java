package io.stopline.training.detection;

import io.stopline.evaluation.road.FinderCurve;
import java.util.List;

/** One number for how well something finds: the mean recall over four rates of false finds. */
final class FindCurves {

  /** False finds a frame, evenly spread on a logarithmic scale. */
  private static final List<Double> RATES = List.of(0.03, 0.1, 0.3, 1.0);

  private FindCurves() {}

  static double meanRecall(FinderCurve curve) {
    return RATES.stream()
        .mapToDouble(rate -> curve.recall(curve.thresholdAt(rate)).value())
        .average()
        .orElseThrow();
  }
}
