package io.stopline.campaign;

/**
 * Which answers about a sign are errors, of models and of a guard, to who attacks them.
 *
 * @param signClass that the sign is of, or that a phantom pretends
 * @param creates whether there is no sign: the models err where they name its class, and every
 *     label is wrong
 */
record Aim(int signClass, boolean creates) {

  /** What the models' probabilities are short of an error; below 0 they err. */
  double margin(float[] p) {
    return creates ? 0.5 - p[signClass] : BareEnsemble.margin(p, signClass);
  }

  boolean errs(int label) {
    return creates == (label == signClass);
  }

  boolean isWrong(int label) {
    return creates || label != signClass;
  }

  boolean isRight(int label) {
    return !creates && label == signClass;
  }
}
