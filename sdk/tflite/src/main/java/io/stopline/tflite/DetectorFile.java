package io.stopline.tflite;

import io.stopline.sdk.model.DetectorFacts;
import io.stopline.sdk.model.ModelGraph;

/** The first look at a file that should hold an object detector, before any runtime sees it. */
public final class DetectorFile {

  private DetectorFile() {}

  /**
   * Refuses what is no sound {@code .tflite} file, and models whose image has no fixed size or that
   * look at several images at once.
   *
   * @param name what messages call the model
   * @param file its bytes
   * @return what shapes and last operators tell; whether that is a detector is the caller's to say
   * @throws InvalidModelException that says what the file is and what is needed
   */
  public static DetectorFacts read(String name, byte[] file) {
    SoundFile.require(name, file);
    ModelGraph graph = ModelGraph.of(file);
    DetectorFacts facts = DetectorFacts.of(graph);
    if (facts.batch() > 1) {
      throw new InvalidModelException(
          "model '%s' looks at %d images at once, but a camera gives one; export it with a batch size of 1"
              .formatted(name, facts.batch()));
    }
    boolean image = graph.fed().size() == 1 && graph.fed().get(0).rank() == 4;
    if (image && (facts.inputHeight() == 0 || facts.inputWidth() == 0)) {
      throw new InvalidModelException(
          "model '%s' takes an image %s whose size was left open when it was exported, or that has no colours; export it with a fixed input size, such as imgsz=640 and dynamic=False"
              .formatted(name, graph.fed().get(0).dimensions()));
    }
    return facts;
  }
}
