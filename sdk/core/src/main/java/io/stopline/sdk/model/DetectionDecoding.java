package io.stopline.sdk.model;

/** How the output tensors of a detector become detections; one record a format. */
public sealed interface DetectionDecoding {

  /** Detections with a lower probability are not given, 0..1. */
  double threshold();

  /** At most this many detections are given. */
  int maximum();

  /**
   * Object centres on a grid (after Zhou, Wang and Krähenbühl 2019, "Objects as points").
   *
   * <p>The model gives two tensors, in any order: {@code heat}, {@code 1×h×w×K} probabilities, one
   * channel a label, and {@code boxes}, {@code 1×h×w×4}. Where K is 4 too, their names tell them
   * apart. The stride is input height / h and the same along the width. A cell's box has its centre
   * at {@code ((column + 0.5 + dx) · stride, (row + 0.5 + dy) · stride)} and measures {@code stride
   * · exp(lw)} by {@code stride · exp(lh)} input pixels; the channels are dx, dy, lw, lh.
   *
   * <p>A detection is a cell that no cell of its 3×3 neighbourhood exceeds (of equal ones the first
   * in row order). Of two detections, of any labels, that overlap by more than {@code overlap} the
   * more probable one stays.
   *
   * @param threshold above 0 and at most 1
   * @param maximum 1 to 256
   * @param overlap intersection over union, 0..1
   */
  record HeatMap(double threshold, int maximum, double overlap) implements DetectionDecoding {

    /** The overlap at which two boxes are usually held to be one object. */
    public static final double USUAL_OVERLAP = 0.5;

    /**
     * @throws IllegalArgumentException naming the value that is out of its range
     */
    public HeatMap {
      if (!(threshold > 0 && threshold <= 1)) {
        throw new IllegalArgumentException(
            "detection threshold is %s; it must be above 0 and at most 1".formatted(threshold));
      }
      if (maximum < 1 || maximum > 256) {
        throw new IllegalArgumentException(
            "at most %d detections are asked for; give 1 to 256".formatted(maximum));
      }
      if (!(overlap >= 0 && overlap <= 1)) {
        throw new IllegalArgumentException(
            "detection overlap is %s; it must lie in 0..1".formatted(overlap));
      }
    }
  }
}
