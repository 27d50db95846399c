package io.stopline.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Finds models and images that are not part of the project, or skips the test and says why. */
final class SharedData {

  private SharedData() {}

  static byte[] file(String relative) {
    try {
      return Files.readAllBytes(path(relative));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path path(String relative) {
    Path path = Path.of(System.getProperty("stopline.shared", "shared")).resolve(relative);
    if (!Files.exists(path)) {
      System.out.println("SKIPPED: " + path + " is not here (set -Dstopline.shared=FOLDER)");
    }
    Assumptions.assumeTrue(Files.exists(path), () -> path + " is not here");
    return path;
  }
}
