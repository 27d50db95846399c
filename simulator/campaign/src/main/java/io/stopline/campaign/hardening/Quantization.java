package io.stopline.campaign.hardening;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.autodiff.ImageShape;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Sample;
import io.stopline.evaluation.model.ModelReading;
import io.stopline.training.LabelledImages;
import io.stopline.training.quantization.ClassDraw;
import io.stopline.training.quantization.QuantizedModel;
import io.stopline.training.quantization.Quantizer;
import java.util.List;
import java.util.Locale;

/**
 * How a full-integer file was made of a float one.
 *
 * @param rule that the ranges of its activations were chosen by
 * @param logitError root mean square difference of its logits from the float model's
 * @param logitDeviation root mean square of the float model's own logits
 * @param delegated whether XNNPACK takes every operator between the two ends on this machine
 * @param images training images that ranges were taken from
 */
public record Quantization(
    String rule, double logitError, double logitDeviation, boolean delegated, int images) {

  /** A file and how it was made. */
  @SuppressWarnings("ArrayRecordComponent") // handed on, not compared
  public record Result(byte[] file, Quantization how) {}

  /**
   * Quantises a float classifier, with ranges from training images. Of these only those that are
   * drawn are decoded.
   *
   * @param model as it is read; what comes out is to be read so too
   * @param images how many training images, drawn class after class
   * @throws io.stopline.training.quantization.UnquantizableModelException if the file has an
   *     operator without a full-integer form, or is none of floats
   */
  public static Result of(ModelReading model, Dataset data, int images, long seed) {
    ImageShape shape = new ImageShape(model.layout().height(), model.layout().width(), 3);
    List<Sample> drawn = ClassDraw.of(data.split("train").samples(), images, seed);
    QuantizedModel quantized =
        Quantizer.quantize(model.file(), model.encoding(), LabelledImages.of(drawn, shape));
    return new Result(
        quantized.file(),
        new Quantization(
            quantized.rule().name().toLowerCase(Locale.ROOT).replace('_', '-'),
            quantized.logitError(),
            quantized.logitDeviation(),
            quantized.delegated(),
            drawn.size()));
  }

  /** For people. */
  public String words() {
    return String.format(
        Locale.ROOT,
        "per-channel weights, activations by rule '%s' from %d training images; logits off by %.1f %% of their own size; %s",
        rule,
        images,
        100 * logitError / logitDeviation,
        delegated
            ? "XNNPACK takes every operator between the two ends"
            : "not every operator is taken by XNNPACK");
  }

  /** As the report has it. */
  public ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("rule", rule)
        .put("logitError", logitError)
        .put("logitDeviation", logitDeviation)
        .put("delegated", delegated)
        .put("images", images);
  }
}
