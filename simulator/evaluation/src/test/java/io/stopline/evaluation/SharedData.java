package io.stopline.evaluation;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Finds data that is not part of the project, or skips the test and says why. */
final class SharedData {

  private SharedData() {}

  static Path path(String relative) {
    Path path = Path.of(System.getProperty("stopline.shared", "shared")).resolve(relative);
    if (!Files.exists(path)) {
      System.out.println("SKIPPED: " + path + " is not here (set -Dstopline.shared=FOLDER)");
    }
    Assumptions.assumeTrue(Files.exists(path), () -> path + " is not here");
    return path;
  }
}
