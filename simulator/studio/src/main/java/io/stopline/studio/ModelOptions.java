package io.stopline.studio;

import io.stopline.campaign.robustness.ModelInput;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a model's file does not say of its input. Use as {@code @Mixin ModelOptions}. */
final class ModelOptions {

  @Option(
      names = "--input-range",
      paramLabel = "LOW..HIGH",
      description =
          "What pixels 0 and 255 are to the model, for example 0..255 or -1..1 (default: 0..1 for"
              + " float inputs; from the quantisation for 8-bit ones).")
  private @Nullable String range;

  @Option(
      names = "--mean",
      paramLabel = "R,G,B",
      description = "Subtracted after that (default: 0).")
  private @Nullable String mean;

  @Option(
      names = "--deviation",
      paramLabel = "R,G,B",
      description = "Divided by after that (default: 1).")
  private @Nullable String deviation;

  /** All of it. */
  ModelInput meaning() {
    Double low = null;
    Double high = null;
    if (range != null) {
      int dots = range.indexOf("..");
      if (dots < 1) {
        throw wrong("--input-range", range, "LOW..HIGH, for example 0..255");
      }
      low = number("--input-range", range.substring(0, dots), range);
      high = number("--input-range", range.substring(dots + 2), range);
      if (!(low < high)) {
        throw wrong("--input-range", range, "LOW..HIGH with LOW below HIGH");
      }
    }
    return new ModelInput(
        low, high, three("--mean", mean, 0.0), three("--deviation", deviation, 1.0));
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
