package io.stopline.evidence.pack;

import io.stopline.config.files.StorageException;
import io.stopline.config.files.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes a folder whole or not at all: beside its place under another name, then moved there. Where
 * writing fails nothing is left.
 */
final class WholeFolder {

  private static final SecureRandom NAMES = new SecureRandom();

  private WholeFolder() {}

  /**
   * @param out does not exist, or is an empty folder
   * @throws FileAlreadyExistsException if something lies there
   * @throws IOException if it cannot be written
   */
  static void write(Path out, Collection<PackFile> files) throws IOException {
    Path place = out.toAbsolutePath().normalize();
    Path parent = place.getParent();
    if (parent == null) {
      throw new FileAlreadyExistsException(out.toString());
    }
    byte[] name = new byte[8];
    NAMES.nextBytes(name);
    Path part = parent.resolve(".stopline-" + HexFormat.of().formatHex(name) + ".part");
    try {
      Files.createDirectories(parent);
      for (PackFile file : files) {
        WholeFile.write(part.resolve(file.path()), file.bytes().array());
      }
      if (Files.isDirectory(place)) {
        try (Stream<Path> there = Files.list(place)) {
          if (there.findAny().isPresent()) {
            throw new FileAlreadyExistsException(out.toString());
          }
        }
        Files.delete(place);
      }
      Files.move(part, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw StorageException.named(out, e);
    } finally {
      delete(part);
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path path : all) {
      Files.deleteIfExists(path);
    }
  }
}
