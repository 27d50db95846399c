package io.stopline.attacks.detection;

import io.stopline.autodiff.DifferentiableDetector;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a detector finds, of the whole frame or in a close-up. <i>Hide</i>: the logits of the
 * object's label at all candidates on it, counted smoothly from somewhat below the threshold on.
 * <i>Create</i>: what the best candidate lacks of the wanted label, and of the place.
 * <i>Mislabel</i>: both.
 */
public final class DetectorTerm implements LossTerm {

  /** So far beyond the threshold, in logits, an attacker's effort goes. */
  private static final double RESERVE = 1.5;

  private final DifferentiableDetector detector;
  private final WindowView view;
  private final double weight;
  private final CandidateLoss loss;
  private final int windowSize;
  private final List<WindowView.Look> looks = new ArrayList<>();
  private final int batch;
  private final float[] inputs;
  private final float[] gradients;

  /**
   * @param view from the window to the detector's input
   * @param windowSize values of the window: width × height × 3
   * @param goal its labels are the detector's own
   * @param threshold probability from which the detector's user takes a candidate for a detection,
   *     above 0 and below 1
   * @param weight of this term among others, above 0
   * @throws IllegalArgumentException if the view does not fit the detector, or the goal's labels
   *     are none of its labels
   */
  public DetectorTerm(
      DifferentiableDetector detector,
      WindowView view,
      int windowSize,
      DetectionGoal goal,
      double threshold,
      double weight) {
    if (!view.input().equals(detector.shape())) {
      throw new IllegalArgumentException(
          "a view of %s for a detector that takes %s".formatted(view.input(), detector.shape()));
    }
    if (!(threshold > 0 && threshold < 1)) {
      throw new IllegalArgumentException(
          "detection threshold is %s; it must be above 0 and below 1".formatted(threshold));
    }
    this.detector = detector;
    this.view = view;
    this.windowSize = windowSize;
    this.weight = weight;
    this.loss =
        new CandidateLoss(
            goal,
            view.inInput(goal.place()),
            detector.candidates(),
            detector.labels(),
            detector.firstLabel(),
            detector.votes(),
            Math.log(threshold / (1 - threshold)),
            RESERVE);
    // Two at a time keep two cores busy.
    this.batch = Math.max(2, Math.min(8, detector.largestBatch()));
    this.inputs = new float[batch * detector.shape().size()];
    this.gradients = new float[inputs.length];
  }

  @Override
  public void evaluate(
      float[] windows, int count, long[] seeds, double[] losses, float @Nullable [] gradient) {
    while (looks.size() < Math.min(count, batch)) {
      looks.add(view.look());
    }
    for (int first = 0; first < count; first += batch) {
      evaluate(windows, first, Math.min(batch, count - first), seeds, losses, gradient);
    }
  }

  private void evaluate(
      float[] windows,
      int first,
      int count,
      long[] seeds,
      double[] losses,
      float @Nullable [] gradient) {
    int size = detector.shape().size();
    for (int n = 0; n < count; n++) {
      looks.get(n).forward(windows, (first + n) * windowSize, seeds[first + n], inputs, n * size);
    }
    try (DifferentiableDetector.Recording recording = detector.record(inputs, count)) {
      float[] boxCotangent = new float[recording.boxes().length];
      float[] scoreCotangent = new float[recording.scores().length];
      for (int n = 0; n < count; n++) {
        losses[first + n] +=
            weight
                * loss.evaluate(
                    recording.boxes(), recording.scores(), n, boxCotangent, scoreCotangent);
      }
      if (gradient == null || (isZero(boxCotangent) && isZero(scoreCotangent))) {
        return;
      }
      recording.backward(boxCotangent, scoreCotangent, gradients);
    }
    for (int n = 0; n < count; n++) {
      looks.get(n).backward(gradients, n * size, weight, gradient, (first + n) * windowSize);
    }
  }

  private static boolean isZero(float[] values) {
    for (float value : values) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }
}
