package io.stopline.campaign.robustness;

import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.TensorSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model's input means, as far as its file does not say.
 *
 * @param low what pixel 0 means before normalisation; null to infer the range
 * @param high what pixel 255 means before normalisation; null to infer the range
 * @param mean subtracted, one a channel
 * @param deviation divided by, one a channel
 */
public record ModelInput(
    @Nullable Double low, @Nullable Double high, List<Double> mean, List<Double> deviation) {

  /** Nothing is told. */
  public static final ModelInput INFERRED =
      new ModelInput(null, null, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));

  public ModelInput {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
  }

  /**
   * The encoding for a model with this input. Where no range is told, a quantised input stores the
   * pixel's own byte (less 128 if it is signed), as converters have it, and a float input takes
   * 0..1.
   *
   * @throws IllegalArgumentException if what is told is no encoding
   */
  public InputEncoding encoding(TensorSpec input) {
    if (low != null && high != null) {
      return new InputEncoding(low, high, mean, deviation);
    }
    if (input.type() == ElementType.FLOAT32) {
      return new InputEncoding(0, 1, mean, deviation);
    }
    int first = input.type() == ElementType.UINT8 ? 0 : -128;
    return new InputEncoding(
        input.scale() * (first - input.zeroPoint()),
        input.scale() * (first + 255 - input.zeroPoint()),
        mean,
        deviation);
  }

  /** Where the range comes from, for people. */
  public String source(TensorSpec input) {
    return low != null && high != null
        ? "as told"
        : input.type() == ElementType.FLOAT32
            ? "assumed for a float input; --input-range says otherwise"
            : "from the quantisation of its input";
  }
}
