package io.stopline.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Numbered pieces of work on several threads, each thread with a worker of its own (models and
 * guards belong to one thread). A piece must depend on its number alone, so that the result is the
 * same for any number of threads.
 */
public final class ParallelWork {

  /** Does pieces of work on one thread. */
  public interface Worker extends AutoCloseable {
    void run(int piece);

    @Override
    void close();
  }

  private ParallelWork() {}

  /**
   * Runs all pieces, then returns.
   *
   * @param workers makes one worker a thread, on that thread
   * @param done is called after each piece, from any thread
   * @throws RuntimeException the first one that a worker threw; the others stop soon after
   */
  public static void run(
      int threads, int pieces, Supplier<? extends Worker> workers, Runnable done) {
    int used = Math.max(1, Math.min(threads, pieces));
    AtomicInteger next = new AtomicInteger();
    AtomicBoolean failed = new AtomicBoolean();
    ExecutorService executor = Executors.newFixedThreadPool(used);
    try {
      List<Future<?>> futures = new ArrayList<>();
      for (int t = 0; t < used; t++) {
        futures.add(
            executor.submit(
                () -> {
                  boolean whole = false;
                  try (Worker worker = workers.get()) {
                    int piece = next.getAndIncrement();
                    while (piece < pieces && !failed.get()) {
                      worker.run(piece);
                      done.run();
                      piece = next.getAndIncrement();
                    }
                    whole = true;
                  } finally {
                    if (!whole) {
                      failed.set(true);
                    }
                  }
                }));
      }
      for (Future<?> future : futures) {
        future.get();
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
