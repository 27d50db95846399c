package io.stopline.autodiff;

import io.stopline.autodiff.operator.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.OperatorT;
import org.tensorflow.lite.schema.TensorType;

/**
 * A model that computes with float32 activations, with all of its weights in float32. Files that
 * TensorFlow Lite's dynamic-range or float16 quantisation made store their weights in fewer bits:
 * what reads only float32 weights, such as training, would pass over nearly all of them.
 *
 * <p>Weights become the numbers that they stand for, so nothing is gained that quantisation lost.
 * For float16 the function is the same. TensorFlow Lite's kernels for float activations and int8
 * weights also round the activations, to 256 steps a pass, and this form does not; so its outputs
 * differ a little from the file's.
 *
 * @param file the {@code .tflite} file in float32; the given one if there was nothing to restore
 * @param restored number of values that were stored in fewer bits
 * @param types of these values in the given file, such as {@code INT8}
 */
@SuppressWarnings("ArrayRecordComponent") // a model file is handed on, not compared
public record FloatForm(byte[] file, int restored, Set<String> types) {

  private static final Set<Byte> SHORT =
      Set.of(TensorType.INT8, TensorType.UINT8, TensorType.FLOAT16);

  public FloatForm {
    types = Set.copyOf(types);
  }

  /**
   * Restores the weights of a file. One with integer activations (full-integer quantisation) is
   * given back as it is.
   *
   * @throws UnusableModelException if the bytes are no sound {@code .tflite} file
   */
  public static FloatForm of(byte[] file) {
    TfliteFile read = new TfliteFile(file);
    Set<Integer> unpacked = new HashSet<>();
    Map<Integer, Tensor> constants = new TreeMap<>();
    for (TfliteFile.Step step : read.steps()) {
      if (unpacks(read, step)) {
        unpacked.add(step.place());
        add(read, constants, step.outputs().get(0));
      } else {
        step.inputs().stream().filter(i -> isShort(read, i)).forEach(i -> add(read, constants, i));
      }
    }
    // What an integer operator reads too has to stay.
    for (TfliteFile.Step step : read.steps()) {
      if (!unpacked.contains(step.place()) && !computesFloats(read, step)) {
        step.inputs().forEach(constants::remove);
      }
    }
    if (constants.isEmpty()) {
      return new FloatForm(file.clone(), 0, Set.of());
    }
    ModelRewriter rewriter = new ModelRewriter(file);
    Set<String> types = new TreeSet<>();
    int restored = 0;
    for (Tensor tensor : constants.values()) {
      types.add(TensorType.name(read.storedAs(tensor).type()));
      restored += tensor.elements();
      rewriter.fix(tensor.index(), TensorType.FLOAT32, floats(read.reals(tensor)));
    }
    List<OperatorT> operators = new ArrayList<>();
    OperatorT[] all = rewriter.graph().getOperators();
    for (int place = 0; place < all.length; place++) {
      if (!unpacked.contains(place)) {
        operators.add(all[place]);
      }
    }
    rewriter.graph().setOperators(operators.toArray(new OperatorT[0]));
    forget(rewriter, read, unpacked);
    return new FloatForm(rewriter.bytes(), restored, types);
  }

  private static void add(TfliteFile read, Map<Integer, Tensor> constants, int t) {
    constants.put(t, read.tensors().get(t));
  }

  /** An operator that only makes floats of constants. */
  private static boolean unpacks(TfliteFile read, TfliteFile.Step step) {
    return step.builtin() == BuiltinOperator.DEQUANTIZE
        && read.tensors().get(step.outputs().get(0)).constant();
  }

  private static boolean isShort(TfliteFile read, int t) {
    if (t < 0) {
      return false;
    }
    Tensor tensor = read.tensors().get(t);
    return tensor.constant()
        && SHORT.contains(tensor.type())
        && (tensor.type() == TensorType.FLOAT16 || tensor.quantization().present());
  }

  private static boolean computesFloats(TfliteFile read, TfliteFile.Step step) {
    return step.builtin() != BuiltinOperator.CUSTOM
        && step.outputs().stream()
            .allMatch(o -> read.tensors().get(o).type() == TensorType.FLOAT32);
  }

  /** What was unpacked is needed no more, so that its bytes need not stay in the file. */
  private static void forget(ModelRewriter rewriter, TfliteFile read, Set<Integer> unpacked) {
    Set<Integer> readStill = new HashSet<>();
    for (OperatorT operator : rewriter.graph().getOperators()) {
      Arrays.stream(operator.getInputs()).forEach(readStill::add);
    }
    for (TfliteFile.Step step : read.steps()) {
      int packed = step.inputs().isEmpty() ? -1 : step.inputs().get(0);
      if (unpacked.contains(step.place()) && !readStill.contains(packed)) {
        rewriter.graph().getTensors()[packed].setBuffer(0);
      }
    }
  }

  private static ByteBuffer floats(double[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      bytes.putFloat((float) value);
    }
    return bytes.flip();
  }

  /** Whether the given file stored any weights in fewer bits. */
  public boolean changed() {
    return restored > 0;
  }

  /** For messages, to be put behind the model's name; says what was done. */
  public String sentence() {
    return ("stores %,d weights as %s (dynamic-range or float16 quantisation); all of them are"
            + " taken as float32 from here on")
        .formatted(restored, String.join(" and ", new TreeSet<>(types)).toLowerCase(Locale.ROOT));
  }
}
