package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.ModelManifestFile;
import io.stopline.config.files.WholeFile;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.detection.AveragePrecision;
import io.stopline.evaluation.detection.DetectorReading;
import io.stopline.evaluation.detection.DetectorSettings;
import io.stopline.evaluation.detection.LabelledFrames;
import io.stopline.evaluation.road.RoadData;
import io.stopline.evaluation.road.RoadDatasets;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.sdk.image.FrameScaler;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.model.Detector;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.ImageLayout;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.training.quantization.DetectorQuantizer;
import io.stopline.training.quantization.QuantizedModel;
import io.stopline.training.quantization.UnquantizableModelException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code stopline quantize --detector}. */
final class DetectorQuantize {

  private static final int MAXIMUM = 100;
  private static final double LEAST_PROBABILITY = 0.05;

  /** The integer file may find that much less, in average precision. */
  private static final double MARGIN = 0.05;

  private final CommonOptions common;
  private final Path file;
  private final DetectorSettings settings;
  private final LabelsOut labelsOut;

  DetectorQuantize(
      CommonOptions common, Path file, DetectorSettings settings, LabelsOut labelsOut) {
    this.common = common;
    this.file = file;
    this.settings = settings;
    this.labelsOut = labelsOut;
  }

  /**
   * @param images frames that ranges are taken from
   * @param out where the file goes; may be replaced
   */
  Integer call(Path dataFolder, Path out, int images) throws IOException {
    Console console = common.console();
    RoadData data = RoadDatasets.withoutTest(dataFolder);
    ReadDetector read = ReadDetector.of(console, file, settings, data, labelsOut, common.seed());
    DetectorReading before = read.detector();
    requireKnown(before);
    QuantizedModel made = quantize(before, data.spread(images).frames());
    DetectorReading after = before.of(String.valueOf(out.getFileName()), made.file());
    Report report = new Report("quantize", common.seed());
    read.report(report);
    report.hash("model:before", before.sha256()).hash("model:int8", after.sha256());
    if (read.figures().isChecked()) {
      compare(console, report, read.frames(), before, after);
    } else {
      report.warn("nothing is labelled in these frames, so nobody has compared the two files");
    }
    write(out, after);
    console.say(
        "%s: %,d bytes of %,d; heat off by %s",
        out, made.file().length, before.file().length, made.describe());
    report.warnings().forEach(warning -> console.say("! %s", warning));
    console.report(report.toJson());
    return ExitCode.OK;
  }

  /** What {@link DetectorQuantizer} makes: others are better quantised by what exported them. */
  private static void requireKnown(DetectorReading reading) {
    if (reading.input().type() != ElementType.FLOAT32) {
      throw new BadInputException(
          "detector '%s' takes 8-bit pixels already; give the float32 file it was made of"
              .formatted(reading.name()));
    }
    if (!(reading.format() instanceof DetectorFormat.HeatMap)) {
      throw new BadInputException(
          "detector '%s' is %s, whose boxes and scores need scales of their own, and only heat maps are quantised here; %s"
              .formatted(
                  reading.name(),
                  reading.format().word(),
                  reading.format() instanceof DetectorFormat.SsdPostProcess
                      ? "convert its SavedModel with full-integer quantisation, which leaves TFLite_Detection_PostProcess in float"
                      : "export it in 8 bits where it was trained (format=tflite int8=True, with normalised boxes)"));
    }
    List<TensorSpec> outputs = reading.outputs();
    List<Integer> last = outputs.get(outputs.size() - 1).shape();
    if (last.get(last.size() - 1) != 4) {
      throw new BadInputException(
          "detector '%s' gives its boxes first; export it with the heat map first, then the boxes"
              .formatted(reading.name()));
    }
  }

  private static QuantizedModel quantize(DetectorReading reading, List<RoadFrame> frames) {
    ImageLayout layout = ImageLayout.of(reading.input().shape());
    FrameScaler scaler = new FrameScaler(layout.width(), layout.height(), reading.format().fit());
    try {
      return DetectorQuantizer.quantize(
          reading.file(),
          reading.encoding(),
          number -> {
            Image image = frames.get(number).image();
            scaler.begin(image);
            byte[] row = new byte[3 * layout.width()];
            byte[] all = new byte[row.length * layout.height()];
            for (int y = 0; y < layout.height(); y++) {
              scaler.row(image, y, row);
              System.arraycopy(row, 0, all, row.length * y, row.length);
            }
            return all;
          },
          frames.size());
    } catch (UnquantizableModelException e) {
      throw new BadInputException(
          "detector '%s' cannot be quantised: %s; quantise it with what exported it"
              .formatted(reading.name(), e.getMessage()),
          e);
    }
  }

  private void compare(
      Console console,
      Report report,
      LabelledFrames frames,
      DetectorReading before,
      DetectorReading after) {
    AveragePrecision was = precision(before, frames);
    AveragePrecision is = precision(after, frames);
    ObjectNode node = report.fields().putObject("averagePrecision");
    node.set("before", was.mean().toJson());
    node.set("after", is.mean().toJson());
    console.say("average precision %s before, %s in full integers", was.mean(), is.mean());
    if (was.mean().value() - is.mean().value() > MARGIN && !settings.acceptAccuracy()) {
      throw new BadInputException(
          "the full-integer file of '%s' has an average precision of %.3f, the float one %.3f; nothing is written: take ranges from more frames (--images), or go on with --accept-accuracy"
              .formatted(before.name(), is.mean().value(), was.mean().value()));
    }
  }

  private AveragePrecision precision(DetectorReading reading, LabelledFrames frames) {
    List<List<Detection>> finds = new ArrayList<>();
    try (Detector detector = reading.open(LEAST_PROBABILITY, MAXIMUM, RuntimeOptions.defaults())) {
      for (RoadFrame frame : frames.data().frames()) {
        finds.add(detector.detect(frame.image()));
      }
    }
    return new AveragePrecision(frames.objects(), finds, reading.labels().size(), common.seed());
  }

  private static void write(Path out, DetectorReading reading) throws IOException {
    WholeFile.write(out, reading.file());
    Path labels = ModelManifestFile.labelsPath(out);
    WholeFile.write(labels, String.join("\n", reading.labels()) + "\n");
    WholeFile.write(
        ModelManifestFile.path(out),
        ModelManifestFile.text(
            reading.manifest(
                String.valueOf(out.getFileName()),
                String.valueOf(labels.getFileName()),
                reading.licence())));
  }
}
