package io.stopline.android;

import io.stopline.sdk.model.DelegatePreference;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.Delegate;
import org.tensorflow.lite.gpu.CompatibilityList;
import org.tensorflow.lite.gpu.GpuDelegate;
import org.tensorflow.lite.nnapi.NnApiDelegate;

/** Creates delegates after asking the device whether they can be there. */
final class AndroidDelegates {

  /** Android 8.1. */
  private static final int NNAPI_SINCE = 27;

  private AndroidDelegates() {}

  /**
   * Returns null for XNNPACK, which is no separate delegate in this API.
   *
   * @throws DelegateUnavailableException with the reason if it is missing or cannot be created
   */
  static @Nullable Delegate create(String delegate, AndroidVersion version) {
    try {
      return switch (delegate) {
        case DelegatePreference.XNNPACK -> null;
        case DelegatePreference.NNAPI -> nnapi(version);
        case DelegatePreference.GPU -> gpu();
        default ->
            throw new DelegateUnavailableException(
                "delegate '%s' is unavailable: TensorFlow Lite's Java API for Android loads no external delegates; use gpu or nnapi"
                    .formatted(delegate),
                null);
      };
    } catch (DelegateUnavailableException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      throw new DelegateUnavailableException(
          "delegate '%s' cannot be created on this device: %s".formatted(delegate, e.getMessage()),
          e);
    }
  }

  private static Delegate nnapi(AndroidVersion version) {
    int level = version.apiLevel();
    if (level < NNAPI_SINCE) {
      throw new DelegateUnavailableException(
          "delegate 'nnapi' is unavailable: it needs Android API level %d, this device has %d"
              .formatted(NNAPI_SINCE, level),
          null);
    }
    // The CPU fallback of NNAPI is slower than XNNPACK: an accelerator or nothing.
    return new NnApiDelegate(new NnApiDelegate.Options().setUseNnapiCpu(false));
  }

  private static Delegate gpu() {
    try (CompatibilityList devices = new CompatibilityList()) {
      if (!devices.isDelegateSupportedOnThisDevice()) {
        throw new DelegateUnavailableException(
            "delegate 'gpu' is unavailable: TensorFlow Lite's list of compatible GPUs does not have this device",
            null);
      }
      return new GpuDelegate(devices.getBestOptionsForThisDevice());
    }
  }
}
