package io.stopline.telemetry;

/** A PEM file that cannot be used; the text names the file and the cure. */
public final class PemException extends Exception {

  private static final long serialVersionUID = 1L;

  PemException(String message, Throwable cause) {
    super(message, cause);
  }

  PemException(String message) {
    super(message);
  }
}
