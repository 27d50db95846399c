package io.stopline.autodiff.operator;

/** A known operator in a form that is not covered. The message names form and operator. */
public final class UnsupportedVariantException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnsupportedVariantException(String message) {
    super(message);
  }
}
