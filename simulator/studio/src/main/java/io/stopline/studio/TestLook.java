package io.stopline.studio;

import io.stopline.evaluation.Report;
import io.stopline.evaluation.TestRunLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Consumer;

/** A command looks at test data, and says so where all such looks are counted. */
final class TestLook {

  private TestLook() {}

  /**
   * Notes it; a log that cannot be written is a warning, since the figures are right without it.
   *
   * @param sha256 of what is measured: policy or model files
   */
  static void note(
      Console console, Report report, String command, String sha256, Consumer<String> warnings) {
    try {
      Path log = TestRunLog.append(Path.of(""), Instant.now(), command, report, sha256);
      console.note("this look at test data is noted in %s", log);
    } catch (IOException e) {
      warnings.accept(
          "this look at test data could not be noted in .stopline/test-runs.log (%s)"
              .formatted(Failures.reason(e)));
    }
  }
}
