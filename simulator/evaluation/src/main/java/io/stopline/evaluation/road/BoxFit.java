package io.stopline.evaluation.road;

import io.stopline.evaluation.TrackBootstrap;
import io.stopline.sdk.image.Region;
import java.util.ArrayList;
import java.util.List;

/**
 * How well a finder's boxes fit the signs that they are on: what calibration needs to know to cut
 * clean signs out as the finder would. All are NaN without a find on a sign.
 *
 * @param finds how many right ones there are
 * @param shiftMedian by which share of the sign's side the middle lies off, across or down,
 *     whichever is more
 * @param shift95 the same, of 95 % of the finds at most
 * @param scaleMedian absolute logarithm of how many times as large as the sign the box is, by the
 *     root of both areas
 * @param scale95 the same, of 95 % of the finds at most
 * @param overlapMedian intersection over union
 */
public record BoxFit(
    int finds,
    double shiftMedian,
    double shift95,
    double scaleMedian,
    double scale95,
    double overlapMedian) {

  /** Looks at the right ones among the proposed finds. */
  static BoxFit of(List<JudgedFrame> frames) {
    List<Double> shifts = new ArrayList<>();
    List<Double> scales = new ArrayList<>();
    List<Double> overlaps = new ArrayList<>();
    for (JudgedFrame frame : frames) {
      for (JudgedFrame.Entry find : frame.proposed()) {
        if (find.matched().kind() == FindKind.RIGHT) {
          Region box = find.matched().find().box();
          Region sign = frame.frame().signs().get(find.matched().sign()).region();
          shifts.add(
              Math.max(
                  Math.abs(middle(box.x(), box.width()) - middle(sign.x(), sign.width()))
                      / sign.width(),
                  Math.abs(middle(box.y(), box.height()) - middle(sign.y(), sign.height()))
                      / sign.height()));
          scales.add(
              Math.abs(
                  0.5
                      * Math.log(
                          (double) box.width()
                              * box.height()
                              / ((double) sign.width() * sign.height()))));
          overlaps.add(find.matched().overlap());
        }
      }
    }
    return new BoxFit(
        shifts.size(),
        quantile(shifts, 0.5),
        quantile(shifts, 0.95),
        quantile(scales, 0.5),
        quantile(scales, 0.95),
        quantile(overlaps, 0.5));
  }

  private static double middle(int from, int length) {
    return from + length / 2.0;
  }

  private static double quantile(List<Double> values, double share) {
    return values.isEmpty()
        ? Double.NaN
        : TrackBootstrap.quantile(
            values.stream().mapToDouble(Double::doubleValue).sorted().toArray(), share);
  }
}
