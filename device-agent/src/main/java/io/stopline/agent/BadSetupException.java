package io.stopline.agent;

/** The command line or what it names is wrong; the message names the thing and the cure. */
final class BadSetupException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  BadSetupException(String message) {
    super(message);
  }
}
