package io.stopline.sdk.model;

import java.util.List;

/**
 * How 8-bit pixels become the real numbers that a model was trained on: {@code real = (low + (high
 * − low) · pixel / 255 − mean[c]) / deviation[c]}. A quantised tensor then stores {@code round(real
 * / scale) + zeroPoint}, saturated.
 *
 * @param low what pixel 0 means before normalisation
 * @param high what pixel 255 means before normalisation
 * @param mean one a channel, always in the order R, G, B
 * @param deviation one a channel, above 0, always in the order R, G, B
 * @param channels in which order the model reads the three; {@link RgbInput} brings them there
 */
public record InputEncoding(
    double low, double high, List<Double> mean, List<Double> deviation, ChannelOrder channels) {

  /** Pixels as 0..1, no normalisation. */
  public static final InputEncoding UNIT =
      new InputEncoding(0, 1, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));

  /** An encoding for a model that reads red first. */
  public InputEncoding(double low, double high, List<Double> mean, List<Double> deviation) {
    this(low, high, mean, deviation, ChannelOrder.RGB);
  }

  /**
   * @throws IllegalArgumentException if the range is empty or not finite, a list has not three
   *     entries or a deviation is not above 0
   */
  public InputEncoding {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    if (!(low < high) || !Double.isFinite(high - low)) {
      throw new IllegalArgumentException("input range %s..%s is empty".formatted(low, high));
    }
    if (mean.size() != 3 || deviation.size() != 3) {
      throw new IllegalArgumentException("mean and deviation need three entries each, for R, G, B");
    }
    if (deviation.stream().anyMatch(d -> !(d > 0) || d.isInfinite())) {
      throw new IllegalArgumentException("deviation " + deviation + " must be above 0");
    }
  }

  /**
   * @param pixel 0..255, fractions allowed
   * @param channel 0..2: R, G, B
   */
  public double real(double pixel, int channel) {
    return (low + (high - low) * pixel / 255.0 - mean.get(channel)) / deviation.get(channel);
  }

  /** The same for a model that reads its channels in another order. */
  public InputEncoding with(ChannelOrder order) {
    return new InputEncoding(low, high, mean, deviation, order);
  }

  /** Whether pixels become 0..1 without more, whatever the order of the channels. */
  public boolean isUnit() {
    return with(ChannelOrder.RGB).equals(UNIT);
  }
}
