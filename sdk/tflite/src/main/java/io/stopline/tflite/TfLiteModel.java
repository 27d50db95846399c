package io.stopline.tflite;

import static org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorByteSize;
import static org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorData;
import static org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorDim;
import static org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorName;
import static org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorNumDims;
import static org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorQuantizationParams;
import static org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorType;
import static org.bytedeco.tensorflowlite.global.tensorflowlite.kTfLiteFloat32;
import static org.bytedeco.tensorflowlite.global.tensorflowlite.kTfLiteInt8;
import static org.bytedeco.tensorflowlite.global.tensorflowlite.kTfLiteOk;
import static org.bytedeco.tensorflowlite.global.tensorflowlite.kTfLiteUInt8;

import io.stopline.sdk.model.DelegatePreference;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InferenceException;
import io.stopline.sdk.model.ModelFile;
import io.stopline.sdk.model.ModelStructure;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.model.VisionModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorflowlite.BuiltinOpResolver;
import org.bytedeco.tensorflowlite.FlatBufferModel;
import org.bytedeco.tensorflowlite.FlatBufferModelBase;
import org.bytedeco.tensorflowlite.Interpreter;
import org.bytedeco.tensorflowlite.InterpreterBuilder;
import org.bytedeco.tensorflowlite.RegistrationNodePair;
import org.bytedeco.tensorflowlite.TfLiteNode;
import org.bytedeco.tensorflowlite.TfLiteQuantizationParams;
import org.bytedeco.tensorflowlite.TfLiteTensor;
import org.jspecify.annotations.Nullable;

/**
 * A TensorFlow Lite model on the JVM: verified bytes, one interpreter, XNNPACK. The tensors' own
 * memory is handed out, so nothing is copied; {@link #invoke()} allocates nothing, but for models
 * that compute shapes (as converters write those with an open batch).
 *
 * <p>An instance belongs to one thread at a time; several instances may run side by side. The
 * verifier keeps malformed files out of the interpreter, but it is no proof that a model is
 * harmless: {@link #load} has one that is new run in a child process first ({@link ModelTrust}).
 */
public final class TfLiteModel implements VisionModel {

  /** Larger files are refused, bytes. */
  public static final int MAX_MODEL_BYTES = ModelFile.MAX_BYTES;

  /** Models whose tensors need more memory together are refused, bytes. */
  public static final long MAX_TENSOR_BYTES = 1L << 30;

  private static final int FULLY_CONNECTED = 9;
  private static final int ALLOCATED_WHEN_RUN = 4; // kTfLiteDynamic of TfLiteAllocationType

  private final String name;
  private final Deque<AutoCloseable> natives;
  private final List<TensorSpec> inputs;
  private final List<TensorSpec> outputs;
  private final ByteBuffer[] inputMemory;
  private final ByteBuffer[] outputMemory;
  private final boolean computesShapes;
  private final NodeShare nodes;
  private final String delegate;
  private @Nullable Interpreter interpreter;

  /**
   * Who runs the nodes of the execution plan. A delegate's node stands for all operators that it
   * took in one piece.
   *
   * @param delegate nodes of the delegate that was asked for, if that is not XNNPACK
   * @param xnnpack nodes that XNNPACK took
   * @param cpu operators left to TensorFlow Lite's own kernels
   */
  public record NodeShare(int delegate, int xnnpack, int cpu) {}

  /**
   * Verifies and loads a model, and makes it ready to run. A model that is new on this machine runs
   * in a child process first, which takes about a second.
   *
   * @param name what messages call the model
   * @param bytes the {@code .tflite} file; copied
   * @param options names exactly one delegate; {@link ModelLoader} walks longer preferences
   * @throws InvalidModelException if the file is empty, larger than {@link #MAX_MODEL_BYTES}, no
   *     flatbuffer, refused by the verifier, or not one that this runtime can run; or if it crashes
   *     or hangs the child process
   * @throws DelegateUnavailableException if the delegate is not {@code xnnpack} and is missing or
   *     does not take any part of the model
   * @throws IllegalArgumentException if the options name more than one delegate
   * @throws IllegalStateException if TensorFlow Lite itself cannot be loaded on this machine, or no
   *     child process can be started
   */
  public static TfLiteModel load(String name, byte[] bytes, RuntimeOptions options) {
    return load(name, bytes, options, true);
  }

