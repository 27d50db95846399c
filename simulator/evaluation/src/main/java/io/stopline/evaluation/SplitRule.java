package io.stopline.evaluation;

/**
 * Which split a track belongs to where a data set does not say. Tracks are numbered from 0 in each
 * class in order of their id: number mod 5 = 2 calibrates, number mod 10 = 4 validates, the rest
 * trains.
 */
public final class SplitRule {

  public static final String TRAIN = "train";
  public static final String VALIDATION = "validation";
  public static final String CALIBRATION = "calibration";
  public static final String TEST = "test";

  private SplitRule() {}

  static String of(int numberInClass) {
    return of(numberInClass, true, true);
  }

  /** The same where the data set has a part for one of them already. */
  static String of(int numberInClass, boolean drawCalibration, boolean drawValidation) {
    if (drawCalibration && numberInClass % 5 == 2) {
      return CALIBRATION;
    }
    return drawValidation && numberInClass % 10 == 4 ? VALIDATION : TRAIN;
  }

  /** The order in which splits are listed; unknown ones last. */
  static int rank(String split) {
    return switch (split) {
      case TRAIN -> 0;
      case VALIDATION -> 1;
      case CALIBRATION -> 2;
      case TEST -> 3;
      default -> 4;
    };
  }
}
