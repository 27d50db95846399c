package io.stopline.evaluation.detection;

import io.stopline.sdk.model.DetectorFormat.Yolo.BoxUnit;
import io.stopline.sdk.model.DetectorFormat.Yolo.Scores;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.model.VisionModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;

/**
 * Whether an output holds rows of left, top, right, bottom, and, where all is in one tensor, of a
 * score and the number of a label; and in what its boxes are measured. Rows of nothing but zeros
 * are the padding of a suppression. Belongs to one thread.
 */
final class RawRows implements RawTable {

  private static final int BOX = 4;
  private static final int ROW = 6;

  /** What rounding may take from a whole number. */
  private static final double WHOLE = 1e-2;

  /** So many of the rows that hold something must be rows of labelled boxes. */
  private static final double MOST = 0.9;

  /** So many are, where nothing else is there. */
  private static final double ALL = 0.98;

  private final int labels;
  private double farthestMiddle;
  private int finite;
  private int rows;
  private int ordered;
  private int scored;
  private int whole;
  private double highestLabel;

  /**
   * @param labels how many the detector has names for
   */
  RawRows(int labels) {
    this.labels = labels;
  }

  @Override
  public void look(VisionModel model) {
    List<TensorSpec> outputs = model.outputs();
    int boxes = 0;
    for (int i = 0; i < outputs.size(); i++) {
      boxes = outputs.get(i).elements() > outputs.get(boxes).elements() ? i : boxes;
    }
    TensorSpec spec = outputs.get(boxes);
    ByteBuffer bytes = model.output(boxes).duplicate().order(ByteOrder.nativeOrder());
    int width = outputs.size() == 1 ? ROW : BOX;
    double step = spec.scale();
    for (int at = 0; at + width <= spec.elements(); at += width) {
      double[] row = new double[width];
      boolean empty = true;
      boolean known = true;
      for (int i = 0; i < width; i++) {
        row[i] = RawTable.real(spec, bytes, at + i);
        known &= Double.isFinite(row[i]);
        empty &= row[i] == 0;
        finite += Double.isFinite(row[i]) ? 1 : 0;
      }
      if (!known || empty) {
        continue;
      }
      rows++;
      farthestMiddle = Math.max(farthestMiddle, 0.5 * Math.abs(row[0] + row[2]));
      farthestMiddle = Math.max(farthestMiddle, 0.5 * Math.abs(row[1] + row[3]));
      ordered += row[2] >= row[0] - step && row[3] >= row[1] - step ? 1 : 0;
      if (width == ROW) {
        scored += row[BOX] >= -ROUNDING && row[BOX] <= 1 + ROUNDING ? 1 : 0;
        double label = row[BOX + 1];
        if (label >= -WHOLE && Math.abs(label - Math.rint(label)) <= WHOLE + 0.5 * step) {
          whole++;
          highestLabel = Math.max(highestLabel, Math.rint(label));
        }
      } else {
        scored++;
        whole++;
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
  public String boxWords() {
    return String.format(Locale.ROOT, "their middles lie at %.4g at most", farthestMiddle);
  }

  @Override
  public Scores scores() {
    return Scores.PROBABILITIES;
  }

  @Override
  public String scoreWords() {
    return "they are what the graph chooses by";
  }

  /** Whether all that it saw are labelled boxes. */
  boolean areRows() {
    return rows > 0 && Math.min(ordered, Math.min(scored, whole)) >= ALL * rows;
  }

  @Override
  public String problem() {
    if (ordered < MOST * rows) {
      return String.format(
          Locale.ROOT,
          "gives %d boxes for clean frames, of which %d do not have left before right and top before bottom: its rows are no 'labelled-boxes'; say --format yolo-v5 if they are middle, size, objectness and one score, else export it with the corners of its boxes",
          rows,
          rows - ordered);
    }
    if (Math.min(scored, whole) < MOST * rows) {
      return String.format(
          Locale.ROOT,
          "gives %d rows for clean frames, of which %d have no score of 0 to 1 and %d no whole number of a label at their end: they are no 'labelled-boxes'; say --format yolo-v5 if they are middle, size, objectness and one score",
          rows,
          rows - scored,
          rows - whole);
    }
    if (highestLabel >= labels) {
      return String.format(
          Locale.ROOT,
          "gives labels up to number %.0f, counted from 0, but there are names for %d; give one name for each with --labels",
          highestLabel,
          labels);
    }
    return "";
  }
}
