package io.stopline.studio;

import io.stopline.campaign.hardening.Durations;
import io.stopline.training.EpochFigures;
import io.stopline.training.Progress;
import io.stopline.training.TrainingListener;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * Shows how training goes: a line for each epoch, and on a terminal one that changes while it runs,
 * else one every half minute. Belongs to one thread.
 */
final class TrainingDisplay implements TrainingListener {

  private static final long REDRAW_NANOS = 250_000_000L;
  private static final long LINE_NANOS = 30_000_000_000L;
  private static final int BAR = 20;

  private final PrintWriter err;
  private final boolean terminal;
  private final Duration limit;
  private final Interruption interruption;
  private long next;
  private int drawn;
  private double clean = Double.NaN;
  private double robust = Double.NaN;
  private Duration left = Duration.ZERO;

  /**
   * @param terminal whether a line may be drawn over
   * @param limit when training ends at the latest
   */
  TrainingDisplay(PrintWriter err, boolean terminal, Duration limit, Interruption interruption) {
    this.err = err;
    this.terminal = terminal;
    this.limit = limit;
    this.interruption = interruption;
    this.next = System.nanoTime() + (terminal ? 0 : LINE_NANOS);
  }

  @Override
  public void step(Progress progress) {
    Duration toLimit = limit.minus(progress.elapsed());
    left = progress.left().compareTo(toLimit) < 0 ? progress.left() : toLimit;
    long now = System.nanoTime();
    if (now < next) {
      return;
    }
    next = now + (terminal ? REDRAW_NANOS : LINE_NANOS);
    double share = (double) progress.step() / Math.max(1, progress.steps());
    StringBuilder line = new StringBuilder();
    if (terminal) {
      int full = (int) Math.round(BAR * share);
      line.append('[').append("=".repeat(full)).append(" ".repeat(BAR - full)).append("] ");
    }
    line.append(
        String.format(
            Locale.ROOT,
            "%.0f %%, epoch %d of %d: loss %.3f, training images %s clean, %s attacked",
            100 * share,
            progress.epoch(),
            progress.epochs(),
            progress.loss(),
            percent(progress.trainClean()),
            percent(progress.trainAttacked())));
    if (Double.isFinite(clean)) {
      line.append("; validation ").append(validation());
    }
    line.append("; ").append(Durations.words(seconds(left))).append(" left");
    draw(line.toString());
  }

  @Override
  public void epoch(EpochFigures figures) {
    clean = Double.isFinite(figures.clean()) ? figures.clean() : clean;
    robust = Double.isFinite(figures.robust()) ? figures.robust() : robust;
    erase();
    err.println(
        String.format(
            Locale.ROOT,
            "epoch %s: loss %.3f, training images %s clean, %s attacked%s%s; %s gone%s",
            number(figures.epoch()),
            figures.loss(),
            percent(figures.trainClean()),
            percent(figures.trainAttacked()),
            Double.isFinite(figures.clean()) ? "; validation " + validation() : "",
            figures.best() ? " (best so far)" : "",
            Durations.words(figures.seconds()),
            left.isZero() ? "" : ", about " + Durations.words(seconds(left)) + " left"));
    err.flush();
  }

  @Override
  public void note(String text) {
    erase();
    err.println(text);
    err.flush();
  }

  @Override
  public boolean cancelled() {
    return interruption.wanted();
  }

  private String validation() {
    return percent(clean)
        + " clean"
        + (Double.isFinite(robust) ? ", " + percent(robust) + " robust" : "");
  }

  private void draw(String line) {
    if (!terminal) {
      err.println(line);
    } else {
      err.print("\r" + line + " ".repeat(Math.max(0, drawn - line.length())));
      drawn = line.length();
    }
    err.flush();
  }

  private void erase() {
    if (terminal && drawn > 0) {
      err.print("\r" + " ".repeat(drawn) + "\r");
      drawn = 0;
    }
  }

  private static double seconds(Duration duration) {
    return Math.max(0, duration.toMillis() / 1e3);
  }

  private static String percent(double share) {
    return Double.isFinite(share) ? String.format(Locale.ROOT, "%.1f %%", 100 * share) : "–";
  }

  private static String number(double epoch) {
    return epoch == Math.rint(epoch)
        ? Long.toString(Math.round(epoch))
        : String.format(Locale.ROOT, "%.1f", epoch);
  }
}
