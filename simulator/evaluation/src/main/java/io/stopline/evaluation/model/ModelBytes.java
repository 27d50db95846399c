package io.stopline.evaluation.model;

import io.stopline.config.files.GivenFile;
import io.stopline.sdk.model.ModelFile;
import io.stopline.tflite.InvalidModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads model files that people name: the one way in which a command comes to a model's bytes. */
public final class ModelBytes {

  private ModelBytes() {}

  /**
   * @throws InvalidModelException if it is no file, may not be read, or is larger than any model;
   *     nothing is read then
   */
  public static byte[] read(Path file) throws IOException {
    String problem = GivenFile.problem(file, ModelFile.MAX_BYTES);
    if (!problem.isEmpty()) {
      throw new InvalidModelException(
          "model '%s' %s%s; name a .tflite file"
              .formatted(
                  file,
                  problem,
                  Files.isDirectory(file)
                      ? " (a SavedModel is one: convert it to .tflite first)"
                      : ""));
    }
    return GivenFile.read(file, ModelFile.MAX_BYTES);
  }
}
