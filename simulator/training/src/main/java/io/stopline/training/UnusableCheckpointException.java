package io.stopline.training;

/** A checkpoint is damaged, of other training, or in the way; the message says the cure. */
public final class UnusableCheckpointException extends RuntimeException {
  UnusableCheckpointException(String message) {
    super(message);
  }

  UnusableCheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
