package io.stopline.junit;

/** A test of a drive failed; the message has what happened and the command that drives it again. */
public final class DriveFailure extends AssertionError {

  private static final long serialVersionUID = 1;

  DriveFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
