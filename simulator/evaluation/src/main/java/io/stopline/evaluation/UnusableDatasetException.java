package io.stopline.evaluation;

/** A data set is missing something, damaged or of an unknown layout; the message says the cure. */
public final class UnusableDatasetException extends RuntimeException {

  /**
   * @param message names the thing, the place and the cure
   */
  public UnusableDatasetException(String message) {
    super(message);
  }

  /**
   * @param message names the thing, the place and the cure
   */
  public UnusableDatasetException(String message, Throwable cause) {
    super(message, cause);
  }
}
