package io.stopline.campaign.proving;

/** What is counted of tracks. */
public enum Figure {
  /** A wrong label came into force at some time, and the sign was never suspected. */
  UNDETECTED("undetected"),
  /** The sign was suspected at some time: of clean and benign tracks, the false alarms. */
  SUSPECTED("suspected"),
  /** The right label was in force at the decision point. */
  RIGHT_IN_TIME("rightInTime"),
  /** A wrong label was in force at the decision point. */
  WRONG_AT_DECISION("wrongAtDecision"),
  /** The vehicle did what the sign forbids. */
  SIGN_RUN("signRun"),
  /** No label was in force at the decision point, and nothing was suspected by then. */
  LATE("late"),
  /** The vehicle braked though the sign asks for nothing of the kind. */
  FALSE_BRAKING("falseBraking"),
  /** All checks looked at more than a fifth of the near frames: as many as shipped tokens allow. */
  COSTLY("costly");

  private static final double TOKENS_PER_FRAME = 0.2;

  private final String id;

  Figure(String id) {
    this.id = id;
  }

  /** As campaign files and reports name it. */
  public String id() {
    return id;
  }

  /** Whether a track counts. */
  public boolean counts(Row row) {
    return switch (this) {
      case UNDETECTED -> row.wrongInForce() && !row.suspected();
      case SUSPECTED -> row.suspected();
      case RIGHT_IN_TIME -> row.atDecision() == Standing.RIGHT;
      case WRONG_AT_DECISION -> row.atDecision() == Standing.WRONG;
      case SIGN_RUN -> row.manoeuvre() == Manoeuvre.RAN_SIGN;
      case LATE -> row.atDecision() == Standing.UNDECIDED;
      case FALSE_BRAKING -> row.manoeuvre() == Manoeuvre.BRAKED_FOR_NOTHING;
      case COSTLY -> row.allChecksFrames() > TOKENS_PER_FRAME * row.nearFrames();
    };
  }

  /**
   * Whether more of it is worse on tracks of this kind: a suspicion is good news of an attack and
   * bad news of anything else.
   *
   * @param variant {@link Row#CLEAN}, {@link Row#BENIGN} or {@link Row#ATTACK}
   */
  public boolean harmsOn(String variant) {
    return switch (this) {
      case SUSPECTED -> !variant.equals(Row.ATTACK);
      case RIGHT_IN_TIME -> false;
      case UNDETECTED, WRONG_AT_DECISION, SIGN_RUN, LATE, FALSE_BRAKING, COSTLY -> true;
    };
  }

  /**
   * @throws IllegalArgumentException if there is none of this name
   */
  public static Figure of(String id) {
    for (Figure figure : values()) {
      if (figure.id.equals(id)) {
        return figure;
      }
    }
    throw new IllegalArgumentException("there is no figure '%s'".formatted(id));
  }
}
