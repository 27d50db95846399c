package io.stopline.config;

import io.stopline.sdk.model.DetectorFacts;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess.Part;
import io.stopline.tflite.DetectorFile;
import io.stopline.tflite.InvalidModelException;
import java.util.List;
import java.util.Optional;

/** Whether a detector's file is what its manifest says, as far as the file tells. */
final class DetectorFiles {

  private DetectorFiles() {}

  /**
   * The format, with what only the file tells: which of the operator's outputs is which.
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
    Optional<DetectorFacts.PostProcess> end = facts.postProcess();
    if (!(format instanceof SsdPostProcess ssd) || end.isEmpty() || end.get().outputs().isEmpty()) {
      return format; // the decoder says what is wrong with the tensors
    }
    List<Part> told = end.get().outputs();
    if (!ssd.outputs().isEmpty() && !ssd.outputs().equals(told)) {
      throw new UnusableModelException(
          manifest.file(),
          "model '%s': its manifest says that the outputs are %s, but its operator gives %s; correct 'outputs' under 'detector', or remove it"
              .formatted(manifest.name(), words(ssd.outputs()), words(told)));
    }
    return new SsdPostProcess(ssd.fit(), ssd.firstLabel(), told);
  }

  private static List<String> words(List<Part> parts) {
    return parts.stream().map(Part::word).toList();
  }
}
