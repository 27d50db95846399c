package io.stopline.autodiff;

/** A file that is no model, is damaged, or is no classifier of images. Says where, and the cure. */
public final class UnusableModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnusableModelException(String message) {
    super(message);
  }
}
