package io.stopline.studio.demo;

import java.io.IOException;
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

  /** The first line of its output that is a JSON object, or empty. */
  String jsonLine() throws IOException {
    return Files.readString(log, StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith("{") && line.endsWith("}"))
        .findFirst()
        .orElse("");
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
