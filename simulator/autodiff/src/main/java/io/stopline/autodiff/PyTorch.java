package io.stopline.autodiff;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine behind the models, loaded at first use. A batch is cut into chunks that fit a core's
 * cache, and each worker computes whole chunks alone: that is faster than all cores sharing one
 * operator after the other, and the result does not depend on the number of workers.
 */
final class PyTorch {
  private static final Logger LOG = LoggerFactory.getLogger(PyTorch.class);

  /** System property: workers; default is the number of processors. */
  static final String THREADS = "stopline.autodiff.threads";

  private static final class Holder {
    static final PyTorch INSTANCE = new PyTorch();
  }

  private final Engine engine;
  private final int threads;
  private final ExecutorService workers;

  private PyTorch() {
    // DJL otherwise looks for other native libraries and counts its users over the network.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    NativeMemory.keepFreedBlocks();
    threads = threads();
    try {
      engine = Engine.getEngine("PyTorch");
    } catch (RuntimeException | LinkageError e) {
      Throwable root = e;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      throw new IllegalStateException(
          ("PyTorch's native libraries cannot be unpacked or loaded (%s). They need 600 MiB in a folder that"
                  + " can be written and from which programs may be run (no noexec): name one by"
                  + " STOPLINE_CACHE=DIR, or without the launcher by DJL_CACHE_DIR=DIR")
              .formatted(root),
          e);
    }
    workers =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread =
                  new Thread(
                      () -> {
                        // OpenMP keeps this number a thread.
                        JniUtils.setNumThreads(1);
                        // Small scripts run as they stand: to profile and compile them costs more.
                        JniUtils.setGraphExecutorOptimize(false);
                        task.run();
                      },
                      "stopline-autodiff");
              thread.setDaemon(true);
              return thread;
            });
    LOG.debug("PyTorch {} with {} workers", engine.getVersion(), threads);
  }

  private static int threads() {
    int processors = Runtime.getRuntime().availableProcessors();
    Integer set = Integer.getInteger(THREADS);
    if (set == null) {
      return processors;
    }
    if (set < 1) {
      throw new IllegalArgumentException(
          "system property %s is %d; it must be at least 1".formatted(THREADS, set));
    }
    return set;
  }

  /**
   * The engine.
   *
   * @throws IllegalStateException if its native libraries cannot be unpacked or loaded
   */
  static PyTorch get() {
    try {
      return Holder.INSTANCE;
    } catch (ExceptionInInitializerError e) {
      // What is wrong says its cause; that it happened in an initializer helps nobody.
      if (e.getCause() instanceof IllegalStateException told) {
        throw told;
      }
      throw e;
    }
  }

  int workers() {
    return threads;
  }

  NDManager newManager() {
    return engine.newBaseManager();
  }

  /** Runs one task on the caller's thread; each operator is spread over all workers' cores. */
  <T> T allCores(Supplier<T> task) {
    JniUtils.setNumThreads(threads);
    JniUtils.setGraphExecutorOptimize(false);
    JniUtils.setGradMode(true);
    return task.get();
  }

  /**
   * Runs the tasks on the workers and waits for all of them.
   *
   * @throws RuntimeException the first failure, after all have ended
   */
  <T> List<T> all(List<Callable<T>> tasks) {
    List<Future<T>> futures = new ArrayList<>(tasks.size());
    for (Callable<T> task : tasks) {
      futures.add(workers.submit(task));
    }
    List<T> results = new ArrayList<>(tasks.size());
    RuntimeException failure = null;
    boolean interrupted = false;
    for (Future<T> future : futures) {
      while (true) {
        try {
          results.add(future.get());
          break;
        } catch (InterruptedException e) {
          // The native memory may be freed only when nobody computes with it any more.
          interrupted = true;
        } catch (ExecutionException e) {
          RuntimeException thrown =
              e.getCause() instanceof RuntimeException r
                  ? r
                  : new IllegalStateException(e.getCause());
          if (failure == null) {
            failure = thrown;
          } else if (failure != thrown) {
            failure.addSuppressed(thrown);
          }
          break;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      throw failure;
    }
    return results;
  }
}
