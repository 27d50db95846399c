package io.stopline.evaluation.robustness;

import io.stopline.evaluation.Rate;

/**
 * Something tried beside an attack on a detector, on some of its objects, to see whether its
 * figures mean anything.
 *
 * @param name {@code grey}, {@code noise}, {@code huge}, {@code moreSteps}, {@code queries}
 * @param success how often it reaches the attack's goal
 * @param attack how often the attack itself does, on the same objects
 */
public record DetectorControl(String name, Rate success, Rate attack) {

  /** The same area in one grey. */
  public static final String GREY = "grey";

  /** The same area in random colours. */
  public static final String NOISE = "noise";

  /** The same search over the whole object. */
  public static final String HUGE = "huge";

  /** The same search with twice the steps. */
  public static final String MORE_STEPS = "moreSteps";

  /** A search by scores alone that asks as often. */
  public static final String QUERIES = "queries";

  /** For people. */
  public String words() {
    return switch (name) {
      case GREY -> "the same area in grey";
      case NOISE -> "the same area in random colours";
      case HUGE -> "a patch over the whole object";
      case MORE_STEPS -> "twice as many steps";
      case QUERIES -> "a search by scores alone";
      default -> name;
    };
  }
}
