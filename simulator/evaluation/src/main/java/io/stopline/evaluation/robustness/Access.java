package io.stopline.evaluation.robustness;

import java.util.Locale;

/** What an attack asks its victim for; decides what two attacks say about each other. */
public enum Access {
  /** Derivatives of the scores. */
  GRADIENTS,
  /** One look at the derivatives: a single step. */
  ONE_GRADIENT,
  /** Scores only. */
  SCORES,
  /** Labels only. */
  LABELS,
  /** Nothing of the victim; another model's gradients. */
  TRANSFER,
  /** Nothing at all: random changes. */
  NOTHING;

  /** Whether it walks along the victim's gradients for more than a step. */
  public boolean followsGradients() {
    return this == GRADIENTS;
  }

  /** Whether its success owes nothing to the victim's gradients. */
  public boolean gradientFree() {
    return this == SCORES || this == LABELS || this == TRANSFER || this == NOTHING;
  }

  /** As reports write it: {@code one gradient}. */
  public String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
