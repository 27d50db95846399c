package io.stopline.agent.source;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the source is doing, for health messages. Thread-safe. A fault that repeats is logged once a
 * minute and others, after the first ten, one in five seconds: no camera fills a disk with lines.
 */
public final class SourceHealth {

  /** What the capture thread last saw. */
  public enum State {
    /** No frame yet. */
    CONNECTING,
    /** Frames arrive. */
    STREAMING,
    /** The source failed or is silent, and is being retried. */
    FAILED,
    /** A finite source is at its end, or the source was closed. */
    ENDED
  }

  /**
   * One moment's account.
   *
   * @param detail the last fault in words, null while all is well
   * @param frames pictures that were decoded
   * @param badPictures pictures that were refused
   * @param slowPictures those among them that took too long to decode
   * @param leftBehind those among these whose decoder did not stop, and was left behind
   * @param recentlySlow whether a picture took too long within the last minute
   * @param failures how often the source had to be opened again
   * @param sizeChanges how often the picture's size changed
   * @param width of the last frame, px, 0 before the first
   * @param height of the last frame, px, 0 before the first
   * @param lastFrameAgeMillis since the last frame, −1 before the first
   */
  public record Snapshot(
      State state,
      @Nullable String detail,
      long frames,
      long badPictures,
      long slowPictures,
      long leftBehind,
      boolean recentlySlow,
      long failures,
      long sizeChanges,
      int width,
      int height,
      long lastFrameAgeMillis) {}

  private static final Logger log = LoggerFactory.getLogger(SourceHealth.class);
  private static final long REPEAT_LOG_NANOS = 60_000_000_000L;
  private static final long LINE_NANOS = 5_000_000_000L;
  private static final int MAX_LINES = 10;
  private static final long RECENT_NANOS = 60_000_000_000L;

  private final String source;
  private final LongSupplier nanoClock;
  private final long silentNanos;
  private State state = State.CONNECTING;
  private @Nullable String detail;
  private @Nullable String lastLogged;
  private long lastLoggedNanos;
  private long unlogged;
  private int lines = MAX_LINES;
  private long allowanceNanos;
  private long frames;
  private long badPictures;
  private long slowPictures;
  private long leftBehind;
  private long lastSlowNanos;
  private long failures;
  private long sizeChanges;
  private int width;
  private int height;
  private long lastFrameNanos;

  /**
   * @param silentMillis a streaming source without a frame for so long counts as failed
   */
  public SourceHealth(String source, long silentMillis, LongSupplier nanoClock) {
    this.source = source;
    this.nanoClock = nanoClock;
    this.silentNanos = silentMillis * 1_000_000L;
    this.allowanceNanos = nanoClock.getAsLong();
  }

  synchronized void frame(int frameWidth, int frameHeight) {
    if (frames > 0 && (frameWidth != width || frameHeight != height)) {
      sizeChanges++;
      warn(
          "the picture changed from %d×%d to %d×%d px"
              .formatted(width, height, frameWidth, frameHeight));
    }
    if (state != State.STREAMING) {
      if (mayLog()) {
        log.info("{}: frames arrive, {}×{} px", source, frameWidth, frameHeight);
        lastLogged = null;
      }
    }
    width = frameWidth;
    height = frameHeight;
    frames++;
    lastFrameNanos = nanoClock.getAsLong();
    state = State.STREAMING;
    detail = null;
  }

  synchronized void badPicture(String reason) {
    badPictures++;
    detail = reason;
    warn(reason);
  }

  synchronized void slowPicture(String reason, boolean decoderLeftBehind) {
    slowPictures++;
    if (decoderLeftBehind) {
      leftBehind++;
    }
    lastSlowNanos = nanoClock.getAsLong();
    badPicture(reason);
  }

  synchronized void failed(String reason) {
    failures++;
    state = State.FAILED;
    detail = reason;
    warn(reason);
  }

  synchronized void ended(@Nullable String reason) {
    state = State.ENDED;
    detail = reason;
  }

  private void warn(String reason) {
    if ((reason.equals(lastLogged) && nanoClock.getAsLong() - lastLoggedNanos < REPEAT_LOG_NANOS)
        || !mayLog()) {
      unlogged++;
      return;
    }
    if (unlogged == 0) {
      log.warn("{}: {}", source, reason);
    } else {
      log.warn("{}: {} ({} faults before this one were not logged)", source, reason, unlogged);
    }
    unlogged = 0;
    lastLogged = reason;
    lastLoggedNanos = nanoClock.getAsLong();
  }

  /** Takes a line out of the allowance, which is full at the start and grows with time. */
  private boolean mayLog() {
    long grown = (nanoClock.getAsLong() - allowanceNanos) / LINE_NANOS;
    allowanceNanos += grown * LINE_NANOS;
    lines = (int) Math.min(MAX_LINES, lines + grown);
    if (lines == 0) {
      return false;
    }
    lines--;
    return true;
  }

  /** The account now. A source that should stream but is silent is FAILED. */
  public synchronized Snapshot snapshot() {
    long age = frames == 0 ? -1 : nanoClock.getAsLong() - lastFrameNanos;
    State seen = state;
    String said = detail;
    if (seen == State.STREAMING && age > silentNanos) {
      seen = State.FAILED;
      said =
          "no usable picture for "
              + age / 1_000_000
              + " ms"
              + (detail == null ? "" : "; " + detail);
    }
    return new Snapshot(
        seen,
        said,
        frames,
        badPictures,
        slowPictures,
        leftBehind,
        slowPictures > 0 && nanoClock.getAsLong() - lastSlowNanos < RECENT_NANOS,
        failures,
        sizeChanges,
        width,
        height,
        age < 0 ? -1 : age / 1_000_000);
  }
}
