package io.stopline.config.images;

/** Bytes that should be an image are none, are damaged, or are one that is not accepted. */
public sealed class UnusableImageException extends RuntimeException permits SlowImageException {

  private static final long serialVersionUID = 1L;

  UnusableImageException(String message) {
    super(message);
  }

  UnusableImageException(String message, Throwable cause) {
    super(message, cause);
  }
}
