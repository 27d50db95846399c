package io.stopline.studio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A folder that a command is to fill. */
final class NewFolder {

  private NewFolder() {}

  /**
   * Refuses what would be written over.
   *
   * @throws BadInputException if {@code --out} is a file or a folder with something in it
   */
  static void check(Path out) throws IOException {
    if (!Files.exists(out)) {
      return;
    }
    if (!Files.isDirectory(out)) {
      throw new BadInputException("--out '%s' is a file; name a folder".formatted(out));
    }
    try (Stream<Path> there = Files.list(out)) {
      if (there.findAny().isPresent()) {
        throw new BadInputException("--out '%s' is not empty; name a new folder".formatted(out));
      }
    }
  }
}
