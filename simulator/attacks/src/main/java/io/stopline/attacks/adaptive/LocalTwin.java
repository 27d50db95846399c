package io.stopline.attacks.adaptive;

import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.LogitsTap;
import io.stopline.autodiff.TfliteModels;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.LocalScores;

/**
 * The map of local scores of a model, differentiable: what the check certified-windows looks at,
 * before the mean. Whoever opens it closes it. Belongs to one thread.
 *
 * @param model its name
 * @param scores where the map is
 * @param map gives 1×h×w×C numbers an image, row by row, class by class
 */
public record LocalTwin(String model, LocalScores scores, DifferentiableModel map)
    implements AutoCloseable {

  /**
   * Rebuilds the map.
   *
   * @param name of the model, for messages
   * @param file bytes of a classifier that averages a map of local scores
   * @param encoding how pixels 0..1 become the model's real numbers
   * @throws IllegalArgumentException if it averages no such map
   * @throws io.stopline.autodiff.UnsupportedOperatorException if it has no gradients
   */
  public static LocalTwin open(String name, byte[] file, InputEncoding encoding) {
    LocalScores scores = LocalScores.of(name, file);
    return new LocalTwin(
        name, scores, TfliteModels.open(LogitsTap.withOutputs(file, scores.tensor()), encoding));
  }

  @Override
  public void close() {
    map.close();
  }
}
