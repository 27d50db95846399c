package io.stopline.campaign.detectorattack;

import io.stopline.autodiff.DifferentiableDetector;
import io.stopline.autodiff.TfliteModels;
import io.stopline.autodiff.UnsupportedOperatorException;
import io.stopline.autodiff.UnusableModelException;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.evaluation.detection.DetectorReading;
import io.stopline.sdk.model.DetectionDecoding;
import io.stopline.sdk.model.Detector;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import org.jspecify.annotations.Nullable;

/**
 * A detector under attack: the file that ships, as TensorFlow Lite runs it, and the same rebuilt
 * with gradients for the search. Belongs to one thread.
 */
public final class DetectorTarget implements AutoCloseable {

  /** Far below what anybody would call a find: average precision wants to see all of the curve. */
  private static final double LEAST = 0.02;

  private static final int MOST = 100;

  private final DetectorReading reading;
  private final @Nullable DifferentiableDetector gradients;
  private final String withoutGradients;
  private final @Nullable GuardTerms guard;

  private DetectorTarget(
      DetectorReading reading,
      @Nullable DifferentiableDetector gradients,
      String withoutGradients,
      @Nullable GuardTerms guard) {
    this.reading = reading;
    this.gradients = gradients;
    this.withoutGradients = withoutGradients;
    this.guard = guard;
  }

  /** A detector by itself. */
  public static DetectorTarget bare(DetectorReading reading) {
    return open(reading, null);
  }

  /**
   * A detector and the guard behind it: the search aims at both.
   *
   * @param seed of the attacker's own draws
   * @throws io.stopline.config.ConfigException if the bundle cannot be used
   * @throws UnsupportedOperatorException if a member has no gradients
   */
  public static DetectorTarget adaptive(
      DetectorReading reading, Bundle bundle, PolicyFile policy, long seed) {
    GuardTerms guard = GuardTerms.open(bundle, policy, seed);
    boolean done = false;
    try {
      DetectorTarget target = open(reading, guard);
      done = true;
      return target;
    } finally {
      if (!done) {
        guard.close();
      }
    }
  }

  private static DetectorTarget open(DetectorReading reading, @Nullable GuardTerms guard) {
    try {
      return new DetectorTarget(
          reading,
          TfliteModels.openDetector(reading.file(), reading.encoding(), reading.format()),
          "",
          guard);
    } catch (UnsupportedOperatorException | UnusableModelException e) {
      return new DetectorTarget(reading, null, String.valueOf(e.getMessage()), guard);
    }
  }

  /**
   * The file that ships, by TensorFlow Lite, reporting what is far below any usual threshold too.
   *
   * @return owned by the caller
   */
  public Detector exact() {
    return new Detector(
        reading.name(),
        reading.sha256(),
        TfLiteModel.load(reading.name(), reading.file(), RuntimeOptions.defaults()),
        reading.encoding(),
        new DetectionDecoding(reading.format(), LEAST, MOST),
        reading.labels());
  }

  /** Why there are no gradients; empty if there are. */
  public String withoutGradients() {
    return withoutGradients;
  }

  /**
   * The attack: by gradients where there are any, else by queries.
   *
   * @param threshold from which on a detection counts, 0..1
   * @param exact as {@link #exact} gives it; the search asks it whether it may end
   * @param track whether the painting is to work over a whole drive towards the object
   */
  public ObjectSearch search(AttackGoal goal, double threshold, Detector exact, boolean track) {
    Ruling ruling = new Ruling(exact, goal, threshold);
    DifferentiableDetector detector = gradients;
    return detector == null
        ? new QuerySearch(goal, threshold, ruling)
        : new GradientSearch(
            detector,
            reading.format().fit(),
            reading.labels(),
            goal,
            threshold,
            ruling,
            guard,
            track);
  }

  /** A search by queries as a control of one by gradients; null if the attack is one itself. */
  public @Nullable ObjectSearch control(AttackGoal goal, double threshold, Detector exact) {
    return gradients == null
        ? null
        : new QuerySearch(goal, threshold, new Ruling(exact, goal, threshold));
  }

  @Override
  public void close() {
    if (gradients != null) {
      gradients.close();
    }
    if (guard != null) {
      guard.close();
    }
  }
}
