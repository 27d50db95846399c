package io.stopline.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Models and images that lie beside the project and are no part of it. */
public final class SharedFiles {

  private SharedFiles() {}

  /**
   * A file or folder of them; where it is missing the test is skipped.
   *
   * @param relative below the folder that {@code -Dstopline.shared} names
   */
  public static Path path(String relative) {
    Path path = Path.of(System.getProperty("stopline.shared", "../shared")).resolve(relative);
    Assumptions.assumeTrue(
        Files.exists(path), () -> path + " is not here (set -Dstopline.shared=FOLDER)");
    return path;
  }

  /** Content of a file of them; where it is missing the test is skipped. */
  public static byte[] bytes(String relative) {
    try {
      return Files.readAllBytes(path(relative));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
