package io.stopline.autodiff;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.stopline.autodiff.Numbers.Floats;
import io.stopline.autodiff.operator.Scalar;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.LocalScores;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.schema.BuiltinOperator;

/**
 * The weights of a {@code .tflite} file under training. A batch is cut into chunks; chunk {@code c}
 * always belongs to replica {@code c mod REPLICAS} of the graph. Replicas share the weights' memory
 * but gather gradients apart, and the sum over replicas is taken in their order: so no two threads
 * add to one number, and the result does not depend on how many there are.
 */
final class TfliteTraining implements TrainableModel {

  /** As for attacks: what a core's cache holds of small images (docs/decisions/0007). */
  private static final int CHUNK = 32;

  /** From this size on fewer images make a chunk, px. */
  private static final int SMALL = 64 * 64;

  /** Most chunks that are computed side by side. */
  private static final int REPLICAS = 8;

  private final TfliteFile file;
  private final PyTorch engine;
  private final NDManager manager;
  private final Classification classification;

  /** Null if there is none; {@link #noLocalScores} says why. */
  private final @Nullable LocalScores local;

  private final String noLocalScores;
  private final List<Replica> replicas = new ArrayList<>();
  private final List<Graph.Parameter> parameters;
  private final List<WeightTensor> tensors;
  private final int weights;

  /** Images a chunk, at most. */
  private final int chunk;

  /**
   * Whether whoever trains asks for pixels too, as far as the last pass tells. Those of the first
   * layer are not free, and most methods do not ask.
   */
  private boolean pixelsWanted;

  private boolean closed;

  /** The graph once more, with leaves of its own over the shared weights. */
  private static final class Replica {
    final Graph graph;
    final Encoding encoding;
    final List<Graph.Parameter> parameters;
    final List<Slot> free = new ArrayList<>();
    final List<BoxSlot> freeBoxes = new ArrayList<>();

    Replica(Graph graph, Encoding encoding) {
      this.graph = graph;
      this.encoding = encoding;
      this.parameters = graph.parameters();
    }

    void wantWeights(boolean wanted) {
      for (Graph.Parameter parameter : parameters) {
        parameter.values().setRequiresGradient(wanted);
      }
    }

    Slot take(NDManager manager, int size, ImageShape shape, int scores) {
      for (int i = 0; i < free.size(); i++) {
        if (free.get(i).images() == size && free.get(i).scores() == scores) {
          return free.remove(i);
        }
      }
      return new Slot(manager, DataType.FLOAT32, size, shape, scores);
    }

    BoxSlot takeBoxes(NDManager manager, int size, ImageShape shape, int classes) {
      for (int i = 0; i < freeBoxes.size(); i++) {
        if (freeBoxes.get(i).boxes() == size) {
          return freeBoxes.remove(i);
        }
      }
      return new BoxSlot(manager, size, shape, classes);
    }
  }

  /** One chunk of an open pass over boxes. */
  private record BoxPass(Replica replica, BoxSlot slot, int first, NDArray margins) {}

  /** One chunk of an open pass. */
  private record Pass(Replica replica, Slot slot, int first, NDArray logits) {}

