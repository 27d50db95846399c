package io.stopline.campaign.detectorguard;

import java.util.List;

/**
 * From which size on a detector sees again, in a close-up, what it found in the clean frame. What
 * is smaller is often not there when it is looked at closer; such tracks get high scores though
 * nothing was altered, and raise the threshold for all.
 *
 * @param sides smaller side of each close-up, px
 * @param gone whether it showed nothing
 * @param around how much larger than its box a close-up is
 */
record CloseUpSizes(List<Integer> sides, List<Boolean> gone, double around) {

  /** Sides of finds that are tried as the smallest, px. */
  private static final int[] SMALLEST = {20, 25, 30, 35, 40, 50, 60, 75, 100};

  /** Shares of fewer finds are chance. */
  private static final int FEW = 30;

  /** Where so few are gone, the detector agrees with itself. */
  private static final double STABLE = 0.05;

  /** Where so many are gone, it does not. */
  private static final double UNSTABLE = 0.2;

  CloseUpSizes {
    sides = List.copyOf(sides);
    gone = List.copyOf(gone);
  }

  /**
   * For people, if small finds are gone much more often than larger ones; else empty.
   *
   * @param minimumSide of the policy: smaller close-ups are not judged, px
   */
  String words(int minimumSide) {
    for (int smallest : SMALLEST) {
      int[] below = count(minimumSide, smallest * around);
      int[] above = count(smallest * around, Double.MAX_VALUE);
      if (below[0] >= FEW
          && above[0] >= FEW
          && below[1] >= UNSTABLE * below[0]
          && above[1] <= STABLE * above[0]) {
        return "of %d looks at finds of less than %d px, %d showed nothing from near; of the %d at larger ones, %d: small finds raise the threshold for all; 'minimumSide: %d' in the policy leaves them alone until they are larger (calibrate again then)"
            .formatted(
                below[0],
                smallest,
                below[1],
                above[0],
                above[1],
                (int) Math.round(smallest * around));
      }
    }
    return "";
  }

  /** How many close-ups, and how many of them show nothing. */
  private int[] count(double from, double until) {
    int[] counts = new int[2];
    for (int i = 0; i < sides.size(); i++) {
      if (sides.get(i) >= from && sides.get(i) < until) {
        counts[0]++;
        counts[1] += gone.get(i) ? 1 : 0;
      }
    }
    return counts;
  }
}
