package io.stopline.config.images;

/** Bytes that should be an image are none, are damaged, or are one that is not accepted. */
public final class UnusableImageException extends RuntimeException {

  UnusableImageException(String message) {
    super(message);
  }

  UnusableImageException(String message, Throwable cause) {
    super(message, cause);
  }
}
