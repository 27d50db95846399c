package io.stopline.android;

import io.stopline.sdk.model.DelegatePreference;
import java.util.List;

/**
 * How a model is to be run on an Android device.
 *
 * @param delegates ordered preference out of {@code gpu}, {@code nnapi} and {@code xnnpack}; {@code
 *     external:…} is accepted, so that one bundle serves all platforms, and passed over
 * @param threads threads of the CPU kernels, 1..64
 * @param batch images an invocation, 1..256
 */
public record AndroidRuntimeOptions(List<String> delegates, int threads, int batch) {

  private static final int MAX_THREADS = 64;
  private static final int MAX_BATCH = 256;

  /**
   * @throws IllegalArgumentException naming the value and what is allowed instead
   */
  public AndroidRuntimeOptions {
    delegates = DelegatePreference.validated(delegates);
    if (threads < 1 || threads > MAX_THREADS) {
      throw new IllegalArgumentException(
          "threads is %d; give 1 to %d".formatted(threads, MAX_THREADS));
    }
    if (batch < 1 || batch > MAX_BATCH) {
      throw new IllegalArgumentException("batch is %d; give 1 to %d".formatted(batch, MAX_BATCH));
    }
  }

  /** GPU if there is one, else XNNPACK; one thread, one image an invocation. */
  public static AndroidRuntimeOptions defaults() {
    return new AndroidRuntimeOptions(
        List.of(DelegatePreference.GPU, DelegatePreference.XNNPACK), 1, 1);
  }
}
