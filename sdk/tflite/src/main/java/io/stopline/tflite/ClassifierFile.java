package io.stopline.tflite;

import io.stopline.sdk.model.ModelFile;
import io.stopline.sdk.model.ModelKind;
import io.stopline.sdk.model.ModelStructure;

/** The first look at a file that should hold an image classifier, before any runtime sees it. */
public final class ClassifierFile {

  private ClassifierFile() {}

  /**
   * Refuses what cannot be a classifier of images: what is no {@code .tflite} file, a detector, a
   * model of text, one with several inputs or outputs, and so on. A model whose output shape only a
   * run can tell passes; loading it tells.
   *
   * @param name what messages call the model
   * @param file its bytes
   * @return what it is
   * @throws InvalidModelException that says in one sentence what the file is and what is needed
   */
  public static ModelKind require(String name, byte[] file) {
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
    ModelKind kind = ModelKind.of(file);
    if (kind.isSomethingElse()) {
      throw new InvalidModelException("model '%s' %s".formatted(name, kind.sentence()));
    }
    return kind;
  }
}
