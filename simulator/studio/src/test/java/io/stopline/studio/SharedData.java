package io.stopline.studio;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Models and images that lie beside the project. */
final class SharedData {
  private SharedData() {}

  /** A file or folder of them; where it is missing the test is skipped, and says so. */
  static Path shared(String relative) {
    Path path = Path.of(System.getProperty("stopline.shared", "shared")).resolve(relative);
    if (!Files.exists(path)) {
      System.out.println("SKIPPED: " + path + " is not here (set -Dstopline.shared=FOLDER)");
    }
    Assumptions.assumeTrue(Files.exists(path), () -> path + " is not here");
    return path;
  }
}
