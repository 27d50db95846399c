package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.Bundle;
import io.stopline.config.ModelManifest;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.detection.DetectorFigures;
import io.stopline.evaluation.detection.DetectorLook;
import io.stopline.evaluation.detection.DetectorReading;
import io.stopline.evaluation.detection.DetectorSettings;
import io.stopline.evaluation.detection.LabelFigures;
import io.stopline.evaluation.detection.LabelledFrames;
import io.stopline.evaluation.road.RoadData;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A user's detector as it is read, and frames with its labels: what every command does first that
 * takes both.
 *
 * @param detector as it is read
 * @param frames all of the data, with the detector's labels
 * @param figures what clean frames say of the reading
 */
record ReadDetector(DetectorReading detector, LabelledFrames frames, DetectorFigures figures) {

  /**
   * Reads a detector, pairs its labels with the data's classes and looks at clean frames.
   *
   * @param data clean frames
   * @param labelsOut where the names are to be written if their order is wrong
   * @throws BadInputException if these speak against the reading and nobody accepts that
   * @throws IOException if the file cannot be read, or the names cannot be written
   */
  static ReadDetector of(
      Console console,
      Path file,
      DetectorSettings settings,
      RoadData data,
      LabelsOut labelsOut,
      long seed)
      throws IOException {
    return of(console, DetectorReading.of(file, settings), data, labelsOut, seed);
  }

  /** A detector of a bundle, whose manifest says how it is read. */
  static ReadDetector of(
      Console console,
      Bundle bundle,
      String name,
      DetectorSettings settings,
      RoadData data,
      long seed)
      throws IOException {
    ModelManifest manifest = bundle.model(name);
    return of(
        console,
        DetectorReading.of(
            manifest,
            bundle.modelBytes(name),
            bundle.labels(manifest),
            "'%s' of bundle '%s'".formatted(manifest.labels(), bundle.name()),
            settings),
        data,
        new LabelsOut(),
        seed);
  }

  /**
   * A detector that is read already, but for what frames decide.
   *
   * @param labelsOut as above
   */
  static ReadDetector of(
      Console console, DetectorReading reading, RoadData data, LabelsOut labelsOut, long seed)
      throws IOException {
    LabelledFrames frames = LabelledFrames.of(data, reading.labels(), reading.options().renames());
    DetectorLook.Outcome outcome = DetectorLook.of(reading, frames, seed);
    ReadDetector read = new ReadDetector(outcome.reading(), frames, outcome.figures());
    console.note("%s", read.detector.words());
    read.figures.because().forEach(reason -> console.note("  %s", reason));
    if (!frames.unknown().isEmpty()) {
      console.note("%s", frames.unknownWords());
    }
    if (!read.figures.isChecked()) {
      console.note("warning: %s", read.unchecked());
    }
    LabelFigures labels = read.figures.labels();
    if (!labels.checked().isEmpty()) {
      console.note("%s", labels.checked());
    }
    labels.doubts().forEach(doubt -> console.note("warning: %s", doubt));
    String written = labelsOut.write(labels);
    if (read.figures.isSound()) {
      console.note("it %s", read.figures.words());
    } else if (!reading.options().acceptAccuracy()) {
      throw new BadInputException(
          "detector '%s' %s; %s, or go on as it is with --accept-accuracy"
              .formatted(reading.name(), read.figures.words(), cure(read.figures, written)));
    } else {
      console.note("warning: %s", read.objection());
      if (!written.isEmpty()) {
        console.note("%s", written);
      }
    }
    return read;
  }

  private static String cure(DetectorFigures figures, String written) {
    String cure =
        figures.cure().isEmpty() ? "docs/detectors.md says what else to try" : figures.cure();
    return written.isEmpty() ? cure : cure + " (" + written + ")";
  }

  private String unchecked() {
    return frames.known() > 0
        ? ""
        : frames.unknown().isEmpty()
            ? "nothing is labelled in these frames, so nobody has checked how '%s' is read, only whether it agrees with itself; bring frames with boxes"
                .formatted(detector.name())
            : "no labelled object has a label of '%s', so nobody has checked how it is read; pair names with --rename 'DATA=LABEL'"
                .formatted(detector.name());
  }

  /** What clean frames have against the reading; only if it is not sound. */
  String objection() {
    return "detector '%s' %s".formatted(detector.name(), figures.words());
  }

  /** Puts the reading into a report, with warnings if it is not sound or not checked. */
  void report(Report report) {
    ObjectNode node = report.fields().putObject("reading");
    node.put("detector", detector.words());
    node.put("format", detector.format().word()).put("fit", detector.format().fit().word());
    node.put("low", detector.encoding().low()).put("high", detector.encoding().high());
    detector.encoding().mean().forEach(node.putArray("mean")::add);
    detector.encoding().deviation().forEach(node.putArray("deviation")::add);
    node.put("channels", detector.encoding().channels().word());
    node.put("labels", detector.labels().size());
    node.put("paired", frames.pairedWords());
    node.set("cleanCheck", figures.toJson());
    if (!figures.isChecked()) {
      report.warn(unchecked());
    }
    figures.labels().doubts().forEach(report::warn);
    if (!figures.isSound()) {
      report.warn(objection());
    }
    if (!frames.unknown().isEmpty()) {
      report.warn(frames.unknownWords());
    }
  }
}
