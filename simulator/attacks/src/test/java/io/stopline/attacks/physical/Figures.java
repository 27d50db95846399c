package io.stopline.attacks.physical;

import static java.util.Objects.requireNonNull;

import io.stopline.attacks.Attack.Outcome;

/** Figures of an outcome that must be there. */
final class Figures {

  private Figures() {}

  static float[] of(Outcome outcome, String name) {
    return requireNonNull(outcome.figures().get(name), name);
  }
}
