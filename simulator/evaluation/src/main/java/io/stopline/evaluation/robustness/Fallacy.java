package io.stopline.evaluation.robustness;

import java.util.Locale;

/**
 * A reason not to believe a figure.
 *
 * @param text for people: what was seen, and what it means
 */
public record Fallacy(Rule rule, String text) {

  /** What went wrong, the gravest first. */
  public enum Rule {
    /** A candidate went beyond the budget that its attack declared. */
    BUDGET_VIOLATED,
    /** A certified input fell: a fault of Stopline, or of the certificate's assumptions. */
    CERTIFICATE_BROKEN,
    /** Certificates of another file, runtime or group table were brought. */
    FOREIGN_CERTIFICATE,
    /** Gradients do not lead where weaker means get: they are hidden, not absent. */
    MASKED_GRADIENTS,
    /** The attacker of a guard did not know the guard. */
    NOT_ADAPTIVE,
    /** A guard's thresholds were not set on calibration data. */
    THRESHOLDS_NOT_CALIBRATED,
    /** Success still grows with the draws over which the attack averages. */
    TOO_FEW_DRAWS,
    /** A guard does clearly better than its best member at half the budget. */
    BELOW_FLOOR,
    /** More budget broke fewer inputs, or no more. */
    NO_GROWTH,
    /** A budget that allows any image left inputs standing. */
    NO_FULL_SUCCESS,
    /** Random changes do nearly as much as the attack. */
    NOISE_AS_STRONG,
    /** What is attacked hardly works when clean. */
    BAD_WHEN_CLEAN,
    /** Nothing strong was run. */
    WEAK_ATTACKS,
    /** The model could not be differentiated. */
    NO_GRADIENTS,
    /** No sanity runs were made. */
    NO_SANITY,
    /** The interval is too wide to say anything. */
    SMALL_SAMPLE;

    /** As the JSON report has it: {@code masked-gradients}. */
    public String id() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
