package io.stopline.evaluation.model;

import io.stopline.config.LoadedClassifier;
import io.stopline.evaluation.Sample;
import io.stopline.sdk.model.Classifier;
import io.stopline.sdk.transform.TransformRenderer;
import java.util.List;

/** Which output of a model is largest on each of some images, fed as a guard feeds it. */
final class Guesses {

  private Guesses() {}

  /**
   * Runs the model on each image.
   *
   * @return number of the first largest output, one an image
   */
  static int[] of(ModelReading reading, List<Sample> samples) {
    int[] guesses = new int[samples.size()];
    try (LoadedClassifier loaded = ScoreKind.open(reading)) {
      Classifier classifier = loaded.classifier();
      TransformRenderer renderer = ScoreKind.plain(classifier);
      float[] scores = new float[classifier.classes()];
      for (int i = 0; i < guesses.length; i++) {
        renderer.render(samples.get(i).image(), 0, classifier.input());
        classifier.classify(scores);
        guesses[i] = ScoreKind.largest(scores);
      }
    }
    return guesses;
  }
}
