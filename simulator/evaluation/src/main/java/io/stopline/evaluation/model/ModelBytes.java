package io.stopline.evaluation.model;

import io.stopline.sdk.model.ModelFile;
import io.stopline.tflite.InvalidModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads model files that people name. */
final class ModelBytes {

  private ModelBytes() {}

  /**
   * @throws InvalidModelException if there is no such file or it is larger than any model
   */
  static byte[] read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new InvalidModelException(
          "model '%s' %s; name a .tflite file"
              .formatted(
                  file,
                  Files.isDirectory(file)
                      ? "is a folder (a SavedModel is one: convert it to .tflite first)"
                      : "does not exist"));
    }
    if (Files.size(file) > ModelFile.MAX_BYTES) {
      throw new InvalidModelException(
          "model '%s' has %d bytes; at most %d are accepted"
              .formatted(file, Files.size(file), ModelFile.MAX_BYTES));
    }
    return Files.readAllBytes(file);
  }
}
