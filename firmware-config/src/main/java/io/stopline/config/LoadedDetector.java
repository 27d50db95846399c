package io.stopline.config;

import io.stopline.sdk.model.Detector;
import io.stopline.tflite.PassedOver;
import java.util.List;

/**
 * One detector of a bundle, ready to run.
 *
 * @param detector belongs to one thread at a time
 * @param passedOver delegates that were preferred and are not used, with the reasons
 */
public record LoadedDetector(Detector detector, List<PassedOver> passedOver)
    implements AutoCloseable {

  public LoadedDetector {
    passedOver = List.copyOf(passedOver);
  }

  @Override
  public void close() {
    detector.close();
  }
}
