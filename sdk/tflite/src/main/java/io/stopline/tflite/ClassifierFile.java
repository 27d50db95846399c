package io.stopline.tflite;

import io.stopline.sdk.model.ModelKind;

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
    SoundFile.require(name, file);
    ModelKind kind = ModelKind.of(file);
    if (kind.isSomethingElse()) {
      throw new InvalidModelException("model '%s' %s".formatted(name, kind.sentence()));
    }
    return kind;
  }
}