  TfliteTraining(TfliteFile file, InputEncoding encoding) {
    this.file = file;
    this.classification = Classification.of(file);
    LocalScores found = null;
    String reason = "";
    try {
      found = LocalScores.of("in training", file.bytes());
    } catch (IllegalArgumentException e) {
      reason = String.valueOf(e.getMessage());
    }
    this.local = found;
    this.noLocalScores = reason;
    this.chunk = Math.max(1, Math.min(CHUNK, CHUNK * SMALL / (shape().width() * shape().height())));
    this.engine = PyTorch.get();
    this.manager = engine.newManager();
    try {
      Graph first = null;
      for (int r = 0; r < REPLICAS; r++) {
        Graph graph =
            new Graph(
                file,
                manager,
                DataType.FLOAT32,
                classification.input(),
                local == null
                    ? List.of(classification.head().tensor())
                    : List.of(classification.head().tensor(), local.tensor()),
                first);
        first = first == null ? graph : first;
        replicas.add(
            new Replica(
                graph,
                new Encoding(
                    encoding,
                    classification.shape(),
                    classification.layout(),
                    manager,
                    DataType.FLOAT32)));
      }
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
    this.parameters = replicas.get(0).parameters;
    if (parameters.isEmpty()) {
      manager.close();
      throw new UnusableModelException(
          "the model has no float32 weights to train; give the float32 file, not the quantised"
              + " one");
    }
    List<WeightTensor> described = new ArrayList<>();
    int offset = 0;
    for (Graph.Parameter p : parameters) {
      described.add(new WeightTensor(p.tensor().name(), role(p), offset, p.tensor().shape()));
      offset += p.tensor().elements();
    }
    this.tensors = List.copyOf(described);
    this.weights = offset;
    int learnt = replicas.get(0).graph.learntValues();
    if (weights < learnt) {
      manager.close();
      throw new UnusableModelException(
          ("only %,d of the model's %,d weights are float32 and could be trained; give the float32"
                  + " file that it was made from")
              .formatted(weights, learnt));
    }
  }

  private static Role role(Graph.Parameter parameter) {
    if (parameter.bias()) {
      return Role.BIAS;
    }
    return switch (parameter.builtin()) {
      case BuiltinOperator.CONV_2D -> Role.FILTER;
      case BuiltinOperator.DEPTHWISE_CONV_2D -> Role.DEPTHWISE_FILTER;
      default -> Role.MATRIX;
    };
  }

  @Override
  public ImageShape shape() {
    return classification.shape();
  }

  @Override
  public int classes() {
    return classification.classes();
  }

  @Override
  public List<WeightTensor> tensors() {
    return tensors;
  }

  @Override
  public int weights() {
    return weights;
  }

  @Override
  public void read(float[] values) {
    check("weights", values.length, weights);
    for (int p = 0; p < parameters.size(); p++) {
      WeightTensor tensor = tensors.get(p);
      parameters.get(p).memory().asFloatBuffer().get(values, tensor.offset(), tensor.size());
    }
  }

  @Override
  public void write(float[] values) {
    check("weights", values.length, weights);
    for (int p = 0; p < parameters.size(); p++) {
      WeightTensor tensor = tensors.get(p);
      parameters.get(p).memory().asFloatBuffer().put(values, tensor.offset(), tensor.size());
    }
  }

  @Override
  public void logits(float[] images, int count, float[] logits) {
    check("images", images.length, count * shape().size());
    check("logits", logits.length, count * classes());
    chunks(
        count,
        chunk -> {
          Pass pass = forward(images, chunk, count, false, false, false, classes());
          read(pass.logits(), logits, pass.first() * classes());
          end(pass);
        });
  }

  @Override
  public Recording record(float[] images, int count) {
    Walk walk = new Walk(images, count, false, classes());
    return new Recording() {
      @Override
      public float[] logits() {
        return walk.logits;
      }

      @Override
      public void backward(float[] cotangent, float[] gradient) {
        walk.back(cotangent, gradient);
      }

      @Override
      public void close() {
        walk.close();
      }
    };
  }

  @Override
  public LocalScores localScores() {
    if (local == null) {
      throw new UnusableModelException(noLocalScores);
    }
    return local;
  }

  @Override
  public Training train(float[] images, int count) {
    return training(new Walk(images, count, true, classes()));
  }

  @Override
  public Training trainLocal(float[] images, int count) {
    LocalScores map = localScores();
    return training(new Walk(images, count, true, map.height() * map.width() * map.classes()));
  }

  private Training training(Walk walk) {
    return new Training() {
      @Override
      public float[] logits() {
        return walk.logits;
      }

      @Override
      public void backward(float[] cotangent, float[] gradient, float @Nullable [] pixels) {
        check("weights", gradient.length, weights);
        pixelsWanted = pixels != null;
        walk.back(cotangent, pixels);
        addGradients(walk.chunks(), gradient);
      }

      @Override
      public void close() {
        walk.close();
      }
    };
  }

  @Override
  public Bounds bounds(float[] low, float[] high, int[] labels, int count) {
    check("low", low.length, count * shape().size());
    check("high", high.length, count * shape().size());
    check("labels", labels.length, count);
    return new Boxes(low, high, labels, count);
  }

  /** A pass over boxes, open until it is closed. */
  private final class Boxes implements Bounds {
    private final float[] margins;
    private final int count;
    private final @Nullable BoxPass[] passes;

    Boxes(float[] low, float[] high, int[] labels, int count) {
      this.count = count;
      this.margins = new float[count * classes()];
      this.passes = new BoxPass[TfliteTraining.this.chunks(count)];
      try {
        TfliteTraining.this.chunks(
            count,
            chunk -> {
              BoxPass pass = forward(low, high, labels, chunk);
              passes[chunk] = pass;
              TfliteTraining.read(pass.margins(), margins, pass.first() * classes());
            });
      } catch (RuntimeException e) {
        close();
        throw e;
      }
    }

    private BoxPass forward(float[] low, float[] high, int[] labels, int chunk) {
      int first = first(chunk, count);
      Replica replica = replicas.get(chunk % REPLICAS);
      BoxSlot slot =
          replica.takeBoxes(manager, first(chunk + 1, count) - first, shape(), classes());
      slot.set(low, high, labels, first);
      replica.wantWeights(true);
      JniUtils.setGradMode(true);
      try (NDScope scope = new NDScope()) {
        scope.suppressNotUsedWarning();
        NDArray result =
            replica.graph.margins(replica.encoding.apply(slot.pixels()), slot.labels());
        if (classification.head().factor() != 1) {
          result = Scalar.mul(result, classification.head().factor());
        }
        NDScope.unregister(result);
        return new BoxPass(replica, slot, first, result);
      }
    }

    @Override
    public float[] margins() {
      return margins;
    }

    @Override
    public void backward(float[] cotangent, float[] gradient) {
      check("cotangent", cotangent.length, count * classes());
      check("weights", gradient.length, weights);
      TfliteTraining.this.chunks(
          count,
          chunk -> {
            BoxPass pass = passes[chunk];
            if (pass == null) {
              throw new IllegalStateException("the bounds are closed; take them again");
            }
            pass.replica().wantWeights(true);
            pass.slot().setCotangent(cotangent, pass.first());
            JniUtils.backward(
                (PtNDArray) pass.margins(), (PtNDArray) pass.slot().cotangent(), true, false);
          });
      addGradients(passes.length, gradient);
    }

    @Override
    public void close() {
      for (int chunk = 0; chunk < passes.length; chunk++) {
        BoxPass pass = passes[chunk];
        passes[chunk] = null;
        if (pass != null) {
          pass.margins().close();
          pass.replica().freeBoxes.add(pass.slot());
        }
      }
    }
  }

  /** A forward pass over a batch, open until it is closed. */
  private final class Walk {
    final float[] logits;
    private final int count;
    private final int scores;
    private final boolean toWeights;
    private final boolean toPixels;
    private final @Nullable Pass[] passes;

    /**
     * @param scores of one image: of its classes, or of them in each cell
     */
    Walk(float[] images, int count, boolean toWeights, int scores) {
      check("images", images.length, count * shape().size());
      this.count = count;
      this.toWeights = toWeights;
      this.toPixels = !toWeights || pixelsWanted;
      this.scores = scores;
      this.logits = new float[count * scores];
      this.passes = new Pass[TfliteTraining.this.chunks(count)];
      try {
        TfliteTraining.this.chunks(
            count,
            chunk -> {
              Pass pass = forward(images, chunk, count, true, toWeights, toPixels, scores);
              passes[chunk] = pass;
              TfliteTraining.read(pass.logits(), logits, pass.first() * scores);
            });
      } catch (RuntimeException e) {
        close();
        throw e;
      }
    }

    int chunks() {
      return passes.length;
    }

    void back(float[] cotangent, float @Nullable [] pixels) {
      check("cotangent", cotangent.length, count * scores);
      if (pixels != null) {
        check("gradient", pixels.length, count * shape().size());
      }
      TfliteTraining.this.chunks(
          count,
          chunk -> {
            Pass pass = passes[chunk];
            if (pass == null) {
              throw new IllegalStateException("the recording is closed; record the batch again");
            }
            if (pixels != null && !toPixels) {
              // Did not expect to be asked. The slot still holds the images.
              pass.logits().close();
              pass = run(pass.replica(), pass.slot(), pass.first(), true, true, true);
              passes[chunk] = pass;
            }
            Slot slot = pass.slot();
            pass.replica().wantWeights(toWeights);
            slot.setCotangent(new Floats(cotangent), pass.first() * scores);
            PtNDArray leaf = (PtNDArray) slot.pixels();
            JniUtils.backward((PtNDArray) pass.logits(), (PtNDArray) slot.cotangent(), true, false);
            if (leaf.hasGradient()) {
              if (pixels != null) {
                try (NDArray sum = leaf.getGradient()) {
                  TfliteTraining.read(sum, pixels, pass.first() * shape().size());
                }
              }
              JniUtils.zeroGrad(leaf);
            }
          });
    }

    void close() {
      for (int chunk = 0; chunk < passes.length; chunk++) {
        Pass pass = passes[chunk];
        passes[chunk] = null;
        if (pass != null) {
          end(pass);
        }
      }
    }
  }

  private Pass forward(
      float[] images,
      int chunk,
      int count,
      boolean gradients,
      boolean toWeights,
      boolean toPixels,
      int scores) {
    int first = first(chunk, count);
    int size = first(chunk + 1, count) - first;
    Replica replica = replicas.get(chunk % REPLICAS);
    Slot slot = replica.take(manager, size, shape(), scores);
    slot.setPixels(new Floats(images), first * shape().size());
    return run(replica, slot, first, gradients, toWeights, toPixels);
  }

  private Pass run(
      Replica replica,
      Slot slot,
      int first,
      boolean gradients,
      boolean toWeights,
      boolean toPixels) {
    replica.wantWeights(toWeights);
    slot.pixels().setRequiresGradient(toPixels);
    JniUtils.setGradMode(gradients);
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      NDArray result =
          replica
              .graph
              .runAll(replica.encoding.apply(slot.pixels()))
              .get(slot.scores() == classes() ? 0 : 1)
              .reshape(slot.images(), slot.scores());
      if (classification.head().factor() != 1) {
        result = Scalar.mul(result, classification.head().factor());
      }
      NDScope.unregister(result);
      return new Pass(replica, slot, first, result);
    } finally {
      JniUtils.setGradMode(true);
    }
  }