  /**
   * The same without a trial in a child process, for bytes that this program has just written
   * itself from a model that was loaded before, or from an architecture of its own. Never for bytes
   * that were read from a file.
   */
  public static TfLiteModel loadBuilt(String name, byte[] bytes, RuntimeOptions options) {
    return load(name, bytes, options, false);
  }

  private static TfLiteModel load(
      String name, byte[] bytes, RuntimeOptions options, boolean tried) {
    if (options.delegates().size() != 1) {
      throw new IllegalArgumentException(
          "model '%s': one delegate can be loaded, not %s; use ModelLoader to walk a preference"
              .formatted(name, options.delegates()));
    }
    checkBytes(name, bytes);
    TfLiteRuntime.load();
    Deque<AutoCloseable> natives = new ArrayDeque<>();
    try {
      return new TfLiteModel(name, bytes, options, tried, natives);
    } catch (InvalidModelException | DelegateUnavailableException e) {
      free(natives);
      throw e;
    } catch (OutOfMemoryError e) {
      free(natives);
      throw new InvalidModelException(
          "model '%s' (%d bytes) needs more memory than there is: %s; use a smaller model"
              .formatted(name, bytes.length, e.getMessage()),
          e);
    } catch (IllegalStateException e) {
      free(natives);
      throw e;
    } catch (RuntimeException e) {
      free(natives);
      // JavaCPP turns C++ exceptions into runtime exceptions.
      throw new InvalidModelException(
          "model '%s' cannot be loaded: %s; export it again with TensorFlow Lite's converter"
              .formatted(name, e.getMessage()),
          e);
    }
  }

  private TfLiteModel(
      String name,
      byte[] bytes,
      RuntimeOptions options,
      boolean tried,
      Deque<AutoCloseable> natives) {
    this.name = name;
    this.natives = natives;
    // Freed in reverse order: TensorFlow Lite reads weights from these very bytes until the end.
    BytePointer memory = keep(new BytePointer((long) bytes.length));
    memory.put(bytes);
    FlatBufferModel model =
        FlatBufferModelBase.VerifyAndBuildFromBuffer(memory, bytes.length, null, null);
    if (model == null || model.isNull()) {
      throw new InvalidModelException(
          ("model '%s' (%d bytes) is truncated or corrupt: TensorFlow Lite's verifier refuses it;"
                  + " compare its SHA-256 with the original and copy it again")
              .formatted(name, bytes.length));
    }
    keep(model);
    // The verifier knows the form of tables, not whether an index in them leads anywhere.
    String unsound = ModelStructure.problem(bytes);
    if (!unsound.isEmpty()) {
      throw new InvalidModelException(
          "model '%s' is corrupt or hostile: %s; compare its SHA-256 with the original"
              .formatted(name, unsound));
    }
    if (tried) {
      ModelTrust.require(name, bytes, options);
    }
    BuiltinOpResolver resolver = keep(new BuiltinOpResolver());
    Delegates.@Nullable Handle handle = null;
    String wanted = options.delegates().get(0);
    if (!wanted.equals(DelegatePreference.XNNPACK)) {
      handle = keep(Delegates.create(wanted));
    }
    Interpreter built = new Interpreter((Pointer) null);
    try (InterpreterBuilder builder = new InterpreterBuilder(model, resolver)) {
      if (builder.SetNumThreads(options.threads()) != kTfLiteOk
          || builder.apply(built) != kTfLiteOk
          || built.isNull()) {
        throw refused(bytes, resolver, "no interpreter can be built for it");
      }
    }
    keep(built);
    checkTensorMemory(built);
    if (options.batch() > 1) {
      resizeBatch(built, options.batch());
    }
    if (handle != null) {
      // Before the tensors are allocated, so that XNNPACK gets what this delegate leaves.
      handle.applyTo(name, built);
    }
    if (built.AllocateTensors() != kTfLiteOk) {
      throw refused(bytes, resolver, "its tensors cannot be allocated");
    }
    this.nodes = share(built, handle);
    this.delegate = whatRuns(handle);
    IntPointer inputIndices = built.inputs();
    IntPointer outputIndices = built.outputs();
    this.inputs = new ArrayList<>();
    this.outputs = new ArrayList<>();
    this.inputMemory = tensors(built, inputIndices, "input", inputs);
    this.computesShapes = computesShapes(built, outputIndices);
    if (computesShapes) {
      // Its memory moves while it runs, so what is handed out is memory of its own.
      for (int i = 0; i < inputMemory.length; i++) {
        inputMemory[i] = own(inputMemory[i].capacity());
      }
      runOnce(built);
    }
    this.outputMemory = tensors(built, outputIndices, "output", outputs);
    if (computesShapes) {
      for (int i = 0; i < outputMemory.length; i++) {
        outputMemory[i] = own(outputMemory[i].capacity());
      }
    }
    this.interpreter = built;
  }

