package io.stopline.agent;

import io.stopline.agent.gpio.GpioWorker;
import io.stopline.agent.outbox.OutboxWriter;
import io.stopline.agent.source.LatestFrame;
import io.stopline.agent.source.SourcedFrame;
import io.stopline.sdk.guard.CascadeStep;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.pipeline.FrameResult;
import io.stopline.sdk.pipeline.Incident;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one loop that judges frames. It waits for the next frame and for nothing else: what it finds
 * goes to threads of their own, by hand-offs that never block.
 */
final class FrameLoop implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FrameLoop.class);

  private final LatestFrame mailbox;
  private final FrameJudge judge;
  private final IncidentEncoder encoder;
  private final OutboxWriter writer;
  private final GpioWorker gpio;
  private final EventLog events;
  private final AtomicLong frames = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLong incidents = new AtomicLong();
  private final AtomicLong suspectFrames = new AtomicLong();
  private final AtomicLong noSigns = new AtomicLong();
  private final AtomicLong discarded = new AtomicLong();
  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread thread;
  private volatile long busySince;
  private volatile boolean busy;
  private volatile @Nullable Failure lastFailure;
  private volatile @Nullable Denial lastDenial;
  private volatile boolean closed;

  /**
   * The last frame that could not be judged.
   *
   * @param inARow so many could not, without one in between that could
   * @param atNanos when, by {@link System#nanoTime()}
   */
  private record Failure(String reason, long inARow, long atNanos) {}

  /**
   * The last inspection for which all checks were due without a token left for it.
   *
   * @param count so many there were since the start
   * @param atNanos when, by {@link System#nanoTime()}
   */
  private record Denial(long count, long atNanos) {}

  /**
   * How the loop is.
   *
   * @param busyMillis for how long it has been busy with one frame, ms; 0 while it waits
   * @param failures frames on which something failed that should not
   * @param failuresInARow those since the last frame that was judged
   * @param lastFailure what it was, null if there was none
   * @param lastFailureAgeMillis how long ago
   * @param denials inspections for which all checks were due, but the cascade had no token left
   * @param lastDenialAgeMillis how long ago the last of them was
   * @param ended whether it has come to its end
   * @param broken whether it came to it although frames may follow
   */
  record Condition(
      long busyMillis,
      long failures,
      long failuresInARow,
      @Nullable String lastFailure,
      long lastFailureAgeMillis,
      long denials,
      long lastDenialAgeMillis,
      boolean ended,
      boolean broken) {}

  FrameLoop(
      LatestFrame mailbox,
      FrameJudge judge,
      IncidentEncoder encoder,
      OutboxWriter writer,
      GpioWorker gpio,
      EventLog events) {
    this.mailbox = mailbox;
    this.judge = judge;
    this.encoder = encoder;
    this.writer = writer;
    this.gpio = gpio;
    this.events = events;
    this.thread = new Thread(this::run, "stopline-frames");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Frames that were judged. */
  long frames() {
    return frames.get();
  }

  /** Frames on which something failed that should not. */
  long failures() {
    return failures.get();
  }

  /** Incidents that were raised. */
  long incidents() {
    return incidents.get();
  }

  /** Frames with at least one suspect track. */
  long suspectFrames() {
    return suspectFrames.get();
  }

  /** Sightings that were judged to be no sign. */
  long noSigns() {
    return noSigns.get();
  }

  /** Findings of the proposer that made no sense. */
  long discarded() {
    return discarded.get();
  }

  /** For how long it has been busy with one frame, ms; 0 while it waits. */
  long busyMillis() {
    return busy ? (System.nanoTime() - busySince) / 1_000_000 : 0;
  }

  /** How it is now. Never waits. */
  Condition condition() {
    Failure last = lastFailure;
    Denial denial = lastDenial;
    boolean ended = isDone();
    return new Condition(
        busyMillis(),
        failures.get(),
        last == null ? 0 : last.inARow(),
        last == null ? null : last.reason(),
        last == null ? 0 : (System.nanoTime() - last.atNanos()) / 1_000_000,
        denial == null ? 0 : denial.count(),
        denial == null ? 0 : (System.nanoTime() - denial.atNanos()) / 1_000_000,
        ended,
        ended && !closed && !mailbox.isDrained());
  }

  /** Whether the loop has ended. */
  boolean isDone() {
    return done.getCount() == 0;
  }

  private void run() {
    try {
      while (!closed && !mailbox.isDrained()) {
        SourcedFrame frame = mailbox.take(200, TimeUnit.MILLISECONDS);
        if (frame != null) {
          busySince = System.nanoTime();
          busy = true;
          work(frame);
          busy = false;
        }
      }
      raise(judge.finish());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      log.error("the frame loop could not be finished", e);
    } finally {
      busy = false;
      done.countDown();
    }
  }

  private void work(SourcedFrame frame) {
    try {
      FrameResult result = judge.judge(frame);
      frames.incrementAndGet();
      noSigns.addAndGet(result.dropped());
      discarded.addAndGet(result.discarded());
      boolean suspect = false;
      for (FrameResult.TrackedObject object : result.tracks()) {
        Verdict verdict = object.verdict();
        if (verdict != null) {
          suspect |= verdict.decision() == Decision.SUSPECT;
          count(verdict.cascade());
        }
      }
      if (suspect) {
        suspectFrames.incrementAndGet();
      }
      gpio.frameDone(suspect);
      events.frame(frame, result, mailbox.replaced());
      result.changes().forEach(events::changed);
      raise(result.incidents());
      Failure last = lastFailure;
      if (last != null && last.inARow() > 0) {
        lastFailure = new Failure(last.reason(), 0, last.atNanos());
      }
    } catch (RuntimeException | Error e) {
      // The heartbeat misses this frame; the next one gets its chance.
      Failure last = lastFailure;
      lastFailure =
          new Failure(e.toString(), last == null ? 1 : last.inARow() + 1, System.nanoTime());
      if (failures.getAndIncrement() % 1000 == 0) {
        log.error("frame {} could not be judged", frame.frame().sequence(), e);
      }
    }
  }

  private void count(@Nullable CascadeStep step) {
    if (step != null && step.denied()) {
      Denial last = lastDenial;
      lastDenial = new Denial(last == null ? 1 : last.count() + 1, System.nanoTime());
    }
  }

  private void raise(List<Incident> raised) {
    for (Incident incident : raised) {
      incidents.incrementAndGet();
      boolean handedOver = writer.offer(encoder.draft(incident));
      log.info(
          "{} incident {} on track {}: {}",
          incident.level(),
          incident.id(),
          incident.track(),
          incident.evidence().get(incident.evidence().size() - 1).verdict().reasons());
      events.raised(incident, handedOver);
    }
  }

  /** Ends the loop after the frame at hand; waits at most 5 s for it. */
  @Override
  public void close() {
    closed = true;
    try {
      if (!done.await(5, TimeUnit.SECONDS)) {
        log.error("the frame loop hangs; it is left behind");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