  private static void end(Pass pass) {
    pass.logits().close();
    pass.replica().free.add(pass.slot());
  }

  /** Runs the chunks; those of one replica one after the other. */
  private void chunks(int count, IntConsumer task) {
    if (closed) {
      throw new IllegalStateException("the model is closed; open it again");
    }
    if (count < 1) {
      throw new IllegalArgumentException("%d images; give at least 1".formatted(count));
    }
    int chunks = chunks(count);
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int r = 0; r < Math.min(chunks, REPLICAS); r++) {
      int replica = r;
      tasks.add(
          () -> {
            for (int c = replica; c < chunks; c += REPLICAS) {
              task.accept(c);
            }
            return null;
          });
    }
    engine.all(tasks);
  }

  /** Depends on the batch alone; an even number, so that two cores share a batch. */
  private int chunks(int count) {
    int chunks = (count + chunk - 1) / chunk;
    return count > 1 && chunks % 2 == 1 ? chunks + 1 : chunks;
  }

  /** Where a chunk begins. */
  private int first(int chunk, int count) {
    return (int) ((long) chunk * count / chunks(count));
  }

  /** Each worker sums some of the tensors over all replicas, in the order of the replicas. */
  private void addGradients(int chunks, float[] sum) {
    int parts = engine.workers();
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int k = 0; k < parts; k++) {
      int part = k;
      tasks.add(
          () -> {
            for (int p = 0; p < tensors.size(); p++) {
              if ((long) tensors.get(p).offset() * parts / weights == part) {
                addGradients(p, Math.min(chunks, REPLICAS), sum);
              }
            }
            return null;
          });
    }
    engine.all(tasks);
  }

  private void addGradients(int p, int replicasUsed, float[] sum) {
    int offset = tensors.get(p).offset();
    for (int r = 0; r < replicasUsed; r++) {
      PtNDArray leaf = (PtNDArray) replicas.get(r).parameters.get(p).values();
      try (NDArray array = leaf.getGradient()) {
        FloatBuffer gradient =
            array.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
        for (int i = 0; i < gradient.capacity(); i++) {
          sum[offset + i] += gradient.get(i);
        }
      }
      JniUtils.zeroGrad(leaf);
    }
  }

  private static void read(NDArray from, float[] to, int offset) {
    new Floats(to).write(offset, from.toByteBuffer(true).order(ByteOrder.nativeOrder()));
  }

  private static void check(String what, int length, int needed) {
    if (length < needed) {
      throw new IllegalArgumentException(
          "%s has %d values; %d are needed".formatted(what, length, needed));
    }
  }

  @Override
  public byte[] file() {
    for (Graph.Parameter parameter : parameters) {
      FloatBuffer values = parameter.memory().asFloatBuffer();
      ByteBuffer stored = file.data(parameter.tensor());
      for (int i = 0; i < values.capacity(); i++) {
        stored.putFloat(4 * i, values.get(i));
      }
    }
    return file.bytes();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      manager.close();
    }
  }
}
