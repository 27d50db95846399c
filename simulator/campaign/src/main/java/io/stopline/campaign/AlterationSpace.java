package io.stopline.campaign;

import io.stopline.attacks.SearchSpace;
import io.stopline.scene.alteration.Alteration;

/** Alterations of one kind as vectors to search in. Thread-safe. */
interface AlterationSpace extends SearchSpace {

  /** What a vector stands for. */
  Alteration decode(double[] parameters);

  /** A vector for what another search has found; it keeps this space's budget. */
  double[] encode(Alteration alteration);
}
