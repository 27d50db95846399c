package io.stopline.studio.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that the demonstration started; its output goes to a file. */
final class Child implements AutoCloseable {

  private final String name;
  private final Process process;
  private final Path log;

  Child(String name, ProcessBuilder builder, Path folder) throws IOException {
    this.name = name;
    log = folder.resolve(name + ".log");
    process =
        builder
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
  }

  /** Where its output goes. */
  Path log() {
    return log;
  }

  /**
   * Makes sure that it still runs.
   *
   * @throws IOException with the end of its output if it has ended
   */
  void requireAlive() throws IOException {
    if (!process.isAlive()) {
      throw new IOException(
          "the %s ended with exit code %d; its last lines (%s):%n%s"
              .formatted(name, process.exitValue(), log, tail()));
    }
  }

  private String tail() throws IOException {
    List<String> lines = Files.readString(log, StandardCharsets.UTF_8).lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 12), lines.size()));
  }

  /** Writes a line to its standard input, words parted by tabs. */
  void order(String... words) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write((String.join("\t", words) + "\n").getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  /** Asks it to end and does not wait. */
  void askToEnd() {
    process.destroy();
  }

  /** Asks it to end, waits, and ends it by force if it does not. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(15, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        process.waitFor(4, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
