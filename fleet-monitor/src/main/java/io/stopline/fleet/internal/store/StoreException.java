package io.stopline.fleet.internal.store;

/** The database cannot be opened, read or written; the text names file and cure. */
public final class StoreException extends Exception {

  private static final long serialVersionUID = 1L;

  StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
