package io.stopline.sdk.guard;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.Classifier;
import io.stopline.sdk.transform.TransformChain;
import io.stopline.sdk.transform.TransformRenderer;

/** The model that says whether a crop shows a sign at all. Belongs to the guard's thread. */
final class SignVerifier implements AutoCloseable {

  private static final int SIGN = 1;

  private final Classifier classifier;
  private final TransformRenderer renderer;
  private final float[] probabilities = new float[2];

  /**
   * @throws IllegalArgumentException if the classifier has other than two classes
   */
  SignVerifier(Classifier classifier) {
    if (classifier.classes() != probabilities.length) {
      throw new IllegalArgumentException(
          "verifier '%s' has %d classes; it must have two: no sign, sign"
              .formatted(classifier.name(), classifier.classes()));
    }
    this.classifier = classifier;
    this.renderer =
        new TransformRenderer(
            TransformChain.identity(), classifier.inputSpec(), classifier.encoding());
  }

  String name() {
    return classifier.name();
  }

  /**
   * The probability that the crop shows a sign, 0..1. The plain view: nothing is drawn at random.
   *
   * @throws RuntimeException if the model fails
   */
  float signProbability(Image crop) {
    renderer.render(crop, 0, classifier.input());
    classifier.classify(probabilities);
    // Quantised outputs may leave 0..1 by a step.
    return Math.max(0, Math.min(1, probabilities[SIGN]));
  }

  @Override
  public void close() {
    classifier.close();
  }
}
