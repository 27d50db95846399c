package io.stopline.config;

import io.stopline.sdk.model.Classifier.OutputKind;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.InputEncoding;
import java.util.Locale;

/**
 * What must be known of a model file to run it.
 *
 * @param name of the manifest's file without {@code .yaml}; policies refer to it
 * @param file of the model, relative to the bundle
 * @param sha256 of that file, lower-case hexadecimal
 * @param input how pixels become the model's numbers
 * @param output what its output numbers are, which says what kind of model it is
 * @param labels file of names, relative to the bundle: one a class of a classifier, or one a kind
 *     of object of a detector
 * @param licence under which the weights may be used
 * @param reference inputs on which a delegate must agree with the CPU
 */
public record ModelManifest(
    String name,
    String file,
    String sha256,
    InputEncoding input,
    Output output,
    String labels,
    String licence,
    Reference reference) {

  /** What a model's output numbers are. */
  public sealed interface Output {

    /** As the manifest's {@code output} has it. */
    String word();

    /** A classifier: one score a class. */
    record Classes(OutputKind kind) implements Output {
      @Override
      public String word() {
        return kind.name().toLowerCase(Locale.ROOT);
      }
    }

    /**
     * A detector.
     *
     * @param format what its tensors mean
     */
    record Detections(DetectorFormat format) implements Output {
      @Override
      public String word() {
        return format.word();
      }
    }
  }

  /** Whether it finds objects in whole frames; otherwise it classifies crops. */
  public boolean isDetector() {
    return !(output instanceof Output.Classes);
  }

  /**
   * Procedural reference inputs ({@link ReferenceImages}).
   *
   * @param seed which images
   * @param count how many, 1..256
   * @param tolerance largest accepted difference of an output from the CPU's, 0..1
   */
  public record Reference(long seed, int count, double tolerance) {}
}
