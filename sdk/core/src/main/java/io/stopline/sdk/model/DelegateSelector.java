package io.stopline.sdk.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks an ordered preference of delegates and takes the first that works: it opens, it runs, and
 * on reference inputs it agrees with the CPU. Every other one before it is passed over with a
 * reason. The CPU with XNNPACK is always the last resort.
 */
public final class DelegateSelector {

  /** Opens the model on one delegate. */
  @FunctionalInterface
  public interface Opener {

    /**
     * Called first for {@link DelegatePreference#XNNPACK}, whose failure is a failure of the model.
     *
     * @throws RuntimeException if the delegate is missing or does not take the model; its message
     *     becomes the reason
     */
    VisionModel open(String delegate);
  }

  /**
   * A delegate that was preferred and is not used.
   *
   * @param delegate as the preference names it
   * @param reason for a person: what is missing, failed or differs
   */
  public record PassedOver(String delegate, String reason) {}

  /**
   * What was taken.
   *
   * @param model owned by the caller
   * @param passedOver in the order of the preference
   */
  public record Selection(VisionModel model, List<PassedOver> passedOver) {
    public Selection {
      passedOver = List.copyOf(passedOver);
    }
  }

  private DelegateSelector() {}

  /**
   * Opens the model on the best delegate. Candidates are opened and run on the calling thread, one
   * at a time, beside the model on the CPU.
   *
   * @param preference see {@link DelegatePreference#validated}
   * @param inputs raw bytes of the input tensor, in its own type and quantisation; an input for one
   *     image is repeated to fill a batch
   * @param tolerance largest absolute difference of any dequantised output that is still agreement,
   *     0 or above
   * @throws IllegalArgumentException if the preference or the tolerance is not sound, or an input
   *     does not fit the model
   */
  public static Selection select(
      List<String> preference, Opener opener, List<byte[]> inputs, double tolerance) {
    if (!(tolerance >= 0) || Double.isInfinite(tolerance)) {
      throw new IllegalArgumentException(
          "parity tolerance is %s; give a finite number of 0 or above".formatted(tolerance));
    }
    List<String> wanted = DelegatePreference.validated(preference);
    VisionModel cpu = opener.open(DelegatePreference.XNNPACK);
    boolean keepCpu = false;
    try {
      checkInputs(cpu, inputs);
      List<PassedOver> passedOver = new ArrayList<>();
      for (String delegate : wanted) {
        if (delegate.equals(DelegatePreference.XNNPACK)) {
          break;
        }
        try {
          VisionModel candidate = opener.open(delegate);
          String objection = objection(candidate, cpu, inputs, tolerance);
          if (objection.isEmpty()) {
            return new Selection(candidate, passedOver);
          }
          candidate.close();
          passedOver.add(new PassedOver(delegate, objection));
        } catch (RuntimeException | LinkageError e) {
          passedOver.add(new PassedOver(delegate, String.valueOf(e.getMessage())));
        }
      }
      keepCpu = true;
      return new Selection(cpu, passedOver);
    } finally {
      if (!keepCpu) {
        cpu.close();
      }
    }
  }

  private static void checkInputs(VisionModel cpu, List<byte[]> inputs) {
    int size = cpu.inputs().get(0).bytes();
    for (int i = 0; i < inputs.size(); i++) {
      int given = inputs.get(i).length;
      if (cpu.inputs().size() != 1 || given == 0 || size % given != 0) {
        throw new IllegalArgumentException(
            "reference input %d has %d bytes; the model takes %s"
                .formatted(i, given, cpu.inputs()));
      }
    }
  }

  private static String objection(
      VisionModel candidate, VisionModel cpu, List<byte[]> inputs, double tolerance) {
    if (inputs.isEmpty()) {
      return "there is no reference input to hold it against the CPU; add some to the manifest";
    }
    try {
      if (!sameShapes(candidate.inputs(), cpu.inputs())
          || !sameShapes(candidate.outputs(), cpu.outputs())) {
        return "its tensors are %s -> %s, on the CPU they are %s -> %s"
            .formatted(candidate.inputs(), candidate.outputs(), cpu.inputs(), cpu.outputs());
      }
      for (int i = 0; i < inputs.size(); i++) {
        double difference = difference(candidate, cpu, inputs.get(i));
        if (!(difference <= tolerance)) {
          return "it disagrees with the CPU on reference input %d by %.3g (tolerance %.3g)"
              .formatted(i, difference, tolerance);
        }
      }
      return "";
    } catch (InferenceException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static boolean sameShapes(List<TensorSpec> a, List<TensorSpec> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!a.get(i).shape().equals(b.get(i).shape()) || a.get(i).type() != b.get(i).type()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Runs both models on the same input.
   *
   * @return the largest absolute difference of any dequantised output; infinite if an output is not
   *     finite on either
   */
  static double difference(VisionModel a, VisionModel b, byte[] input) {
    fill(a.input(0), input);
    fill(b.input(0), input);
    a.invoke();
    b.invoke();
    double largest = 0;
    for (int i = 0; i < a.outputs().size(); i++) {
      TensorSpec specA = a.outputs().get(i);
      TensorSpec specB = b.outputs().get(i);
      ByteBuffer bytesA = a.output(i).order(ByteOrder.nativeOrder());
      ByteBuffer bytesB = b.output(i).order(ByteOrder.nativeOrder());
      for (int k = 0; k < specA.elements(); k++) {
        double d = Math.abs(value(specA, bytesA, k) - value(specB, bytesB, k));
        largest = Double.isNaN(d) ? Double.POSITIVE_INFINITY : Math.max(largest, d);
      }
    }
    return largest;
  }

  private static void fill(ByteBuffer tensor, byte[] input) {
    tensor.clear();
    while (tensor.remaining() >= input.length) {
      tensor.put(input);
    }
  }

  private static double value(TensorSpec spec, ByteBuffer bytes, int index) {
    return switch (spec.type()) {
      case FLOAT32 -> bytes.getFloat(4 * index);
      case UINT8 -> spec.scale() * ((bytes.get(index) & 0xff) - spec.zeroPoint());
      case INT8 -> spec.scale() * (bytes.get(index) - spec.zeroPoint());
    };
  }
}
