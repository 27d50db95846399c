package io.stopline.android;

import io.stopline.sdk.model.DelegatePreference;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InferenceException;
import io.stopline.sdk.model.ModelFile;
import io.stopline.sdk.model.ModelStructure;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.model.VisionModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.DataType;
import org.tensorflow.lite.Delegate;
import org.tensorflow.lite.Interpreter;
import org.tensorflow.lite.Tensor;
import org.tensorflow.lite.nnapi.NnApiDelegate;

/**
 * A TensorFlow Lite model on Android, over the official {@code org.tensorflow.lite.Interpreter}.
 *
 * <p>That API does not hand out a tensor's writable memory. {@link #input} and {@link #output} are
 * direct buffers of this class, and the interpreter copies between them and its tensors: one copy
 * each way an invocation. An instance belongs to one thread at a time; the GPU delegate must be run
 * on the thread that opened it.
 */
public final class AndroidModel implements VisionModel {

  private final String name;
  private final String delegateName;
  private final @Nullable Delegate delegate;
  private final List<TensorSpec> inputs;
  private final List<TensorSpec> outputs;
  private final ByteBuffer[] inputMemory;
  private final Map<Integer, Object> outputMemory;
  private @Nullable Interpreter interpreter;

  /**
   * Loads a model on one delegate. The flatbuffer is verified by TensorFlow Lite.
   *
   * @param delegate {@code xnnpack}, {@code gpu} or {@code nnapi}
   * @throws InvalidModelException if the file is empty, too large, no flatbuffer, refused by the
   *     interpreter on the CPU, or has tensors that a guard cannot use
   * @throws DelegateUnavailableException if the delegate is missing or does not accept the model
   */
  static AndroidModel load(
      String name,
      byte[] bytes,
      String delegate,
      AndroidRuntimeOptions options,
      AndroidVersion version) {
    String problem = ModelFile.problem(bytes);
    if (!problem.isEmpty()) {
      throw new InvalidModelException("model '%s' %s".formatted(name, problem), null);
    }
    String unsound = ModelStructure.problem(bytes);
    if (!unsound.isEmpty()) {
      throw new InvalidModelException(
          "model '%s' is corrupt or hostile: %s; compare its SHA-256 with the original"
              .formatted(name, unsound),
          null);
    }
    Delegate created = AndroidDelegates.create(delegate, version);
    Interpreter interpreter = null;
    try {
      Interpreter.Options settings = new Interpreter.Options();
      settings.setNumThreads(options.threads());
      settings.setUseXNNPACK(true);
      if (created != null) {
        settings.addDelegate(created);
      }
      interpreter = new Interpreter(direct(bytes), settings);
      AndroidModel model = new AndroidModel(name, delegate, created, interpreter, options.batch());
      interpreter = null;
      created = null;
      return model;
    } catch (InvalidModelException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      if (delegate.equals(DelegatePreference.XNNPACK)) {
        throw new InvalidModelException(
            "model '%s' is refused by TensorFlow Lite: %s; export it again with its converter"
                .formatted(name, e.getMessage()),
            e);
      }
      throw new DelegateUnavailableException(
          "delegate '%s' does not accept model '%s': %s".formatted(delegate, name, e.getMessage()),
          e);
    } finally {
      if (interpreter != null) {
        interpreter.close();
      }
      if (created != null) {
        created.close();
      }
    }
  }

  private AndroidModel(
      String name,
      String delegateName,
      @Nullable Delegate delegate,
      Interpreter interpreter,
      int batch) {
    this.name = name;
    this.delegateName = delegateName;
    this.delegate = delegate;
    if (batch > 1) {
      resizeBatch(interpreter, batch);
    }
    interpreter.allocateTensors();
    this.inputs = new ArrayList<>();
    this.inputMemory = new ByteBuffer[interpreter.getInputTensorCount()];
    for (int i = 0; i < inputMemory.length; i++) {
      TensorSpec spec = spec(interpreter.getInputTensor(i), "input", i, true);
      inputs.add(spec);
      inputMemory[i] = memory(spec);
    }
    this.outputs = new ArrayList<>();
    this.outputMemory = new HashMap<>();
    for (int i = 0; i < interpreter.getOutputTensorCount(); i++) {
      TensorSpec spec =
          spec(interpreter.getOutputTensor(i), "output", i, interpreter.getOutputTensorCount() > 1);
      outputs.add(spec);
      outputMemory.put(i, memory(spec));
    }
    if (inputs.isEmpty() || outputs.isEmpty()) {
      throw new InvalidModelException(
          "model '%s' has %d inputs and %d outputs; export it with at least one of each"
              .formatted(name, inputs.size(), outputs.size()),
          null);
    }
    this.interpreter = interpreter;
  }

