package io.stopline.sdk.pipeline;

import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Region;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Has the guard judge tracks, longest unjudged first, as far as a frame's budget goes. Belongs to
 * one thread.
 */
final class Inspections {

  /**
   * Inspections of a frame that end after one model run at most (what is no sign, what is too
   * small) and do not count among those that the tuning allows, so that they starve no real sign.
   */
  private static final int BRIEF = 16;

  /**
   * After more frames out of sight another thing may have taken a track's place: a tail light where
   * a sign was covered.
   */
  private static final int STILL_THE_SAME = 2;

  private final Inspector inspector;
  private final int limit;
  private final long budgetNanos;
  private final LongSupplier nanoClock;
  private long begin;
  private int full;
  private int brief;
  private int noSigns;
  private long turns;

  /**
   * @param nanoClock monotonic, ns
   */
  Inspections(Inspector inspector, PipelineTuning tuning, LongSupplier nanoClock) {
    this.inspector = inspector;
    this.limit = tuning.inspectionsPerFrame();
    this.budgetNanos = tuning.frameBudget().toNanos();
    this.nanoClock = nanoClock;
  }

  /** Begins a frame, whose budget counts from now on. */
  void begin() {
    begin = nanoClock.getAsLong();
    full = 0;
    brief = 0;
    noSigns = 0;
  }

  /** Time since the frame began, ns. */
  long elapsedNanos() {
    return nanoClock.getAsLong() - begin;
  }

  /**
   * Judges tracks that are seen in this frame, as many as what is left of the frame's budget
   * allows; one inspection is always made in a frame.
   *
   * @param due is put into the order of inspection
   * @param found what their finder said of them
   * @return how many must wait
   */
  int judge(Frame frame, List<Dossier> due, Sightings found) {
    due.sort((a, b) -> Long.compare(a.turn(), b.turn()));
    int done = 0;
    while (done < due.size() && isOneMoreAllowed()) {
      judge(frame, due.get(done), found);
      done++;
    }
    return due.size() - done;
  }

  private boolean isOneMoreAllowed() {
    return full < limit && brief < BRIEF && (full + brief == 0 || elapsedNanos() <= budgetNanos);
  }

  private void judge(Frame frame, Dossier dossier, Sightings found) {
    Track track = dossier.track;
    Region crop = found.crop(track, frame.image());
    if (track.takeGap() > STILL_THE_SAME) {
      dossier.state.reappeared();
    }
    dossier.before.copyFrom(dossier.state);
    Verdict verdict = inspector.inspect(frame, crop, found.of(track, crop), dossier.state);
    dossier.record(frame, crop, verdict, ++turns);
    if (verdict.decision() == Decision.NO_SIGN) {
      noSigns++;
      brief++;
    } else if (verdict.passes() == 0) {
      brief++;
    } else {
      full++;
    }
  }

  /** Inspections of this frame so far that found no sign. */
  int noSigns() {
    return noSigns;
  }
}
