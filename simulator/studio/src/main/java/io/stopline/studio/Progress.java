package io.stopline.studio;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * How far long work has come: a bar on a terminal, else a line every ten seconds, or as often as
 * {@code stopline.progress.millis} says. Thread-safe.
 */
public final class Progress implements AutoCloseable {

  /** Whoever reads the lines by a program may want them more often than people do. */
  private static final long LINE_EVERY_NANOS =
      1_000_000L * Long.getLong("stopline.progress.millis", 10_000);

  /** What is done before is taken for the work of an earlier run that goes on. */
  private static final long FOUND_WITHIN_NANOS = 1_000_000_000L;

  private final String task;
  private final long total;
  private final String unit;
  private final PrintWriter err;
  private final @Nullable ProgressBar bar;
  private final long started = System.nanoTime();
  private long done;
  private volatile long found;
  private volatile long foundAt = started;
  private long nextLine = started + LINE_EVERY_NANOS;

  /**
   * @param unit of {@code total}, as a plural; empty where only the share means anything
   */
  Progress(String task, long total, String unit, PrintWriter err) {
    this.task = task;
    this.total = total;
    this.unit = unit;
    this.err = err;
    // The launcher knows whether standard error is a terminal; Java has no way to ask.
    this.bar =
        !Boolean.getBoolean("stopline.terminal")
            ? null
            : new ProgressBarBuilder()
                .setTaskName(task)
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.ASCII)
                .setUnit(unit.isEmpty() ? "%" : " " + unit, unit.isEmpty() ? total / 100 : 1)
                .setUpdateIntervalMillis(200)
                .setEtaFunction(state -> left(state.getCurrent()))
                .build();
  }

  /**
   * By the pace of this run; empty while nobody can say. Takes no lock: the bar's own thread asks,
   * and whoever closes the bar waits for it.
   */
  private Optional<Duration> left(long now) {
    long own = now - found;
    if (own <= 0) {
      return Optional.empty();
    }
    double each = (System.nanoTime() - foundAt) / (double) own;
    return Optional.of(Duration.ofNanos((long) (each * (total - now))));
  }

  /** One more unit of work is done. */
  public void step() {
    step(1);
  }

  /** Some more units of work are done. */
  public synchronized void step(long units) {
    done += units;
    long now = System.nanoTime();
    if (now - started < FOUND_WITHIN_NANOS) {
      found = done;
      foundAt = now;
    }
    if (bar != null) {
      bar.stepBy(units);
      return;
    }
    if (now >= nextLine) {
      nextLine = now + LINE_EVERY_NANOS;
      String share = "%.0f %%".formatted(100.0 * done / total);
      err.printf(
          "%s: %s%s%n",
          task,
          unit.isEmpty() ? share : "%d of %d %s (%s)".formatted(done, total, unit, share),
          left(done).map(time -> ", about " + words(time) + " left").orElse(""));
      err.flush();
    }
  }

  private static String words(Duration time) {
    return time.toSeconds() < 120
        ? time.toSeconds() + " s"
        : time.toSeconds() < 7200 ? time.toMinutes() + " min" : time.toHours() + " h";
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
