package io.stopline.agent.source;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A mailbox with one slot between the capture thread and the frame loop: the latest frame wins, so
 * that a slow loop sees the present and not a queue of the past.
 */
public final class LatestFrame {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable SourcedFrame slot;
  private boolean ended;
  private long replaced;

  /** Puts a frame, replacing one that nobody took. */
  public void put(SourcedFrame frame) {
    lock.lock();
    try {
      if (slot != null) {
        replaced++;
      }
      slot = frame;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Puts a frame once the slot is free, for recorded sources that are read as fast as the loop
   * takes them.
   *
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public void putWhenTaken(SourcedFrame frame) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (slot != null) {
        changed.await();
      }
      slot = frame;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the frame.
   *
   * @return null if none came within the time, or at once if the source has ended
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public @Nullable SourcedFrame take(long timeout, TimeUnit unit) throws InterruptedException {
    long left = unit.toNanos(timeout);
    lock.lockInterruptibly();
    try {
      while (slot == null && !ended && left > 0) {
        left = changed.awaitNanos(left);
      }
      SourcedFrame frame = slot;
      slot = null;
      changed.signalAll();
      return frame;
    } finally {
      lock.unlock();
    }
  }

  /** Says that no further frame will come. */
  public void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Whether the source has ended and its last frame was taken. */
  public boolean isDrained() {
    lock.lock();
    try {
      return ended && slot == null;
    } finally {
      lock.unlock();
    }
  }

  /** How many frames were replaced before the loop took them. */
  public long replaced() {
    lock.lock();
    try {
      return replaced;
    } finally {
      lock.unlock();
    }
  }
}
