package io.stopline.studio.demo;

import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.LoadedClassifier;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.transform.TransformChain;
import io.stopline.sdk.transform.TransformRenderer;
import io.stopline.tflite.RuntimeOptions;

/** A policy's first model without any guard: what a vehicle without Stopline would run. */
final class BareModel implements AutoCloseable {

  private final LoadedClassifier model;
  private final TransformRenderer renderer;
  private final float[] probabilities;

  BareModel(Bundle bundle, RuntimeOptions options) {
    model = GuardFactory.open(bundle, bundle.policy(null).policy().members().get(0), options);
    renderer =
        new TransformRenderer(
            TransformChain.identity(),
            model.classifier().inputSpec(),
            model.classifier().encoding());
    probabilities = new float[model.classifier().classes()];
  }

  /** The model's name in the bundle. */
  String name() {
    return model.classifier().name();
  }

  /** One probability a class; valid until the next call. */
  float[] probabilities(Image crop) {
    renderer.render(crop, 0, model.classifier().input());
    model.classifier().classify(probabilities);
    return probabilities;
  }

  /** What it takes a crop for. */
  int label(Image crop) {
    float[] p = probabilities(crop);
    int best = 0;
    for (int i = 1; i < p.length; i++) {
      if (p[i] > p[best]) {
        best = i;
      }
    }
    return best;
  }

  @Override
  public void close() {
    model.close();
  }
}
