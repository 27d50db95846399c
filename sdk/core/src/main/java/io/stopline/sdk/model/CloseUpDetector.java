package io.stopline.sdk.model;

import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.image.Region;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * A detector that looks at one object from near: a crop with the object and its surroundings fills
 * its input, and what it finds at the expected place becomes one probability a label and, last, one
 * that there is nothing.
 *
 * <ol>
 *   <li>The score of a label is that of its best detection, each weighed by how well its box covers
 *       the expected place: by 0 up to an overlap of {@link #LOWEST_OVERLAP}, by 1 from {@link
 *       #FULL_OVERLAP} on, linearly between. So a box that moves away counts against the object as
 *       a lost label does.
 *   <li>Detectors of different make mean different things by 0.4. The score at which the policy has
 *       the detector report counts as one half: the odds of a score are divided by those of the
 *       threshold.
 *   <li>Nothing has 1 − the best label's; then all are divided by their sum, which is above 1 where
 *       several labels are seen at one place.
 * </ol>
 *
 * <p>Belongs to one thread at a time; allocates nothing but the detections.
 */
public final class CloseUpDetector implements CropModel {

  /** Intersection over union up to which a box has nothing to do with the expected place. */
  public static final double LOWEST_OVERLAP = 0.15;

  /** Intersection over union from which on a box is at the expected place. */
  public static final double FULL_OVERLAP = 0.35;

  /** The threshold that a close-up's detector is to be decoded with: what is unlikely counts. */
  public static final double LOWEST_THRESHOLD = 0.05;

  /** How many detections a close-up's detector is to give. */
  public static final int MAXIMUM = 64;

  private final Detector detector;
  private final double threshold;
  private final boolean keepsAspect;

  /**
   * Takes ownership of the detector.
   *
   * @param detector reads from {@link #LOWEST_THRESHOLD} on, at most {@link #MAXIMUM}
   * @param threshold the score at which the policy has it report, above 0 and below 1
   * @throws IllegalArgumentException if the threshold is out of its range
   */
  public CloseUpDetector(Detector detector, double threshold) {
    if (!(threshold > 0 && threshold < 1)) {
      throw new IllegalArgumentException(
          "threshold %s of close-up detector '%s' must be above 0 and below 1"
              .formatted(threshold, detector.name()));
    }
    this.detector = detector;
    this.threshold = threshold;
    this.keepsAspect = detector.format().fit() != FrameFit.STRETCH;
  }

  @Override
  public String name() {
    return detector.name();
  }

  @Override
  public String sha256() {
    return detector.sha256();
  }

  @Override
  public String delegate() {
    return detector.delegate();
  }

  @Override
  public int classes() {
    return detector.labels().size() + 1;
  }

  @Override
  public int nothing() {
    return detector.labels().size();
  }

  @Override
  public TensorSpec inputSpec() {
    return detector.inputSpec();
  }

  @Override
  public InputEncoding encoding() {
    return detector.encoding();
  }

  @Override
  public boolean keepsAspect() {
    return keepsAspect;
  }

  @Override
  public ByteBuffer input() {
    return detector.input();
  }

  @Override
  public void classify(double[] place, float[] probabilities) {
    if (probabilities.length != classes()) {
      throw new IllegalArgumentException(
          "close-up detector '%s' gives %d probabilities, the array has room for %d"
              .formatted(name(), classes(), probabilities.length));
    }
    List<Detection> detections = detector.detectWritten();
    Arrays.fill(probabilities, 0);
    for (int i = 0; i < detections.size(); i++) {
      Detection d = detections.get(i);
      double score = odds(d.probability()) * weight(overlap(d.region(), place));
      probabilities[d.label()] = Math.max(probabilities[d.label()], (float) score);
    }
    float best = 0;
    float sum = 0;
    for (int c = 0; c < nothing(); c++) {
      best = Math.max(best, probabilities[c]);
      sum += probabilities[c];
    }
    probabilities[nothing()] = 1 - best;
    sum += 1 - best;
    for (int c = 0; c < probabilities.length; c++) {
      probabilities[c] /= sum;
    }
  }

  /** A score as a probability, one half at the threshold. */
  private double odds(double score) {
    double here = score * (1 - threshold);
    return here / (here + (1 - score) * threshold);
  }

  private static double weight(double overlap) {
    double share = (overlap - LOWEST_OVERLAP) / (FULL_OVERLAP - LOWEST_OVERLAP);
    return Math.max(0, Math.min(1, share));
  }

  /** Intersection over union of a box and a place, which may reach beyond the input's edges. */
  private double overlap(Region box, double[] place) {
    if (Double.isNaN(place[0])) {
      return 1;
    }
    double left = Math.max(0, place[0]);
    double top = Math.max(0, place[1]);
    double right = Math.min(detector.inputWidth(), place[2]);
    double bottom = Math.min(detector.inputHeight(), place[3]);
    double w = Math.min(right, (double) box.x() + box.width()) - Math.max(left, box.x());
    double h = Math.min(bottom, (double) box.y() + box.height()) - Math.max(top, box.y());
    if (w <= 0 || h <= 0) {
      return 0;
    }
    double both = w * h;
    return both / ((right - left) * (bottom - top) + box.area() - both);
  }

  @Override
  public void close() {
    detector.close();
  }
}
