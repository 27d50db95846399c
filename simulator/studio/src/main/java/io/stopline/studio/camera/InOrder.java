package io.stopline.studio.camera;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Makes numbered things on several threads and hands them on in order. */
public final class InOrder {

  /** Takes what was made. */
  @FunctionalInterface
  public interface Sink<T> {
    void accept(int number, T thing);
  }

  private InOrder() {}

  /**
   * Makes things 0 to {@code count − 1} and returns when all are handed on. A thing must depend on
   * its number alone, so that the outcome is the same for any number of threads. Only a few things
   * a thread wait at a time.
   *
   * @param threads at least 1
   * @param maker called on any thread
   * @param sink called on this thread, in order
   * @throws RuntimeException the first one that maker or sink threw
   */
  public static <T> void run(int threads, int count, IntFunction<T> maker, Sink<T> sink) {
    ExecutorService executor =
        Executors.newFixedThreadPool(
            Math.max(1, Math.min(threads, count)),
            work -> {
              Thread thread = new Thread(work, "in-order");
              thread.setDaemon(true);
              return thread;
            });
    Deque<Future<T>> waiting = new ArrayDeque<>();
    try {
      int begun = 0;
      for (int done = 0; done < count; done++) {
        while (begun < count && begun < done + 3 * threads) {
          int number = begun++;
          waiting.add(executor.submit(() -> maker.apply(number)));
        }
        sink.accept(done, waiting.remove().get());
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      executor.shutdownNow();
    }
  }
}
