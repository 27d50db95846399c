package io.stopline.studio;

/** What the user gave cannot be used; the message names thing, place and cure. */
public final class BadInputException extends RuntimeException {

  public BadInputException(String message) {
    super(message);
  }

  public BadInputException(String message, Throwable cause) {
    super(message, cause);
  }
}
