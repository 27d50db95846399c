package io.stopline.android;

import io.stopline.sdk.model.DelegateSelector;
import java.util.List;

/**
 * Opens a model on the first delegate of an ordered preference that the device has, that accepts
 * the model, and that agrees with the CPU on reference inputs.
 */
public final class AndroidModelLoader {

  private final AndroidVersion version;

  /** For this device. */
  public AndroidModelLoader() {
    this(AndroidVersion.ofThisDevice());
  }

  AndroidModelLoader(AndroidVersion version) {
    this.version = version;
  }

  /**
   * Opens a model on the calling thread, which is the one to run it if the GPU is taken.
   *
   * @param name what messages call the model
   * @param bytes the {@code .tflite} file
   * @param options the ordered preference; XNNPACK is the last resort even if it is not listed
   * @param referenceInputs raw bytes of the input tensor, one image each; without any, no delegate
   *     but XNNPACK is used
   * @param tolerance largest absolute difference of any dequantised output, finite, 0 or above
   * @return the model, which the caller owns, and what was passed over with reasons
   * @throws InvalidModelException if the model cannot be run on the CPU either
   * @throws IllegalArgumentException if the tolerance or a reference input is not sound
   */
  public DelegateSelector.Selection open(
      String name,
      byte[] bytes,
      AndroidRuntimeOptions options,
      List<byte[]> referenceInputs,
      double tolerance) {
    return DelegateSelector.select(
        options.delegates(),
        delegate -> AndroidModel.load(name, bytes, delegate, options, version),
        referenceInputs,
        tolerance);
  }
}
