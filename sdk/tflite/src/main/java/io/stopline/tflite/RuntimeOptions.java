package io.stopline.tflite;

import io.stopline.sdk.model.DelegatePreference;
import java.util.List;

/**
 * How a model is to be run.
 *
 * @param delegates ordered preference out of {@code nnapi}, {@code gpu}, {@code external:<library
 *     path>} and {@code xnnpack}; never empty
 * @param threads threads of the CPU kernels, 1..64
 * @param batch images an invocation, 1..256; above 1 the first dimension of every input is resized
 *     before memory is allocated, so keep one model per batch size
 */
public record RuntimeOptions(List<String> delegates, int threads, int batch) {

  private static final int MAX_THREADS = 64;
  private static final int MAX_BATCH = 256;

  /**
   * @throws IllegalArgumentException naming the value and what is allowed instead
   */
  public RuntimeOptions {
    delegates = DelegatePreference.validated(delegates);
    if (threads < 1 || threads > MAX_THREADS) {
      throw new IllegalArgumentException(
          "threads is %d; give 1 to %d".formatted(threads, MAX_THREADS));
    }
    if (batch < 1 || batch > MAX_BATCH) {
      throw new IllegalArgumentException("batch is %d; give 1 to %d".formatted(batch, MAX_BATCH));
    }
  }

  /** XNNPACK on one thread, one image an invocation. */
  public static RuntimeOptions defaults() {
    return new RuntimeOptions(List.of(DelegatePreference.XNNPACK), 1, 1);
  }

  /** The same with another ordered preference of delegates. */
  public RuntimeOptions withDelegates(List<String> newDelegates) {
    return new RuntimeOptions(newDelegates, threads, batch);
  }

  /** The same with another ordered preference of delegates. */
  public RuntimeOptions withDelegates(String... newDelegates) {
    return withDelegates(List.of(newDelegates));
  }

  /** The same with another number of threads. */
  public RuntimeOptions withThreads(int newThreads) {
    return new RuntimeOptions(delegates, newThreads, batch);
  }

  /** The same with another batch size. */
  public RuntimeOptions withBatch(int newBatch) {
    return new RuntimeOptions(delegates, threads, newBatch);
  }
}
