package io.stopline.attacks.plugin;

/** An external attack program failed: it crashed, hung, or did not speak the protocol. */
public final class ExternalAttackException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ExternalAttackException(String message) {
    super(message);
  }
}
