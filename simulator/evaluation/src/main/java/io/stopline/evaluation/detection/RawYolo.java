package io.stopline.evaluation.detection;

import io.stopline.sdk.model.DetectorFormat.Yolo;
import io.stopline.sdk.model.DetectorFormat.Yolo.BoxUnit;
import io.stopline.sdk.model.DetectorFormat.Yolo.Scores;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.model.VisionModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;

/**
 * The ranges of what a YOLO's table holds: in what boxes are measured, and whether scores are
 * probabilities, the numbers themselves tell. Belongs to one thread.
 */
final class RawYolo {

  /**
   * Boxes as shares of the input hardly leave it; in pixels, thousands of them never stay below.
   */
  private static final double FARTHEST_SHARE = 2;

  /** What rounding may add to a probability. */
  private static final double ROUNDING = 0.02;

  private final int before;
  private final int values;
  private double farthestMiddle;
  private double lowestScore = Double.POSITIVE_INFINITY;
  private double highestScore = Double.NEGATIVE_INFINITY;
  private int finite;

  /**
   * @param labels how many the detector has
   */
  RawYolo(Yolo format, int labels) {
    before = format.layout().before();
    values = before + labels;
  }

  /** Takes in what the model gave last. */
  void look(VisionModel model) {
    TensorSpec spec = model.outputs().get(0);
    List<Integer> shape = spec.shape();
    // As the decoder has it: where both sides fit, v5 has a row a candidate.
    boolean byRow =
        shape.get(2) == values && (shape.get(1) != values || before == Yolo.Layout.V5.before());
    int candidates = byRow ? shape.get(1) : shape.get(2);
    ByteBuffer bytes = model.output(0).duplicate().order(ByteOrder.nativeOrder());
    for (int n = 0; n < candidates; n++) {
      for (int v = 0; v < values; v++) {
        double real = real(spec, bytes, byRow ? n * values + v : v * candidates + n);
        if (!Double.isFinite(real)) {
          continue;
        }
        finite++;
        if (v < 2) {
          farthestMiddle = Math.max(farthestMiddle, Math.abs(real));
        } else if (v >= 4) {
          lowestScore = Math.min(lowestScore, real);
          highestScore = Math.max(highestScore, real);
        }
      }
    }
  }

  private static double real(TensorSpec spec, ByteBuffer bytes, int index) {
    if (spec.type() == ElementType.FLOAT32) {
      return bytes.getFloat(4 * index);
    }
    int stored = bytes.get(index);
    return spec.scale()
        * ((spec.type() == ElementType.UINT8 ? stored & 0xff : stored) - spec.zeroPoint());
  }

  /** Whether it saw any number. */
  boolean sawAny() {
    return finite > 0;
  }

  /** In what the boxes are measured. */
  BoxUnit unit() {
    return farthestMiddle <= FARTHEST_SHARE ? BoxUnit.NORMALISED : BoxUnit.PIXELS;
  }

  /** What the scores are. */
  Scores scores() {
    return lowestScore >= -ROUNDING && highestScore <= 1 + ROUNDING
        ? Scores.PROBABILITIES
        : Scores.LOGITS;
  }

  /** Whether all scores are one and the same: an 8-bit output too coarse to hold them. */
  boolean scoresSayNothing() {
    return lowestScore == highestScore;
  }

  /** Why the boxes are taken as they are. */
  String boxWords() {
    return String.format(Locale.ROOT, "their middles lie at %.4g at most", farthestMiddle);
  }

  /** Why the scores are taken as they are. */
  String scoreWords() {
    return String.format(
        Locale.ROOT, "scores lie between %.4g and %.4g", lowestScore, highestScore);
  }
}
