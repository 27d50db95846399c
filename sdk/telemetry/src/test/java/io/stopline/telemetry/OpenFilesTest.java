package io.stopline.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The limit is met by real processes that may open little. */
final class OpenFilesTest {

  @Test
  void aProcessThatRunsOutOfFilesSaysSoWithTheCure() throws Exception {
    String said = runWithLimit(128);
    assertThat(said)
        .contains("file: cannot be read")
        .contains("this process may have 128 files and sockets open (ulimit -n)")
        .contains("'ulimit -n 65536'")
        .contains("LimitNOFILE=65536")
        .contains("library: unable to open the database file; this process may have 128")
        .contains("before: broken")
        .contains("enough: null")
        .contains(
            "short: the broker needs 1500 open files and sockets, but this process may have 128");
  }

  @Test
  void otherFailuresAreLeftAlone() {
    assertThat(OpenFiles.named(new IOException("no such file"), "it failed"))
        .isEqualTo("it failed");
    Throwable deep =
        new UncheckedIOException(new IOException("x", new IOException("Too many open files")));
    assertThat(OpenFiles.named(deep, "it failed")).startsWith("it failed; this process may have ");
  }

  private static String runWithLimit(int limit) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "bash sets the limit; there is none");
    Process process =
        new ProcessBuilder(
                "/bin/bash",
                "-c",
                "ulimit -n " + limit + " && exec \"$@\"",
                "bash",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Opener.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return said;
  }

  /** Opens files until it may not. */
  public static final class Opener {
    private Opener() {}

    public static void main(String[] arguments) throws IOException {
      // Loads the classes that the messages need, since loading takes files too.
      System.out.println("before: " + OpenFiles.named(new IOException("x"), "broken"));
      System.out.println("enough: " + OpenFiles.shortage("the broker", 100));
      System.out.println("short: " + OpenFiles.shortage("the broker", 1500));
      List<AutoCloseable> open = new ArrayList<>();
      try {
        while (true) {
          open.add(Files.newInputStream(Path.of("/proc/self/stat")));
        }
      } catch (IOException e) {
        System.out.println("file: " + OpenFiles.named(e, "cannot be read"));
        System.out.println(open.size() + " were opened");
        System.out.println(
            "library: "
                + OpenFiles.named(
                    new IllegalStateException("no word of the cause"),
                    "unable to open the database file"));
      }
    }
  }
}
