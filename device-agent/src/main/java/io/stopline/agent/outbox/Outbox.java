package io.stopline.agent.outbox;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Incidents in one SQLite file ({@code synchronous=FULL}: a commit survives power loss).
 * Thread-safe; one call at a time works on the disk, and {@link #status()} and {@link
 * #nextSequence()} never wait for it.
 *
 * <p>Nothing here is fatal: if the file cannot be opened or written, the call throws {@link
 * OutboxUnavailableException} and the next one tries again. A damaged file is renamed, never
 * deleted, and every intact incident in it is carried over into a new one.
 *
 * <p><b>When it is full</b> (byte cap, or the disk) new incidents are refused; what was accepted is
 * never dropped for them, can be read and sent, and makes room as it is acknowledged.
 */
public final class Outbox implements AutoCloseable {

  /** A call that takes longer has met a disk that hangs. */
  private static final long HANGS_MILLIS = 5_000;

  private static final String OPEN = "open";

  private static final Logger log = LoggerFactory.getLogger(Outbox.class);

  /**
   * A stored incident without its bytes.
   *
   * @param row orders the entries by age
   */
  public record Entry(long row, UUID id, int bytes) {}

  /**
   * What became of a batch.
   *
   * @param accepted committed, or stored before
   * @param full refused because of the byte cap
   * @param broken could not be encoded; the reasons are in the log
   */
  public record Appended(List<UUID> accepted, List<UUID> full, List<UUID> broken) {}

  /**
   * One moment's account.
   *
   * @param fault why nothing can be stored now, null if it can
   * @param readable whether what is stored can be read and sent all the same
   * @param depth incidents that wait for the monitor
   * @param bytes of those
   * @param quarantined damaged files that were set aside since the start
   * @param lastQuarantine name of the latest such file
   * @param left incidents in such files that wait for room to be carried over
   * @param damage what is damaged or not carried over yet, in words; empty if nothing is
   */
  public record Status(
      @Nullable String fault,
      boolean readable,
      long depth,
      long bytes,
      long quarantined,
      @Nullable String lastQuarantine,
      long left,
      String damage) {}

  /** What a call does with the open file. */
  @FunctionalInterface
  private interface Work<T> {
    T on(OutboxDatabase db) throws SQLException;
  }

  private record Call(String what, long sinceNanos) {}

  private final long maxBytes;
  private final SequenceNumbers numbers;
  private final CountDownLatch tried = new CountDownLatch(1);
  private final ReentrantLock lock = new ReentrantLock();

  // Under the lock.
  private final OutboxFile file;
  private final Waiting waiting = new Waiting();
  private @Nullable String fault;
  private boolean full;

  private volatile Status status;
  private volatile @Nullable Call call;
  private final AtomicLong freed = new AtomicLong();

  /**
   * Touches no disk yet: {@link #open()} does, or the first call.
   *
   * @param session of the agent process, new on each start
   * @param maxBytes cap on the sum of the messages' bytes, at least 1
   */
  public Outbox(Path file, UUID session, long maxBytes, InstantSource clock) {
    if (maxBytes < 1) {
      throw new IllegalArgumentException("outbox cap is " + maxBytes + " bytes; give at least 1");
    }
    this.maxBytes = maxBytes;
    this.numbers = new SequenceNumbers(session);
    this.file = new OutboxFile(file, maxBytes, clock, numbers, waiting);
    this.status = new Status("outbox " + file + " is not open yet", false, 0, 0, 0, null, 0, "");
  }

  /**
   * Opens the file, or creates it; may take long for a large or a damaged one. If that fails,
   * {@link #status()} says why and every call tries again.
   *
   * @return this
   */
  public Outbox open() {
    try {
      boolean unused = run(OPEN, db -> true);
    } catch (OutboxUnavailableException e) {
      // Kept in the status; health tells, and the writer tries again.
      log.error("{}", e.getMessage());
    }
    return this;
  }

  /**
   * Waits until the file was opened once or that failed.
   *
   * @return whether it did within the time
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public boolean awaitOpened(long time, TimeUnit unit) throws InterruptedException {
    return tried.await(time, unit);
  }

  /** The number that the session's next incident gets. Counts on from the last session's. */
  public long nextSequence() {
    return numbers.next();
  }

  /** The same, for one who tells it to others: it will not change for an older file any more. */
  public long firstSequence() {
    return numbers.tell();
  }

  /** How things are. Never waits, also while the disk hangs. */
  public Status status() {
    Status last = status;
    Call under = call;
    if (under != null) {
      long millis = (System.nanoTime() - under.sinceNanos()) / 1_000_000;
      if (millis > HANGS_MILLIS) {
        return new Status(
            under.what().equals(OPEN)
                ? "outbox %s has been opening for %d ms; it is large or damaged, or its disk hangs"
                    .formatted(file.path(), millis)
                : "cannot %s outbox %s: the disk has not answered for %d ms; check it"
                    .formatted(under.what(), file.path(), millis),
            false,
            last.depth(),
            last.bytes(),
            last.quarantined(),
            last.lastQuarantine(),
            last.left(),
            last.damage());
      }
    }
    return last;
  }

  /** Grows whenever room was made: what did not fit before may fit now. */
  long freed() {
    return freed.get();
  }

  /**
   * Stores incidents in one commit, in order. Once this returns they are accepted: they survive a
   * crash, and only an acknowledgement deletes them.
   *
   * @throws OutboxUnavailableException if nothing could be stored
   */
  public Appended append(List<Draft> drafts) throws OutboxUnavailableException {
    return run(
        "write",
        db -> {
          List<UUID> accepted = new ArrayList<>();
          List<UUID> refused = new ArrayList<>();
          List<UUID> broken = new ArrayList<>();
          long first = numbers.next();
          long[] added = new long[2];
          db.change(
              () -> {
                for (Draft draft : drafts) {
                  if (db.has(draft.id())) {
                    accepted.add(draft.id());
                    continue;
                  }
                  byte[] payload;
                  try {
                    payload = draft.encoder().apply(first + added[0]);
                  } catch (RuntimeException | LinkageError | StackOverflowError e) {
                    log.error(
                        "incident {} cannot be encoded and is lost: {}", draft.id(), e.toString());
                    broken.add(draft.id());
                    continue;
                  }
                  if (payload.length > maxBytes - waiting.bytes() - added[1]) {
                    refused.add(draft.id());
                    continue;
                  }
                  db.insert(draft.id().toString(), payload);
                  accepted.add(draft.id());
                  added[0]++;
                  added[1] += payload.length;
                }
                if (added[0] > 0) {
                  db.setSequence(numbers.stored(first + added[0]));
                }
              });
          if (added[0] > 0) {
            numbers.advance(first + added[0]);
            full = false;
            file.reserve();
          }
          waiting.add(added[0], added[1]);
          return new Appended(accepted, refused, broken);
        });
  }

  /**
   * The oldest entries that wait for the monitor.
   *
   * @throws OutboxUnavailableException if the file cannot be read
   */
  public List<Entry> pending(int limit) throws OutboxUnavailableException {
    return run("read", db -> db.pending(limit));
  }

  /**
   * The bytes of an entry.
   *
   * @return null if it is gone, or if its bytes were damaged on the disk, in which case it is set
   *     aside as refused
   * @throws OutboxUnavailableException if the file cannot be read
   */
  public byte @Nullable [] payload(Entry entry) throws OutboxUnavailableException {
    return run(
            "read",
            db -> {
              OutboxDatabase.Content content = db.content(entry);
              if (content != null && !content.isIntact()) {
                file.rowIsDamaged(db, entry.row());
                forget(1, entry.bytes());
                return Optional.<byte[]>empty();
              }
              return Optional.ofNullable(content).map(OutboxDatabase.Content::payload);
            })
        .orElse(null);
  }

  /**
   * Forgets incidents that the monitor has stored.
   *
   * @throws OutboxUnavailableException if not all could be deleted; those that were, are
   */
  public void delete(Collection<UUID> ids) throws OutboxUnavailableException {
    // Few at a time: their transaction has to fit the journal that is reserved.
    List<UUID> all = List.copyOf(ids);
    for (int from = 0; from < all.size(); from += 8) {
      List<UUID> some = all.subList(from, Math.min(all.size(), from + 8));
      boolean unused =
          run(
              "write",
              db -> {
                long[] gone = new long[2];
                db.change(
                    () -> {
                      for (UUID id : some) {
                        Entry entry = db.find(id);
                        if (entry != null) {
                          db.delete(entry.row());
                          gone[0]++;
                          gone[1] += entry.bytes();
                        }
                      }
                    });
                if (gone[0] > 0) {
                  forget(gone[0], gone[1]);
                }
                return true;
              });
    }
  }

  /**
   * Sets an incident aside that the monitor will never take. The latest 100 are kept in the file,
   * if they take no more than a quarter of its cap and the disk has room for them.
   *
   * @throws OutboxUnavailableException if the file cannot be written
   */
  public void refuse(UUID id, String reason) throws OutboxUnavailableException {
    boolean unused =
        run(
            "write",
            db -> {
              Entry entry = db.find(id);
              if (entry != null) {
                if (!db.refuse(
                    entry.row(), reason.length() > 500 ? reason.substring(0, 500) : reason)) {
                  log.error("no room to keep refused incident {} ({}); it is deleted", id, reason);
                }
                forget(1, entry.bytes());
              }
              return true;
            });
  }

  private void forget(long rows, long size) {
    waiting.remove(rows, size);
    full = false;
    freed.incrementAndGet();
  }

  private <T> T run(String what, Work<T> work) throws OutboxUnavailableException {
    lock.lock();
    try {
      call = new Call(file.isOpen() ? what : OPEN, System.nanoTime());
      OutboxDatabase db = null;
      try {
        boolean wasOpen = file.isOpen();
        db = file.open();
        full &= wasOpen;
        T result = work.on(db);
        if (!full) {
          fault = null;
        }
        file.carryOn(db);
        return result;
      } catch (SQLException | IOException | RuntimeException | LinkageError e) {
        throw failed(db == null ? OPEN : what, e);
      } finally {
        publish();
      }
    } finally {
      call = null;
      tried.countDown();
      lock.unlock();
    }
  }

  private void publish() {
    status =
        new Status(
            fault,
            file.isOpen(),
            waiting.depth(),
            waiting.bytes(),
            file.setAsideCount(),
            file.lastSetAside(),
            file.left(),
            file.damage());
  }

  private OutboxUnavailableException failed(String what, Throwable e) {
    full = OutboxDatabase.isFull(e);
    file.failed(e);
    String message =
        "cannot %s outbox %s: %s; %s".formatted(what, file.path(), e.getMessage(), file.cure(e));
    fault = message;
    return new OutboxUnavailableException(message, e);
  }

  /** Closes the file; later calls throw. One that a hanging disk holds is left behind after 2 s. */
  @Override
  public void close() {
    boolean mine = false;
    try {
      mine = lock.tryLock(2, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!mine) {
      log.error("outbox {} is left behind: the disk does not answer", file.path());
      return;
    }
    try {
      file.close();
    } finally {
      lock.unlock();
    }
  }
}
