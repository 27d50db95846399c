package io.stopline.evaluation.detection;

import io.stopline.sdk.model.DetectorFormat.Yolo;
import io.stopline.sdk.model.DetectorFormat.Yolo.BoxUnit;
import io.stopline.sdk.model.DetectorFormat.Yolo.Scores;
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
final class RawYolo implements RawTable {

  /** Of boxes that are decoded, hardly any has a side below zero. */
  private static final double MOST_NEGATIVE = 0.1;

  private final int before;
  private final int values;
  private double farthestMiddle;
  private double lowestScore = Double.POSITIVE_INFINITY;
  private double highestScore = Double.NEGATIVE_INFINITY;
  private int finite;
  private long sides;
  private long negative;

  /**
   * @param labels how many the detector has
   */
  RawYolo(Yolo format, int labels) {
    before = format.layout().before();
    values = before + labels;
  }

  @Override
  public void look(VisionModel model) {
    TensorSpec spec = model.outputs().get(0);
    List<Integer> shape = spec.shape();
    // As the decoder has it: where both sides fit, v5 has a row a candidate.
    boolean byRow =
        shape.get(2) == values && (shape.get(1) != values || before == Yolo.Layout.V5.before());
    int candidates = byRow ? shape.get(1) : shape.get(2);
    ByteBuffer bytes = model.output(0).duplicate().order(ByteOrder.nativeOrder());
    for (int n = 0; n < candidates; n++) {
      for (int v = 0; v < values; v++) {
        double real = RawTable.real(spec, bytes, byRow ? n * values + v : v * candidates + n);
        if (!Double.isFinite(real)) {
          continue;
        }
        finite++;
        if (v < 2) {
          farthestMiddle = Math.max(farthestMiddle, Math.abs(real));
        } else if (v < 4) {
          sides++;
          negative += real < -spec.scale() ? 1 : 0;
        } else {
          lowestScore = Math.min(lowestScore, real);
          highestScore = Math.max(highestScore, real);
        }
      }
    }
  }

  @Override
  public boolean sawAny() {
    return finite > 0;
  }

  @Override
  public BoxUnit unit() {
    return farthestMiddle <= FARTHEST_SHARE ? BoxUnit.NORMALISED : BoxUnit.PIXELS;
  }

  @Override
  public Scores scores() {
    return lowestScore >= -ROUNDING && highestScore <= 1 + ROUNDING
        ? Scores.PROBABILITIES
        : Scores.LOGITS;
  }

  @Override
  public String problem() {
    if (lowestScore == highestScore) {
      return "gives the same score, %s, for every candidate of every frame: its 8-bit output cannot hold boxes in pixels and scores at one scale; export it with normalised boxes, or with a float output"
          .formatted(scoreWords());
    }
    if (negative > MOST_NEGATIVE * sides) {
      return String.format(
          Locale.ROOT,
          "gives boxes of which %.0f %% of the sides are below 0: they are what comes before the decoding by grids; export it with its whole head (YOLOX: decode_in_inference)",
          100.0 * negative / sides);
    }
    return "";
  }

  @Override
  public String boxWords() {
    return String.format(Locale.ROOT, "their middles lie at %.4g at most", farthestMiddle);
  }

  @Override
  public String scoreWords() {
    return String.format(
        Locale.ROOT, "scores lie between %.4g and %.4g", lowestScore, highestScore);
  }
}
