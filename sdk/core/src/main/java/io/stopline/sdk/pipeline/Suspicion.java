package io.stopline.sdk.pipeline;

import java.util.ArrayList;
import java.util.List;

/**
 * What speaks for one incident of one track: a bounded number of evidence frames. At most one
 * incident comes of it. Belongs to one thread.
 */
final class Suspicion {

  private enum State {
    UNSETTLED,
    /** There was an incident, or one of the same object elsewhere. */
    SETTLED,
    /** It was a mistake about another object. */
    DISMISSED
  }

  private final int limit;
  private final List<Incident.Evidence> evidence = new ArrayList<>(0);
  private long since;
  private State state = State.UNSETTLED;

  /**
   * @param limit at most this many evidence frames are kept, at least 3
   */
  Suspicion(int limit) {
    this.limit = limit;
  }

  /** Takes in an evidence frame, unless the suspicion is settled. */
  void add(Incident.Evidence frame, long nanos) {
    if (isSettled()) {
      return;
    }
    if (evidence.isEmpty()) {
      since = nanos;
    }
    evidence.add(frame);
    thin();
  }

  /**
   * Keeps the first frame, the one with the highest score and the latest, and of the others those
   * that leave the smallest gaps in time.
   */
  private void thin() {
    if (evidence.size() <= limit) {
      return;
    }
    int peak = 0;
    for (int i = 1; i < evidence.size(); i++) {
      if (evidence.get(i).verdict().score() > evidence.get(peak).verdict().score()) {
        peak = i;
      }
    }
    int drop = -1;
    long smallest = Long.MAX_VALUE;
    for (int i = 1; i < evidence.size() - 1; i++) {
      long gap = evidence.get(i + 1).frame() - evidence.get(i - 1).frame();
      if (i != peak && gap < smallest) {
        smallest = gap;
        drop = i;
      }
    }
    evidence.remove(drop);
  }

  /** Oldest first. */
  List<Incident.Evidence> evidence() {
    return evidence;
  }

  /** Capture time of the first evidence frame, ns; of no meaning if there is none. */
  long since() {
    return since;
  }

  /** Whether there is evidence and no incident yet. */
  boolean isOpen() {
    return !evidence.isEmpty();
  }

  /** Whether nothing has spoken for it so far. */
  boolean isUnfounded() {
    return !isOpen() && !isSettled();
  }

  /** Whether there was an incident, or is not to be one. */
  boolean isSettled() {
    return state != State.UNSETTLED;
  }

  /** There was an incident for this object; there will be no other. */
  void settle() {
    end(State.SETTLED);
  }

  /** It was a mistake about another object: there is to be no incident, and none is known of. */
  void dismiss() {
    end(State.DISMISSED);
  }

  private void end(State how) {
    state = how;
    evidence.clear();
  }

  /** Whether it was a mistake about another object. */
  boolean isDismissed() {
    return state == State.DISMISSED;
  }

  /** What spoke for it does so no longer; it may begin anew. */
  void withdraw() {
    evidence.clear();
  }
}
