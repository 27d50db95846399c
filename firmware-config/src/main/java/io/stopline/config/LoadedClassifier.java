package io.stopline.config;

import io.stopline.sdk.model.Classifier;
import io.stopline.tflite.PassedOver;
import java.util.List;

/**
 * One model of a bundle, ready to run.
 *
 * @param classifier belongs to one thread at a time
 * @param passedOver delegates that were preferred and are not used, with the reasons
 */
public record LoadedClassifier(Classifier classifier, List<PassedOver> passedOver)
    implements AutoCloseable {

  public LoadedClassifier {
    passedOver = List.copyOf(passedOver);
  }

  @Override
  public void close() {
    classifier.close();
  }
}
