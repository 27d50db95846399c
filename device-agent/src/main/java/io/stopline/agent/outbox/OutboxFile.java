package io.stopline.agent.outbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;

/**
 * The file behind the outbox over its whole life: opened, dropped when it fails, set aside when it
 * is damaged, and what is intact carried over into the next one. Used under the outbox's lock.
 */
final class OutboxFile {

  /** More damaged files than this in one process are not the files' fault. */
  private static final int MOST_SET_ASIDE = 16;

  private static final Logger log = LoggerFactory.getLogger(OutboxFile.class);

  private final Path file;
  private final long maxBytes;
  private final InstantSource clock;
  private final SequenceNumbers numbers;
  private final Waiting waiting;
  private final Deque<Salvage> salvages = new ArrayDeque<>();
  private @Nullable OutboxDatabase database;
  private boolean damaged;
  private boolean reserved;
  private boolean closed;
  private int setAside;
  private @Nullable String lastSetAside;
  private long carried;
  private long damagedRows;

  OutboxFile(
      Path file, long maxBytes, InstantSource clock, SequenceNumbers numbers, Waiting waiting) {
    this.file = file;
    this.maxBytes = maxBytes;
    this.clock = clock;
    this.numbers = numbers;
    this.waiting = waiting;
  }

  Path path() {
    return file;
  }

  boolean isOpen() {
    return database != null;
  }

  /** Damaged files that were set aside since the start. */
  int setAsideCount() {
    return setAside;
  }

  /** Name of the latest file that was set aside or found so; null if there is none. */
  @Nullable String lastSetAside() {
    return lastSetAside;
  }

  /** Incidents in files that were set aside which wait for room. */
  int left() {
    return salvages.stream().mapToInt(Salvage::left).sum();
  }

  /** What is damaged or not carried over yet, in words; empty if nothing is. */
  String damage() {
    List<String> said = new ArrayList<>();
    if (lastSetAside != null) {
      said.add(
          "a damaged outbox was set aside as "
              + lastSetAside
              + ", "
              + carried
              + " incidents were carried over");
    }
    if (left() > 0) {
      said.add(left() + " incidents of it wait there for room on the disk");
    }
    if (damagedRows > 0) {
      said.add(damagedRows + " incidents were damaged on the disk and are not sent");
    }
    return String.join("; ", said);
  }

  /** The open file; opens it, and sets it aside before that if it is damaged. */
  OutboxDatabase open() throws SQLException, IOException {
    OutboxDatabase open = database;
    if (open != null) {
      return open;
    }
    if (closed) {
      throw new IllegalStateException("it was closed");
    }
    if (damaged) {
      setAside("found while it was used");
    }
    try {
      open = loaded();
    } catch (SQLException e) {
      if (!OutboxDatabase.isDamage(e) && !hasForeignHeader(e)) {
        throw e;
      }
      setAside(String.valueOf(e.getMessage()));
      open = loaded();
    }
    database = open;
    reserve();
    if (!reserved) {
      log.warn("outbox {}: the disk has no room for its reserve", file);
    }
    salvages.clear();
    salvages.addAll(Salvage.unfinished(file));
    carryOn(open);
    return open;
  }

  private OutboxDatabase loaded() throws SQLException, IOException {
    OutboxDatabase open = OutboxDatabase.open(file, maxBytes);
    boolean done = false;
    try {
      OutboxDatabase.Account account = open.account();
      for (long row : account.damaged()) {
        rowIsDamaged(open, row);
      }
      SequenceNumbers.Stored stored = open.sequence();
      if (stored != null) {
        numbers.adopt(stored);
      } else if (account.depth() > 0) {
        log.error(
            "outbox {} does not say where its numbers stood; they go on from {}",
            file,
            numbers.next());
      }
      waiting.reset(account.depth(), account.bytes());
      done = true;
      return open;
    } finally {
      if (!done) {
        open.close();
      }
    }
  }

  /** Takes room in advance, if that was not done yet and there is some. */
  void reserve() {
    reserved = reserved || JournalReserve.take(file);
  }

  /** Keeps a row that is not what was stored from being sent. */
  void rowIsDamaged(OutboxDatabase db, long row) throws SQLException {
    boolean kept = db.refuse(row, "damaged on the disk");
    damagedRows++;
    log.error(
        "outbox {}: the incident in row {} was damaged on the disk; it is {}",
        file,
        row,
        kept ? "kept but not sent" : "deleted, since there is no room to keep it");
  }

  /** A damaged version number in the header reads as a file that must not be written. */
  private boolean hasForeignHeader(SQLException e) {
    if ((e.getErrorCode() & 0xff) != SQLiteErrorCode.SQLITE_READONLY.code) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] header = in.readNBytes(20);
      return header.length == 20 && (header[18] < 1 || header[18] > 2);
    } catch (IOException unreadable) {
      return false;
    }
  }

  private void setAside(String reason) throws IOException {
    if (setAside >= MOST_SET_ASIDE) {
      throw new IOException(
          MOST_SET_ASIDE + " damaged files were set aside already; check disk and memory, restart");
    }
    if (Files.exists(file)) {
      Salvage.setAside(file, clock.instant());
      setAside++;
      reserved = false;
      log.error("outbox {} is damaged ({}); it is set aside and a new one begun", file, reason);
    }
    damaged = false;
  }

  /** Goes on with what could not be carried over yet. */
  void carryOn(OutboxDatabase db) throws SQLException {
    while (!salvages.isEmpty()) {
      Salvage salvage = salvages.getFirst();
      int before = salvage.carried();
      long bytesBefore = salvage.carriedBytes();
      lastSetAside = salvage.finalName();
      boolean done;
      try {
        done = salvage.carryOver(db, numbers);
      } catch (IOException | UncheckedIOException e) {
        log.error("what is left in {} waits for the next start: {}", lastSetAside, e.toString());
        done = true;
      } finally {
        int more = salvage.carried() - before;
        carried += more;
        waiting.add(more, salvage.carriedBytes() - bytesBefore);
      }
      if (!done) {
        return;
      }
      salvages.removeFirst();
    }
  }

  /** Drops the file, unless it only has no room, so that the next call starts afresh. */
  void failed(Throwable e) {
    OutboxDatabase open = database;
    // What is stored can still be read and sent where only room is missing.
    if (open != null && !(OutboxDatabase.isFull(e) && open.isUsable())) {
      open.close();
      database = null;
    }
    damaged |= OutboxDatabase.isDamage(e);
  }

  /** What helps against a failure. */
  String cure(Throwable e) {
    if (closed) {
      return "the agent ends";
    }
    // A full disk also shows as failing opens and writes of companion files.
    if (OutboxDatabase.isFull(e) || hasNoSpace()) {
      return "free space on its disk";
    }
    if (OutboxDatabase.isBusy(e)) {
      return "another agent uses this state folder: stop it or give another --state";
    }
    if (damaged) {
      return "it is set aside and begun anew";
    }
    return "make its folder writable and check the disk";
  }

  private boolean hasNoSpace() {
    Path folder = file.toAbsolutePath().getParent();
    try {
      return folder != null
          && Files.isWritable(folder)
          && Files.getFileStore(folder).getUsableSpace() < (64 << 10);
    } catch (IOException e) {
      return false;
    }
  }

  void close() {
    closed = true;
    OutboxDatabase open = database;
    database = null;
    if (open != null) {
      open.close();
    }
  }
}
