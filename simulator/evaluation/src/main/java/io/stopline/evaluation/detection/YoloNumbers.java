package io.stopline.evaluation.detection;

import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.DetectorFormat.Yolo;
import io.stopline.tflite.InvalidModelException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the numbers that come out of a detector say of its format: the unit of a YOLO's boxes and
 * the kind of its scores. They say nothing of other families. Immutable.
 */
final class YoloNumbers {

  private final DetectorReading reading;
  private final @Nullable RawYolo raw;

  private YoloNumbers(DetectorReading reading, @Nullable RawYolo raw) {
    this.reading = reading;
    this.raw = raw;
  }

  /**
   * Looks at what comes out.
   *
   * @throws InvalidModelException if nothing can be made of it
   */
  static YoloNumbers of(DetectorReading reading, DetectorTrials trials, LabelledFrames few) {
    if (!(reading.format() instanceof Yolo yolo)) {
      return new YoloNumbers(reading, null);
    }
    RawYolo raw = new RawYolo(yolo, reading.labels().size());
    trials.run(few, raw::look);
    if (!raw.sawAny()) {
      throw new InvalidModelException(
          "detector '%s' gives no finite number for clean frames; its weights or its input range (--input-range) are wrong"
              .formatted(reading.name()));
    }
    if (raw.scoresSayNothing()) {
      throw new InvalidModelException(
          "detector '%s' gives the same score, %s, for every candidate of every frame: its 8-bit output cannot hold boxes in pixels and scores at one scale; export it with normalised boxes, or with a float output"
              .formatted(reading.name(), raw.scoreWords()));
    }
    return new YoloNumbers(reading, raw);
  }

  /** The format with boxes and scores as the numbers have them. */
  DetectorFormat format() {
    return raw != null && reading.format() instanceof Yolo y
        ? with(y, raw.unit(), raw.scores())
        : reading.format();
  }

  /** The same, but for what somebody said. */
  DetectorFormat settled() {
    return raw != null && reading.format() instanceof Yolo y
        ? with(
            y,
            reading.says(DetectorReading.Part.BOXES) ? y.unit() : raw.unit(),
            reading.says(DetectorReading.Part.SCORES) ? y.scores() : raw.scores())
        : reading.format();
  }

  private static Yolo with(Yolo y, Yolo.BoxUnit unit, Yolo.Scores scores) {
    return new Yolo(y.layout(), y.fit(), unit, scores, y.byLabel(), y.overlap());
  }

  /** What nobody said and numbers decided, in words. */
  List<String> because() {
    List<String> because = new ArrayList<>();
    if (raw == null) {
      return because;
    }
    if (!reading.says(DetectorReading.Part.BOXES)) {
      because.add(
          "boxes are %s, since %s"
              .formatted(
                  raw.unit() == Yolo.BoxUnit.PIXELS ? "in pixels" : "shares of the input",
                  raw.boxWords()));
    }
    if (!reading.says(DetectorReading.Part.SCORES)) {
      because.add(
          "scores are %s, since %s".formatted(DetectorWay.word(raw.scores()), raw.scoreWords()));
    }
    return because;
  }

  /** Why what somebody said of boxes and scores cannot be, whatever frames say; empty if it can. */
  String contradiction() {
    if (raw == null || !(settled() instanceof Yolo y)) {
      return "";
    }
    List<String> reasons = new ArrayList<>();
    if (y.unit() != raw.unit()) {
      reasons.add(raw.boxWords());
    }
    if (y.scores() != raw.scores()) {
      reasons.add(raw.scoreWords());
    }
    return String.join(" and ", reasons);
  }
}
