package io.stopline.campaign.hardening;

import io.stopline.autodiff.FloatForm;
import io.stopline.autodiff.TfliteModels;
import io.stopline.autodiff.TrainableModel;
import io.stopline.campaign.robustness.ModelInput;
import io.stopline.evaluation.Dataset;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import io.stopline.training.architecture.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a training begins with.
 *
 * @param name for people
 * @param file bytes of a {@code .tflite} file
 * @param fresh whether its weights were drawn just now: there is nothing to compare with
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, not compared
public record TrainingStart(String name, byte[] file, boolean fresh) {

  /**
   * A model that somebody trained.
   *
   * @throws IOException if it cannot be read
   */
  public static TrainingStart model(Path file) throws IOException {
    return new TrainingStart(String.valueOf(file.getFileName()), Files.readAllBytes(file), false);
  }

  /**
   * An architecture with weights from the seed and as many classes as the data have.
   *
   * @param nameOrFile a built-in one, or a YAML file
   * @throws io.stopline.training.architecture.InvalidArchitectureException if there is none
   */
  public static TrainingStart architecture(String nameOrFile, Dataset data, long seed) {
    Architecture architecture = Architecture.of(nameOrFile);
    return new TrainingStart(
        "architecture '%s'".formatted(architecture.name()),
        architecture.with(architecture.input(), data.classNames().size()).file(seed),
        true);
  }

  /**
   * Opens it for training.
   *
   * @throws io.stopline.autodiff.UnusableModelException if not all of its weights can be trained
   * @throws io.stopline.tflite.InvalidModelException if TensorFlow Lite refuses it
   */
  TrainableModel open(ModelInput meaning) {
    return TfliteModels.openTrainable(file, encoding(name, file, meaning));
  }

  /**
   * What has to be known of it before it is trained: that its weights are stored in fewer bits than
   * float32. Empty if there is nothing to say.
   *
   * @throws io.stopline.autodiff.UnusableModelException if it is no sound {@code .tflite} file
   */
  public Optional<String> note() {
    FloatForm form = FloatForm.of(file);
    return form.changed()
        ? Optional.of(
            "model '%s' %s, and the hardened file is float32".formatted(name, form.sentence()))
        : Optional.empty();
  }

  /** How pixels reach a model. */
  static InputEncoding encoding(String name, byte[] file, ModelInput meaning) {
    try (TfLiteModel model = TfLiteModel.load(name, file, RuntimeOptions.defaults())) {
      return meaning.encoding(model.inputs().get(0));
    }
  }
}
