package io.stopline.studio.desk;

/** The page asked for something that cannot be done; the message says why and what can. */
final class RefusedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  RefusedException(String message) {
    super(message);
  }
}
