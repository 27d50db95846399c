package io.stopline.campaign.track;

import io.stopline.scene.alteration.Alteration;
import java.nio.file.Path;

/**
 * One kind of alteration at one place as a vector of numbers with gradients. Immutable; the vectors
 * are the caller's.
 */
interface Design {

  /** Where to begin. */
  double[] start();

  /**
   * How far each number may go in one step at most, in its own unit.
   *
   * @return one a parameter
   */
  double[] steps();

  /**
   * Paints.
   *
   * @param softness of edges that have one, 1 at the beginning of a search, 0 at its end
   * @param into is cleared before
   */
  void paint(double[] parameters, double softness, FacePaint into);

  /**
   * The adjoint of {@link #paint}.
   *
   * @param gradient by what was painted
   * @param into is overwritten
   */
  void backward(double[] parameters, double softness, FacePaint gradient, double[] into);

  /** Brings a vector back within bounds and budget. */
  void keep(double[] parameters);

  /**
   * The thing itself, as it is put on the sign.
   *
   * @param file where what is printed is written, if anything is
   */
  Alteration made(double[] parameters, Path file);
}
