package io.stopline.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Keeps account of each look at test data: thresholds and policies are frozen before, and a reader
 * can count how often somebody looked.
 */
public final class TestRunLog {

  private TestRunLog() {}

  /**
   * Appends one line.
   *
   * @param folder where {@code .stopline/test-runs.log} is kept
   * @return the file
   * @throws IOException if it cannot be written
   */
  public static Path append(
      Path folder, Instant when, String command, Report report, String policySha256)
      throws IOException {
    Path file = folder.resolve(".stopline").resolve("test-runs.log");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        "%s %s version=%s policy=%s data=%s%n"
            .formatted(
                when.truncatedTo(ChronoUnit.SECONDS),
                command,
                Version.current(),
                policySha256,
                report.toJson().at("/data")),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    return file;
  }
}
