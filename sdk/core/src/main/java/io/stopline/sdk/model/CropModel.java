package io.stopline.sdk.model;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A model that looks at a crop and gives one probability a label: a member of a guard. A {@link
 * Classifier} does it by itself, a {@link CloseUpDetector} makes a detector do it. Belongs to one
 * thread at a time; allocates nothing when it runs.
 */
public sealed interface CropModel extends AutoCloseable permits Classifier, CloseUpDetector {

  /** As the bundle's manifest says. */
  String name();

  /** SHA-256 of the model file, lower-case hexadecimal. */
  String sha256();

  /** Where it really runs. */
  String delegate();

  /** Number of labels. */
  int classes();

  /** The label that means that there is nothing; −1 if the model always sees something. */
  int nothing();

  /** Of the tensor that {@link #input()} is: 1×H×W×3. */
  TensorSpec inputSpec();

  /** How pixels become that tensor's numbers. */
  InputEncoding encoding();

  /** Whether a crop is to keep its aspect in the input, with grey beside it; else it fills it. */
  boolean keepsAspect();

  /** The map of local scores that it gives beside its label; null if none was asked for. */
  default @Nullable LocalOutput local() {
    return null;
  }

  /** The input tensor's own memory, to be filled before {@link #classify}. */
  ByteBuffer input();

  /**
   * Runs the model on what {@link #input()} holds.
   *
   * @param place where the object is expected in the input: left, top, right, bottom, px; NaN:
   *     anywhere
   * @param probabilities receives one probability a label, 0..1
   * @throws InferenceException if the runtime fails or the output is not finite
   */
  void classify(double[] place, float[] probabilities);

  /** Frees native memory. A second call does nothing. */
  @Override
  void close();
}
