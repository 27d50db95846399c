package io.stopline.android;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockConstruction;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.stopline.sdk.model.DelegateSelector;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InferenceException;
import io.stopline.sdk.model.VisionModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mockito.MockedConstruction;
import org.tensorflow.lite.DataType;
import org.tensorflow.lite.Delegate;
import org.tensorflow.lite.Interpreter;
import org.tensorflow.lite.Tensor;
import org.tensorflow.lite.gpu.CompatibilityList;
import org.tensorflow.lite.gpu.GpuDelegate;
import org.tensorflow.lite.nnapi.NnApiDelegate;

/**
 * The official Android API with its native half replaced: every interpreter here halves its uint8
 * input, and one with a wrong delegate does not.
 */
class AndroidModelLoaderTest {

  /** A flatbuffer with one subgraph that has nothing in it. */
  private static final byte[] MODEL =
      ByteBuffer.allocate(44)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putInt(20) // the root table
          .put("TFL3".getBytes(StandardCharsets.US_ASCII))
          // Its vtable: 10 bytes, of a table of 8; field 2, the subgraphs, at 4.
          .putShort((short) 10)
          .putShort((short) 8)
          .putInt(0)
          .putShort((short) 4)
          .position(20)
          .putInt(12) // back to the vtable
          .putInt(4) // on to the vector
          .putInt(1) // one element
          .putInt(8) // on to the subgraph
          .putShort((short) 4) // its vtable has no fields
          .putShort((short) 4)
          .putInt(4) // back to it
          .array();

  private static final int ANDROID_14 = 34;

  private final List<Interpreter.Options> settings = new ArrayList<>();
  private final List<int[]> resized = new ArrayList<>();
  private boolean gpuSupported = true;
  private int offBy;
  private boolean gpuRefusesModel;
  private boolean nnapiErrors;
  private DataType type = DataType.UINT8;
  private MockedConstruction<Interpreter> interpreters;
  private MockedConstruction<GpuDelegate> gpus;
  private MockedConstruction<NnApiDelegate> nnapis;
  private MockedConstruction<CompatibilityList> lists;

  @SuppressWarnings("deprecation") // CompatibilityList's own return type is.
  AndroidModelLoaderTest() {
    lists =
        mockConstruction(
            CompatibilityList.class,
            (list, context) -> {
              when(list.isDelegateSupportedOnThisDevice()).thenReturn(gpuSupported);
              when(list.getBestOptionsForThisDevice()).thenReturn(new GpuDelegate.Options());
            });
    gpus = mockConstruction(GpuDelegate.class);
    nnapis =
        mockConstruction(
            NnApiDelegate.class,
            (nnapi, context) -> {
              when(nnapi.hasErrors()).thenAnswer(call -> nnapiErrors);
              when(nnapi.getNnapiErrno()).thenReturn(4);
            });
    interpreters = mockConstruction(Interpreter.class, this::interpreter);
  }

  private void interpreter(Interpreter interpreter, MockedConstruction.Context context) {
    ByteBuffer model = (ByteBuffer) context.arguments().get(0);
    assertThat(model.isDirect()).isTrue();
    assertThat(model.remaining()).isEqualTo(MODEL.length);
    Interpreter.Options options = (Interpreter.Options) context.arguments().get(1);
    settings.add(options);
    boolean delegated = !options.getDelegates().isEmpty();
    if (gpuRefusesModel && delegated) {
      doThrow(new IllegalArgumentException("ModifyGraphWithDelegate failed"))
          .when(interpreter)
          .allocateTensors();
    }
    Tensor input = tensor("image", new int[] {1, 2, 2, 3});
    Tensor output = tensor("scores", new int[] {1, 12});
    when(interpreter.getInputTensorCount()).thenReturn(1);
    when(interpreter.getOutputTensorCount()).thenReturn(1);
    when(interpreter.getInputTensor(0)).thenReturn(input);
    when(interpreter.getOutputTensor(0)).thenReturn(output);
    doAnswer(
            call -> {
              resized.add(call.getArgument(1));
              when(input.shape()).thenReturn(call.getArgument(1));
              return null;
            })
        .when(interpreter)
        .resizeInput(any(Integer.class), any(int[].class));
    doAnswer(
            call -> {
              ByteBuffer in = (ByteBuffer) call.getArgument(0, Object[].class)[0];
              ByteBuffer out = (ByteBuffer) requireNonNull(call.getArgument(1, Map.class).get(0));
              while (out.hasRemaining()) {
                out.put((byte) ((in.get() & 0xff) / 2 + (delegated ? offBy : 0)));
              }
              return null;
            })
        .when(interpreter)
        .runForMultipleInputsOutputs(any(), any());
  }

