package io.stopline.agent.outbox;

import io.stopline.agent.source.Backoff;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread between the frame loop and the disk. The loop hands an incident over without waiting;
 * what the disk does not take is held in memory, up to a bound, and tried again. Incidents that
 * arrive while the disk works are stored in one commit.
 */
public final class OutboxWriter implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(OutboxWriter.class);
  private static final int HANDOFF = 64;
  private static final int BATCH = 64;

  /**
   * Bounds on what is held in memory while the disk fails.
   *
   * @param incidents at least 1
   * @param bytes at least 1
   */
  public record Spill(int incidents, long bytes) {

    /** 256 incidents and 64 MiB. */
    public static Spill standard() {
      return new Spill(256, 64L << 20);
    }
  }

  /**
   * Counters since the start.
   *
   * @param accepted incidents committed
   * @param waiting incidents in memory only: handed over, not yet committed
   * @param refusedFull refused because of the outbox's byte cap
   * @param refusedStorage lost because the disk failed for so long that memory ran out too
   * @param refusedHandoff lost because the writer did not keep up
   * @param broken could not be encoded
   */
  public record Counters(
      long accepted,
      long waiting,
      long refusedFull,
      long refusedStorage,
      long refusedHandoff,
      long broken) {

    /** Incidents that the fleet will never hear of. */
    public long lost() {
      return refusedFull + refusedStorage + refusedHandoff + broken;
    }
  }

  private final Outbox outbox;
  private final Spill spill;
  private final Consumer<List<UUID>> onAccepted;
  private final Backoff backoff;
  private final BlockingQueue<Draft> handoff = new ArrayBlockingQueue<>(HANDOFF);
  private final AtomicLong accepted = new AtomicLong();
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicLong refusedFull = new AtomicLong();
  private final AtomicLong refusedStorage = new AtomicLong();
  private final AtomicLong refusedHandoff = new AtomicLong();
  private final AtomicLong broken = new AtomicLong();
  private final Thread thread;
  private volatile boolean closing;

  /**
   * @param onAccepted called on the writer's thread with the identifiers of each commit; must not
   *     block
   * @param backoff between attempts while the disk fails
   */
  public OutboxWriter(
      Outbox outbox, Spill spill, Backoff backoff, Consumer<List<UUID>> onAccepted) {
    this.outbox = outbox;
    this.spill = spill;
    this.backoff = backoff;
    this.onAccepted = onAccepted;
    this.thread = new Thread(this::run, "stopline-outbox-writer");
    thread.setDaemon(true);
  }

  /** Starts the thread. */
  public void start() {
    thread.start();
  }

  /**
   * Hands an incident over. Never waits.
   *
   * @return whether there was room; if not, the incident is lost and counted
   */
  public boolean offer(Draft draft) {
    // Counted before, so that nobody sees an empty writer while an incident is on its way.
    waiting.incrementAndGet();
    if (!closing && handoff.offer(draft)) {
      return true;
    }
    waiting.decrementAndGet();
    refusedHandoff.incrementAndGet();
    return false;
  }

  /** The counters now. */
  public Counters counters() {
    return new Counters(
        accepted.get(),
        waiting.get(),
        refusedFull.get(),
        refusedStorage.get(),
        refusedHandoff.get(),
        broken.get());
  }

  private void run() {
    Deque<Draft> held = new ArrayDeque<>();
    long heldBytes = 0;
    long retryAt = System.nanoTime();
    boolean failing = false;
    long freed = 0;
    int most = BATCH;
    try {
      outbox.open();
    } catch (RuntimeException | Error e) {
      log.error("the outbox could not be opened, trying again", e);
    }
    try {
      while (true) {
        long wait = held.isEmpty() ? 200_000_000L : retryAt - System.nanoTime();
        Draft next = handoff.poll(Math.max(0, Math.min(wait, 200_000_000L)), TimeUnit.NANOSECONDS);
        while (next != null) {
          if (held.size() >= spill.incidents()
              || next.approximateBytes() > spill.bytes() - heldBytes) {
            waiting.decrementAndGet();
            refusedStorage.incrementAndGet();
            log.error(
                "incident {} is lost: the outbox fails and {} incidents wait in memory already",
                next.id(),
                held.size());
          } else {
            held.addLast(next);
            heldBytes += next.approximateBytes();
          }
          next = held.size() < BATCH || failing ? handoff.poll() : null;
        }
        if (held.isEmpty()) {
          if (closing) {
            return;
          }
          continue;
        }
        boolean roomAgain = freed != outbox.freed();
        if (failing && System.nanoTime() - retryAt < 0 && !closing && !roomAgain) {
          continue;
        }
        freed = outbox.freed();
        List<Draft> batch = new ArrayList<>(held).subList(0, Math.min(most, held.size()));
        try {
          Outbox.Appended done = outbox.append(batch);
          if (failing) {
            log.info("the outbox takes incidents again");
            failing = false;
          }
          backoff.reset();
          most = Math.min(BATCH, most * 2);
          for (Draft draft : batch) {
            held.removeFirst();
            heldBytes -= draft.approximateBytes();
          }
          accepted.addAndGet(done.accepted().size());
          broken.addAndGet(done.broken().size());
          if (!done.full().isEmpty()) {
            refusedFull.addAndGet(done.full().size());
            log.error(
                "the outbox is full: {} new incidents refused; is the monitor reachable?",
                done.full().size());
          }
          waiting.addAndGet(-batch.size());
          if (!done.accepted().isEmpty()) {
            onAccepted.accept(done.accepted());
          }
        } catch (OutboxUnavailableException | RuntimeException | Error e) {
          // Memory may be short because of a huge picture that is gone in a moment. Whatever it is,
          // this thread goes on: nobody else would store the next incident.
          if (!failing) {
            log.error("{}; {} incidents wait in memory", reason(e), held.size());
          }
          failing = true;
          // A disk without room for all may have room for one.
          most = 1;
          retryAt = System.nanoTime() + backoff.nextMillis() * 1_000_000L;
          if (closing && batch.size() == 1) {
            log.error("{} incidents in memory are lost: {}", held.size(), reason(e));
            waiting.addAndGet(-held.size());
            refusedStorage.addAndGet(held.size());
            return;
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String reason(Throwable e) {
    return e instanceof OutboxUnavailableException ? String.valueOf(e.getMessage()) : e.toString();
  }

  /** Stores what was handed over, as far as the disk takes it, and ends; waits at most 10 s. */
  @Override
  public void close() {
    closing = true;
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
