package io.stopline.fleet.internal.store;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Room on a file system, as the operating system tells it.
 *
 * @param fileSystem where it is mounted, and of what kind
 * @param free bytes that this process may still use
 * @param total bytes in all
 */
public record DiskSpace(String fileSystem, long free, long total) {

  /**
   * Of the file system that holds a file or folder.
   *
   * @throws IOException if it cannot be asked
   */
  public static DiskSpace of(Path path) throws IOException {
    FileStore store = Files.getFileStore(path);
    return new DiskSpace(store.toString(), store.getUsableSpace(), store.getTotalSpace());
  }

  /** In words: {@code 12.3 MiB free of 64.0 MiB on file system '/data (tmpfs)'}. */
  @Override
  public String toString() {
    return mebibytes(free)
        + " free of "
        + mebibytes(total)
        + " on file system '"
        + fileSystem
        + "'";
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", bytes / 1024.0 / 1024.0);
  }
}
