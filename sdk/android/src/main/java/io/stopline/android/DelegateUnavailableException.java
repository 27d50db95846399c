package io.stopline.android;

import org.jspecify.annotations.Nullable;

/** A delegate is not there on this device, could not be created, or did not accept a model. */
public final class DelegateUnavailableException extends RuntimeException {
  public DelegateUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
