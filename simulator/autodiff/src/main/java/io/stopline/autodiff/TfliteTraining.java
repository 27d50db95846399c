package io.stopline.autodiff;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.stopline.autodiff.Numbers.Floats;
import io.stopline.autodiff.operator.Scalar;
import io.stopline.sdk.model.InputEncoding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Trains the weights of a {@code .tflite} file with Adam. */
final class TfliteTraining implements TrainableModel {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  private final TfliteFile file;
  private final PyTorch engine;
  private final NDManager manager;
  private final Classification classification;
  private final Graph graph;
  private final Encoding encoding;
  private final List<Moments> moments = new ArrayList<>();
  private @Nullable NDArray recorded;
  private @Nullable NDArray recordedPixels;
  private int steps;

  /** A weight tensor and what Adam remembers of its gradients. */
  private record Moments(Graph.Parameter parameter, Memory mean, Memory square) {}

  /** Java numbers, one a weight. */
  private static final class Memory {
    final float[] values;

    Memory(int size) {
      this.values = new float[size];
    }
  }

  TfliteTraining(TfliteFile file, InputEncoding encoding) {
    this.file = file;
    this.classification = Classification.of(file);
    this.engine = PyTorch.get();
    this.manager = engine.newManager();
    try {
      this.graph =
          new Graph(
              file,
              manager,
              DataType.FLOAT32,
              classification.input(),
              classification.head().tensor());
      this.encoding = new Encoding(encoding, classification.shape(), manager, DataType.FLOAT32);
      for (Graph.Parameter parameter : graph.parameters()) {
        parameter.values().setRequiresGradient(true);
        int size = parameter.tensor().elements();
        moments.add(new Moments(parameter, new Memory(size), new Memory(size)));
      }
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
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
  public float[] forward(float[] images, int count) {
    ImageShape shape = shape();
    float[] logits = new float[count * classes()];
    return engine.allCores(
        () -> {
          forget();
          ByteBuffer memory =
              ByteBuffer.allocateDirect(count * shape.size() * Float.BYTES)
                  .order(ByteOrder.nativeOrder());
          new Floats(images).read(0, memory);
          try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray pixels =
                manager.create(
                    memory,
                    new Shape(count, shape.height(), shape.width(), shape.channels()),
                    DataType.FLOAT32);
            NDArray result = graph.run(encoding.apply(pixels)).reshape(count, classes());
            if (classification.head().factor() != 1) {
              result = Scalar.mul(result, classification.head().factor());
            }
            // The first filter's gradient needs the pixels, which lie in Java memory.
            NDScope.unregister(result, pixels);
            recorded = result;
            recordedPixels = pixels;
            new Floats(logits).write(0, result.toByteBuffer(true).order(ByteOrder.nativeOrder()));
          }
          return logits;
        });
  }

  @Override
  public void step(float[] cotangent, double learningRate) {
    NDArray result = recorded;
    if (result == null) {
      throw new IllegalStateException("no forward pass to step from; call forward first");
    }
    engine.allCores(
        () -> {
          try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            NDArray direction = manager.create(cotangent, result.getShape());
            JniUtils.backward((PtNDArray) result, (PtNDArray) direction, false, false);
            steps++;
            double rate =
                learningRate * Math.sqrt(1 - Math.pow(BETA2, steps)) / (1 - Math.pow(BETA1, steps));
            for (Moments m : moments) {
              update(m, rate);
            }
          }
          forget();
          return null;
        });
  }

  private void update(Moments m, double rate) {
    PtNDArray leaf = (PtNDArray) m.parameter().values();
    try (NDArray array = leaf.getGradient()) {
      FloatBuffer gradient =
          array.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
      FloatBuffer weights = m.parameter().memory().asFloatBuffer();
      float[] mean = m.mean().values;
      float[] square = m.square().values;
      for (int i = 0; i < mean.length; i++) {
        double g = gradient.get(i);
        mean[i] = (float) (BETA1 * mean[i] + (1 - BETA1) * g);
        square[i] = (float) (BETA2 * square[i] + (1 - BETA2) * g * g);
        weights.put(
            i, (float) (weights.get(i) - rate * mean[i] / (Math.sqrt(square[i]) + EPSILON)));
      }
    }
    JniUtils.zeroGrad(leaf);
  }

  private void forget() {
    NDArray old = recorded;
    NDArray oldPixels = recordedPixels;
    recorded = null;
    recordedPixels = null;
    if (oldPixels != null) {
      oldPixels.close();
    }
    if (old != null) {
      old.close();
    }
  }

  @Override
  public byte[] file() {
    for (Moments m : moments) {
      FloatBuffer weights = m.parameter().memory().asFloatBuffer();
      ByteBuffer stored = file.data(m.parameter().tensor());
      for (int i = 0; i < weights.capacity(); i++) {
        stored.putFloat(4 * i, weights.get(i));
      }
    }
    return file.bytes();
  }

  @Override
  public void close() {
    forget();
    manager.close();
  }
}
