package io.stopline.studio;

import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** How far long work has come: a bar on a terminal, else a line every ten seconds. Thread-safe. */
public final class Progress implements AutoCloseable {

  private static final long LINE_EVERY_NANOS = 10_000_000_000L;

  private final String task;
  private final long total;
  private final PrintWriter err;
  private final @Nullable ProgressBar bar;
  private final long started = System.nanoTime();
  private long done;
  private long nextLine = started + LINE_EVERY_NANOS;

  Progress(String task, long total, PrintWriter err) {
    this.task = task;
    this.total = total;
    this.err = err;
    // The launcher knows whether standard error is a terminal; Java has no way to ask.
    this.bar =
        !Boolean.getBoolean("stopline.terminal")
            ? null
            : new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .build();
  }

  /** One more unit of work is done. */
  public void step() {
    step(1);
  }

  /** Some more units of work are done. */
  public synchronized void step(long units) {
    done += units;
    if (bar != null) {
      bar.stepBy(units);
      return;
    }
    long now = System.nanoTime();
    if (now >= nextLine) {
      nextLine = now + LINE_EVERY_NANOS;
      double seconds = (now - started) / 1e9;
      err.printf(
          "%s: %d of %d (%.0f %%), about %.0f s left%n",
          task, done, total, 100.0 * done / total, seconds * (total - done) / done);
      err.flush();
    }
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