  private <T extends AutoCloseable> T keep(T resource) {
    natives.push(resource);
    return resource;
  }

  private static void checkBytes(String name, byte[] bytes) {
    String problem = ModelFile.problem(bytes);
    if (!problem.isEmpty()) {
      throw new InvalidModelException("model '%s' %s".formatted(name, problem));
    }
  }

  /** A hostile shape must not make the allocator ask for all memory of a board. */
  private void checkTensorMemory(Interpreter built) {
    long total = 0;
    for (int i = 0; i < built.tensors_size(); i++) {
      long size = built.tensor(i).bytes();
      total = size < 0 || total + size < 0 ? Long.MAX_VALUE : total + size;
      if (total > MAX_TENSOR_BYTES) {
        throw new InvalidModelException(
            ("model '%s' needs more than %d bytes for its tensors, which no vision model for a"
                    + " vehicle does; check where it comes from")
                .formatted(name, MAX_TENSOR_BYTES));
      }
    }
  }

  private void resizeBatch(Interpreter built, int batch) {
    IntPointer indices = built.inputs();
    for (long i = 0; i < indices.limit(); i++) {
      TfLiteTensor tensor = built.tensor(indices.get(i));
      int[] shape = new int[Math.max(0, TfLiteTensorNumDims(tensor))];
      for (int d = 0; d < shape.length; d++) {
        shape[d] = TfLiteTensorDim(tensor, d);
      }
      if (shape.length < 2 || shape[0] != 1) {
        throw new InvalidModelException(
            "model '%s': input %d has no batch dimension of 1 to resize to %d; use batch 1"
                .formatted(name, i, batch));
      }
      shape[0] = batch;
      if (built.ResizeInputTensor(indices.get(i), shape) != kTfLiteOk) {
        throw new InvalidModelException(
            "model '%s': input %d cannot be resized to batch %d; use batch 1"
                .formatted(name, i, batch));
      }
    }
  }

  private InvalidModelException refused(byte[] bytes, BuiltinOpResolver resolver, String reason) {
    Set<String> unknown = new LinkedHashSet<>();
    Set<String> newer = new LinkedHashSet<>();
    for (ModelStructure.Operator operator : ModelStructure.operators(bytes)) {
      if (operator.builtin() == ModelStructure.CUSTOM) {
        if (isAbsent(resolver.FindOp(operator.custom(), operator.version()))) {
          unknown.add("'" + operator.custom() + "'");
        }
      } else if (isAbsent(resolver.FindOp(operator.builtin(), operator.version()))) {
        newer.add("%s version %d".formatted(operator.name(), operator.version()));
      }
    }
    if (!unknown.isEmpty()) {
      return new InvalidModelException(
          ("model '%s' uses the custom operators %s, which TensorFlow Lite does not have: they need"
                  + " the program that they were written for; convert the model without them")
              .formatted(name, String.join(", ", unknown)));
    }
    if (!newer.isEmpty()) {
      return new InvalidModelException(
          ("model '%s' uses %s, which TensorFlow Lite 2.21 does not know: its converter is newer;"
                  + " convert it with TensorFlow 2.21 or earlier")
              .formatted(name, String.join(", ", newer)));
    }
    return new InvalidModelException(
        ("model '%s' is refused by TensorFlow Lite: %s, for the reason that it gives on standard"
                + " error; export it again with TensorFlow Lite's converter")
            .formatted(name, reason));
  }

  private static boolean isAbsent(@Nullable Pointer pointer) {
    return pointer == null || pointer.isNull();
  }

