package io.stopline.fleet.internal.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * The pages of a SQLite file of which nothing is believed: those of the main file, and over them
 * those that its write-ahead log holds of committed transactions ("Database File Format", sections
 * 1.2, 1.6 and 4.1). Pages beyond the end are empty.
 */
final class DamagedPages implements AutoCloseable {

  /** Of all databases of ours, in bytes. */
  static final int SIZE = 4096;

  private static final int LOG_HEADER = 32;
  private static final int FRAME_HEADER = 24;

  private final FileChannel main;
  private final FileChannel log;
  // Where in the log the newest image of a page begins.
  private final Map<Integer, Long> logged = new HashMap<>();

  DamagedPages(StoreFile file) throws IOException {
    main = open(file.main());
    try {
      log = Files.exists(file.log()) ? open(file.log()) : open(file.main());
      if (Files.exists(file.log())) {
        index();
      }
    } catch (IOException e) {
      main.close();
      throw e;
    }
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.READ);
  }

  private void index() throws IOException {
    ByteBuffer header = read(log, 0, LOG_HEADER);
    long salt = header.getLong(16);
    Map<Integer, Long> transaction = new HashMap<>();
    for (long at = LOG_HEADER; at + FRAME_HEADER + SIZE <= log.size(); at += FRAME_HEADER + SIZE) {
      ByteBuffer frame = read(log, at, FRAME_HEADER);
      if (frame.getLong(8) != salt) {
        // Of the log's former round.
        break;
      }
      transaction.put(frame.getInt(0), at + FRAME_HEADER);
      if (frame.getInt(4) != 0) {
        logged.putAll(transaction);
        transaction.clear();
      }
    }
  }

  /** Whether some pages have an older image in the main file. */
  boolean hasOlder() {
    return !logged.isEmpty();
  }

  /** How many pages there are. */
  int count() throws IOException {
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
    try (FileChannel one = main;
        FileChannel other = log) {
      // Both.
    }
  }
}
