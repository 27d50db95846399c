package io.stopline.fleet.internal.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Set;

/**
 * The database as files: the main one, its log and its shared memory, all for their owner alone.
 *
 * @param main the file that SQLite is given
 */
record StoreFile(Path main) {

  private static final List<String> SUFFIXES = List.of("-wal", "-shm");
  private static final Set<PosixFilePermission> OWNER =
      PosixFilePermissions.fromString("rw-------");

  /** Makes the file if it is missing, and takes others' rights away; SQLite's own files follow. */
  void protect() throws IOException {
    if (!Files.getFileStore(main.toAbsolutePath().getParent()).supportsFileAttributeView("posix")) {
      return;
    }
    try {
      Files.createFile(main, PosixFilePermissions.asFileAttribute(OWNER));
    } catch (FileAlreadyExistsException e) {
      for (Path file : List.of(main, log(), companion("-shm"))) {
        if (Files.exists(file) && !Files.getPosixFilePermissions(file).equals(OWNER)) {
          Files.setPosixFilePermissions(file, OWNER);
        }
      }
    }
  }

  /** The write-ahead log. */
  Path log() {
    return companion("-wal");
  }

  private Path companion(String suffix) {
    return main.resolveSibling(main.getFileName() + suffix);
  }

  /** The file in which a salvaged database is built. */
  StoreFile salvaged() {
    return new StoreFile(companion(".salvaged"));
  }

  /** Bytes that the files take. */
  long size() throws IOException {
    long size = 0;
    for (Path file : List.of(main, log(), companion("-shm"))) {
      size += Files.exists(file) ? Files.size(file) : 0;
    }
    return size;
  }

  /** Deletes the files. */
  void delete() throws IOException {
    Files.deleteIfExists(main);
    for (String suffix : SUFFIXES) {
      Files.deleteIfExists(companion(suffix));
    }
  }

  /** Sets the files aside, whichever are there. */
  StoreFile setAside(Instant now) throws IOException {
    String time =
        DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS").withZone(ZoneOffset.UTC).format(now);
    StoreFile aside = new StoreFile(companion(".damaged-" + time));
    // The main file first: as long as it is in place, its log belongs to it.
    move(main, aside.main);
    for (String suffix : SUFFIXES) {
      move(companion(suffix), aside.companion(suffix));
    }
    return aside;
  }

  /** Takes the place of a file that was set aside. */
  void replace(StoreFile other) throws IOException {
    Files.move(main, other.main, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void move(Path from, Path to) throws IOException {
    if (Files.exists(from)) {
      Files.move(from, to);
    }
  }
}