  /** Asks the interpreter's execution plan which delegate took what. */
  private NodeShare share(Interpreter built, Delegates.@Nullable Handle handle) {
    int wanted = 0;
    int xnnpack = 0;
    int cpu = 0;
    IntPointer plan = built.execution_plan();
    for (long i = 0; i < plan.limit(); i++) {
      RegistrationNodePair pair = built.node_and_registration(plan.get(i));
      TfLiteNode node = pair.first();
      Pointer taker = node.delegate();
      if (isAbsent(taker)) {
        refuseUnsafeOnArm(built, pair);
        cpu++;
      } else if (handle != null && taker.address() == handle.address()) {
        wanted++;
      } else {
        xnnpack++;
      }
    }
    return new NodeShare(wanted, xnnpack, cpu);
  }

  private String whatRuns(Delegates.@Nullable Handle handle) {
    if (handle == null) {
      return nodes.xnnpack() > 0 ? DelegatePreference.XNNPACK : "cpu";
    }
    if (nodes.delegate() == 0) {
      throw new DelegateUnavailableException(
          "delegate '%s' took no node of model '%s'".formatted(handle.name(), name));
    }
    return handle.name();
  }

  /**
   * On arm64 TensorFlow Lite's own int8 fully connected kernel crashes on a layer without bias;
   * with XNNPACK it does not run.
   */
  private void refuseUnsafeOnArm(Interpreter built, RegistrationNodePair pair) {
    if (!TfLiteRuntime.isArm64() || pair.second().builtin_code() != FULLY_CONNECTED) {
      return;
    }
    var nodeInputs = pair.first().inputs();
    boolean noBias = nodeInputs.size() < 3 || nodeInputs.data(2) < 0;
    if (noBias && TfLiteTensorType(built.tensor(nodeInputs.data(0))) == kTfLiteInt8) {
      throw new InvalidModelException(
          ("model '%s' has an int8 fully connected layer without bias that XNNPACK did not take;"
                  + " TensorFlow Lite crashes on it on arm64. Export the layer with a bias")
              .formatted(name));
    }
  }

  private static ByteBuffer own(int bytes) {
    return ByteBuffer.allocateDirect(bytes);
  }

  /** Whether any tensor gets its shape and its memory only while the model runs. */
  private static boolean computesShapes(Interpreter built, IntPointer outputIndices) {
    for (int i = 0; i < outputIndices.limit(); i++) {
      // Behind a shape that is not known yet nothing is allocated.
      if (isAbsent(TfLiteTensorData(built.tensor(outputIndices.get(i))))) {
        return true;
      }
    }
    for (int i = 0; i < built.tensors_size(); i++) {
      if (built.tensor(i).allocation_type() == ALLOCATED_WHEN_RUN) {
        return true;
      }
    }
    return false;
  }

  /** Computed shapes depend on shapes alone in models of images: one run tells them. */
  private void runOnce(Interpreter built) {
    copyIn(built);
    if (built.Invoke() != kTfLiteOk) {
      throw new InvalidModelException(
          ("model '%s' computes shapes and failed to run; TensorFlow Lite's own message is on"
                  + " standard error")
              .formatted(name));
    }
  }

  private void copyIn(Interpreter open) {
    for (int i = 0; i < inputMemory.length; i++) {
      ByteBuffer memory = inputMemory[i];
      bytes(open.tensor(open.inputs().get(i))).put(0, memory, 0, memory.capacity());
    }
  }

  private void copyOut(Interpreter open) {
    for (int i = 0; i < outputMemory.length; i++) {
      ByteBuffer memory = outputMemory[i];
      TfLiteTensor tensor = open.tensor(open.outputs().get(i));
      if (TfLiteTensorByteSize(tensor) != memory.capacity()) {
        throw new InferenceException(
            "model '%s' gives output %d another size for another input; export it with fixed shapes"
                .formatted(name, i));
      }
      memory.put(0, bytes(tensor), 0, memory.capacity());
    }
  }

  private static ByteBuffer bytes(TfLiteTensor tensor) {
    return new BytePointer(TfLiteTensorData(tensor))
        .capacity(TfLiteTensorByteSize(tensor))
        .asByteBuffer();
  }

