package io.stopline.evaluation.detection;

import io.stopline.evaluation.model.ModelInput;
import io.stopline.evaluation.model.PixelRange;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.model.ChannelOrder;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.DetectorFormat.LabelledBoxes;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess;
import io.stopline.sdk.model.DetectorFormat.Yolo;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.ImageLayout;
import io.stopline.sdk.model.InputEncoding;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The ways in which a detector may be read besides the one that is taken, and which of them
 * contradict somebody's word. Immutable.
 */
final class DetectorWays {

  private final DetectorReading reading;
  private final NamesForScores names;

  DetectorWays(DetectorReading reading) {
    this.reading = reading;
    this.names = NamesForScores.of(reading);
  }

  /**
   * Every fit, first label and number format with every encoding, and the usual suppression; as it
   * is read comes first.
   *
   * @param encodings as it is read first
   * @param read what the tensors are taken to mean
   * @param numbers what the numbers that come out say of them; the same if they say nothing
   */
  List<DetectorWay> all(Set<InputEncoding> encodings, DetectorFormat read, DetectorFormat numbers) {
    LinkedHashSet<DetectorWay> ways = new LinkedHashSet<>();
    for (InputEncoding encoding : encodings) {
      for (DetectorFormat format : formats(read, numbers)) {
        ways.add(new DetectorWay(encoding, format));
      }
    }
    return List.copyOf(ways);
  }

  private static List<DetectorFormat> formats(DetectorFormat read, DetectorFormat numbers) {
    List<DetectorFormat> formats = new ArrayList<>();
    LinkedHashSet<FrameFit> fits = new LinkedHashSet<>();
    fits.add(read.fit());
    if (!(read instanceof DetectorFormat.HeatMap)) {
      fits.addAll(List.of(FrameFit.STRETCH, FrameFit.LETTERBOX, FrameFit.TOP_LEFT));
    }
    for (FrameFit fit : fits) {
      DetectorFormat fitted = DetectorReading.with(read, fit);
      formats.add(fitted);
      if (fitted instanceof SsdPostProcess ssd) {
        for (int first : new int[] {0, 1, -1}) {
          formats.add(new SsdPostProcess(fit, first, ssd.outputs()));
        }
      }
      formats.add(DetectorReading.with(numbers, fit));
    }
    if (numbers instanceof Yolo y) {
      double usual = DetectorReading.usualOverlap(DetectorFamily.of(y));
      formats.add(new Yolo(y.layout(), y.fit(), y.unit(), y.scores(), true, usual));
    }
    if (read instanceof DetectorFormat.HeatMap) {
      formats.add(
          new DetectorFormat.HeatMap(DetectorReading.usualOverlap(DetectorFamily.HEAT_MAP)));
    }
    return formats;
  }

  /** Other ranges and orders of channels, those that somebody excluded too. */
  List<InputEncoding> encodings() {
    LinkedHashSet<InputEncoding> all = new LinkedHashSet<>();
    boolean colours = ImageLayout.of(reading.input().shape()).channels() == 3;
    for (ChannelOrder order : ChannelOrder.values()) {
      if (!colours && order != reading.encoding().channels()) {
        continue;
      }
      all.add(reading.encoding().with(order));
      if (reading.input().type() == ElementType.FLOAT32) {
        for (PixelRange range : PixelRange.values()) {
          all.add(range.encoding(order));
        }
      } else {
        all.add(ModelInput.INFERRED.encoding(reading.input()).with(order));
      }
    }
    all.remove(reading.encoding());
    return List.copyOf(all);
  }

  /** Whether a way contradicts nothing that somebody said, and gives every label a name. */
  boolean isFree(DetectorWay way) {
    InputEncoding as = reading.encoding();
    DetectorFormat format = reading.format();
    boolean sameRange = way.encoding().with(as.channels()).equals(as);
    boolean free =
        (sameRange || !reading.says(DetectorReading.Part.RANGE))
            && (way.encoding().channels() == as.channels()
                || !reading.says(DetectorReading.Part.CHANNELS))
            && (way.format().fit() == format.fit() || !reading.says(DetectorReading.Part.FIT));
    if (way.format() instanceof SsdPostProcess ssd && format instanceof SsdPostProcess old) {
      free &=
          ssd.firstLabel() == old.firstLabel()
              || (!reading.says(DetectorReading.Part.FIRST_LABEL)
                  && names.allows(ssd.firstLabel()));
    }
    if (way.format() instanceof LabelledBoxes rows && format instanceof LabelledBoxes old) {
      free &= rows.unit() == old.unit() || !reading.says(DetectorReading.Part.BOXES);
    }
    if (way.format() instanceof Yolo y && format instanceof Yolo old) {
      free &=
          (y.unit() == old.unit() || !reading.says(DetectorReading.Part.BOXES))
              && (y.scores() == old.scores() || !reading.says(DetectorReading.Part.SCORES))
              // Other than usual only where somebody said so.
              && y.byLabel() == old.byLabel()
              && y.overlap() == old.overlap();
    }
    if (format instanceof DetectorFormat.HeatMap) {
      free &= way.format().equals(format);
    }
    return free;
  }
}