  private void resizeBatch(Interpreter open, int batch) {
    for (int i = 0; i < open.getInputTensorCount(); i++) {
      int[] shape = open.getInputTensor(i).shape().clone();
      if (shape.length < 2 || shape[0] != 1) {
        throw new InvalidModelException(
            "model '%s': input %d has no batch dimension of 1 to resize to %d; use batch 1"
                .formatted(name, i, batch),
            null);
      }
      shape[0] = batch;
      open.resizeInput(i, shape);
    }
  }

  private TensorSpec spec(Tensor tensor, String role, int index, boolean mayCount) {
    DataType type = tensor.dataType();
    ElementType element =
        switch (type) {
          case FLOAT32 -> ElementType.FLOAT32;
          case UINT8 -> ElementType.UINT8;
          case INT8 -> ElementType.INT8;
          default ->
              throw new InvalidModelException(
                  "model '%s': %s %d has type %s; export it as float32, uint8 or int8"
                      .formatted(name, role, index, type),
                  null);
        };
    List<Integer> shape = new ArrayList<>();
    for (int dimension : tensor.shape()) {
      shape.add(dimension);
    }
    if (shape.stream().anyMatch(d -> d < 1)) {
      throw new InvalidModelException(
          "model '%s': %s %d has shape %s; export it with fixed dimensions above 0"
              .formatted(name, role, index, shape),
          null);
    }
    try {
      if (element == ElementType.FLOAT32) {
        return new TensorSpec(tensor.name(), shape, element, 0, 0);
      }
      Tensor.QuantizationParams quantization = tensor.quantizationParams();
      double scale = quantization.getScale();
      return new TensorSpec(
          tensor.name(),
          shape,
          element,
          mayCount ? TensorSpec.ownScale(element, scale) : scale,
          quantization.getZeroPoint());
    } catch (IllegalArgumentException e) {
      throw new InvalidModelException(
          "model '%s': %s %d is not usable: %s; export it again"
              .formatted(name, role, index, e.getMessage()),
          e);
    }
  }

  private static ByteBuffer memory(TensorSpec spec) {
    return ByteBuffer.allocateDirect(spec.bytes()).order(ByteOrder.nativeOrder());
  }

  /** The interpreter does not copy a direct buffer; it keeps it reachable. */
  private static ByteBuffer direct(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.nativeOrder());
    buffer.put(bytes).rewind();
    return buffer;
  }

  @Override
  public List<TensorSpec> inputs() {
    return List.copyOf(inputs);
  }

  @Override
  public List<TensorSpec> outputs() {
    return List.copyOf(outputs);
  }

  @Override
  public ByteBuffer input(int index) {
    return view(inputMemory[index]);
  }

  @Override
  public ByteBuffer output(int index) {
    Object memory = outputMemory.get(index);
    if (memory == null) {
      throw new IndexOutOfBoundsException("model '%s' has no output %d".formatted(name, index));
    }
    return view((ByteBuffer) memory);
  }

  private ByteBuffer view(ByteBuffer memory) {
    if (interpreter == null) {
      throw closed();
    }
    ByteBuffer view = memory.duplicate().order(ByteOrder.nativeOrder());
    view.clear();
    return view;
  }

  @Override
  public void invoke() {
    Interpreter open = interpreter;
    if (open == null) {
      throw closed();
    }
    for (ByteBuffer buffer : inputMemory) {
      buffer.rewind();
    }
    for (Object buffer : outputMemory.values()) {
      ((ByteBuffer) buffer).rewind();
    }
    try {
      open.runForMultipleInputsOutputs(inputMemory, outputMemory);
    } catch (RuntimeException e) {
      throw new InferenceException(
          "model '%s' failed to run on %s: %s".formatted(name, delegateName, e.getMessage()));
    }
    if (delegate instanceof NnApiDelegate nnapi && nnapi.hasErrors()) {
      throw new InferenceException(
          "model '%s': NNAPI reports error %d".formatted(name, nnapi.getNnapiErrno()));
    }
  }

  private IllegalStateException closed() {
    return new IllegalStateException("model '%s' is closed; load it again".formatted(name));
  }

  /**
   * The delegate that TensorFlow Lite accepted for this model. Its Java API does not tell how many
   * operators the delegate took.
   */
  @Override
  public String delegate() {
    return delegateName;
  }

  @Override
  public void close() {
    Interpreter open = interpreter;
    interpreter = null;
    if (open != null) {
      // The interpreter runs in the delegate's memory: it goes first.
      open.close();
      if (delegate != null) {
        delegate.close();
      }
    }
  }
}
