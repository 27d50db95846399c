package io.stopline.config;

import io.stopline.sdk.model.Classifier.OutputKind;
import io.stopline.sdk.model.InputEncoding;

/**
 * What a guard must know of a model file.
 *
 * @param name of the manifest's file without {@code .yaml}; policies refer to it
 * @param file of the model, relative to the bundle
 * @param sha256 of that file, lower-case hexadecimal
 * @param input how pixels become the model's numbers
 * @param output what its output numbers are
 * @param labels file of class names, relative to the bundle
 * @param licence under which the weights may be used
 * @param reference inputs on which a delegate must agree with the CPU
 */
public record ModelManifest(
    String name,
    String file,
    String sha256,
    InputEncoding input,
    OutputKind output,
    String labels,
    String licence,
    Reference reference) {

  /**
   * Procedural reference inputs ({@link ReferenceImages}).
   *
   * @param seed which images
   * @param count how many, 1..256
   * @param tolerance largest accepted difference of a probability from the CPU's, 0..1
   */
  public record Reference(long seed, int count, double tolerance) {}
}
