package io.stopline.sdk.model;

/**
 * How the output tensors of a detector become detections.
 *
 * @param format what the tensors mean
 * @param threshold detections with a lower probability are not given; above 0 and at most 1
 * @param maximum at most this many detections are given, 1 to 256
 */
public record DetectionDecoding(DetectorFormat format, double threshold, int maximum) {

  /**
   * @throws IllegalArgumentException naming the value that is out of its range
   */
  public DetectionDecoding {
    if (!(threshold > 0 && threshold <= 1)) {
      throw new IllegalArgumentException(
          "detection threshold is %s; it must be above 0 and at most 1".formatted(threshold));
    }
    if (maximum < 1 || maximum > 256) {
      throw new IllegalArgumentException(
          "at most %d detections are asked for; give 1 to 256".formatted(maximum));
    }
  }

  /** A heat map with the usual overlap. */
  public static DetectionDecoding heatMap(double threshold, int maximum) {
    return new DetectionDecoding(new DetectorFormat.HeatMap(), threshold, maximum);
  }
}
