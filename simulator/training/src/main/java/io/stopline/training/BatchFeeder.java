package io.stopline.training;

import io.stopline.sdk.random.RandomStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Prepares batches on a thread of its own, one ahead of the step that uses them. What is drawn for
 * an image depends on seed, epoch, image and showing alone.
 */
final class BatchFeeder implements AutoCloseable {

  /** One is being used, one waits, one is being written. */
  private static final int SLOTS = 3;

  /** A prepared batch, or why there is none. */
  private record Prepared(@Nullable Batch batch, @Nullable Throwable failure) {}

  private final TrainingSource source;
  private final TrainingSource.Renderer renderer;
  private final double balance;
  private final long orderSeed;
  private final int batch;
  private final int epochs;
  private final long seed;
  private final BlockingQueue<Batch> free = new ArrayBlockingQueue<>(SLOTS);
  private final BlockingQueue<Prepared> ready = new ArrayBlockingQueue<>(SLOTS + 1);
  private final Thread thread;
  private @Nullable Batch taken;

  /**
   * @param batch images a batch, at most as many as an epoch has
   * @param balance how far rare classes are evened out
   * @param epochs after the last one there are no more batches
   * @param firstEpoch and {@code firstBatch}: where to begin
   * @param orderSeed of the order of images
   * @param seed of what is drawn for an image
   */
  BatchFeeder(
      TrainingSource source,
      int batch,
      double balance,
      int epochs,
      int firstEpoch,
      int firstBatch,
      long orderSeed,
      long seed) {
    this.source = source;
    this.renderer = source.renderer();
    this.balance = balance;
    this.orderSeed = orderSeed;
    this.batch = batch;
    this.epochs = epochs;
    this.seed = seed;
    for (int s = 0; s < SLOTS; s++) {
      free.add(
          new Batch(
              new float[batch * source.shape().size()],
              new int[batch],
              new long[batch],
              new float[batch * source.targets()],
              batch));
    }
    thread = new Thread(() -> prepare(firstEpoch, firstBatch), "training-batches");
    thread.setDaemon(true);
    thread.start();
  }

  private void prepare(int firstEpoch, int firstBatch) {
    try {
      int from = firstBatch;
      for (int epoch = firstEpoch; epoch < epochs; epoch++) {
        long[] places = source.order(balance, RandomStream.derive(orderSeed, epoch));
        long epochSeed = RandomStream.derive(seed, epoch);
        for (int b = from; (b + 1) * batch <= places.length; b++) {
          Batch next = free.take();
          for (int i = 0; i < batch; i++) {
            long place = places[b * batch + i];
            renderer.render(place, RandomStream.derive(epochSeed, place), next, i);
          }
          ready.put(new Prepared(next, null));
        }
        from = 0;
      }
    } catch (InterruptedException e) {
      // Closed: nobody waits for a batch any more.
    } catch (RuntimeException | Error e) {
      ready.add(new Prepared(null, e));
    }
  }

  /** The next batch; the one before it is given back and will be overwritten. */
  Batch next() {
    Batch used = taken;
    taken = null;
    if (used != null) {
      free.add(used);
    }
    Prepared prepared;
    try {
      prepared = ready.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a batch", e);
    }
    if (prepared.batch() == null) {
      throw new IllegalStateException(
          "a training batch could not be prepared: " + prepared.failure(), prepared.failure());
    }
    taken = prepared.batch();
    return prepared.batch();
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
