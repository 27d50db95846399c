package io.stopline.campaign.hardening;

import io.stopline.autodiff.FloatForm;
import io.stopline.autodiff.TfliteModels;
import io.stopline.autodiff.TrainableModel;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.model.ClassMap;
import io.stopline.evaluation.model.ModelReading;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.training.architecture.Architecture;
import java.util.Optional;

/**
 * What a training begins with.
 *
 * @param name for people
 * @param file bytes of a {@code .tflite} file
 * @param encoding how pixels reach it
 * @param classes how its outputs and the data's classes were paired, if not in the same order; else
 *     empty
 * @param fresh whether its weights were drawn just now: there is nothing to compare with
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, not compared
public record TrainingStart(
    String name, byte[] file, InputEncoding encoding, String classes, boolean fresh) {

  /** A model that somebody trained. */
  public static TrainingStart model(ModelReading reading, ClassMap classes) {
    return new TrainingStart(
        reading.name(),
        reading.file(),
        reading.encoding(),
        classes.isIdentity() ? "" : classes.outputOf().toString(),
        false);
  }

  /**
   * An architecture with weights from the seed, or from the file that it names, and as many classes
   * as the data have.
   *
   * @param nameOrFile a built-in one, or a YAML file
   * @throws io.stopline.training.architecture.InvalidArchitectureException if there is none
   */
  public static TrainingStart architecture(String nameOrFile, Dataset data, long seed) {
    Architecture architecture = Architecture.of(nameOrFile);
    return new TrainingStart(
        "architecture '%s'".formatted(architecture.name()),
        architecture.with(architecture.input(), data.classNames().size()).file(seed),
        InputEncoding.UNIT,
        "",
        !architecture.grown());
  }

  /**
   * Opens it for training.
   *
   * @throws io.stopline.autodiff.UnusableModelException if not all of its weights can be trained
   * @throws io.stopline.tflite.InvalidModelException if TensorFlow Lite refuses it
   */
  TrainableModel open() {
    return TfliteModels.openTrainable(file, encoding);
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
}
