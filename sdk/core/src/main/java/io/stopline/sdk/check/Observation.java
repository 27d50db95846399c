package io.stopline.sdk.check;

import io.stopline.sdk.image.Image;

/**
 * What one inspection has seen so far. Valid during the call; arrays are the guard's own, not to be
 * changed or kept.
 */
public interface Observation {

  /** The pixels under inspection. */
  Image crop();

  /** What the finder says of it. */
  Sighting sighting();

  /** The label that means that there is nothing; −1 if the models always see something. */
  int nothing();

  /** The ensemble's label for the plain view. */
  int label();

  /** Name of a label. */
  String labelName(int label);

  /** Number of classes. */
  int classes();

  /** Number of models. */
  int members();

  /** Mean over the members of their probabilities for the plain view. */
  float[] ensemble();

  /** One member's probabilities for the plain view. */
  float[] plain(int member);

  /** The probabilities of a planned pass. */
  float[] pass(int handle);
}
