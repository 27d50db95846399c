package io.stopline.attacks;

import java.util.Locale;

/**
 * What an attacker wants, knows, can do and may spend. Every attack declares one; a figure without
 * it means nothing.
 *
 * @param guardKnown whether the attacker may query the guard's decision and score, never its random
 *     draws
 */
public record ThreatModel(
    Goal goal, Knowledge knowledge, boolean guardKnown, Capability capability, Budget budget) {

  /** What counts as success. */
  public enum Goal {
    /** Any wrong label. */
    UNTARGETED,
    /** One wrong label. */
    TARGETED,
    /** The sign is not found. */
    HIDE,
    /** A sign is seen where none is. */
    CREATE,
    /** Nothing is seen any more. */
    BLIND
  }

  /** What the attacker knows of the models. */
  public enum Knowledge {
    /** Weights and gradients. */
    WHITE_BOX,
    /** Another model that was trained on like data. */
    TRANSFER,
    /** May ask for scores, as often as the budget allows. */
    SCORE_QUERIES,
    /** May ask for labels, as often as the budget allows. */
    LABEL_QUERIES
  }

  /** What the attacker can change. */
  public enum Capability {
    DIGITAL,
    PATCH,
    STICKERS,
    GRAFFITI,
    SHADOW,
    POSTER,
    PROJECTED_LIGHT,
    CAMERA_LENS,
    SENSOR
  }

  /**
   * What it may cost.
   *
   * @param areaShare of the sign's area that may be altered, above 0, at most 1
   * @param queries views of the sign that may be asked for, at least 1
   * @param drawsPerCandidate views over which a promising candidate is averaged, at least 1
   */
  public record Budget(double areaShare, long queries, int drawsPerCandidate) {
    public Budget {
      if (!(areaShare > 0 && areaShare <= 1)) {
        throw new IllegalArgumentException(
            "threat model: areaShare is " + areaShare + "; it must be above 0 and at most 1");
      }
      if (queries < 1 || drawsPerCandidate < 1) {
        throw new IllegalArgumentException(
            "threat model: %d queries and %d draws; both must be at least 1"
                .formatted(queries, drawsPerCandidate));
      }
    }
  }

  /** For people, in one line. */
  public String describe() {
    return "%s, %s%s, %s on at most %.0f %% of the sign, %d queries, %d draws a candidate"
        .formatted(
            words(goal),
            words(knowledge),
            guardKnown ? " of models and guard" : " of the bare models, not knowing the guard",
            words(capability),
            100 * budget.areaShare,
            budget.queries,
            budget.drawsPerCandidate);
  }

  /** As reports and people write it: {@code score queries}. */
  public static String words(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
