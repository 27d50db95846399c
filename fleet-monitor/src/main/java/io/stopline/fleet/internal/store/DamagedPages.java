package io.stopline.fleet.internal.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The pages of a SQLite file of which nothing is believed: those of the main file, and over them
 * those that its write-ahead log holds of committed transactions ("Database File Format", sections
 * 1.2, 1.6 and 4.1). Pages beyond the end are empty.
 */
final class DamagedPages implements AutoCloseable {

  /** Of all databases of ours, in bytes. */
  static final int SIZE = 4096;

  private static final int LOG_HEADER = 32;
  private static final int LOG_MAGIC = 0x377f0682;
  private static final int FRAME_HEADER = 24;

  private final FileChannel main;
  private final FileChannel log;
  private final int count;
  // Where in the log the newest image of a page begins.
  private final Map<Integer, Long> logged = new HashMap<>();
  private final Map<Integer, Long> intact = new HashMap<>();

  DamagedPages(StoreFile file) throws IOException {
    main = open(file.main());
    try {
      log = Files.exists(file.log()) ? open(file.log()) : open(file.main());
      if (Files.exists(file.log())) {
        index();
      }
      count = countPages();
    } catch (IOException e) {
      main.close();
      throw e;
    }
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.READ);
  }

  /**
   * Takes all frames that a commit ends, also those behind a damaged one, with which SQLite gives
   * up.
   */
  private void index() throws IOException {
    ByteBuffer header = read(log, 0, LOG_HEADER);
    LogChecksum checksum = new LogChecksum(header.getInt(0) & 1);
    checksum.add(header, 0, 24);
    boolean valid =
        (header.getInt(0) & ~1) == LOG_MAGIC && checksum.is(header.getInt(24), header.getInt(28));
    long salt = valid ? header.getLong(16) : commonSalt();
    Map<Integer, Long> transaction = new HashMap<>();
    for (long at = LOG_HEADER; at + FRAME_HEADER + SIZE <= log.size(); at += FRAME_HEADER + SIZE) {
      ByteBuffer frame = read(log, at, FRAME_HEADER);
      boolean ofThisRound = frame.getLong(8) == salt;
      if (valid) {
        checksum.add(frame, 0, 8);
        checksum.add(read(log, at + FRAME_HEADER, SIZE), 0, SIZE);
        valid = ofThisRound && checksum.is(frame.getInt(16), frame.getInt(20));
        if (!valid && !ofThisRound) {
          // What follows is of a former round, or this frame is damaged; the others tell.
          transaction.clear();
        }
      }
      if (!ofThisRound) {
        continue;
      }
      transaction.put(frame.getInt(0), at + FRAME_HEADER);
      if (frame.getInt(4) != 0) {
        logged.putAll(transaction);
        if (valid) {
          intact.putAll(transaction);
        }
        transaction.clear();
      }
    }
  }

  /** The round to which most frames belong; the damaged header cannot tell it. */
  private long commonSalt() throws IOException {
    Map<Long, Integer> frames = new HashMap<>();
    for (long at = LOG_HEADER; at + FRAME_HEADER + SIZE <= log.size(); at += FRAME_HEADER + SIZE) {
      frames.merge(read(log, at, FRAME_HEADER).getLong(8), 1, Integer::sum);
    }
    return frames.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse(0L);
  }

  /** The newest checksums of the log, which run through all of its frames. */
  private static final class LogChecksum {

    private final ByteOrder order;
    private int first;
    private int second;

    LogChecksum(int bigEndian) {
      order = bigEndian == 1 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    void add(ByteBuffer bytes, int from, int to) {
      ByteBuffer words = bytes.duplicate().order(order);
      for (int at = from; at < to; at += 8) {
        first += words.getInt(at) + second;
        second += words.getInt(at + 4) + first;
      }
    }

    boolean is(int one, int other) {
      return first == one && second == other;
    }
  }

  /** Numbers of the pages of which the log holds images. */
  Set<Integer> logged() {
    return Set.copyOf(logged.keySet());
  }

  /** A page as SQLite would see it, which gives the log up at its first damaged frame. */
  byte[] pageOfSqlite(int number) throws IOException {
    Long at = intact.get(number);
    return at == null
        ? read(main, (number - 1L) * SIZE, SIZE).array()
        : read(log, at, SIZE).array();
  }

  /** Whether some pages have an older image in the main file. */
  boolean hasOlder() {
    return !logged.isEmpty();
  }

  /** How many pages there are. */
  int count() {
    return count;
  }

  private int countPages() throws IOException {
    long count = (main.size() + SIZE - 1) / SIZE;
    for (int page : logged.keySet()) {
      count = Math.max(count, page);
    }
    return (int) Math.min(Integer.MAX_VALUE, count);
  }

  /** The {@code user_version} that the header tells. */
  int userVersion() throws IOException {
    return ByteBuffer.wrap(page(1, false)).getInt(60);
  }

  /**
   * A page's bytes.
   *
   * @param number from 1
   * @param older whether to look at the main file only
   */
  byte[] page(int number, boolean older) throws IOException {
    Long at = older ? null : logged.get(number);
    return at == null
        ? read(main, (number - 1L) * SIZE, SIZE).array()
        : read(log, at, SIZE).array();
  }

  private static ByteBuffer read(FileChannel from, long at, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining() && from.read(buffer, at + buffer.position()) > 0) {
      // What is missing stays zero.
    }
    return buffer.clear();
  }

  @Override
  public void close() throws IOException {
    try {
      main.close();
    } finally {
      log.close();
    }
  }
}
