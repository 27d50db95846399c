package io.stopline.campaign.model;

import io.stopline.autodiff.BatchModel;
import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.LogitsTap;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.random.RandomStream;
import io.stopline.tflite.InvalidModelException;
import io.stopline.tflite.RuntimeOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The exact {@code .tflite} that ships, asked about a batch: one interpreter a thread, one image an
 * invocation as on the vehicle, pixels as floats without rounding where the model takes floats.
 * Results do not depend on the number of threads. Belongs to one thread at a time.
 *
 * <p>Its scores are the real logits wherever the file ends in a softmax or logistic (see {@link
 * LogitsTap}). A model that gives probabilities some other way is told by their sum; its scores are
 * their logarithms, and where a probability is 0 the logarithm of the smallest one that it can
 * express, so that every score is finite.
 */
public final class TfliteBatchModel implements BatchModel {

  /** Images that a thread takes at a time. */
  private static final int PORTION = 4;

  private static final int PROBES = 4;
  private static final double SUM_TOLERANCE = 0.02;

  private final ImageShape shape;
  private final int classes;
  private final List<ClassifierWorker> workers;
  private final ExecutorService threads;
  private final boolean logits;

  /**
   * Loads a classifier.
   *
   * @param name what messages call it
   * @param file the {@code .tflite} file
   * @param encoding how pixels 0..1 become the model's real numbers
   * @param threads interpreters that run side by side, 1..64
   * @throws InvalidModelException if TensorFlow Lite refuses it, or it is not one image in, one
   *     vector of at least two scores out
   * @throws io.stopline.autodiff.UnusableModelException if the file is damaged
   */
  public static TfliteBatchModel open(
      String name, byte[] file, InputEncoding encoding, int threads) {
    RuntimeOptions.defaults().withThreads(threads);
    return new TfliteBatchModel(name, LogitsTap.of(file), encoding, threads);
  }

  /**
   * The same with the file's own outputs, nothing tapped: its first largest score names the very
   * label that the file names, ties of 8-bit outputs included. For rulings, not for queries.
   */
  public static TfliteBatchModel openAsShipped(
      String name, byte[] file, InputEncoding encoding, int threads) {
    RuntimeOptions.defaults().withThreads(threads);
    return new TfliteBatchModel(name, new LogitsTap(file, 1, false), encoding, threads);
  }

  private TfliteBatchModel(String name, LogitsTap tap, InputEncoding encoding, int count) {
    workers = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        workers.add(new ClassifierWorker(name, tap, encoding));
      }
    } catch (RuntimeException e) {
      workers.forEach(ClassifierWorker::close);
      throw e;
    }
    ClassifierWorker first = workers.get(0);
    shape = first.shape();
    classes = first.classes();
    threads =
        Executors.newFixedThreadPool(
            Math.max(1, count - 1),
            task -> {
              Thread thread = new Thread(task, "tflite-batch-" + name);
              thread.setDaemon(true);
              return thread;
            });
    logits = tap.found() || !tellsProbabilities();
    if (!logits) {
      workers.forEach(ClassifierWorker::takeLogarithms);
    }
  }

  /** Whether its scores are logits of the file; if not, they are logarithms of probabilities. */
  public boolean tellsLogits() {
    return logits;
  }

  @Override
  public ImageShape shape() {
    return shape;
  }

  @Override
  public int classes() {
    return classes;
  }

  /**
   * {@inheritDoc}
   *
   * @throws io.stopline.sdk.model.InferenceException if the runtime fails or a score is not finite
   */
  @Override
  public void logits(float[] images, int count, float[] scores) {
    int helpers = Math.min(workers.size(), (count + PORTION - 1) / PORTION) - 1;
    AtomicInteger next = new AtomicInteger();
    if (helpers <= 0) {
      workers.get(0).score(images, count, scores, next, PORTION);
      return;
    }
    CountDownLatch done = new CountDownLatch(helpers);
    AtomicReference<RuntimeException> failure = new AtomicReference<>();
    for (int i = 1; i <= helpers; i++) {
      ClassifierWorker worker = workers.get(i);
      threads.execute(
          () -> {
            try {
              worker.score(images, count, scores, next, PORTION);
            } catch (RuntimeException e) {
              failure.compareAndSet(null, e);
            } finally {
              done.countDown();
            }
          });
    }
    try {
      workers.get(0).score(images, count, scores, next, PORTION);
    } finally {
      await(done);
    }
    RuntimeException failed = failure.get();
    if (failed != null) {
      throw failed;
    }
  }

  /** A few random images tell: probabilities are none below 0 and add up to 1. */
  private boolean tellsProbabilities() {
    float[] images = new float[PROBES * shape.size()];
    RandomStream random = new RandomStream(1);
    for (int k = 0; k < images.length; k++) {
      images[k] = (float) random.nextDouble();
    }
    float[] scores = new float[PROBES * classes];
    workers.get(0).score(images, PROBES, scores, new AtomicInteger(), PROBES);
    for (int i = 0; i < PROBES; i++) {
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        float score = scores[i * classes + c];
        if (score < 0) {
          return false;
        }
        sum += score;
      }
      if (Math.abs(sum - 1) > SUM_TOLERANCE) {
        return false;
      }
    }
    return true;
  }

  /** The interpreters are in use until all helpers are back, whatever happens to this thread. */
  private static void await(CountDownLatch done) {
    boolean interrupted = false;
    while (true) {
      try {
        done.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    threads.shutdown();
    workers.forEach(ClassifierWorker::close);
  }
}
