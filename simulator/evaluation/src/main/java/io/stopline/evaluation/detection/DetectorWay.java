package io.stopline.evaluation.detection;

import io.stopline.evaluation.model.PixelRange;
import io.stopline.sdk.model.ChannelOrder;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.DetectorFormat.LabelledBoxes;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess;
import io.stopline.sdk.model.DetectorFormat.Yolo;
import io.stopline.sdk.model.InputEncoding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One way of reading a detector.
 *
 * @param encoding what pixels become
 * @param format what the tensors mean
 */
record DetectorWay(InputEncoding encoding, DetectorFormat format) {

  /** The options that say how this way differs from another, with blanks between them. */
  String optionsAfter(DetectorWay from) {
    List<String> options = new ArrayList<>();
    if (!encoding.with(ChannelOrder.RGB).equals(from.encoding.with(ChannelOrder.RGB))) {
      options.add("--input-range " + rangeWord());
    }
    if (encoding.channels() != from.encoding.channels()) {
      options.add("--channels " + encoding.channels().word());
    }
    if (format.fit() != from.format.fit()) {
      options.add("--fit " + format.fit().word());
    }
    if (format instanceof SsdPostProcess after
        && from.format instanceof SsdPostProcess before
        && after.firstLabel() != before.firstLabel()) {
      options.add("--first-label " + after.firstLabel());
    }
    if (format instanceof LabelledBoxes after
        && from.format instanceof LabelledBoxes before
        && after.unit() != before.unit()) {
      options.add("--boxes " + word(after.unit()));
    }
    if (format instanceof Yolo after && from.format instanceof Yolo before) {
      if (after.unit() != before.unit()) {
        options.add("--boxes " + word(after.unit()));
      }
      if (after.scores() != before.scores()) {
        options.add("--scores " + word(after.scores()));
      }
      if (after.byLabel() != before.byLabel()) {
        options.add("--suppression " + (after.byLabel() ? "by-label" : "all"));
      }
    }
    if (overlap(format) != overlap(from.format)) {
      options.add("--overlap " + overlap(format));
    }
    return String.join(" ", options);
  }

  /** Above which of two boxes one falls; 0 where the file decides. */
  private static double overlap(DetectorFormat format) {
    if (format instanceof Yolo yolo) {
      return yolo.overlap();
    }
    if (format instanceof DetectorFormat.HeatMap heat) {
      return heat.overlap();
    }
    if (format instanceof LabelledBoxes rows) {
      return rows.overlap();
    }
    if (format instanceof DetectorFormat.AnchoredBoxes anchored) {
      return anchored.overlap();
    }
    if (format instanceof SsdPostProcess || format instanceof DetectorFormat.VoteMap) {
      return 0;
    }
    throw new IllegalArgumentException("nothing says which boxes fall of " + format.word());
  }

  /** As options have it. */
  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private String rangeWord() {
    for (PixelRange range : PixelRange.values()) {
      if (range.encoding(encoding.channels()).equals(encoding)) {
        return range.word();
      }
    }
    return encoding.low() + ".." + encoding.high();
  }
}
