package io.stopline.agent.source;

import io.stopline.sdk.image.Frame;
import io.stopline.telemetry.OpenFiles;
import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The thread between a source and the mailbox: reads, paces, numbers, and keeps trying. Whatever
 * the source does ends up in its health, never in the frame loop.
 */
public final class Capture implements AutoCloseable {

  /** How a recorded source is played. */
  public enum Pace {
    /** Frames are handed on when they arrive; cameras. */
    LIVE,
    /** One frame a period; a frame that nobody took is replaced. */
    FIXED_RATE,
    /** The loop gets every frame and none is dropped. */
    EVERY_FRAME
  }

  private final FrameSource source;
  private final LatestFrame mailbox;
  private final SourceHealth health;
  private final Pace pace;
  private final long periodNanos;
  private final InstantSource wallClock;
  private final Backoff backoff;
  private final Thread thread;
  private volatile boolean closed;

  /**
   * Takes ownership of the source.
   *
   * @param framesPerSecond above 0 where the pace is {@link Pace#FIXED_RATE}, else ignored
   */
  public Capture(
      FrameSource source,
      LatestFrame mailbox,
      SourceHealth health,
      Pace pace,
      double framesPerSecond,
      InstantSource wallClock,
      Backoff backoff) {
    if (pace == Pace.FIXED_RATE && !(framesPerSecond > 0 && framesPerSecond <= 1000)) {
      throw new IllegalArgumentException(
          "frame rate is " + framesPerSecond + "; give a value above 0 and up to 1000 per second");
    }
    this.source = source;
    this.mailbox = mailbox;
    this.health = health;
    this.pace = pace;
    this.periodNanos = pace == Pace.FIXED_RATE ? (long) (1e9 / framesPerSecond) : 0;
    this.wallClock = wallClock;
    this.backoff = backoff;
    this.thread = new Thread(this::run, "stopline-capture");
    thread.setDaemon(true);
  }

  /** Starts reading. */
  public void start() {
    thread.start();
  }

  private void run() {
    String lastWords = null;
    try {
      long sequence = 0;
      long due = System.nanoTime();
      while (!closed) {
        try {
          Picture picture = source.next();
          if (picture == null) {
            break;
          }
          backoff.reset();
          health.frame(picture.image().width(), picture.image().height());
          long captured = picture.capturedNanos();
          if (pace == Pace.FIXED_RATE) {
            sleepUntil(due);
            captured = System.nanoTime();
            // After a pause the past is not caught up with: a camera would not do so either.
            due = Math.max(due + periodNanos, captured - periodNanos);
          }
          hand(picture, captured, sequence++);
        } catch (SlowPictureException e) {
          health.slowPicture(text(e), e.leftBehind());
        } catch (BadPictureException e) {
          health.badPicture(text(e));
        } catch (IOException e) {
          if (closed) {
            break;
          }
          health.failed(text(e));
          if (!source.retries()) {
            lastWords = text(e);
            break;
          }
          TimeUnit.MILLISECONDS.sleep(backoff.nextMillis());
        } catch (RuntimeException e) {
          // A decoder that trips over hostile bytes must not end the capture.
          health.failed("internal error in the source: " + e);
          TimeUnit.MILLISECONDS.sleep(backoff.nextMillis());
        } catch (OutOfMemoryError e) {
          health.badPicture("not enough memory for this picture; give the agent more with -Xmx");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      health.ended(lastWords);
      mailbox.end();
    }
  }

  private void hand(Picture picture, long captured, long sequence) throws InterruptedException {
    Frame frame =
        new Frame(
            picture.image(),
            wallClock.instant().minusNanos(System.nanoTime() - captured),
            captured,
            sequence,
            source.name());
    SourcedFrame sourced = new SourcedFrame(frame, picture.track(), picture.name());
    if (pace == Pace.EVERY_FRAME) {
      mailbox.putWhenTaken(sourced);
    } else {
      mailbox.put(sourced);
    }
  }

  private void sleepUntil(long nanos) throws InterruptedException {
    for (long left; (left = nanos - System.nanoTime()) > 0 && !closed; ) {
      LockSupport.parkNanos(left);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }
  }

  private static String text(IOException e) {
    String message = e.getMessage();
    return OpenFiles.named(e, message == null ? e.getClass().getSimpleName() : message);
  }

  /** Ends the thread; waits at most two seconds for it, which is a daemon. */
  @Override
  public void close() {
    closed = true;
    source.close();
    thread.interrupt();
    try {
      thread.join(2000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
