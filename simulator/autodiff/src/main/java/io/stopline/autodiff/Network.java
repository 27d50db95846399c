package io.stopline.autodiff;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.stopline.sdk.model.ImageLayout;
import io.stopline.sdk.model.InputEncoding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A function from images to rows of numbers, rebuilt from a {@code .tflite} file on PyTorch, in
 * single or double precision: what classifiers and detectors have in common. A batch is cut into
 * chunks that the workers share.
 */
final class Network implements AutoCloseable {

  /**
   * Most images that a worker computes at once: more of them pay the calls, fewer are still in the
   * cache when the next operator reads them (measured, see docs/decisions/0007).
   */
  private static final int CHUNK = 32;

  /** For what a recording remembers of a batch, and for what a caller keeps beside it. */
  private static final long RECORDING_BYTES = 448L << 20;

  /** Of each value that is computed: itself, its gradient, and a copy in another order of axes. */
  private static final int COPIES = 3;

  /** Of each pixel: what an attack keeps of a batch in Java, and the engine until it is encoded. */
  private static final int PIXEL_COPIES = 48;

  /** From here on a batch is cut into an even number of chunks, so that two cores share it. */
  private static final int WORTH_SHARING = 8;

  /**
   * Where a network begins.
   *
   * @param tensor of the images
   * @param shape of one image as callers have it
   * @param layout how the tensor holds it; null if it is taken as it is
   */
  record Input(int tensor, ImageShape shape, @Nullable ImageLayout layout) {}

  /** What becomes of the file's tensors. */
  @FunctionalInterface
  interface Reading {
    /**
     * Called inside a scope that lets go of what is made.
     *
     * @param tensors as they were asked for
     * @param images in the batch
     * @return images × values
     */
    NDArray apply(List<NDArray> tensors, int images);
  }

  /** One chunk of an open recording. */
  private record Pass(Slot slot, int first, NDArray values) {}

  private final PyTorch engine;
  private final NDManager manager;
  private final Graph graph;
  private final ImageShape shape;
  private final int values;
  private final DataType precision;
  private final Encoding encoding;
  private final Reading reading;
  private final int worthSharing;
  private final int largestBatch;
  private final Deque<Slot> free = new ArrayDeque<>();
  private boolean closed;

