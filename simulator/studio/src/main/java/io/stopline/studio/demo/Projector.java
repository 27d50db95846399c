package io.stopline.studio.demo;

import io.stopline.studio.camera.MjpegCamera;
import io.stopline.studio.camera.Shot;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a camera showing something: films when told to, the idle picture else. Thread-safe; shows
 * on a thread of its own.
 */
final class Projector implements AutoCloseable {

  /** Name of the idle picture in the stream. */
  static final String IDLE = "idle";

  /** Before the first drive nobody needs to look often. */
  private static final double RATE_BEFORE_FIRST = 3;

  private final MjpegCamera camera;
  private final Consumer<String> played;
  private final Thread thread = new Thread(this::run, "projector");

  // Guarded by this.
  private List<byte[]> idle = List.of();
  private List<byte[]> film = List.of();
  private @Nullable String playing;
  private int position;
  private int tick;
  private double framesPerSecond = RATE_BEFORE_FIRST;
  private boolean closed;

  /**
   * @param played is told the name of a film at its end, on the projector's thread
   */
  Projector(MjpegCamera camera, Consumer<String> played) {
    this.camera = camera;
    this.played = played;
    thread.setDaemon(true);
    thread.start();
  }

  synchronized void idle(List<byte[]> frames) {
    idle = List.copyOf(frames);
  }

  /** Shows a film once, at this rate, which stays that of the idle picture behind it. */
  synchronized void play(String name, List<byte[]> frames, double rate) {
    film = List.copyOf(frames);
    playing = name;
    position = 0;
    framesPerSecond = rate;
  }

  private void run() {
    long due = System.nanoTime();
    while (true) {
      String ended = null;
      synchronized (this) {
        if (closed) {
          return;
        }
        String name = playing;
        if (name != null && position < film.size()) {
          camera.show(new Shot(name, position, film.get(position), null));
          position++;
        } else {
          if (name != null) {
            ended = name;
            playing = null;
            film = List.of();
          }
          if (!idle.isEmpty()) {
            int at = tick++ % idle.size();
            camera.show(new Shot(IDLE, at, idle.get(at), null));
          }
        }
        due = Math.max(due, System.nanoTime() - 500_000_000L);
        due += Math.round(1e9 / framesPerSecond);
      }
      if (ended != null) {
        played.accept(ended);
      }
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
