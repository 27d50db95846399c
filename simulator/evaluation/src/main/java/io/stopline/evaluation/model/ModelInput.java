package io.stopline.evaluation.model;

import io.stopline.sdk.model.ChannelOrder;
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
 * @param mean subtracted, one a channel, in the order R, G, B
 * @param deviation divided by, one a channel, in the order R, G, B
 * @param channels in which order the model reads them; null if nobody said so
 */
public record ModelInput(
    @Nullable Double low,
    @Nullable Double high,
    List<Double> mean,
    List<Double> deviation,
    @Nullable ChannelOrder channels) {

  /** Nothing is told. */
  public static final ModelInput INFERRED =
      new ModelInput(null, null, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0), null);

  public ModelInput {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
  }

  /** What is told of an encoding that somebody wrote down. */
  public static ModelInput of(InputEncoding told) {
    return new ModelInput(told.low(), told.high(), told.mean(), told.deviation(), told.channels());
  }

  /** This, and where it says nothing, what the other says. */
  public ModelInput over(ModelInput other) {
    ModelInput range =
        saysRange() || !mean.equals(INFERRED.mean) || !deviation.equals(INFERRED.deviation)
            ? this
            : other;
    return new ModelInput(
        range.low,
        range.high,
        range.mean,
        range.deviation,
        channels == null ? other.channels : channels);
  }

  /** Whether the range is told. */
  public boolean saysRange() {
    return low != null && high != null;
  }

  /**
   * The encoding for a model with this input. Where no range is told, a quantised input stores the
   * pixel's own byte (less 128 if it is signed), as converters have it, and a float input takes
   * 0..1; where no order of channels is told, red comes first.
   *
   * @throws IllegalArgumentException if what is told is no encoding
   */
  public InputEncoding encoding(TensorSpec input) {
    ChannelOrder order = channels == null ? ChannelOrder.RGB : channels;
    if (low != null && high != null) {
      return new InputEncoding(low, high, mean, deviation, order);
    }
    if (input.type() == ElementType.FLOAT32) {
      return new InputEncoding(0, 1, mean, deviation, order);
    }
    int first = input.type() == ElementType.UINT8 ? 0 : -128;
    return new InputEncoding(
        input.scale() * (first - input.zeroPoint()),
        input.scale() * (first + 255 - input.zeroPoint()),
        mean,
        deviation,
        order);
  }

  /** Where the range comes from, for people. */
  public String source(TensorSpec input) {
    return saysRange()
        ? "as told"
        : input.type() == ElementType.FLOAT32
            ? "assumed for a float input; --input-range says otherwise"
            : "from the quantisation of its input";
  }
}
