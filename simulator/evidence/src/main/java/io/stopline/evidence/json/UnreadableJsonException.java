package io.stopline.evidence.json;

/** Bytes that are no JSON as a pack may have it; the text says what is wrong. */
public final class UnreadableJsonException extends Exception {

  private static final long serialVersionUID = 1L;

  UnreadableJsonException(String message, Throwable cause) {
    super(message, cause);
  }
}
