package io.stopline.studio;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets long work end tidily when the process is told to end (Ctrl-C, SIGTERM): the work asks {@link
 * #wanted} now and then, and the process waits until it has let go. Thread-safe.
 */
final class Interruption implements AutoCloseable {

  /** Longer than a step of training and writing a checkpoint take on a busy machine. */
  private static final long PATIENCE_SECONDS = 120;

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook = new Thread(this::end, "interruption");
  private volatile boolean wanted;

  Interruption() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void end() {
    wanted = true;
    try {
      if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        return; // it hangs; whoever ends the process twice is right
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the work should end. */
  boolean wanted() {
    return wanted || Thread.currentThread().isInterrupted();
  }

  @Override
  public void close() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process ends already, and was waiting for this.
      return;
    }
  }
}
