package io.stopline.agent.outbox;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that sends what the outbox holds until the monitor has acknowledged it: oldest first,
 * a bounded number under way, again after a time that doubles, and at once on a new connection.
 */
public final class OutboxSender implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(OutboxSender.class);
  private static final int LOOK_AHEAD = 1024;
  private static final long BYTES_UNDER_WAY = 16L << 20;
  private static final long ANSWERED = Long.MIN_VALUE;

  /**
   * How patient it is.
   *
   * @param window so many incidents wait for their acknowledgement at a time, at least 1
   * @param firstRetryMillis without acknowledgement an incident is sent again after this time
   * @param longestRetryMillis the time doubles up to this one
   */
  public record Pace(int window, long firstRetryMillis, long longestRetryMillis) {

    /** 64 under way, again after 5 s to 5 min. */
    public static Pace standard() {
      return new Pace(64, 5_000, 300_000);
    }
  }

  /**
   * Counters since the start.
   *
   * @param sent attempts
   * @param acknowledged incidents that the monitor has stored
   * @param refused incidents that the monitor will never take
   */
  public record Counters(long sent, long acknowledged, long refused) {}

  private record Answer(UUID id, boolean stored, String reason) {}

  private static final class Attempt {
    long connection;
    int count;
    long againAt;
    int bytes;
  }

  private final Outbox outbox;
  private final Uplink uplink;
  private final Pace pace;
  private final BlockingQueue<Answer> answers = new ArrayBlockingQueue<>(4096);
  private final Semaphore wake = new Semaphore(0);
  private final Map<UUID, Attempt> attempts = new HashMap<>();
  private final Map<UUID, Answer> unapplied = new HashMap<>();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong unansweredSince = new AtomicLong(ANSWERED);
  private final Thread thread;
  private volatile boolean closed;

  public OutboxSender(Outbox outbox, Uplink uplink, Pace pace) {
    this.outbox = outbox;
    this.uplink = uplink;
    this.pace = pace;
    this.thread = new Thread(this::run, "stopline-outbox-sender");
    thread.setDaemon(true);
  }

  /** Starts the thread. */
  public void start() {
    thread.start();
  }

  /** Says that there is something new: an incident or a connection. Never waits. */
  public void wake() {
    wake.release();
  }

  /** Takes in that the monitor has stored an incident. Never waits; a lost word comes again. */
  public void stored(UUID id) {
    answers.offer(new Answer(id, true, ""));
    wake();
  }

  /** Takes in that the monitor will never store an incident. Never waits. */
  public void refused(UUID id, String reason) {
    answers.offer(new Answer(id, false, reason));
    wake();
  }

  /** The counters now. */
  public Counters counters() {
    return new Counters(sent.get(), acknowledged.get(), refused.get());
  }

  /** For how long incidents have been sent without any answer, ms; 0 if none waits for one. */
  public long unansweredMillis() {
    long since = unansweredSince.get();
    return since == ANSWERED ? 0 : (System.nanoTime() - since) / 1_000_000;
  }

  private void run() {
    try {
      while (!closed) {
        long wait;
        try {
          boolean applied = apply();
          wait = applied ? sendDue() : Math.min(1_000, sendDue());
        } catch (OutboxUnavailableException e) {
          // The outbox reports it; what cannot be read cannot be sent.
          wait = 1_000;
        } catch (RuntimeException | Error e) {
          log.error("sending incidents failed, trying again", e);
          wait = 1_000;
        }
        wake.tryAcquire(wait, TimeUnit.MILLISECONDS);
        wake.drainPermits();
      }
      applyAnswers();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (OutboxUnavailableException e) {
      log.warn(
          "acknowledged incidents stay in the outbox and will be sent again: {}", e.getMessage());
    }
  }

  /** Whether the disk took all answers; those that it did not take are tried again. */
  private boolean apply() {
    try {
      applyAnswers();
      return true;
    } catch (OutboxUnavailableException e) {
      return false;
    }
  }

  private void applyAnswers() throws OutboxUnavailableException {
    List<Answer> fresh = new ArrayList<>();
    answers.drainTo(fresh);
    if (!fresh.isEmpty()) {
      unansweredSince.set(ANSWERED);
    }
    for (Answer answer : fresh) {
      unapplied.put(answer.id(), answer);
    }
    if (unapplied.isEmpty()) {
      return;
    }
    Set<UUID> gone = new HashSet<>();
    for (Answer answer : unapplied.values()) {
      if (answer.stored()) {
        gone.add(answer.id());
      }
    }
    if (!gone.isEmpty()) {
      outbox.delete(gone);
      acknowledged.addAndGet(gone.size());
      unapplied.keySet().removeAll(gone);
      attempts.keySet().removeAll(gone);
    }
    for (Answer answer : List.copyOf(unapplied.values())) {
      outbox.refuse(answer.id(), answer.reason());
      log.error("the monitor refuses incident {}: {}", answer.id(), answer.reason());
      refused.incrementAndGet();
      unapplied.remove(answer.id());
      attempts.remove(answer.id());
    }
  }

  /** Sends what is due and returns how long there is nothing to do, ms. */
  private long sendDue() throws OutboxUnavailableException, InterruptedException {
    if (!uplink.isConnected()) {
      return 1_000;
    }
    long connection = uplink.connection();
    List<Outbox.Entry> entries = outbox.pending(LOOK_AHEAD);
    Set<UUID> present = new HashSet<>();
    int underWay = 0;
    long bytesUnderWay = 0;
    long now = System.nanoTime();
    for (Outbox.Entry entry : entries) {
      present.add(entry.id());
      Attempt attempt = attempts.get(entry.id());
      if (attempt != null && attempt.connection == connection && now - attempt.againAt < 0) {
        underWay++;
        bytesUnderWay += attempt.bytes;
      }
    }
    attempts.keySet().retainAll(present);
    long next = TimeUnit.SECONDS.toNanos(1);
    for (Outbox.Entry entry : entries) {
      if (unapplied.containsKey(entry.id())) {
        continue;
      }
      Attempt attempt = attempts.computeIfAbsent(entry.id(), id -> new Attempt());
      boolean waits =
          attempt.count > 0 && attempt.connection == connection && now - attempt.againAt < 0;
      if (waits) {
        next = Math.min(next, attempt.againAt - now);
        continue;
      }
      if (underWay >= pace.window()
          || (underWay > 0 && bytesUnderWay + entry.bytes() > BYTES_UNDER_WAY)) {
        // An acknowledgement wakes this thread.
        break;
      }
      byte[] payload = outbox.payload(entry);
      if (payload == null) {
        continue;
      }
      if (!uplink.send(payload)) {
        return 200;
      }
      sent.incrementAndGet();
      unansweredSince.compareAndSet(ANSWERED, System.nanoTime());
      if (attempt.connection != connection) {
        attempt.count = 0;
        attempt.connection = connection;
      }
      attempt.bytes = entry.bytes();
      attempt.againAt = System.nanoTime() + retryNanos(attempt.count++);
      underWay++;
      bytesUnderWay += entry.bytes();
      if (closed || !answers.isEmpty()) {
        return 0;
      }
    }
    return Math.max(1, next / 1_000_000);
  }

  private long retryNanos(int count) {
    long millis =
        Math.min(pace.longestRetryMillis(), pace.firstRetryMillis() << Math.min(count, 20));
    return (millis + ThreadLocalRandom.current().nextLong(millis / 4 + 1)) * 1_000_000L;
  }

  /** Ends the thread after the acknowledgements at hand are applied; waits at most 5 s. */
  @Override
  public void close() {
    closed = true;
    wake();
    try {
      thread.join(5_000);
      if (thread.isAlive()) {
        thread.interrupt();
        thread.join(1_000);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