  private ByteBuffer[] tensors(
      Interpreter built, IntPointer indices, String role, List<TensorSpec> specs) {
    int count = (int) indices.limit();
    if (count == 0) {
      throw new InvalidModelException(
          "model '%s' has no %s; export it with one".formatted(name, role));
    }
    ByteBuffer[] memory = new ByteBuffer[count];
    for (int i = 0; i < count; i++) {
      TfLiteTensor tensor = built.tensor(indices.get(i));
      TensorSpec spec = spec(tensor, role, i, role.equals("input") || count > 1);
      Pointer data = TfLiteTensorData(tensor);
      long size = TfLiteTensorByteSize(tensor);
      if (isAbsent(data) || size != spec.bytes()) {
        throw new InvalidModelException(
            ("model '%s': the shape of %s %d '%s' is not known even after a run; export it with"
                    + " fixed shapes")
                .formatted(name, role, i, spec.name()));
      }
      memory[i] = new BytePointer(data).capacity(size).asByteBuffer();
      specs.add(spec);
    }
    return memory;
  }

  private TensorSpec spec(TfLiteTensor tensor, String role, int index, boolean mayCount) {
    int typeCode = TfLiteTensorType(tensor);
    ElementType type;
    if (typeCode == kTfLiteFloat32) {
      type = ElementType.FLOAT32;
    } else if (typeCode == kTfLiteUInt8) {
      type = ElementType.UINT8;
    } else if (typeCode == kTfLiteInt8) {
      type = ElementType.INT8;
    } else {
      throw new InvalidModelException(
          "model '%s': %s %d has TensorFlow Lite type %d; export it as float32, uint8 or int8"
              .formatted(name, role, index, typeCode));
    }
    List<Integer> shape = new ArrayList<>();
    for (int d = 0; d < TfLiteTensorNumDims(tensor); d++) {
      shape.add(TfLiteTensorDim(tensor, d));
    }
    if (shape.stream().anyMatch(d -> d < 1)) {
      throw new InvalidModelException(
          "model '%s': %s %d has shape %s; export it with dimensions above 0"
              .formatted(name, role, index, shape));
    }
    boolean real = type == ElementType.FLOAT32;
    TfLiteQuantizationParams quantization = TfLiteTensorQuantizationParams(tensor);
    BytePointer label = TfLiteTensorName(tensor);
    try {
      return new TensorSpec(
          isAbsent(label) ? "" : label.getString(),
          shape,
          type,
          mayCount
              ? TensorSpec.ownScale(type, quantization.scale())
              : real ? 0 : quantization.scale(),
          real ? 0 : quantization.zero_point());
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new InvalidModelException(
          "model '%s': %s %d is not usable: %s; export it again"
              .formatted(name, role, index, e.getMessage()),
          e);
    }
  }

  /** What messages call the model. */
  public String name() {
    return name;
  }

  /**
   * Which library computes here, for example {@code TensorFlow Lite 2.15.0 on linux-x86_64}.
   *
   * @throws IllegalStateException if it cannot be loaded
   */
  public static String runtime() {
    TfLiteRuntime.load();
    return "TensorFlow Lite %s on %s"
        .formatted(
            org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteVersion().getString(),
            org.bytedeco.javacpp.Loader.getPlatform());
  }

  /** Who runs the nodes of this model. */
  public NodeShare nodes() {
    return nodes;
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
    return view(inputMemory, index);
  }

  @Override
  public ByteBuffer output(int index) {
    return view(outputMemory, index);
  }

  private ByteBuffer view(ByteBuffer[] memory, int index) {
    if (interpreter == null) {
      throw closed();
    }
    return memory[index].duplicate().order(ByteOrder.nativeOrder());
  }

  @Override
  public void invoke() {
    Interpreter open = interpreter;
    if (open == null) {
      throw closed();
    }
    if (computesShapes) {
      copyIn(open);
    }
    if (open.Invoke() != kTfLiteOk) {
      throw new InferenceException(
          "model '%s' failed to run on %s; TensorFlow Lite's own message is on standard error"
              .formatted(name, delegate));
    }
    if (computesShapes) {
      copyOut(open);
    }
  }

  private IllegalStateException closed() {
    return new IllegalStateException("model '%s' is closed; load it again".formatted(name));
  }

  @Override
  public String delegate() {
    return delegate;
  }

  @Override
  public void close() {
    interpreter = null;
    free(natives);
  }

  private static void free(Deque<AutoCloseable> natives) {
    while (!natives.isEmpty()) {
      try {
        natives.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("native memory could not be freed", e);
      }
    }
  }
}
