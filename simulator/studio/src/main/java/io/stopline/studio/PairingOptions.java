package io.stopline.studio;

import io.stopline.evaluation.model.Background;
import io.stopline.evaluation.model.ClassOrder;
import io.stopline.evaluation.model.ModelInput;
import io.stopline.evaluation.model.ReadingOptions;
import io.stopline.sdk.model.Classifier.OutputKind;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * How a model's outputs and the classes of data are paired, and what follows if clean images speak
 * against it. Use as {@code @Mixin PairingOptions}.
 */
final class PairingOptions {

  @Option(
      names = "--class-order",
      paramLabel = "HOW",
      description =
          "How outputs and the data's classes are paired: names; data (output i is class i of the"
              + " data); alphabetical (as Keras reads folders: 0, 1, 10, 11, … 2); matched (by what"
              + " the model says of clean images). Default: names.")
  private @Nullable String order;

  @Option(
      names = "--background",
      paramLabel = "WHERE",
      description =
          "Where a further output stands for 'none of the classes': first, as in ImageNet models, or"
              + " last (default: none).")
  private @Nullable String background;

  @Option(
      names = "--rename",
      paramLabel = "DATA=MODEL",
      description = "A class that the data and the model call differently; may stand repeatedly.")
  private Map<String, String> renames = new LinkedHashMap<>();

  @Option(
      names = "--skip-unknown-classes",
      description = "Leave out images of classes that the model does not know.")
  private boolean skipUnknown;

  @Option(
      names = "--accept-accuracy",
      description = "Go on though clean images say that the model is read in a wrong way.")
  private boolean acceptAccuracy;

  /** All of it, for a model that a bundle's manifest describes. */
  ReadingOptions reading() {
    return reading(null, ModelInput.INFERRED, null);
  }

  /** All of it, with what is told of the model itself. */
  ReadingOptions reading(@Nullable Path labels, ModelInput input, @Nullable OutputKind output) {
    return new ReadingOptions(
        labels,
        input,
        output,
        order == null ? ClassOrder.NAMES : Choices.of("--class-order", order, ClassOrder.values()),
        background == null
            ? Background.NONE
            : Choices.of("--background", background, Background.values()),
        renames,
        skipUnknown,
        acceptAccuracy);
  }
}
