package io.stopline.tflite;

import org.jspecify.annotations.Nullable;

/**
 * A delegate is not there on this machine, could not be created, or did not accept a model. The
 * model itself may be sound: another delegate can be tried.
 */
public final class DelegateUnavailableException extends RuntimeException {
  public DelegateUnavailableException(String message) {
    super(message);
  }

  public DelegateUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
