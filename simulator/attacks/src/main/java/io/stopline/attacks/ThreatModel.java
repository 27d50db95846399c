package io.stopline.attacks;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

/**
 * What an attacker wants, knows, can do and may spend. Every attack declares one; a figure without
 * it means nothing.
 *
 * @param guard what the attacker knows of the guard around the models; never its random draws
 */
public record ThreatModel(
    Goal goal, Knowledge knowledge, GuardKnowledge guard, Capability capability, Budget budget) {

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
    BLIND,
    /** Looking takes as much computing as it can. */
    COST,
    /** The sign is found beside its place. */
    SHIFT
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

  /** What the attacker knows of the guard around the models; each level includes those above. */
  public enum GuardKnowledge {
    /** That there is a guard is not known. */
    NONE,
    /** May query its decision and score. */
    QUERIES,
    /** One of its models. */
    ONE_MODEL,
    /** All of its models. */
    ALL_MODELS,
    /** And its policy: transforms, checks, weights. */
    POLICY,
    /** And its calibration: thresholds. */
    CALIBRATION
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

  /** What it may cost. */
  public sealed interface Budget {

    /** For people: what may be changed and how often may be asked. */
    String describe();

    /** How often may be asked, at most; at least 1. */
    long queries();
  }

  /**
   * A share of an area.
   *
   * @param surface what the area is of: {@code sign}, or {@code image} where nobody says where the
   *     sign is
   * @param areaShare of that area that may be altered, above 0, at most 1
   * @param irradiance of light that may be added, at most, share of the daylight; 0 for none
   * @param queries views of the sign that may be asked for, at least 1
   * @param drawsPerCandidate views over which a promising candidate is averaged, at least 1
   */
  public record Area(
      String surface, double areaShare, double irradiance, long queries, int drawsPerCandidate)
      implements Budget {

    /** A share of the sign's area, and no light. */
    public Area(double areaShare, long queries, int drawsPerCandidate) {
      this("sign", areaShare, queries, drawsPerCandidate);
    }

    /** A share of an area, and no light. */
    public Area(String surface, double areaShare, long queries, int drawsPerCandidate) {
      this(surface, areaShare, 0, queries, drawsPerCandidate);
    }

    public Area {
      if (!(areaShare > 0 && areaShare <= 1)) {
        throw new IllegalArgumentException(
            "threat model: areaShare is " + areaShare + "; it must be above 0 and at most 1");
      }
      if (!(irradiance >= 0)) {
        throw new IllegalArgumentException(
            "threat model: irradiance is " + irradiance + "; it must be 0 or more");
      }
      if (queries < 1 || drawsPerCandidate < 1) {
        throw new IllegalArgumentException(
            "threat model: %d queries and %d draws; both must be at least 1"
                .formatted(queries, drawsPerCandidate));
      }
    }

    @Override
    public String describe() {
      DecimalFormat number =
          new DecimalFormat("0.##", DecimalFormatSymbols.getInstance(Locale.ROOT));
      return "on at most %s %% of the %s%s, %d queries, %d draws a candidate"
          .formatted(
              number.format(100 * areaShare),
              surface,
              irradiance > 0
                  ? ", light of at most " + number.format(irradiance) + " times the daylight"
                  : "",
              queries,
              drawsPerCandidate);
    }
  }

  /**
   * A norm of the change, over all values of an image in 0..1.
   *
   * @param epsilon at most this far, 0 or more; infinite for attacks that look for the smallest
   *     change
   * @param rounding whether what comes out must be 8-bit values
   * @param queries forward passes an input, at most
   * @param draws over which gradients of a randomised victim are averaged, at least 1
   */
  public record Perturbation(Norm norm, double epsilon, boolean rounding, long queries, int draws)
      implements Budget {
    public Perturbation {
      if (!(epsilon >= 0)) {
        throw new IllegalArgumentException(
            "threat model: epsilon is " + epsilon + "; it must be 0 or more");
      }
      if (queries < 1 || draws < 1) {
        throw new IllegalArgumentException(
            "threat model: %d queries and %d draws; both must be at least 1"
                .formatted(queries, draws));
      }
    }

    @Override
    public String describe() {
      return "%s at most %.4g%s, %d queries an input, %d draws"
          .formatted(norm, epsilon, rounding ? " in 8-bit values" : "", queries, draws);
    }
  }

  /** For people, in one line. */
  public String describe() {
    return "%s, %s %s, %s %s"
        .formatted(
            words(goal),
            words(knowledge),
            guard == GuardKnowledge.NONE
                ? "of the bare models, not knowing the guard"
                : "with the guard known: " + words(guard),
            words(capability),
            budget.describe());
  }

  /** As reports and people write it: {@code score queries}. */
  public static String words(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
