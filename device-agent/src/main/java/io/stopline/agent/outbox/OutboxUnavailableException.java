package io.stopline.agent.outbox;

/** The outbox cannot be read or written now: disk full, read-only or failing. Try again later. */
public final class OutboxUnavailableException extends Exception {

  private static final long serialVersionUID = 1L;

  OutboxUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
