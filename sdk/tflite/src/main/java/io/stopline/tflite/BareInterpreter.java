package io.stopline.tflite;

import static org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorByteSize;
import static org.bytedeco.tensorflowlite.global.tensorflowlite.TfLiteTensorData;
import static org.bytedeco.tensorflowlite.global.tensorflowlite.kTfLiteOk;

import io.stopline.sdk.model.InferenceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorflowlite.BuiltinOpResolver;
import org.bytedeco.tensorflowlite.FlatBufferModel;
import org.bytedeco.tensorflowlite.FlatBufferModelBase;
import org.bytedeco.tensorflowlite.Interpreter;
import org.bytedeco.tensorflowlite.InterpreterBuilder;
import org.bytedeco.tensorflowlite.TfLiteTensor;

/**
 * TensorFlow Lite's own interpreter with XNNPACK, called as directly as Java can: the yardstick
 * that benchmarks hold {@link TfLiteModel} against. It shares no code with it and checks next to
 * nothing: give it a model that {@link TfLiteModel} has loaded. Belongs to one thread.
 */
public final class BareInterpreter implements AutoCloseable {

  private final BytePointer bytes;
  private final FlatBufferModel model;
  private final BuiltinOpResolver resolver;
  private final Interpreter interpreter;
  private final ByteBuffer input;
  private final ByteBuffer output;

  /**
   * @param modelBytes a {@code .tflite} file; copied
   * @param threads as for {@link RuntimeOptions}
   * @throws InvalidModelException if the interpreter cannot be made
   */
  public BareInterpreter(byte[] modelBytes, int threads) {
    TfLiteRuntime.load();
    ModelTrust.require("the model", modelBytes, RuntimeOptions.defaults());
    bytes = new BytePointer(modelBytes);
    model = FlatBufferModelBase.VerifyAndBuildFromBuffer(bytes, modelBytes.length, null, null);
    if (model == null || model.isNull()) {
      bytes.close();
      throw new InvalidModelException(
          "the model is corrupt; load it with TfLiteModel to learn why");
    }
    resolver = new BuiltinOpResolver();
    interpreter = new Interpreter((Pointer) null);
    try (InterpreterBuilder builder = new InterpreterBuilder(model, resolver)) {
      if (builder.SetNumThreads(threads) != kTfLiteOk
          || builder.apply(interpreter) != kTfLiteOk
          || interpreter.AllocateTensors() != kTfLiteOk) {
        close();
        throw new InvalidModelException(
            "no interpreter can be made for the model; load it with TfLiteModel to learn why");
      }
    }
    input = memory(interpreter.tensor(interpreter.inputs().get(0)));
    output = memory(interpreter.tensor(interpreter.outputs().get(0)));
  }

  private static ByteBuffer memory(TfLiteTensor tensor) {
    return new BytePointer(TfLiteTensorData(tensor))
        .capacity(TfLiteTensorByteSize(tensor))
        .asByteBuffer()
        .order(ByteOrder.nativeOrder());
  }

  /** The memory of the first input tensor. */
  public ByteBuffer input() {
    return input;
  }

  /** The memory of the first output tensor. */
  public ByteBuffer output() {
    return output;
  }

  /**
   * Runs the model once.
   *
   * @throws InferenceException if TensorFlow Lite reports a failure
   */
  public void invoke() {
    if (interpreter.Invoke() != kTfLiteOk) {
      throw new InferenceException("the interpreter failed to run");
    }
  }

  @Override
  public void close() {
    interpreter.close();
    resolver.close();
    model.close();
    bytes.close();
  }
}
