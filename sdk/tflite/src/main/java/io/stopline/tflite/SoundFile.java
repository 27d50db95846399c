package io.stopline.tflite;

import io.stopline.sdk.model.ModelFile;
import io.stopline.sdk.model.ModelStructure;

/**
 * Refuses files that are no {@code .tflite} files or not sound, before anything is read of them.
 */
final class SoundFile {

  private SoundFile() {}

  /**
   * @param name what messages call the model
   * @throws InvalidModelException with the cure
   */
  static void require(String name, byte[] file) {
    String problem = ModelFile.problem(file);
    if (!problem.isEmpty()) {
      throw new InvalidModelException("model '%s' %s".formatted(name, problem));
    }
    String unsound = ModelStructure.problem(file);
    if (!unsound.isEmpty()) {
      throw new InvalidModelException(
          ("model '%s' is truncated, corrupt or hostile: %s; compare its SHA-256 with the original"
                  + " and copy it again")
              .formatted(name, unsound));
    }
  }
}
