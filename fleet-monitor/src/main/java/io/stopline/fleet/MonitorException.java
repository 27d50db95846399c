package io.stopline.fleet;

/** The monitor cannot start; the text names thing, place and cure. */
public final class MonitorException extends Exception {

  private static final long serialVersionUID = 1L;

  MonitorException(String message, Throwable cause) {
    super(message, cause);
  }

  MonitorException(String message) {
    super(message);
  }
}
