package io.stopline.campaign.proving;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * What a vehicle without a guard takes for a sign's label: the one that its bare models gave in
 * most of the last near frames. Belongs to one thread.
 */
final class BareMajority {

  /** Near frames that are asked, as a guard's release asks as many. */
  private static final int LAST = 8;

  private final Deque<Integer> last = new ArrayDeque<>();

  /** A near frame's label; returns the label in force from now on, −1 for none. */
  int add(int label) {
    last.addLast(label);
    if (last.size() > LAST) {
      last.removeFirst();
    }
    if (last.size() < LAST) {
      return -1;
    }
    Map<Integer, Integer> counts = new HashMap<>();
    for (int each : last) {
      if (counts.merge(each, 1, Integer::sum) > LAST / 2) {
        return each;
      }
    }
    return -1;
  }
}
