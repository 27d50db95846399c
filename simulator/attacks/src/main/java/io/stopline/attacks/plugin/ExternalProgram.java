package io.stopline.attacks.plugin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A child process that is spoken to in lines. Neither side can make this one wait longer than the
 * patience that it was given, or keep more than a line of the stated length. Belongs to one thread.
 */
final class ExternalProgram implements AutoCloseable {

  /** What of its standard error is kept for messages, bytes. */
  private static final int STDERR_TAIL = 2000;

  private static final int POLL_MILLIS = 100;
  private static final int END_SECONDS = 5;

  private final String name;
  private final Process process;
  private final Duration patience;
  private final int longestLine;
  private final ExecutorService helpers;

  /** One line ahead at most: a flood stays in the pipe. */
  private final BlockingQueue<Received> lines = new LinkedBlockingQueue<>(1);

  private final StringBuilder stderr = new StringBuilder();

  /** A line, or the end, or why reading failed. */
  private record Received(@Nullable String line, @Nullable String problem) {}

  /**
   * @param command program and arguments
   * @param patience how long to wait for a line, or for one to be taken
   * @param longestLine bytes
   * @throws ExternalAttackException if it cannot be started
   */
  ExternalProgram(List<String> command, Duration patience, int longestLine) {
    this.name = command.get(0);
    this.patience = patience;
    this.longestLine = longestLine;
    try {
      this.process = new ProcessBuilder(command).start();
    } catch (IOException e) {
      throw new ExternalAttackException(
          "external attack %s cannot be started: %s; check the path and its permissions"
              .formatted(command, e.getMessage()));
    }
    this.helpers =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "external-attack");
              thread.setDaemon(true);
              return thread;
            });
    helpers.execute(this::readLines);
    helpers.execute(this::readErrors);
  }

  /**
   * Sends one line.
   *
   * @throws ExternalAttackException if the program is gone or does not read
   */
  void send(String line) {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    OutputStream out = process.getOutputStream();
    Future<?> written =
        helpers.submit(
            () -> {
              out.write(bytes);
              out.flush();
              return null;
            });
    try {
      written.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw failure("does not read any more (%s)".formatted(e.getCause()));
    } catch (TimeoutException e) {
      throw failure("did not read a message for %d s".formatted(patience.toSeconds()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure("was interrupted");
    }
  }

  /**
   * The next line.
   *
   * @return null if the program ended its output, or cancelled says so
   * @throws ExternalAttackException if none comes, or it is too long
   */
  @Nullable String receive(BooleanSupplier cancelled) {
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      while (!cancelled.getAsBoolean()) {
        Received received = lines.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        if (received != null) {
          if (received.problem() != null) {
            throw failure(received.problem());
          }
          return received.line();
        }
        if (System.nanoTime() > deadline) {
          throw failure("said nothing for %d s".formatted(patience.toSeconds()));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure("was interrupted");
    }
    return null;
  }

  /** What went wrong, with the program's exit code and the end of its standard error. */
  ExternalAttackException failure(String what) {
    String state = "";
    try {
      if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        state = "; it ended with exit code " + process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    String tail;
    synchronized (stderr) {
      tail = stderr.toString().strip();
    }
    return new ExternalAttackException(
        "external attack '%s' %s%s%s"
            .formatted(
                name, what, state, tail.isEmpty() ? "" : "; its standard error ends: " + tail));
  }

  private void readLines() {
    try (InputStream in = process.getInputStream()) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      byte[] block = new byte[1 << 16];
      for (int read = in.read(block); read >= 0; read = in.read(block)) {
        int from = 0;
        for (int i = 0; i < read; i++) {
          if (block[i] == '\n') {
            line.write(block, from, i - from);
            from = i + 1;
            if (line.size() <= longestLine) {
              lines.put(new Received(line.toString(StandardCharsets.UTF_8), null));
              line.reset();
            }
          }
        }
        line.write(block, from, read - from);
        if (line.size() > longestLine) {
          lines.put(new Received(null, "sent a line of more than %d bytes".formatted(longestLine)));
          return;
        }
      }
      lines.put(new Received(null, null));
    } catch (IOException e) {
      lines.offer(new Received(null, null));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void readErrors() {
    byte[] block = new byte[4096];
    try (InputStream in = process.getErrorStream()) {
      for (int read = in.read(block); read >= 0; read = in.read(block)) {
        synchronized (stderr) {
          stderr.append(new String(block, 0, read, StandardCharsets.UTF_8));
          if (stderr.length() > STDERR_TAIL) {
            stderr.delete(0, stderr.length() - STDERR_TAIL);
          }
        }
      }
    } catch (IOException e) {
      // It is gone; what it said so far is kept.
      return;
    }
  }

  /** Ends the program and all that it started. */
  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    helpers.shutdownNow();
    try {
      process.waitFor(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
