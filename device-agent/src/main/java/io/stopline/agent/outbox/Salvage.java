package io.stopline.agent.outbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/**
 * One damaged file that was set aside, and what is carried over from it. Until that is finished its
 * name says {@code .salvage-TIME}, so that a crash or a full disk in the midst of it loses nothing;
 * then {@code .corrupt-TIME}. It is never deleted.
 */
final class Salvage {

  private static final Logger log = LoggerFactory.getLogger(Salvage.class);
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS").withZone(ZoneOffset.UTC);
  private static final String UNFINISHED = ".salvage-";
  private static final String FINISHED = ".corrupt-";
  private static final String[] COMPANIONS = {"-wal", "-shm", "-journal"};

  /** So much is carried over in one transaction, bytes. */
  private static final long SLICE = 4L << 20;

  private final Path aside;
  private @Nullable List<PageScan.Found> rows;
  private int next;
  private int carried;
  private long carriedBytes;

  private Salvage(Path aside) {
    this.aside = aside;
  }

  /** Renames a damaged file, and what lies beside it. */
  static void setAside(Path file, Instant now) throws IOException {
    String stamp = STAMP.format(now);
    Path aside = named(file, UNFINISHED + stamp);
    for (int i = 2; Files.exists(aside) || Files.exists(named(file, FINISHED + stamp)); i++) {
      stamp = STAMP.format(now) + "-" + i;
      aside = named(file, UNFINISHED + stamp);
    }
    // The journal first: alone it harms nothing, but it must never meet a new file.
    for (String companion : COMPANIONS) {
      if (Files.exists(named(file, companion))) {
        Files.move(named(file, companion), named(aside, companion));
      }
    }
    Files.move(file, aside);
  }

  /** What is not finished yet, the oldest first. */
  static List<Salvage> unfinished(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    List<Salvage> found = new ArrayList<>();
    if (folder != null && Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        files
            .filter(p -> isUnfinished(file, String.valueOf(p.getFileName())))
            .sorted()
            .forEach(p -> found.add(new Salvage(p)));
      }
    }
    return found;
  }

  private static boolean isUnfinished(Path file, String name) {
    return name.startsWith(file.getFileName() + UNFINISHED)
        && Stream.of(COMPANIONS).noneMatch(name::endsWith);
  }

  private static Path named(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  /** The file's name once it is finished. */
  String finalName() {
    return String.valueOf(aside.getFileName()).replace(UNFINISHED, FINISHED);
  }

  /** Incidents carried over so far. */
  int carried() {
    return carried;
  }

  /** Bytes of those. */
  long carriedBytes() {
    return carriedBytes;
  }

  /** Incidents that wait to be carried over. */
  int left() {
    return rows == null ? 0 : rows.size() - next;
  }

  /**
   * Carries over what is intact, in slices.
   *
   * @return whether it is finished; false if the disk has no room for more now
   * @throws SQLException if the outbox it goes into fails
   * @throws IOException if the file itself cannot be read; or {@link UncheckedIOException}
   */
  boolean carryOver(OutboxDatabase into, SequenceNumbers numbers) throws SQLException, IOException {
    if (rows == null) {
      settle(numbers);
    }
    try (PageScan scan = new PageScan(aside)) {
      List<PageScan.Found> found = rows;
      if (found == null) {
        found = scan.waiting();
        rows = found;
      }
      long slice = SLICE;
      while (next < found.size()) {
        int from = next;
        long most = slice;
        List<PageScan.Found> all = found;
        try {
          Slice done = into.inTransaction(() -> slice(scan, all, from, most, into));
          next = done.next();
          carried += done.count();
          carriedBytes += done.bytes();
        } catch (SQLException e) {
          if (!OutboxDatabase.isFull(e)) {
            throw e;
          }
          if (slice == 1) {
            return false;
          }
          // There may be room for one.
          slice = 1;
        }
      }
    }
    Path finished = aside.resolveSibling(finalName());
    for (String companion : COMPANIONS) {
      if (Files.exists(named(aside, companion))) {
        Files.move(named(aside, companion), named(finished, companion));
      }
    }
    Files.move(aside, finished);
    log.error("{} incidents were carried over from {}", carried, finished);
    return true;
  }

  private record Slice(int next, int count, long bytes) {}

  /** Copies rows from one on. */
  private static Slice slice(
      PageScan scan, List<PageScan.Found> found, int from, long most, OutboxDatabase into)
      throws SQLException {
    int at = from;
    int count = 0;
    long bytes = 0;
    for (; at < found.size() && bytes < most; at++) {
      PageScan.Found row = found.get(at);
      if (!into.has(UUID.fromString(row.id()))) {
        try {
          into.insert(row.id(), scan.payload(row));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        bytes += row.bytes();
        count++;
      }
    }
    return new Slice(at, count, bytes);
  }

  /**
   * Lets SQLite take back a transaction that was cut off, or put a write-ahead log into the file,
   * and tell where the numbers stood; as far as it can.
   */
  private void settle(SequenceNumbers numbers) {
    SQLiteConfig config = new SQLiteConfig();
    try (Connection from = config.createConnection("jdbc:sqlite:" + aside);
        Statement statement = from.createStatement()) {
      statement.execute("PRAGMA locking_mode = EXCLUSIVE");
      statement.execute("PRAGMA writable_schema = ON");
      statement.execute("PRAGMA journal_mode = DELETE");
      String counter = meta(statement, "counter");
      SequenceNumbers.Stored stored =
          counter != null
              ? SequenceNumbers.Stored.parse(counter)
              : SequenceNumbers.Stored.parse(
                  meta(statement, "sequence"), meta(statement, "session"));
      if (stored != null) {
        numbers.adopt(stored);
      }
    } catch (SQLException | RuntimeException e) {
      log.warn("{} is read without SQLite: {}", aside, e.getMessage());
    }
  }

  private static @Nullable String meta(Statement statement, String name) throws SQLException {
    try (ResultSet row =
        statement.executeQuery("SELECT value FROM meta WHERE name = '" + name + "'")) {
      return row.next() ? row.getString(1) : null;
    }
  }
}
