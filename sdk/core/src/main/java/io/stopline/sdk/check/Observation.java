package io.stopline.sdk.check;

import io.stopline.sdk.image.Image;
import java.nio.ByteBuffer;

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

  /** Number of models that name the label; those that only serve checks are counted on. */
  int members();

  /** Mean over the members of their probabilities for the plain view. */
  float[] ensemble();

  /**
   * One member's probabilities for the plain view; of a model that only serves checks if this check
   * asked for that view.
   */
  float[] plain(int member);

  /**
   * The map of local scores of a member's plain view, in native byte order, if a check asked for it
   * ({@link PassPlan#local}).
   */
  default ByteBuffer local(int member) {
    throw new IllegalStateException(
        "no check asked for the local scores of model number %d".formatted(member));
  }

  /** The probabilities of a planned pass. */
  float[] pass(int handle);
}
