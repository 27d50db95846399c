package io.stopline.training;

/** The loss or its gradient is no longer a number; the message says where and what may help. */
public final class TrainingDivergedException extends RuntimeException {
  TrainingDivergedException(String message) {
    super(message);
  }
}
