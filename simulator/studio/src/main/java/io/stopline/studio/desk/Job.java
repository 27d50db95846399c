package io.stopline.studio.desk;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A command that runs as a process of its own, exactly as a person would have typed it.
 * Thread-safe.
 */
final class Job implements AutoCloseable {

  private static final int KEPT_LINES = 300;

  /** {@code judging: 3 of 12 tracks (25 %), …}, or {@code attacking: 25 %, …}. */
  private static final Pattern PROGRESS =
      Pattern.compile("^.*: (?:(\\d+) of (\\d+) \\S+ \\(\\d+ %\\)|(\\d+) %).*$");

  private final int number;
  private final String title;
  private final List<String> arguments;
  private final Map<String, String> results;
  private final Process process;
  private final Instant began = Instant.now();
  private final Deque<String> lines = new ArrayDeque<>();
  private long done;
  private long total;
  private @Nullable Instant ended;
  private boolean stopped;

  /**
   * Starts it.
   *
   * @param arguments of {@code stopline}
   * @param results what it will have written: the path by what it is
   * @throws IOException if the process cannot be started
   */
  Job(
      int number,
      String title,
      List<String> arguments,
      Map<String, String> results,
      ProcessBuilder builder)
      throws IOException {
    this.number = number;
    this.title = title;
    this.arguments = List.copyOf(arguments);
    this.results = Map.copyOf(results);
    this.process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    Thread reader = new Thread(this::read, "studio-job-" + number);
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        take(line);
      }
    } catch (IOException e) {
      take("what it said further cannot be read: " + e.getMessage());
    }
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      ended = Instant.now();
    }
  }

  private synchronized void take(String line) {
    Matcher progress = PROGRESS.matcher(line);
    if (progress.matches()) {
      boolean counted = progress.group(1) != null;
      done = Long.parseLong(counted ? progress.group(1) : progress.group(3));
      total = counted ? Long.parseLong(progress.group(2)) : 100;
      // One line that changes, as on a terminal.
      if (!lines.isEmpty() && PROGRESS.matcher(lines.getLast()).matches()) {
        lines.removeLast();
      }
    }
    lines.addLast(line);
    if (lines.size() > KEPT_LINES) {
      lines.removeFirst();
    }
  }

  int number() {
    return number;
  }

  synchronized boolean isRunning() {
    return ended == null;
  }

  /** Asks it to end; what it keeps for another run stays. */
  synchronized void stop() {
    stopped = true;
    process.destroy();
  }

  /** All but its output. */
  synchronized ObjectNode toJson() {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("number", number)
            .put("title", title)
            .put("command", Shell.command(arguments))
            .put("began", began.toString())
            .put("ended", ended == null ? null : ended.toString())
            .put("running", ended == null)
            .put("stopped", stopped)
            .put("done", done)
            .put("total", total);
    if (ended != null) {
      node.put("exitCode", process.exitValue());
    }
    ObjectNode written = node.putObject("results");
    results.forEach(written::put);
    return node;
  }

  /** With what it said. */
  synchronized ObjectNode withOutput() {
    return toJson().put("output", String.join("\n", lines));
  }

  /** Ends it, by force if it does not in some seconds. */
  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
