package io.stopline.tflite;

import org.jspecify.annotations.Nullable;

/**
 * A model file is not one that TensorFlow Lite can safely load and run: truncated, corrupt,
 * hostile, too large, or built from operators that this runtime does not have. The message names
 * the model, the reason and the cure.
 */
public final class InvalidModelException extends RuntimeException {
  public InvalidModelException(String message) {
    super(message);
  }

  public InvalidModelException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
