package io.stopline.studio.bench;

import io.stopline.evaluation.detection.DetectorReading;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.Detector;
import io.stopline.sdk.model.VisionModel;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.util.Arrays;
import java.util.List;

/**
 * Times of a detector by itself, µs, by the clock of this process.
 *
 * @param inference of the network alone
 * @param fit from the frame to what the network takes
 * @param decode from what the network gives to boxes, suppression included
 * @param mean of all of it
 * @param p50 of all of it
 * @param p99 of all of it
 * @param frames that were measured
 * @param finds a frame
 * @param delegate where the network ran
 */
public record DetectorTimes(
    double inference,
    double fit,
    double decode,
    double mean,
    double p50,
    double p99,
    int frames,
    double finds,
    String delegate) {

  private static final int MOST_FRAMES = 100_000;

  /** At most so many finds a frame are decoded, as a policy usually asks for. */
  private static final int MOST_FINDS = 100;

  /**
   * Measures.
   *
   * @param images of any size, in turns; at least one
   * @param threshold from which probability on finds are decoded
   * @param seconds how long; warming up takes half as long more
   * @throws io.stopline.tflite.InvalidModelException if TensorFlow Lite refuses the file, or its
   *     tensors are not what the reading says
   */
  public static DetectorTimes measure(
      DetectorReading reading,
      List<Image> images,
      double threshold,
      int seconds,
      RuntimeOptions runtime) {
    // Opened once here, so that what cannot be read is told as that.
    reading.open(threshold, MOST_FINDS, runtime).close();
    VisionModel model = TfLiteModel.load(reading.name(), reading.file(), runtime);
    TimedModel timed = new TimedModel(model);
    try (Detector detector = reading.open(timed, threshold, MOST_FINDS)) {
      long warm = System.nanoTime() + seconds * 500_000_000L;
      for (int i = 0; i == 0 || System.nanoTime() < warm; i++) {
        detector.detect(images.get(i % images.size()));
        detector.detectWritten();
      }
      double[] whole = new double[MOST_FRAMES];
      int frames = 0;
      long finds = 0;
      long inference = timed.nanos();
      long inferences = timed.invocations();
      double outside = 0;
      double decode = 0;
      long end = System.nanoTime() + seconds * 1_000_000_000L;
      while (frames < MOST_FRAMES && (frames == 0 || System.nanoTime() < end)) {
        Image image = images.get(frames % images.size());
        long inside = timed.nanos();
        long start = System.nanoTime();
        finds += detector.detect(image).size();
        long all = System.nanoTime() - start;
        whole[frames++] = all / 1e3;
        outside += all - (timed.nanos() - inside);
        // Again without the fitting: what is not inference now is decoding.
        inside = timed.nanos();
        start = System.nanoTime();
        detector.detectWritten();
        decode += System.nanoTime() - start - (timed.nanos() - inside);
      }
      double[] sorted = Arrays.copyOf(whole, frames);
      Arrays.sort(sorted);
      return new DetectorTimes(
          (timed.nanos() - inference) / 1e3 / (timed.invocations() - inferences),
          Math.max(0, outside - decode) / 1e3 / frames,
          decode / 1e3 / frames,
          Arrays.stream(sorted).average().orElseThrow(),
          sorted[frames / 2],
          sorted[(int) Math.min(frames - 1L, Math.round(0.99 * frames))],
          frames,
          (double) finds / frames,
          model.delegate());
    }
  }
}
