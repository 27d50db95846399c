package io.stopline.evaluation.model;

import io.stopline.config.Bundle;
import io.stopline.config.files.StorageException;
import io.stopline.evaluation.UnusableDatasetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Where a new bundle is written: beside its place, and put there when it is done, so that nothing
 * is left behind if that fails. Belongs to one thread.
 */
public final class NewBundle implements AutoCloseable {

  private final Path out;
  private final Path part;

  private NewBundle(Path out, Path part) {
    this.out = out;
    this.part = part;
  }

  /**
   * Begins one.
   *
   * @param out must not exist, or be an empty folder
   * @throws UnusableDatasetException if it is not empty, or no folder can be made beside it
   */
  public static NewBundle at(Path out) {
    refuseOccupied(out);
    Path absolute = out.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    if (parent == null || absolute.getFileName() == null) {
      throw new UnusableDatasetException(
          "'%s' cannot be a bundle; name a new folder".formatted(out));
    }
    try {
      Files.createDirectories(parent);
      return new NewBundle(
          out, Files.createTempDirectory(parent, "." + absolute.getFileName() + "-"));
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "no folder can be made in '%s' (%s); name another place for the bundle"
              .formatted(parent, e),
          StorageException.named(parent, e));
    }
  }

  /**
   * @throws UnusableDatasetException if there is something already
   */
  public static void refuseOccupied(Path out) {
    if (!Files.exists(out)) {
      return;
    }
    try (Stream<Path> entries = Files.list(out)) {
      if (entries.findAny().isEmpty()) {
        return;
      }
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "'%s' cannot be used for the bundle (%s); name a new folder".formatted(out, e), e);
    }
    throw new UnusableDatasetException(
        "folder '%s' is not empty; name a new one for the bundle".formatted(out));
  }

  /** Where to write. */
  public Path part() {
    return part;
  }

  /**
   * Puts what was written in its place.
   *
   * @throws UnusableDatasetException if it cannot be put there
   */
  public Bundle done() {
    try {
      Files.deleteIfExists(out);
      Files.move(part, out, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "bundle '%s' cannot be put in place (%s); check permissions and free space"
              .formatted(out, e),
          e);
    }
    return Bundle.load(out);
  }

  /** A name as bundles allow. */
  public static String plainName(String name) {
    String plain =
        name.toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9._-]", "-")
            .replaceFirst("^[^a-z0-9]+", "");
    return plain.isEmpty() ? "model" : plain.substring(0, Math.min(64, plain.length()));
  }

  /** Removes what is not in its place. */
  @Override
  public void close() {
    if (!Files.exists(part)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(part)) {
      for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "temporary folder '%s' cannot be removed (%s); remove it".formatted(part, e), e);
    }
  }
}
