package io.stopline.config.files;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Writes a file whole or not at all: beside its place under another name, then moved there. Where
 * writing fails, what lay there before is untouched and nothing is left beside it. A link is
 * followed; a device or a pipe ({@code /dev/stdout}) is written to as it is, since only a file can
 * be replaced. Nothing is forced to the disk: after a power failure the file may be the old one.
 */
public final class WholeFile {

  private static final SecureRandom NAMES = new SecureRandom();

  /** What a file holds, given piece by piece. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes all of it.
     *
     * @param out buffered; is closed by the caller
     */
    void writeTo(OutputStream out) throws IOException;
  }

  private WholeFile() {}

  /** Writes a text as UTF-8, as {@link #write(Path, Content)} does. */
  public static void write(Path file, String text) throws IOException {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes bytes, as {@link #write(Path, Content)} does. */
  public static void write(Path file, byte[] bytes) throws IOException {
    write(file, out -> out.write(bytes));
  }

  /**
   * Writes a file; its folder is made if there is none.
   *
   * @throws StorageException if the disk is full or fails
   * @throws IOException if the file cannot be made there, or the content fails by itself
   */
  public static void write(Path file, Content content) throws IOException {
    try {
      if (isDevice(file)) {
        fill(file, file, content, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        return;
      }
      if (Files.isDirectory(file)) {
        throw new FileSystemException(file.toString(), null, "is a folder");
      }
      Path place = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath().normalize();
      Path folder = place.getParent();
      if (folder == null) {
        throw new FileSystemException(file.toString(), null, "is no place for a file");
      }
      Files.createDirectories(folder);
      byte[] name = new byte[8];
      NAMES.nextBytes(name);
      Path part = folder.resolve(".stopline-" + HexFormat.of().formatHex(name) + ".part");
      try {
        fill(file, part, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        if (Files.exists(place) && Files.getFileStore(place).supportsFileAttributeView("posix")) {
          // What was for its owner alone stays so.
          Files.setPosixFilePermissions(part, Files.getPosixFilePermissions(place));
        }
        Files.move(
            part, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw StorageException.named(file, e);
    }
  }

  /** Standard output may be a file of the shell's, which shall not be replaced under its hands. */
  private static boolean isDevice(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    boolean named = absolute.startsWith("/dev/") && !absolute.startsWith("/dev/shm/");
    return Files.exists(file) && (named || !Files.isRegularFile(file)) && !Files.isDirectory(file);
  }

  private static void fill(Path file, Path place, Content content, OpenOption... how)
      throws IOException {
    try (OutputStream out = new BufferedOutputStream(new Named(file, open(file, place, how)))) {
      content.writeTo(out);
    }
  }

  /** The name that the caller gave stands in the failure, not that of the file beside it. */
  private static OutputStream open(Path file, Path place, OpenOption... how) throws IOException {
    try {
      return Files.newOutputStream(place, how);
    } catch (AccessDeniedException e) {
      AccessDeniedException named = new AccessDeniedException(file.toString());
      named.initCause(e);
      throw named;
    } catch (FileSystemException e) {
      FileSystemException named =
          new FileSystemException(file.toString(), e.getOtherFile(), e.getReason());
      named.initCause(e);
      throw named;
    }
  }

  /** Whatever an opened file does not take is the disk's failure, and of this file. */
  private static final class Named extends FilterOutputStream {
    private final Path file;

    Named(Path file, OutputStream out) {
      super(out);
      this.file = file;
    }

    @Override
    public void write(int b) throws IOException {
      try {
        out.write(b);
      } catch (IOException e) {
        throw StorageException.of(file, e);
      }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        throw StorageException.of(file, e);
      }
    }

    @Override
    public void close() throws IOException {
      try {
        out.close();
      } catch (IOException e) {
        throw StorageException.of(file, e);
      }
    }
  }
}
