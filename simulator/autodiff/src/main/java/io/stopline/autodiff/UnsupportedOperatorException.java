package io.stopline.autodiff;

import java.util.List;

/** A model that computes with operators of which no gradient is known here. */
public final class UnsupportedOperatorException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String[] operators;

  /**
   * @param operators names as in TensorFlow Lite's schema, custom ones by their own name, each once
   * @param detail what about them is not covered
   */
  UnsupportedOperatorException(List<String> operators, String detail) {
    super(
        "no gradient through "
            + String.join(", ", operators)
            + ": "
            + detail
            + "; attacks that need no gradient (such as square, spsa, nes, hopskipjump, transfer,"
            + " noise) still work on this model");
    this.operators = operators.toArray(String[]::new);
  }

  /** Names of the operators, each once. */
  public List<String> operators() {
    return List.of(operators);
  }
}