  private Tensor tensor(String name, int[] shape) {
    Tensor tensor = mock(Tensor.class);
    when(tensor.name()).thenReturn(name);
    when(tensor.dataType()).thenReturn(type);
    when(tensor.shape()).thenReturn(shape);
    when(tensor.quantizationParams()).thenReturn(new Tensor.QuantizationParams(0.5f, 0));
    return tensor;
  }

  @AfterEach
  void restore() {
    interpreters.close();
    gpus.close();
    nnapis.close();
    lists.close();
  }

  @Test
  void takesTheGpuIfItAgreesWithTheCpu() {
    DelegateSelector.Selection selection = open(ANDROID_14, "gpu", "nnapi", "xnnpack");
    try (VisionModel model = selection.model()) {
      assertThat(selection.passedOver()).isEmpty();
      assertThat(model.delegate()).isEqualTo("gpu");
      assertThat(settings.get(1).getDelegates()).containsExactly(gpus.constructed().get(0));
      assertThat(settings.get(1).getNumThreads()).isEqualTo(2);
      assertThat(nnapis.constructed()).isEmpty();
      // The CPU's interpreter was only for comparison.
      verify(interpreters.constructed().get(0)).close();

      model.input(0).put(0, (byte) 200);
      model.invoke();
      assertThat(model.output(0).get(0)).isEqualTo((byte) 100);
      assertThat(model.inputs().get(0).type()).isEqualTo(ElementType.UINT8);
      assertThat(model.inputs().get(0).scale()).isEqualTo(0.5);
    }
  }

  @Test
  void takesNnapiWhereItIsPreferred() {
    try (VisionModel model = open(ANDROID_14, "nnapi").model()) {
      assertThat(model.delegate()).isEqualTo("nnapi");
    }
  }

  @Test
  void passesOverADelegateThatDisagrees() {
    offBy = 1;
    assertPassedOver("gpu", "disagrees with the CPU on reference input 0 by 0.5");
    verify(gpus.constructed().get(0)).close();
    verify(interpreters.constructed().get(1)).close();
  }

  @Test
  void passesOverAGpuThatIsNotSupported() {
    gpuSupported = false;
    assertPassedOver("gpu", "list of compatible GPUs");
    assertThat(gpus.constructed()).isEmpty();
  }

  @Test
  void passesOverADelegateThatRefusesTheModel() {
    gpuRefusesModel = true;
    assertPassedOver("gpu", "ModifyGraphWithDelegate failed");
    verify(gpus.constructed().get(0)).close();
    verify(interpreters.constructed().get(1)).close();
  }

  @Test
  void passesOverNnapiThatReportsErrors() {
    nnapiErrors = true;
    assertPassedOver("nnapi", "NNAPI reports error 4");
  }

  @Test
  void passesOverNnapiBeforeAndroid81() {
    DelegateSelector.Selection selection = open(26, "nnapi");
    assertThat(selection.model().delegate()).isEqualTo("xnnpack");
    assertThat(selection.passedOver().get(0).reason())
        .contains("needs Android API level 27, this device has 26");
    assertThat(nnapis.constructed()).isEmpty();
  }

  @Test
  void isNoAndroidHere() {
    assertThat(AndroidVersion.ofThisDevice().apiLevel()).isZero();
  }

