package io.stopline.config.images;

/** An image took longer to decode than its reader has time, and was given up. */
public final class SlowImageException extends UnusableImageException {

  private static final long serialVersionUID = 1L;

  SlowImageException(String message) {
    super(message);
  }
}
