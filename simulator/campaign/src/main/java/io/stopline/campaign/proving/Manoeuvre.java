package io.stopline.campaign.proving;

/**
 * What a vehicle does that acts on the label in force at the decision point. Where the sign is
 * suspected it brakes, as before a stop sign; where no label is in force it goes on slowly, and
 * neither runs the sign nor brakes for nothing.
 */
public enum Manoeuvre {
  /** What the sign asks for, or nothing where it asks for nothing. */
  AS_TOLD,
  /** It stopped before a sign that asks for it, told by the label or by the suspicion. */
  STOPPED,
  /** It drove on, or faster than the sign allows. */
  RAN_SIGN,
  /** It braked to a stand, and the sign asks for nothing of the kind. */
  BRAKED_FOR_NOTHING,
  /** It went on slowly: nothing is known of the sign. */
  SLOWED;

  /** Stop and no entry. */
  private static boolean stops(int signClass) {
    return signClass == 14 || signClass == 17;
  }

  /**
   * The highest speed that a sign allows as far as it says, km/h; give way counts as 20.
   *
   * @return {@link Integer#MAX_VALUE} where it says nothing of the kind
   */
  private static int limit(int signClass) {
    return switch (signClass) {
      case 14, 17 -> 0;
      case 0, 13 -> 20;
      case 1 -> 30;
      case 2 -> 50;
      case 3 -> 60;
      case 4 -> 70;
      case 5 -> 80;
      case 7 -> 100;
      case 8 -> 120;
      default -> Integer.MAX_VALUE;
    };
  }

  /**
   * @param signClass what the sign is, of the German traffic sign benchmark; −1 where none is
   * @param label in force at the decision point; −1 for none
   * @param standing what is known there
   */
  public static Manoeuvre of(int signClass, int label, Standing standing) {
    return switch (standing) {
      case RIGHT -> stops(signClass) ? STOPPED : AS_TOLD;
      case SUSPECTED -> stops(signClass) ? STOPPED : BRAKED_FOR_NOTHING;
      case UNDECIDED -> SLOWED;
      case WRONG -> {
        if (limit(label) > limit(signClass)) {
          yield RAN_SIGN;
        }
        yield stops(label) && !stops(signClass) ? BRAKED_FOR_NOTHING : AS_TOLD;
      }
    };
  }
}
