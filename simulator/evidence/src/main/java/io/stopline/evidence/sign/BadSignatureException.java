package io.stopline.evidence.sign;

/** A signature that is none of this key over these bytes; the text says why. */
public final class BadSignatureException extends Exception {

  private static final long serialVersionUID = 1L;

  BadSignatureException(String message) {
    super(message);
  }

  BadSignatureException(String message, Throwable cause) {
    super(message, cause);
  }
}
