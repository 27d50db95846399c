package io.stopline.training.method;

import io.stopline.autodiff.BatchModel;
import io.stopline.autodiff.DifferentiableModel;
import java.util.List;

/** Models that a method learns from or against. They never change. Belongs to one thread. */
final class Teachers implements AutoCloseable {

  private final String method;
  private final List<DifferentiableModel> models;
  private float[] logits = new float[0];
  private float[] single = new float[0];

  /**
   * @param method for messages
   * @throws IllegalArgumentException if there is none
   */
  Teachers(String method, List<DifferentiableModel> models) {
    if (models.isEmpty()) {
      throw new IllegalArgumentException(
          "method '%s' needs other models and was given none; name them with --teacher FILE"
              .formatted(method));
    }
    this.method = method;
    this.models = List.copyOf(models);
  }

  int count() {
    return models.size();
  }

  DifferentiableModel get(int i) {
    return models.get(i);
  }

  /**
   * @throws IllegalArgumentException if one takes other images or knows other classes than the
   *     model that is trained
   */
  void requireLike(BatchModel trained) {
    for (DifferentiableModel model : models) {
      if (!model.shape().equals(trained.shape()) || model.classes() != trained.classes()) {
        throw new IllegalArgumentException(
            "method '%s': a teacher takes %s and knows %d classes, the model that is trained takes %s and knows %d; they must be alike"
                .formatted(
                    method, model.shape(), model.classes(), trained.shape(), trained.classes()));
      }
    }
  }

  /**
   * The mean of what they say.
   *
   * @param temperature that scores are divided by
   * @param into receives {@code count × classes} probabilities
   */
  void probabilities(float[] images, int count, double temperature, float[] into) {
    int values = count * models.get(0).classes();
    logits = Buffers.of(logits, values);
    single = Buffers.of(single, values);
    java.util.Arrays.fill(into, 0, values, 0);
    for (DifferentiableModel model : models) {
      model.logits(images, count, logits);
      Losses.softmax(Losses.Rows.of(logits, count, model.classes()), temperature, single);
      for (int i = 0; i < values; i++) {
        into[i] += single[i] / models.size();
      }
    }
  }

  @Override
  public void close() {
    models.forEach(DifferentiableModel::close);
  }
}