  @Test
  void passesOverExternalDelegates() {
    assertPassedOver("external:/vendor/lib.so", "loads no external delegates");
  }

  @Test
  void usesXnnpackWithoutAnyDelegateObject() {
    try (VisionModel model = open(ANDROID_14, "xnnpack", "gpu").model()) {
      assertThat(model.delegate()).isEqualTo("xnnpack");
      assertThat(settings).hasSize(1);
      assertThat(settings.get(0).getDelegates()).isEmpty();
      assertThat(settings.get(0).getUseXNNPACK()).isTrue();
      assertThat(gpus.constructed()).isEmpty();
    }
  }

  @Test
  void resizesTheBatchBeforeAllocation() {
    AndroidModel model =
        AndroidModel.load(
            "m",
            MODEL,
            "xnnpack",
            new AndroidRuntimeOptions(List.of("xnnpack"), 1, 3),
            () -> ANDROID_14);
    assertThat(resized.get(0)).containsExactly(3, 2, 2, 3);
    assertThat(model.inputs().get(0).shape()).containsExactly(3, 2, 2, 3);
    Interpreter interpreter = interpreters.constructed().get(0);
    var order = inOrder(interpreter);
    order.verify(interpreter).resizeInput(any(Integer.class), any(int[].class));
    order.verify(interpreter).allocateTensors();
    model.close();
  }

  @Test
  void closesTheInterpreterBeforeItsDelegateAndOnlyOnce() {
    VisionModel model = open(ANDROID_14, "gpu").model();
    model.close();
    model.close();
    Interpreter interpreter = interpreters.constructed().get(1);
    Delegate gpu = gpus.constructed().get(0);
    var order = inOrder(interpreter, gpu);
    order.verify(interpreter, times(1)).close();
    order.verify(gpu, times(1)).close();
    assertThatThrownBy(model::invoke)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is closed");
    assertThatThrownBy(() -> model.input(0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void reportsARunThatFails() {
    try (VisionModel model = open(ANDROID_14, "xnnpack").model()) {
      Interpreter interpreter = interpreters.constructed().get(0);
      doThrow(new IllegalStateException("Internal error"))
          .when(interpreter)
          .runForMultipleInputsOutputs(any(), any());
      assertThatThrownBy(model::invoke)
          .isInstanceOf(InferenceException.class)
          .hasMessageContaining("'m'")
          .hasMessageContaining("Internal error");
      verify(interpreter, never()).close();
    }
  }

  @Test
  void refusesWhatIsNoModel() {
    assertThatThrownBy(() -> load(new byte[0])).hasMessageContaining("'m' is empty");
    assertThatThrownBy(() -> load(new byte[99])).hasMessageContaining("no TensorFlow Lite");
    assertThat(interpreters.constructed()).isEmpty();
    type = DataType.STRING;
    assertThatThrownBy(() -> load(MODEL))
        .isInstanceOf(InvalidModelException.class)
        .hasMessageContaining("type STRING");
    verify(interpreters.constructed().get(0)).close();
  }

  private void assertPassedOver(String delegate, String reason) {
    DelegateSelector.Selection selection = open(ANDROID_14, delegate);
    try (VisionModel model = selection.model()) {
      assertThat(model.delegate()).isEqualTo("xnnpack");
      assertThat(selection.passedOver()).hasSize(1);
      assertThat(selection.passedOver().get(0).delegate()).isEqualTo(delegate);
      assertThat(selection.passedOver().get(0).reason()).contains(reason);
    }
  }

  private static DelegateSelector.Selection open(int apiLevel, String... delegates) {
    return new AndroidModelLoader(() -> apiLevel)
        .open(
            "m",
            MODEL,
            new AndroidRuntimeOptions(List.of(delegates), 2, 1),
            List.of(new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100}),
            0.1);
  }

  private static void load(byte[] bytes) {
    AndroidModel.load("m", bytes, "xnnpack", AndroidRuntimeOptions.defaults(), () -> ANDROID_14)
        .close();
  }
}
