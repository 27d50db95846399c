package io.stopline.evaluation;

/** A data set is missing something, damaged or of an unknown layout; the message says the cure. */
public final class UnusableDatasetException extends RuntimeException {

  UnusableDatasetException(String message) {
    super(message);
  }

  UnusableDatasetException(String message, Throwable cause) {
    super(message, cause);
  }
}
