package io.stopline.sdk.model;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A loaded model with typed inputs and outputs, ready to run: the contract that every runtime
 * implements. An instance belongs to one thread at a time.
 */
public interface VisionModel extends AutoCloseable {

  /** What goes in. Never empty. */
  List<TensorSpec> inputs();

  /** What comes out. Never empty. */
  List<TensorSpec> outputs();

  /**
   * The memory of an input tensor itself, direct and in native byte order: what is written here is
   * what the model reads. Valid until {@link #close()}; position and limit are the caller's.
   */
  ByteBuffer input(int index);

  /** The memory of an output tensor itself; holds a result after {@link #invoke()}. */
  ByteBuffer output(int index);

  /**
   * Runs the model once, synchronously.
   *
   * @throws InferenceException if the runtime reports a failure; the model may be tried again
   * @throws IllegalStateException if the model is closed
   */
  void invoke();

  /**
   * Where it really runs: {@code xnnpack}, {@code cpu}, {@code gpu}, {@code nnapi}, {@code
   * external:…}.
   */
  String delegate();

  /** Frees native memory. A second call does nothing. */
  @Override
  void close();
}
