package io.stopline.config;

import io.stopline.sdk.model.DetectorFacts;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.DetectorFormat.AnchoredBoxes;
import io.stopline.sdk.model.DetectorFormat.LabelledBoxes;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess.Part;
import io.stopline.sdk.model.DetectorMetadata;
import io.stopline.tflite.DetectorFile;
import io.stopline.tflite.InvalidModelException;
import java.util.List;

/** Whether a detector's file is what its manifest says, as far as the file tells. */
final class DetectorFiles {

  private DetectorFiles() {}

  /**
   * The format, with what only the file tells: which of the operator's outputs is which, and
   * anchors.
   *
   * @param format as the manifest has it
   * @throws UnusableModelException if the file cannot be such a detector
   */
  static DetectorFormat checked(ModelManifest manifest, byte[] bytes, DetectorFormat format) {
    DetectorFacts facts;
    try {
      facts = DetectorFile.read(manifest.name(), bytes);
    } catch (InvalidModelException e) {
      throw new UnusableModelException(manifest.file(), String.valueOf(e.getMessage()), e);
    }
    if (format instanceof SsdPostProcess ssd) {
      List<Part> told =
          facts.postProcess().map(DetectorFacts.PostProcess::outputs).orElse(List.of());
      return told.isEmpty()
          ? format
          : new SsdPostProcess(
              ssd.fit(), ssd.firstLabel(), agreed(manifest, ssd.outputs(), told, "its operator"));
    }
    if (format instanceof LabelledBoxes rows) {
      List<Part> told =
          facts.labelledBoxes().map(DetectorFacts.LabelledRows::outputs).orElse(List.of());
      return told.isEmpty()
          ? format
          : new LabelledBoxes(
              rows.fit(),
              rows.unit(),
              rows.byLabel(),
              rows.overlap(),
              agreed(manifest, rows.outputs(), told, "its graph"));
    }
    if (format instanceof AnchoredBoxes) {
      try {
        return DetectorMetadata.complete(format, bytes);
      } catch (IllegalArgumentException e) {
        throw new UnusableModelException(
            manifest.file(), "model '%s': %s".formatted(manifest.name(), e.getMessage()), e);
      }
    }
    return format; // the decoder says what is wrong with the tensors
  }

  private static List<Part> agreed(
      ModelManifest manifest, List<Part> said, List<Part> told, String by) {
    if (!said.isEmpty() && !said.equals(told)) {
      throw new UnusableModelException(
          manifest.file(),
          "model '%s': its manifest says that the outputs are %s, but %s gives %s; correct 'outputs' under 'detector', or remove it"
              .formatted(manifest.name(), words(said), by, words(told)));
    }
    return told;
  }

  private static List<String> words(List<Part> parts) {
    return parts.stream().map(Part::word).toList();
  }
}
