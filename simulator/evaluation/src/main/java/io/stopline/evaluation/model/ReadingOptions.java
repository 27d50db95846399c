package io.stopline.evaluation.model;

import io.stopline.sdk.model.Classifier.OutputKind;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a user says of a model. It goes before what a manifest beside the model says.
 *
 * @param labels file of class names; null if none is given
 * @param input what pixels become
 * @param output what the scores are; null to look at them
 * @param order how outputs and classes are paired
 * @param background whether one more output stands for none of the classes
 * @param renames the model's name by the data's name, for classes that are called differently
 * @param skipUnknown whether images of classes that the model does not know are left out
 * @param acceptAccuracy whether to go on though clean images speak against the reading
 */
public record ReadingOptions(
    @Nullable Path labels,
    ModelInput input,
    @Nullable OutputKind output,
    ClassOrder order,
    Background background,
    Map<String, String> renames,
    boolean skipUnknown,
    boolean acceptAccuracy) {

  /** Nothing is told. */
  public static final ReadingOptions NONE =
      new ReadingOptions(
          null,
          ModelInput.INFERRED,
          null,
          ClassOrder.NAMES,
          Background.NONE,
          Map.of(),
          false,
          false);

  public ReadingOptions {
    renames = Map.copyOf(renames);
  }

  /** Without what is about one file: for another model, whose own manifest says that. */
  public ReadingOptions forModelWithManifest() {
    return new ReadingOptions(
        null,
        ModelInput.INFERRED,
        null,
        order,
        Background.NONE,
        renames,
        skipUnknown,
        acceptAccuracy);
  }
}
