package io.stopline.config.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Looks at a path that somebody gave before anything reads it: a pipe would be waited for, a device
 * read for ever, a huge file into all memory. Stateless and thread-safe.
 */
public final class GivenFile {

  private static final int FORMAT = 0170000;
  private static final int PIPE = 0010000;
  private static final int CHARACTER_DEVICE = 0020000;
  private static final int BLOCK_DEVICE = 0060000;
  private static final int SOCKET = 0140000;

  private GivenFile() {}

  /**
   * Why this is no file that can be read as a whole, to be put behind its name; empty if it is one.
   * Links are followed.
   *
   * @param maxBytes the most that is read
   */
  public static String problem(Path file, long maxBytes) {
    if (!Files.exists(file)) {
      return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
          ? "is a link to what does not exist"
          : "does not exist";
    }
    if (!Files.isRegularFile(file)) {
      return "is " + kind(file);
    }
    if (!Files.isReadable(file)) {
      return "may not be read by this user (check its permissions)";
    }
    try {
      long size = Files.size(file);
      return size > maxBytes
          ? "has %d bytes; at most %d are accepted".formatted(size, maxBytes)
          : "";
    } catch (IOException e) {
      return "cannot be looked at (%s)".formatted(e.getMessage());
    }
  }

  /** What something is that is no regular file, with its article. */
  public static String kind(Path path) {
    if (Files.isSymbolicLink(path) && !Files.exists(path)) {
      return "a symbolic link";
    }
    if (Files.isDirectory(path)) {
      return "a folder";
    }
    try {
      return switch ((Integer) Files.getAttribute(path, "unix:mode") & FORMAT) {
        case PIPE -> "a named pipe, not a file";
        case CHARACTER_DEVICE, BLOCK_DEVICE -> "a device, not a file";
        case SOCKET -> "a socket, not a file";
        default -> "not a file";
      };
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return "not a file";
    }
  }

  /**
   * All bytes of a file whose {@link #problem} is empty.
   *
   * @throws IOException if it cannot be read, or has grown beyond {@code maxBytes} meanwhile
   */
  public static byte[] read(Path file, int maxBytes) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(maxBytes);
      if (in.read() >= 0) {
        throw new IOException(
            "'%s' grew beyond %d bytes while it was read; try again".formatted(file, maxBytes));
      }
      return bytes;
    }
  }
}
