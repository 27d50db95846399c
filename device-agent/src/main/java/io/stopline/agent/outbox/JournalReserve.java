package io.stopline.agent.outbox;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Room on the disk that is taken in advance: SQLite's rollback journal, kept between transactions
 * ({@code journal_mode=PERSIST}) and written over in place. With it, a disk without a byte left
 * still lets the outbox be opened, read and, above all, emptied.
 */
final class JournalReserve {

  /** Old forms of the pages that one transaction changes: 128 of them, where some ten are used. */
  static final int BYTES = 512 << 10;

  private JournalReserve() {}

  /**
   * Appends zeros until the journal has its size, which SQLite reads as its end. To be called by
   * the one process that holds the database's lock.
   *
   * @return whether it has its size; false if the disk has no room for it now
   */
  static boolean take(Path database) {
    Path journal = database.resolveSibling(database.getFileName() + "-journal");
    try {
      PrivateFiles.make(journal);
      if (Files.size(journal) >= BYTES) {
        return true;
      }
      try (FileChannel channel = FileChannel.open(journal, StandardOpenOption.APPEND)) {
        while (channel.size() < BYTES) {
          // Written, not only made longer: a hole would take its blocks when it is too late.
          channel.write(ByteBuffer.allocate((int) Math.min(BYTES - channel.size(), 64 << 10)));
        }
        channel.force(true);
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
