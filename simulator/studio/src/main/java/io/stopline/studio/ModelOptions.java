package io.stopline.studio;

import io.stopline.evaluation.model.ModelInput;
import io.stopline.evaluation.model.PixelRange;
import io.stopline.evaluation.model.ReadingOptions;
import io.stopline.sdk.model.ChannelOrder;
import io.stopline.sdk.model.Classifier.OutputKind;
import io.stopline.sdk.model.InputEncoding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What a model's file does not say of itself, in the same words for every command. Use as
 * {@code @Mixin ModelOptions}.
 */
final class ModelOptions {

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description =
          "Names of the model's classes in the order of its outputs: one a line, with or without"
              + " numbers, or JSON. They are paired with the data's by name (default: from the"
              + " manifest beside the model, else the data's order).")
  private @Nullable Path labels;

  @Option(
      names = {"--input-range", "--encoding"},
      paramLabel = "LOW..HIGH|NAME",
      description =
          "What pixels 0 and 255 are to the model, for example 0..255, or a known way: unit,"
              + " signed, raw, imagenet, caffe (default: 0..1 for float inputs; from the"
              + " quantisation for 8-bit ones).")
  private @Nullable String range;

  @Option(
      names = "--mean",
      paramLabel = "R,G,B",
      description = "Subtracted after that, always red first (default: 0).")
  private @Nullable String mean;

  @Option(
      names = "--deviation",
      paramLabel = "R,G,B",
      description = "Divided by after that, always red first (default: 1).")
  private @Nullable String deviation;

  @Option(
      names = "--channels",
      paramLabel = "ORDER",
      description =
          "In which order the model reads colours: rgb, or bgr as OpenCV reads images (default:"
              + " rgb).")
  private @Nullable String channels;

  @Option(
      names = "--output",
      paramLabel = "KIND",
      description = "What its scores are: probabilities or logits (default: by looking at them).")
  private @Nullable String output;

  @Mixin private PairingOptions pairing;

  /** All of it, checked. */
  ReadingOptions reading() {
    return pairing.reading(
        labels,
        input(),
        output == null ? null : Choices.of("--output", output, OutputKind.values()));
  }

  /** Options that are given and are about model files alone; a bundle says all that itself. */
  List<String> given() {
    List<String> given = new ArrayList<>();
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    all.put("--labels", labels);
    all.put("--input-range", range);
    all.put("--mean", mean);
    all.put("--deviation", deviation);
    all.put("--channels", channels);
    all.put("--output", output);
    all.forEach(
        (name, value) -> {
          if (value != null) {
            given.add(name);
          }
        });
    return given;
  }

  private ModelInput input() {
    return input(
        "--input-range",
        range,
        mean,
        deviation,
        channels == null ? null : Choices.of("--channels", channels, ChannelOrder.values()));
  }

  /**
   * What pixels 0 and 255 are to a model, in the same words under another option's name.
   *
   * @throws BadInputException naming the option and what it takes
   */
  static ModelInput input(String option, @Nullable String range) {
    return input(option, range, null, null, null);
  }

  private static ModelInput input(
      String option,
      @Nullable String range,
      @Nullable String mean,
      @Nullable String deviation,
      @Nullable ChannelOrder channels) {
    Double low = null;
    Double high = null;
    List<Double> means = three("--mean", mean, 0.0);
    List<Double> deviations = three("--deviation", deviation, 1.0);
    if (range != null) {
      int dots = range.indexOf("..");
      if (dots < 1) {
        PixelRange known =
            Choices.of(option, range, PixelRange.values(), "LOW..HIGH, for example 0..255");
        if (mean != null || deviation != null) {
          throw new BadInputException(
              "%s %s has its own mean and deviation; give numbers, LOW..HIGH, with --mean and --deviation"
                  .formatted(option, range));
        }
        InputEncoding encoding = known.encoding(ChannelOrder.RGB);
        low = encoding.low();
        high = encoding.high();
        means = encoding.mean();
        deviations = encoding.deviation();
      } else {
        low = number(option, range.substring(0, dots), range);
        high = number(option, range.substring(dots + 2), range);
        if (!(low < high)) {
          throw wrong(option, range, "LOW..HIGH with LOW below HIGH");
        }
      }
    }
    return new ModelInput(low, high, means, deviations, channels);
  }

  private static List<Double> three(String option, @Nullable String text, double otherwise) {
    if (text == null) {
      return List.of(otherwise, otherwise, otherwise);
    }
    List<Double> values =
        Arrays.stream(text.split(",")).map(part -> number(option, part, text)).toList();
    if (values.size() == 1) {
      return List.of(values.get(0), values.get(0), values.get(0));
    }
    if (values.size() != 3) {
      throw wrong(option, text, "one number, or three for red, green and blue");
    }
    return values;
  }

  private static double number(String option, String text, String whole) {
    try {
      return Double.parseDouble(text.strip());
    } catch (NumberFormatException e) {
      throw new BadInputException("%s is '%s'; give numbers".formatted(option, whole), e);
    }
  }

  private static BadInputException wrong(String option, String text, String allowed) {
    return new BadInputException("%s is '%s'; give %s".formatted(option, text, allowed));
  }
}
