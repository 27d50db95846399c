package io.stopline.training;

import io.stopline.autodiff.ImageShape;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Sample;
import io.stopline.evaluation.Sha256;
import io.stopline.evaluation.Split;
import java.util.ArrayList;
import java.util.List;

/**
 * What a model is trained on and what decisions are taken on. Of a data set only the tracks marked
 * {@code train} and {@code validation} are read: calibration and test never come near a trainer.
 *
 * @param name of the data set
 * @param classNames one a class
 * @param train what gradients come from
 * @param validation what early stopping and the choice of the final weights look at
 * @param trainSha256 over the training images' pixels as they lie in the data set; over the hashes
 *     of all data sets if there are several
 * @param validationSha256 likewise
 * @param further how many of the training images, the last of them, come from other data sets
 * @param furtherShare which share of every batch those make, above 0 and below 1; 0: as they come
 */
public record TrainingData(
    String name,
    List<String> classNames,
    LabelledImages train,
    LabelledImages validation,
    String trainSha256,
    String validationSha256,
    int further,
    double furtherShare) {

  private static final String TEST = "test";

  public TrainingData {
    classNames = List.copyOf(classNames);
    if (!(furtherShare >= 0 && furtherShare < 1)) {
      throw new IllegalArgumentException(
          "also-share is %s; allowed: 0 (as they come) to below 1".formatted(furtherShare));
    }
    if (furtherShare > 0 && (further < 1 || further >= train.count())) {
      throw new IllegalArgumentException(
          "also-share is %s, but %d of %d training images come from further data sets; name some with --also DIR, or leave also-share out"
              .formatted(furtherShare, further, train.count()));
    }
  }

  /** Of one data set, or of several whose images are shown as they come. */
  public TrainingData(
      String name,
      List<String> classNames,
      LabelledImages train,
      LabelledImages validation,
      String trainSha256,
      String validationSha256) {
    this(name, classNames, train, validation, trainSha256, validationSha256, 0, 0);
  }

  /**
   * The same images, of which those from other data sets make a given share of every batch.
   *
   * @param share above 0 and below 1; 0: as they come
   * @throws IllegalArgumentException if there are no other data sets
   */
  public TrainingData withFurtherShare(double share) {
    return new TrainingData(
        name, classNames, train, validation, trainSha256, validationSha256, further, share);
  }

  /**
   * Decodes the training and the validation images of a data set.
   *
   * @param shape what the model takes; images of another size are resized bilinearly
   * @param also more to learn from, of the same classes: all their splits but test; decisions stay
   *     with the first
   * @throws io.stopline.evaluation.UnusableDatasetException if there are no training or no
   *     validation tracks, or an image is damaged
   * @throws IllegalArgumentException if one of the others has not as many classes
   */
  public static TrainingData read(Dataset data, List<Dataset> also, ImageShape shape) {
    Split train = data.split("train");
    Split validation = data.split("validation");
    List<Sample> samples = new ArrayList<>(train.samples());
    StringBuilder hashes = new StringBuilder(train.sha256());
    for (Dataset other : also) {
      if (other.classNames().size() != data.classNames().size()) {
        throw new IllegalArgumentException(
            "data set '%s' has %d classes, '%s' has %d; add images of the same classes"
                .formatted(
                    other.name(),
                    other.classNames().size(),
                    data.name(),
                    data.classNames().size()));
      }
      for (String name : other.splitNames()) {
        if (!name.equals(TEST)) {
          samples.addAll(other.split(name).samples());
          hashes.append(other.split(name).sha256());
        }
      }
    }
    return new TrainingData(
        data.name(),
        data.classNames(),
        LabelledImages.of(samples, shape),
        LabelledImages.of(validation.samples(), shape),
        also.isEmpty() ? train.sha256() : Sha256.of(hashes.toString()),
        validation.sha256(),
        samples.size() - train.samples().size(),
        0);
  }

  /**
   * @throws IllegalArgumentException if a label lies beyond the model's classes
   */
  void checkClasses(int classes) {
    for (LabelledImages images : List.of(train, validation)) {
      for (int i = 0; i < images.count(); i++) {
        if (images.label(i) >= classes) {
          throw new IllegalArgumentException(
              "data set '%s' has class %d, but the model tells only %d apart; give the data that the model was made for, or a new architecture"
                  .formatted(name, images.label(i), classes));
        }
      }
    }
  }
}
