package io.stopline.evaluation.detection;

import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.DetectorFormat.Yolo.Layout;
import java.util.Locale;

/** Families of detectors that are read, by the words of manifests and options. */
public enum DetectorFamily {
  /** {@link DetectorFormat.AnchoredBoxes}. */
  ANCHORED_BOXES,
  /** {@link DetectorFormat.HeatMap}. */
  HEAT_MAP,
  /** {@link DetectorFormat.LabelledBoxes}. */
  LABELLED_BOXES,
  /** {@link DetectorFormat.VoteMap}: a witness, whose boxes are rough. */
  VOTE_MAP,
  /** {@link DetectorFormat.SsdPostProcess}. */
  SSD_POSTPROCESS,
  /** {@link DetectorFormat.Yolo} with {@link Layout#V5}. */
  YOLO_V5,
  /** {@link DetectorFormat.Yolo} with {@link Layout#V8}. */
  YOLO_V8;

  /** As manifests and options have it, such as {@code yolo-v8}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The family of a format. */
  public static DetectorFamily of(DetectorFormat format) {
    if (format instanceof DetectorFormat.HeatMap) {
      return HEAT_MAP;
    }
    if (format instanceof DetectorFormat.AnchoredBoxes) {
      return ANCHORED_BOXES;
    }
    if (format instanceof DetectorFormat.LabelledBoxes) {
      return LABELLED_BOXES;
    }
    if (format instanceof DetectorFormat.VoteMap) {
      return VOTE_MAP;
    }
    if (format instanceof DetectorFormat.SsdPostProcess) {
      return SSD_POSTPROCESS;
    }
    if (format instanceof DetectorFormat.Yolo yolo) {
      return yolo.layout() == Layout.V5 ? YOLO_V5 : YOLO_V8;
    }
    throw new IllegalArgumentException("'%s' is of no known family".formatted(format.word()));
  }
}
