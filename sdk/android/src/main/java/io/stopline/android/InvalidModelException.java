package io.stopline.android;

import org.jspecify.annotations.Nullable;

/**
 * A model file is not one that TensorFlow Lite on this device can load and run. The message names
 * the model, the reason and the cure.
 */
public final class InvalidModelException extends RuntimeException {
  public InvalidModelException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
