package io.stopline.evaluation.detection;

import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.DetectorFormat.LabelledBoxes;
import io.stopline.sdk.model.DetectorFormat.Yolo;
import io.stopline.tflite.InvalidModelException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the numbers that come out of a detector say of its format: the unit of its boxes and the
 * kind of its scores, of a YOLO and of rows with one label. They say nothing of other families.
 * Immutable.
 */
final class BoxNumbers {

  private final DetectorReading reading;
  private final @Nullable RawTable raw;

  private BoxNumbers(DetectorReading reading, @Nullable RawTable raw) {
    this.reading = reading;
    this.raw = raw;
  }

  /**
   * Looks at what comes out.
   *
   * @throws InvalidModelException if nothing can be made of it
   */
  static BoxNumbers of(DetectorReading reading, DetectorTrials trials, LabelledFrames few) {
    RawTable raw = table(reading);
    if (raw == null) {
      return new BoxNumbers(reading, null);
    }
    // A table of six numbers a row may be of either kind.
    RawRows rows = new RawRows(reading.labels().size());
    boolean either = reading.format() instanceof Yolo && isSixARow(reading);
    trials.run(
        few,
        model -> {
          raw.look(model);
          if (either) {
            rows.look(model);
          }
        });
    if (!raw.sawAny()) {
      throw new InvalidModelException(
          "detector '%s' gives no finite number for clean frames; its weights or its input range (--input-range) are wrong"
              .formatted(reading.name()));
    }
    String problem =
        either && rows.areRows()
            ? "gives rows of left, top, right, bottom, a score and the number of a label; say --format labelled-boxes"
            : raw.problem();
    if (!problem.isEmpty()) {
      throw new InvalidModelException("detector '%s' %s".formatted(reading.name(), problem));
    }
    return new BoxNumbers(reading, raw);
  }

  private static @Nullable RawTable table(DetectorReading reading) {
    int labels = reading.labels().size();
    if (reading.format() instanceof Yolo yolo) {
      return new RawYolo(yolo, labels);
    }
    return reading.format() instanceof LabelledBoxes ? new RawRows(labels) : null;
  }

  private static boolean isSixARow(DetectorReading reading) {
    List<Integer> shape = reading.outputs().get(0).shape();
    return reading.outputs().size() == 1 && shape.size() == 3 && shape.get(2) == 6;
  }

  /** The format with boxes and scores as the numbers have them. */
  DetectorFormat format() {
    return raw == null ? reading.format() : with(reading.format(), raw.unit(), raw.scores());
  }

  /** The same, but for what somebody said. */
  DetectorFormat settled() {
    return raw == null
        ? reading.format()
        : with(
            reading.format(),
            reading.says(DetectorReading.Part.BOXES) ? null : raw.unit(),
            reading.says(DetectorReading.Part.SCORES) ? null : raw.scores());
  }

  /** A format with another unit and another kind of scores, where these are not null. */
  private static DetectorFormat with(
      DetectorFormat format, Yolo.@Nullable BoxUnit unit, Yolo.@Nullable Scores scores) {
    if (format instanceof Yolo y) {
      return new Yolo(
          y.layout(),
          y.fit(),
          unit == null ? y.unit() : unit,
          scores == null ? y.scores() : scores,
          y.byLabel(),
          y.overlap());
    }
    if (format instanceof LabelledBoxes rows) {
      return new LabelledBoxes(
          rows.fit(),
          unit == null ? rows.unit() : unit,
          rows.byLabel(),
          rows.overlap(),
          rows.outputs());
    }
    throw new IllegalArgumentException("numbers say nothing of " + format.word());
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
    if (!reading.says(DetectorReading.Part.SCORES) && reading.format() instanceof Yolo) {
      because.add(
          "scores are %s, since %s".formatted(DetectorWay.word(raw.scores()), raw.scoreWords()));
    }
    return because;
  }

  /** Why what somebody said of boxes and scores cannot be, whatever frames say; empty if it can. */
  String contradiction() {
    if (raw == null) {
      return "";
    }
    DetectorFormat settled = settled();
    List<String> reasons = new ArrayList<>();
    if (!with(settled, raw.unit(), null).equals(settled)) {
      reasons.add(raw.boxWords());
    }
    if (!with(settled, null, raw.scores()).equals(settled)) {
      reasons.add(raw.scoreWords());
    }
    return String.join(" and ", reasons);
  }
}
