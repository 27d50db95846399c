package io.stopline.evaluation.road;

import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.LoadedClassifier;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.Classifier;
import io.stopline.sdk.transform.TransformChain;
import io.stopline.sdk.transform.TransformRenderer;
import io.stopline.tflite.RuntimeOptions;

/**
 * Measures how long a verifier takes, apart from the guard that asks it: within an inspection its
 * time cannot be told from that of the other models. Belongs to one thread.
 */
final class VerifierTime implements AutoCloseable {

  private final LoadedClassifier loaded;
  private final TransformRenderer renderer;
  private final float[] probabilities;

  VerifierTime(Bundle bundle, String model, RuntimeOptions options) {
    loaded = GuardFactory.open(bundle, model, options);
    Classifier classifier = loaded.classifier();
    renderer =
        new TransformRenderer(
            TransformChain.identity(), classifier.inputSpec(), classifier.encoding());
    probabilities = new float[classifier.classes()];
  }

  /** Time for one crop, ns. */
  long nanos(Image crop) {
    long begin = System.nanoTime();
    renderer.render(crop, 0, loaded.classifier().input());
    loaded.classifier().classify(probabilities);
    return System.nanoTime() - begin;
  }

  @Override
  public void close() {
    loaded.close();
  }
}
