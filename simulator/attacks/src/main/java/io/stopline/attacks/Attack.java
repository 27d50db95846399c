package io.stopline.attacks;

import java.util.Map;

/**
 * An attack: takes a batch of inputs and looks for perturbations of them that the victim gets
 * wrong. Implementations are immutable and hold their settings; a run is deterministic given its
 * seed. All shipped attacks and a third party's are found by {@link AttackProvider}.
 */
public interface Attack {

  /** As the command line writes it, for example {@code apgd-ce}. */
  String name();

  /** What the attacker wants, knows and may do. */
  ThreatModel threatModel();

  /** Settings by name, for reports; in a stable order. */
  Map<String, Object> settings();

  /**
   * Attacks each input of the batch.
   *
   * @throws UnsupportedOperationException naming attack, need and cure, if it needs gradients and
   *     the victim has none
   */
  Outcome attack(Victim victim, Inputs inputs, Run run);

  /**
   * What came of it.
   *
   * @param images one candidate an input, NHWC, 0..1, within the attack's budget: a success where
   *     {@code success} says so, else the best that was found
   * @param success as the objective judged it when it was found
   */
  @SuppressWarnings("ArrayRecordComponent") // a batch is too large to copy
  record Outcome(float[] images, boolean[] success) {}
}
