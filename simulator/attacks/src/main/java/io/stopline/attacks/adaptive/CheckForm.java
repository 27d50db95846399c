package io.stopline.attacks.adaptive;

import org.jspecify.annotations.Nullable;

/**
 * One check as an attacker has it: the core's own score of what was seen, and how it changes. Holds
 * what it saw of one image at a time; belongs to one thread.
 */
interface CheckForm {

  /** What the models said of the image at hand. */
  interface Said {

    /** How many models name the label; their plain passes come first. */
    int members();

    /** The probabilities of a pass. */
    double[] pass(int pass);

    /** Number of the plain pass of the model that a pass is of. */
    int plainOf(int pass);

    /** Mean of the plain passes of those who name the label. */
    double[] ensemble();
  }

  /** How odd a label is, 0..1, as the check says. */
  double nonconformity(Said said, int label);

  /**
   * Adds how the nonconformity changes with the probabilities of each pass.
   *
   * @param scale by which it counts
   * @param slopes of each pass, of each class
   */
  default void slope(Said said, int label, double scale, double[][] slopes) {
    // What looks at no probabilities changes with none.
  }

  /**
   * How far a label is above what the check lets pass at all, whatever the other checks say; at
   * most 0 where it passes.
   */
  default double refusal(int label) {
    return Double.NEGATIVE_INFINITY;
  }

  /** Whether it scores any label of an image by itself, without what the models said. */
  default boolean looksItself() {
    return false;
  }

  /**
   * Looks at an image, if it does.
   *
   * @param images NHWC, 0..1, the image's values from index {@code from} on
   */
  default void look(float[] images, int from) {
    // What the models said is enough for most.
  }

  /**
   * Adds how the nonconformity changes with the pixels that were looked at.
   *
   * @param gradients receives it from index {@code to} on
   */
  default void backward(int label, double scale, float[] gradients, int to) {
    // What looks at no pixels changes with none.
  }

  /** Whose map of local scores it looks at; null for most. */
  default @Nullable LocalTwin local() {
    return null;
  }

  /**
   * Looks at a map of local scores, if it does.
   *
   * @param maps the image's values from index {@code from} on
   */
  default void lookAtMap(float[] maps, int from) {
    // Most have none.
  }

  /**
   * Adds how refusal and nonconformity change with the map that was looked at.
   *
   * @param byRefusal by which the refusal counts
   * @param byNonconformity by which the nonconformity counts
   * @param cotangents receives it from index {@code to} on
   */
  default void mapBackward(
      int label, double byRefusal, double byNonconformity, float[] cotangents, int to) {
    // Most have none.
  }
}
