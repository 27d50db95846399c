package io.stopline.autodiff;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.stopline.autodiff.Numbers.Doubles;
import io.stopline.autodiff.Numbers.Floats;
import io.stopline.autodiff.operator.Scalar;
import io.stopline.sdk.model.InputEncoding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;

/** A {@code .tflite} classifier rebuilt on PyTorch, in single or double precision. */
final class TfliteModel implements DifferentiableModel {

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

  /** How far the sum of probabilities may be from 1: outputs may be stored in steps of 1/256. */
  private static final double SUM_TOLERANCE = 0.02;

  private static final long PROBE_SEED = 1;

  private final PyTorch engine;
  private final NDManager manager;
  private final Graph graph;
  private final ImageShape shape;
  private final int classes;
  private final DataType precision;
  private final double factor;
  private final Encoding encoding;
  private final int largestBatch;
  private final Deque<Slot> free = new ArrayDeque<>();
  private boolean logarithm;
  private boolean closed;

  /** One chunk of an open recording. */
  private record Pass(Slot slot, int first, NDArray logits) {}

  TfliteModel(TfliteFile file, InputEncoding encoding, DataType precision) {
    this.precision = precision;
    Classification classification = Classification.of(file);
    Head head = classification.head();
    this.shape = classification.shape();
    this.classes = classification.classes();
    this.factor = head.factor();
    this.engine = PyTorch.get();
    this.manager = engine.newManager();
    try {
      this.encoding = new Encoding(encoding, shape, classification.layout(), manager, precision);
      this.graph = new Graph(file, manager, precision, classification.input(), head.tensor());
      this.largestBatch = largestBatch(precision.getNumOfBytes());
      this.logarithm = !head.found() && tellsProbabilities();
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  private int largestBatch(int bytes) {
    long image = COPIES * graph.computedValues() + (long) PIXEL_COPIES * shape.size();
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, RECORDING_BYTES / (image * bytes)));
  }

  @Override
  public int largestBatch() {
    return largestBatch;
  }

  @Override
  public ImageShape shape() {
    return shape;
  }

  @Override
  public int classes() {
    return classes;
  }

  @Override
  public void logits(float[] images, int count, float[] logits) {
    check(images.length, count);
    checkLength("logits", logits.length, count * classes);
    logits(new Floats(images), count, new Floats(logits));
  }

  /** As {@link #logits(float[], int, float[])}, for a model in double precision. */
  void logits(double[] images, int count, double[] logits) {
    logits(new Doubles(images), count, new Doubles(logits));
  }

  private void logits(Numbers images, int count, Numbers logits) {
    List<Callable<Void>> tasks = new ArrayList<>();
    int chunks = chunks(count);
    for (int c = 0; c < chunks; c++) {
      int begin = c * count / chunks;
      int size = (c + 1) * count / chunks - begin;
      tasks.add(
          () -> {
            Pass pass = forward(images, begin, size, false);
            try {
              read(pass.logits(), logits, begin * classes);
            } finally {
              end(pass);
            }
            return null;
          });
    }
    engine.all(tasks);
  }

  @Override
  public Recording record(float[] images, int count) {
    check(images.length, count);
    float[] logits = new float[count * classes];
    List<Pass> passes = record(new Floats(images), count, new Floats(logits));
    return new Recording() {
      @Override
      public float[] logits() {
        return logits;
      }

      @Override
      public void backward(float[] cotangent, float[] gradient) {
        checkLength("cotangent", cotangent.length, count * classes);
        checkLength("gradient", gradient.length, count * shape.size());
        TfliteModel.this.backward(passes, new Floats(cotangent), new Floats(gradient));
      }

      @Override
      public void close() {
        TfliteModel.this.close(passes);
      }
    };
  }

  /** Logits and one gradient, for a model in double precision. */
  void gradient(
      double[] images, int count, double[] cotangent, double[] logits, double[] gradient) {
    List<Pass> passes = record(new Doubles(images), count, new Doubles(logits));
    try {
      backward(passes, new Doubles(cotangent), new Doubles(gradient));
    } finally {
      close(passes);
    }
  }

  private List<Pass> record(Numbers images, int count, Numbers logits) {
    List<Pass> passes = java.util.Collections.synchronizedList(new ArrayList<>());
    List<Callable<Void>> tasks = new ArrayList<>();
    int chunks = chunks(count);
    for (int c = 0; c < chunks; c++) {
      int begin = c * count / chunks;
      int size = (c + 1) * count / chunks - begin;
      tasks.add(
          () -> {
            Pass pass = forward(images, begin, size, true);
            passes.add(pass);
            read(pass.logits(), logits, begin * classes);
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
            slot.setCotangent(cotangent, pass.first() * classes);
            PtNDArray leaf = (PtNDArray) slot.pixels();
            JniUtils.backward((PtNDArray) pass.logits(), (PtNDArray) slot.cotangent(), true, false);
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
    pass.logits().close();
    giveBack(pass.slot());
  }

  private Pass forward(Numbers images, int first, int size, boolean gradients) {
    Slot slot = take(size);
    try {
      slot.setPixels(images, first * shape.size());
      JniUtils.setGradMode(gradients);
      try (NDScope scope = new NDScope()) {
        scope.suppressNotUsedWarning();
        NDArray result = graph.run(encoding.apply(slot.pixels())).reshape(size, classes);
        if (factor != 1) {
          result = Scalar.mul(result, factor);
        }
        if (logarithm) {
          result = Scalar.maximum(result, Float.MIN_NORMAL).log();
        }
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
  private static int chunks(int count) {
    int chunks = (count + CHUNK - 1) / CHUNK;
    return count >= WORTH_SHARING && chunks % 2 == 1 ? chunks + 1 : chunks;
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
    return new Slot(manager, precision, size, shape, classes);
  }

  private synchronized void giveBack(Slot slot) {
    if (!closed) {
      free.push(slot);
    }
  }

  /**
   * Whether outputs of a model without softmax are probabilities: never below 0, with sum 1 for
   * black, white and noise.
   */
  private boolean tellsProbabilities() {
    float[] images = new float[3 * shape.size()];
    Random random = new Random(PROBE_SEED);
    for (int i = 0; i < shape.size(); i++) {
      images[shape.size() + i] = 1;
      images[2 * shape.size() + i] = random.nextFloat();
    }
    double[] scores = new double[3 * classes];
    if (precision == DataType.FLOAT64) {
      double[] precise = new double[images.length];
      for (int i = 0; i < images.length; i++) {
        precise[i] = images[i];
      }
      logits(precise, 3, scores);
    } else {
      float[] logits = new float[scores.length];
      logits(images, 3, logits);
      for (int i = 0; i < logits.length; i++) {
        scores[i] = logits[i];
      }
    }
    for (int n = 0; n < 3; n++) {
      double sum = 0;
      for (int k = 0; k < classes; k++) {
        double score = scores[n * classes + k];
        if (!(score >= 0)) {
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

  /** Arrays that the model holds in the engine, for tests of leaks. */
  int arrays() {
    return manager.getManagedArrays().size();
  }

  private void check(int length, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("%d images; give at least 1".formatted(count));
    }
    checkLength("images", length, count * shape.size());
  }

  private static void checkLength(String what, int length, int needed) {
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
