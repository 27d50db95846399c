package io.stopline.training;

import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TrainableModel;
import java.util.LinkedHashMap;
import java.util.Map;

/** Labelled images of one size, augmented: what a classifier learns from. */
final class ImageSource implements TrainingSource {

  private final TrainingData data;
  private final Augmentation augmentation;

  ImageSource(TrainingData data, Augmentation augmentation) {
    this.data = data;
    this.augmentation = augmentation;
    if (data.train().count() == 0 || data.validation().count() == 0) {
      throw new IllegalArgumentException(
          "data set '%s' has %d training and %d validation images; both are needed"
              .formatted(data.name(), data.train().count(), data.validation().count()));
    }
  }

  @Override
  public String name() {
    return data.name();
  }

  @Override
  public ImageShape shape() {
    return data.train().shape();
  }

  @Override
  public int count() {
    return data.train().count();
  }

  @Override
  public long[] order(double balance, long seed) {
    return data.furtherShare() == 0
        ? EpochOrder.of(data.train(), balance, seed)
        : EpochOrder.of(data.train(), data.further(), data.furtherShare(), balance, seed);
  }

  @Override
  public Renderer renderer() {
    LabelledImages images = data.train();
    Augmenter augmenter = new Augmenter(augmentation, images.shape());
    return (place, seed, batch, slot) -> {
      int index = (int) place;
      batch.labels()[slot] = images.label(index);
      batch.ids()[slot] = index;
      augmenter.render(images.bytes(index), seed, batch.images(), slot * images.shape().size());
    };
  }

  @Override
  public Judge judge(ValidationPlan plan, long seed) {
    return new Validator(data.validation(), plan, seed);
  }

  @Override
  public void check(TrainableModel model) {
    data.checkClasses(model.classes());
  }

  @Override
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>(augmentation.settings());
    if (data.furtherShare() > 0) {
      settings.put("also-share", Double.toString(data.furtherShare()));
    }
    settings.put("training images", data.trainSha256());
    settings.put("validation images", data.validationSha256());
    return settings;
  }
}
