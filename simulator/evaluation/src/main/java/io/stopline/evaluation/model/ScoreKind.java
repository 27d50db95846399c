package io.stopline.evaluation.model;

import io.stopline.config.GuardFactory;
import io.stopline.config.LoadedClassifier;
import io.stopline.config.ModelManifest;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Sample;
import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.sdk.model.Classifier;
import io.stopline.sdk.model.Classifier.OutputKind;
import io.stopline.sdk.transform.TransformChain;
import io.stopline.sdk.transform.TransformRenderer;
import io.stopline.tflite.RuntimeOptions;
import java.util.List;
import java.util.Locale;

/** Tells probabilities from logits by looking at them. */
public final class ScoreKind {

  private static final int PER_CLASS = 2;

  /** Quantised probabilities are rounded, each by up to half a step. */
  private static final double OUTSIDE = 0.01;

  private static final double SUM = 0.05;
  private static final double SUM_PER_CLASS = 0.002;

  private ScoreKind() {}

  /**
   * What a model's scores are on clean images.
   *
   * @throws UnusableDatasetException if the user or the manifest says otherwise
   */
  public static OutputKind of(ModelReading reading, Dataset data) {
    List<Sample> samples = CleanImages.of(data, PER_CLASS).samples();
    OutputKind seen =
        areProbabilities(reading, samples) ? OutputKind.PROBABILITIES : OutputKind.LOGITS;
    OutputKind told = reading.kind();
    if (told != null && told != seen) {
      throw new UnusableDatasetException(
          "model '%s' is said to give %s, but on clean images its scores %s; say --output %s"
              .formatted(
                  reading.name(),
                  word(told),
                  seen == OutputKind.PROBABILITIES
                      ? "lie in 0..1 and add up to 1, as probabilities do"
                      : "do not lie in 0..1 or do not add up to 1, as those of logits",
                  word(seen)));
    }
    return seen;
  }

  /** As options and manifests are written. */
  public static String word(OutputKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static boolean areProbabilities(ModelReading reading, List<Sample> samples) {
    try (LoadedClassifier loaded = open(reading)) {
      Classifier classifier = loaded.classifier();
      TransformRenderer renderer = plain(classifier);
      float[] scores = new float[classifier.classes()];
      for (Sample sample : samples) {
        renderer.render(sample.image(), 0, classifier.input());
        classifier.classify(scores);
        if (!areProbabilities(scores)) {
          return false;
        }
      }
      return true;
    }
  }

  private static boolean areProbabilities(float[] scores) {
    double sum = 0;
    for (float score : scores) {
      if (score < -OUTSIDE || score > 1 + OUTSIDE) {
        return false;
      }
      sum += score;
    }
    return Math.abs(sum - 1) <= SUM + SUM_PER_CLASS * scores.length;
  }

  /** Opens a model so that it gives its scores as they are. */
  static LoadedClassifier open(ModelReading reading) {
    return GuardFactory.open(
        new ModelManifest(
            reading.name(),
            reading.name(),
            reading.sha256(),
            reading.encoding(),
            new ModelManifest.Output.Classes(OutputKind.PROBABILITIES),
            "",
            "",
            new ModelManifest.Reference(0, 1, 0)),
        reading.file(),
        RuntimeOptions.defaults());
  }

  /** Feeds it as a guard does. */
  static TransformRenderer plain(Classifier classifier) {
    return new TransformRenderer(
        TransformChain.identity(), classifier.inputSpec(), classifier.encoding());
  }

  /** Number of the first largest score. */
  static int largest(float[] scores) {
    int best = 0;
    for (int c = 1; c < scores.length; c++) {
      best = scores[c] > scores[best] ? c : best;
    }
    return best;
  }
}
