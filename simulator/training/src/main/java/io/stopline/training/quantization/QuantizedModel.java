package io.stopline.training.quantization;

import java.util.Map;
import java.util.TreeMap;

/**
 * A full-integer model and what is known of it.
 *
 * @param file the {@code .tflite}; uint8 in and out
 * @param rule that its activations' ranges were chosen by
 * @param logitErrors by rule that was tried: root mean square of (logit of the integer model −
 *     logit of the float model), each image's logits taken relative to their mean; on images that
 *     no range was chosen on
 * @param logitDeviation root mean square of the float model's own logits so taken: what the errors
 *     are to be compared with
 * @param delegated whether XNNPACK takes every operator between the two ends on this machine; the
 *     conversions between uint8 and int8 and an int8 softmax at the ends are no part of XNNPACK, so
 *     that TensorFlow Lite's own kernels run them, as in its converter's files
 */
@SuppressWarnings("ArrayRecordComponent") // a model file is handed on, not compared
public record QuantizedModel(
    byte[] file,
    RangeRule rule,
    Map<RangeRule, Double> logitErrors,
    double logitDeviation,
    boolean delegated) {
  public QuantizedModel {
    logitErrors = Map.copyOf(logitErrors);
  }

  /** The error of the rule that was used. */
  public double logitError() {
    return logitErrors.getOrDefault(rule, Double.NaN);
  }

  /** For people: each rule with its error. */
  public String describe() {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(logitErrors).forEach((r, e) -> text.append("%s %.4f, ".formatted(r.label(), e)));
    return "%slogits deviate by %.3f; used: %s".formatted(text, logitDeviation, rule.label());
  }
}
