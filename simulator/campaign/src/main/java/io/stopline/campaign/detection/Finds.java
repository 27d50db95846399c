package io.stopline.campaign.detection;

import io.stopline.evaluation.Sha256;
import io.stopline.evaluation.model.ModelBytes;
import io.stopline.evaluation.road.Find;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.model.DetectionDecoding;
import io.stopline.sdk.model.Detector;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What a detector file of our own finds in frames. Belongs to one thread. */
final class Finds implements AutoCloseable {

  /** Far below what anybody would call a sign: training wants to see what was nearly one. */
  private static final DetectionDecoding DECODING = DetectionDecoding.heatMap(0.02, 48);

  private final Detector detector;

  /**
   * @param file a {@code .tflite} detector that {@link DetectorTraining} made, or its full-integer
   *     form
   * @throws IOException if it cannot be read
   * @throws io.stopline.tflite.InvalidModelException if TensorFlow Lite refuses it
   * @throws IllegalArgumentException if it is no detector with a heat map
   */
  Finds(Path file) throws IOException {
    byte[] bytes = ModelBytes.read(file);
    String name = String.valueOf(file.getFileName());
    detector =
        new Detector(
            name,
            Sha256.of(bytes),
            TfLiteModel.load(name, bytes, RuntimeOptions.defaults()),
            DetectorTraining.ENCODING,
            DECODING,
            List.of("sign"));
  }

  /** Best first. */
  List<Find> in(Image frame) {
    List<Detection> detections = detector.detect(frame);
    return detections.stream().map(d -> new Find(d.region(), d.region(), d.probability())).toList();
  }

  @Override
  public void close() {
    detector.close();
  }
}
