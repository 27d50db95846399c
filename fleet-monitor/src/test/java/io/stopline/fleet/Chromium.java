package io.stopline.fleet;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A real browser, where there is one. */
final class Chromium {

  static final Path PROGRAM = Path.of("/usr/bin/chromium");

  private Chromium() {}

  static void assumePresent() {
    Assumptions.assumeTrue(
        Files.isExecutable(PROGRAM),
        "no " + PROGRAM + "; 'apt-get install chromium' runs this test");
  }

  /** The document after its scripts ran. */
  static String dom(URI page) throws IOException, InterruptedException {
    Path profile = Files.createTempDirectory("chromium");
    List<String> command =
        new ArrayList<>(List.of(PROGRAM.toString(), "--headless", "--no-sandbox", "--disable-gpu"));
    command.addAll(List.of("--disable-background-networking", "--user-data-dir=" + profile));
    command.addAll(List.of("--disable-dev-shm-usage", "--virtual-time-budget=8000", "--dump-dom"));
    command.add(page.toString());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String dom = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("chromium did not end");
    }
    return dom;
  }
}
