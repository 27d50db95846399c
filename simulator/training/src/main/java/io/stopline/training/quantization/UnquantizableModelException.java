package io.stopline.training.quantization;

/** A model cannot be made full-integer. The message says what stands in the way, and the cure. */
public final class UnquantizableModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnquantizableModelException(String message) {
    super(message);
  }
}
