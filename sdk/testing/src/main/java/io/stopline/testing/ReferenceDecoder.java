package io.stopline.testing;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What detectors' decoders are held against: the definition, slowly, every candidate and every pair
 * of boxes looked at.
 */
public final class ReferenceDecoder {

  /**
   * A box with a label, in whole pixels of the frame.
   *
   * @param probability 0..1
   */
  public record Found(int left, int top, int right, int bottom, int label, double probability) {

    double overlap(Found other) {
      double w = Math.min(right, other.right) - Math.max(left, other.left);
      double h = Math.min(bottom, other.bottom) - Math.max(top, other.top);
      double both = Math.max(0, w) * Math.max(0, h);
      return both / (area() + other.area() - both);
    }

    private double area() {
      return (double) (right - left) * (bottom - top);
    }
  }

  /**
   * Where the frame lies in the input: {@code frame = (input − offset) · scale}.
   *
   * @param frameWidth px
   * @param frameHeight px
   */
  public record Placement(
      int frameWidth,
      int frameHeight,
      double scaleX,
      double scaleY,
      double offsetX,
      double offsetY) {}

  private ReferenceDecoder() {}

  /**
   * Reads a table of YOLO candidates.
   *
   * @param table one row a candidate: centre x, centre y, width, height (px of the input),
   *     objectness if there is one, probability of each label
   * @param byLabel whether only boxes of one label suppress each other
   */
  public static List<Found> yolo(
      double[][] table,
      boolean objectness,
      double threshold,
      int maximum,
      boolean byLabel,
      double overlap,
      Placement at) {
    List<Found> above = new ArrayList<>();
    for (double[] row : table) {
      int first = objectness ? 5 : 4;
      int best = first;
      for (int i = first; i < row.length; i++) {
        best = row[i] > row[best] ? i : best;
      }
      // In single precision, so that what is equally probable is so here too.
      double probability = objectness ? (float) row[best] * (float) row[4] : row[best];
      if (probability >= threshold) {
        inFrame(
                row[0] - row[2] / 2,
                row[1] - row[3] / 2,
                row[0] + row[2] / 2,
                row[1] + row[3] / 2,
                best - first,
                probability,
                at)
            .ifPresent(above::add);
      }
    }
    return suppressed(above, maximum, byLabel, overlap);
  }

  /**
   * Reads detections that are suppressed already.
   *
   * @param boxes a row each: top, left, bottom, right, px of the input
   * @param count how many of them count
   * @param firstLabel is added to each class
   */
  public static List<Found> ssd(
      double[][] boxes,
      double[] classes,
      double[] scores,
      int count,
      int firstLabel,
      double threshold,
      int maximum,
      Placement at) {
    List<Found> found = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (scores[i] >= threshold) {
        double[] b = boxes[i];
        int label = (int) classes[i] + firstLabel;
        inFrame(b[1], b[0], b[3], b[2], label, scores[i], at).ifPresent(found::add);
      }
    }
    found.sort(Comparator.comparingDouble(f -> -f.probability()));
    return found.size() > maximum ? found.subList(0, maximum) : found;
  }

  /**
   * Reads boxes that have one label each.
   *
   * @param boxes a row each: left, top, right, bottom, px of the input
   * @param byLabel whether only boxes of one label suppress each other
   * @param overlap above which the less probable of two boxes falls
   */
  public static List<Found> labelled(
      double[][] boxes,
      double[] classes,
      double[] scores,
      double threshold,
      int maximum,
      boolean byLabel,
      double overlap,
      Placement at) {
    List<Found> above = new ArrayList<>();
    for (int i = 0; i < boxes.length; i++) {
      if (scores[i] >= threshold) {
        double[] b = boxes[i];
        inFrame(b[0], b[1], b[2], b[3], (int) Math.rint(classes[i]), scores[i], at)
            .ifPresent(above::add);
      }
    }
    return suppressed(above, maximum, byLabel, overlap);
  }

  /**
   * Reads boxes relative to anchors.
   *
   * @param codes a row each: y, x, h, w
   * @param anchors a row each: the centre's x and y, width and height, px of the input
   * @param scales of x, y, width and height
   * @param exponential whether sizes are exponents
   * @param probabilities a row each, one a label
   */
  public static List<Found> anchored(
      double[][] codes,
      double[][] anchors,
      double[] scales,
      boolean exponential,
      double[][] probabilities,
      double threshold,
      int maximum,
      boolean byLabel,
      double overlap,
      Placement at) {
    double[][] table = new double[codes.length][];
    for (int n = 0; n < codes.length; n++) {
      double[] a = anchors[n];
      double[] row = new double[4 + probabilities[n].length];
      double w = codes[n][3] / scales[2];
      double h = codes[n][2] / scales[3];
      row[0] = a[0] + codes[n][1] / scales[0] * a[2];
      row[1] = a[1] + codes[n][0] / scales[1] * a[3];
      row[2] = a[2] * (exponential ? Math.exp(w) : w);
      row[3] = a[3] * (exponential ? Math.exp(h) : h);
      System.arraycopy(probabilities[n], 0, row, 4, probabilities[n].length);
      table[n] = row;
    }
    return yolo(table, false, threshold, maximum, byLabel, overlap, at);
  }

  private static List<Found> suppressed(
      List<Found> above, int maximum, boolean byLabel, double overlap) {
    above.sort(Comparator.comparingDouble(f -> -f.probability()));
    List<Found> stay = new ArrayList<>();
    for (Found found : above) {
      boolean covered =
          stay.stream()
              .anyMatch(
                  s -> (!byLabel || s.label() == found.label()) && s.overlap(found) > overlap);
      if (!covered && stay.size() < maximum) {
        stay.add(found);
      }
    }
    return stay;
  }

  private static Optional<Found> inFrame(
      double x0, double y0, double x1, double y1, int label, double probability, Placement at) {
    double l = (x0 - at.offsetX()) * at.scaleX();
    double t = (y0 - at.offsetY()) * at.scaleY();
    double r = (x1 - at.offsetX()) * at.scaleX();
    double b = (y1 - at.offsetY()) * at.scaleY();
    if (r <= l || b <= t || r <= 0 || b <= 0 || l >= at.frameWidth() || t >= at.frameHeight()) {
      return Optional.empty();
    }
    int left = (int) Math.min(at.frameWidth() - 1, Math.max(0, Math.round(l)));
    int top = (int) Math.min(at.frameHeight() - 1, Math.max(0, Math.round(t)));
    return Optional.of(
        new Found(
            left,
            top,
            (int) Math.max(left + 1, Math.min(at.frameWidth(), Math.round(r))),
            (int) Math.max(top + 1, Math.min(at.frameHeight(), Math.round(b))),
            label,
            probability));
  }
}
