package io.stopline.agent.gpio;

import io.stopline.agent.source.Backoff;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that drives the pins, so that a slow or failing provider never holds up the frame
 * loop. The heartbeat changes its level each time the loop has finished a further frame, at most
 * every 50 ms: it stops when the loop stops, and also when the camera does, because a guard that
 * sees nothing is as little use as one that hangs. The alarm lamp is lit while a suspect track is
 * live.
 */
public final class GpioWorker implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(GpioWorker.class);
  private static final long STEP_MILLIS = 50;

  /** How the pins are. */
  public enum State {
    /** Driven. */
    OK,
    /** The provider failed; tried again. */
    FAILED,
    /** Not wanted. */
    OFF
  }

  /**
   * One moment's account.
   *
   * @param detail the provider, or the fault in words
   * @param beats level changes of the heartbeat since the start
   * @param alarm whether the lamp was last told to be lit
   */
  public record Status(State state, String detail, long beats, boolean alarm) {}

  private final GpioMode mode;
  private final Supplier<Pins> open;
  private final Backoff backoff;
  private final AtomicLong frames = new AtomicLong();
  private final AtomicLong beats = new AtomicLong();
  private final Semaphore wake = new Semaphore(0);
  private final Thread thread;
  private volatile boolean wantAlarm;
  private volatile boolean closed;
  private volatile State state;
  private volatile String detail;

  /**
   * @param heartbeatPin BCM number
   * @param alarmPin BCM number
   */
  public GpioWorker(GpioMode mode, int heartbeatPin, int alarmPin) {
    this(
        mode == GpioMode.AUTO ? detect() : mode,
        new Backoff(1_000, 60_000),
        heartbeatPin,
        alarmPin);
  }

  private GpioWorker(GpioMode mode, Backoff backoff, int heartbeatPin, int alarmPin) {
    this(mode, () -> Pins.open(mode, heartbeatPin, alarmPin), backoff);
  }

  GpioWorker(GpioMode mode, Supplier<Pins> open, Backoff backoff) {
    this.mode = mode;
    this.open = open;
    this.backoff = backoff;
    this.state = State.OFF;
    this.detail = mode == GpioMode.NONE ? "not wanted" : "not started";
    this.thread = new Thread(this::run, "stopline-gpio");
    thread.setDaemon(true);
  }

  private static GpioMode detect() {
    return Files.exists(Path.of("/dev/gpiochip0")) ? GpioMode.GPIOD : GpioMode.MOCK;
  }

  /** Starts the thread, unless no pins are wanted. */
  public void start() {
    if (mode != GpioMode.NONE) {
      thread.start();
    }
  }

  /** The loop has finished a frame. Never waits. */
  public void frameDone(boolean suspectTrackLive) {
    frames.incrementAndGet();
    if (wantAlarm != suspectTrackLive) {
      wantAlarm = suspectTrackLive;
      wake.release();
    }
  }

  /** How the pins are. */
  public Status status() {
    return new Status(state, detail, beats.get(), wantAlarm);
  }

  private void run() {
    Pins pins = null;
    long seen = 0;
    boolean high = false;
    boolean lit = false;
    try {
      while (!closed) {
        try {
          if (pins == null) {
            pins = open.get();
            state = State.OK;
            detail =
                mode == GpioMode.MOCK ? "mock provider, no real pins" : "gpiod provider, real pins";
            log.info("GPIO: {}", detail);
            high = false;
            lit = false;
          }
          long now = frames.get();
          if (now != seen) {
            seen = now;
            high = !high;
            pins.heartbeat(high);
            beats.incrementAndGet();
          }
          if (lit != wantAlarm) {
            boolean target = wantAlarm;
            pins.alarm(target);
            lit = target;
          }
          backoff.reset();
        } catch (RuntimeException | LinkageError e) {
          // Linkage errors: the native library does not fit the machine.
          if (state != State.FAILED) {
            log.error("GPIO failed, trying again: {}", e.toString());
          }
          state = State.FAILED;
          detail = e.toString();
          release(pins);
          pins = null;
          wake.drainPermits();
          if (!closed) {
            TimeUnit.MILLISECONDS.sleep(backoff.nextMillis());
          }
          continue;
        }
        if (wake.tryAcquire(STEP_MILLIS, TimeUnit.MILLISECONDS)) {
          wake.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      release(pins);
      if (state == State.OK) {
        state = State.OFF;
        detail = "stopped, both outputs low";
      }
    }
  }

  private static void release(@Nullable Pins pins) {
    if (pins != null) {
      try {
        pins.close();
      } catch (RuntimeException e) {
        log.warn("GPIO was not released cleanly: {}", e.toString());
      }
    }
  }

  /** Ends the thread with both outputs low; waits at most 2 s for it. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