  /**
   * @param manager of {@link PyTorch#newManager()}; closed with the network, also if it fails here
   * @param outputs tensors that the reading is given
   * @param values numbers in a row
   */
  Network(
      TfliteFile file,
      NDManager manager,
      Input input,
      InputEncoding encoding,
      DataType precision,
      List<Integer> outputs,
      int values,
      Reading reading) {
    this.engine = PyTorch.get();
    this.manager = manager;
    this.precision = precision;
    this.shape = input.shape();
    this.values = values;
    this.reading = reading;
    try {
      this.encoding = new Encoding(encoding, shape, input.layout(), manager, precision);
      this.graph = new Graph(file, manager, precision, input.tensor(), outputs);
      this.largestBatch = largestBatch(precision.getNumOfBytes());
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
    // What one image computes fills the caches: each worker takes images alone.
    this.worthSharing = largestBatch < CHUNK ? 2 : WORTH_SHARING;
  }

  private int largestBatch(int bytes) {
    long image = COPIES * graph.computedValues() + (long) PIXEL_COPIES * shape.size();
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, RECORDING_BYTES / (image * bytes)));
  }

  ImageShape shape() {
    return shape;
  }

  int values() {
    return values;
  }

  /** Images that should be looked at together at most. */
  int largestBatch() {
    return largestBatch;
  }

  /** The rows of a batch. */
  void values(Numbers images, int count, Numbers into) {
    List<Callable<Void>> tasks = new ArrayList<>();
    int chunks = chunks(count);
    for (int c = 0; c < chunks; c++) {
      int begin = c * count / chunks;
      int size = (c + 1) * count / chunks - begin;
      tasks.add(
          () -> {
            Pass pass = forward(images, begin, size, false);
            try {
              read(pass.values(), into, begin * values);
            } finally {
              end(pass);
            }
            return null;
          });
    }
    engine.all(tasks);
  }

  /** A forward pass that is remembered. */
  final class Recording implements AutoCloseable {
    private final List<Pass> passes;

    private Recording(List<Pass> passes) {
      this.passes = passes;
    }

    /**
     * @param cotangent images × values
     * @param gradient receives images × pixels
     */
    void backward(Numbers cotangent, Numbers gradient) {
      Network.this.backward(passes, cotangent, gradient);
    }

    @Override
    public void close() {
      Network.this.close(passes);
    }
  }

  /**
   * Computes and remembers.
   *
   * @param into receives images × values
   */
  Recording record(Numbers images, int count, Numbers into) {
    return new Recording(passes(images, count, into));
  }

  private List<Pass> passes(Numbers images, int count, Numbers into) {
    List<Pass> passes = Collections.synchronizedList(new ArrayList<>());
    List<Callable<Void>> tasks = new ArrayList<>();
    int chunks = chunks(count);
    for (int c = 0; c < chunks; c++) {
      int begin = c * count / chunks;
      int size = (c + 1) * count / chunks - begin;
      tasks.add(
          () -> {
            Pass pass = forward(images, begin, size, true);
            passes.add(pass);
            read(pass.values(), into, begin * values);
            return null;
          });
    }
    try {
      engine.all(tasks);
    } catch (RuntimeException e) {
      close(passes);
      throw e;
    }
    return passes;
  }

  private void backward(List<Pass> passes, Numbers cotangent, Numbers gradient) {
    if (closed || passes.isEmpty()) {
      throw new IllegalStateException("the recording is closed; record the batch again");
    }
    List<Callable<Void>> tasks = new ArrayList<>();
    for (Pass pass : passes) {
      tasks.add(
          () -> {
            Slot slot = pass.slot();
            slot.setCotangent(cotangent, pass.first() * values);
            PtNDArray leaf = (PtNDArray) slot.pixels();
            JniUtils.backward((PtNDArray) pass.values(), (PtNDArray) slot.cotangent(), true, false);
            try (NDArray sum = leaf.getGradient()) {
              read(sum, gradient, pass.first() * shape.size());
            }
            JniUtils.zeroGrad(leaf);
            return null;
          });
    }
    engine.all(tasks);
  }

  private void close(List<Pass> passes) {
    passes.forEach(this::end);
    passes.clear();
  }

  private void end(Pass pass) {
    pass.values().close();
    giveBack(pass.slot());
  }

  private Pass forward(Numbers images, int first, int size, boolean gradients) {
    Slot slot = take(size);
    try {
      slot.setPixels(images, first * shape.size());
      JniUtils.setGradMode(gradients);
      try (NDScope scope = new NDScope()) {
        scope.suppressNotUsedWarning();
        NDArray result = reading.apply(graph.runAll(encoding.apply(slot.pixels())), size);
        NDScope.unregister(result);
        return new Pass(slot, first, result);
      } finally {
        JniUtils.setGradMode(true);
      }
    } catch (RuntimeException e) {
      giveBack(slot);
      throw e;
    }
  }

  /** Depends on the batch alone, so that results do not depend on the machine's processors. */
  private int chunks(int count) {
    int chunks = (count + CHUNK - 1) / CHUNK;
    return count >= worthSharing && chunks % 2 == 1 ? chunks + 1 : chunks;
  }

  private static void read(NDArray from, Numbers to, int offset) {
    ByteBuffer memory = from.toByteBuffer(true).order(ByteOrder.nativeOrder());
    to.write(offset, memory);
  }

  private synchronized Slot take(int size) {
    if (closed) {
      throw new IllegalStateException("the model is closed; open it again");
    }
    for (Slot slot : free) {
      if (slot.images() == size) {
        free.remove(slot);
        return slot;
      }
    }
    for (Slot slot : free) {
      if (slot.resize(size)) {
        free.remove(slot);
        return slot;
      }
    }
    Slot small = free.poll();
    if (small != null) {
      small.close();
    }
    return new Slot(manager, precision, size, shape, values);
  }

  private synchronized void giveBack(Slot slot) {
    if (!closed) {
      free.push(slot);
    }
  }

  /** Arrays that the network holds in the engine, for tests of leaks. */
  int arrays() {
    return manager.getManagedArrays().size();
  }

  void check(int length, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("%d images; give at least 1".formatted(count));
    }
    checkLength("images", length, count * shape.size());
  }

  static void checkLength(String what, int length, int needed) {
    if (length < needed) {
      throw new IllegalArgumentException(
          "%s has %d values; %d are needed".formatted(what, length, needed));
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      free.clear();
      manager.close();
    }
  }
}
