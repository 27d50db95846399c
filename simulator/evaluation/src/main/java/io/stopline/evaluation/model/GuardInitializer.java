package io.stopline.evaluation.model;

import io.stopline.config.Bundle;
import io.stopline.config.BundleWriter;
import io.stopline.config.CalibrationFile;
import io.stopline.config.GuardFactory;
import io.stopline.config.LoadedClassifier;
import io.stopline.config.ModelManifest;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.Sample;
import io.stopline.evaluation.SplitRule;
import io.stopline.evaluation.Track;
import io.stopline.evaluation.TrackCalibrator;
import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.sdk.calibration.Promise;
import io.stopline.sdk.model.Classifier;
import io.stopline.sdk.model.Classifier.OutputKind;
import io.stopline.sdk.transform.TransformChain;
import io.stopline.sdk.transform.TransformRenderer;
import io.stopline.tflite.RuntimeOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** Makes a calibrated bundle around somebody's own image classifier. Belongs to one thread. */
public final class GuardInitializer {

  private static final int DRAWS = 6;
  private static final int PASSES = 1 + DRAWS + 1;
  private static final int PROBES = 200;
  private static final String POLICY = "default";

  /**
   * What is wanted.
   *
   * @param reading of the model
   * @param classes how its outputs and the data's classes are paired
   * @param out the bundle; must not exist, or be an empty folder
   * @param falseAlarmRate promised share of clean tracks that are suspected
   * @param licence of the weights, for the manifest
   * @param seed of the draws while calibrating
   */
  public record Settings(
      ModelReading reading,
      ClassMap classes,
      Path out,
      double falseAlarmRate,
      String licence,
      long seed) {}

  /**
   * What came of it.
   *
   * @param warnings what the caller should know before relying on the guard
   */
  public record Outcome(
      Bundle bundle,
      CalibrationFile calibration,
      Rate accuracy,
      OutputKind output,
      int deadlineMillis,
      List<String> warnings) {

    public Outcome {
      warnings = List.copyOf(warnings);
    }
  }

  private final Settings settings;
  private final ModelReading reading;
  private final Dataset data;
  private final List<String> warnings = new ArrayList<>();

  /**
   * @param data in the model's order of classes
   */
  public GuardInitializer(Settings settings, Dataset data) {
    this.settings = settings;
    this.reading = settings.reading();
    this.data = data;
  }

  /**
   * The tracks that will be used: the calibration split of a packed set; of a folder per class
   * everything but its test part.
   */
  public List<Track> tracks() {
    if (!data.hasOwnCalibration()) {
      return data.splitNames().stream()
          .filter(s -> !s.equals(SplitRule.TEST))
          .flatMap(s -> data.split(s).tracks().stream())
          .toList();
    }
    return TrackCalibrator.tracks(data, SplitRule.CALIBRATION, true);
  }

  /**
   * Does it. Nothing is left behind if it fails.
   *
   * @param progress is given a task and its number of steps, and returns what to call after each
   * @throws UnusableDatasetException if labels, data and model do not fit together, or the rate
   *     cannot be promised from so many tracks
   * @throws io.stopline.tflite.InvalidModelException if the model cannot be loaded and run
   * @throws io.stopline.config.ConfigException if it is no image classifier
   */
  public Outcome run(BiFunction<String, Integer, Runnable> progress) {
    List<Track> tracks = tracks();
    if (tracks.isEmpty()) {
      throw new UnusableDatasetException(
          "data set '%s' has no images to calibrate on".formatted(data.name()));
    }
    TrackCalibrator.checkRate(settings.falseAlarmRate(), Promise.MEAN, tracks.size());
    NewBundle.refuseOccupied(settings.out());
    warnings.addAll(data.notes());
    if (tracks.stream().allMatch(t -> t.frames().size() == 1)) {
      warnings.add(
          "each image counts as a track of its own: the promise holds for a single look at a sign,"
              + " not for its whole track");
    }
    warnings.add(
        "one model alone: there is no check of agreement between models; a bundle with two or more"
            + " different models sees more");
    List<Sample> probes = spread(tracks);
    OutputKind kind = ScoreKind.of(reading, data);
    int deadline = deadlineMillis(kind, probes);

    try (NewBundle place = NewBundle.at(settings.out())) {
      Path part = place.part();
      Bundle bundle = write(part, manifest(kind), deadline);
      int frames = tracks.stream().mapToInt(t -> t.frames().size()).sum();
      TrackCalibrator.Result result =
          TrackCalibrator.calibrate(
              bundle,
              POLICY,
              RuntimeOptions.defaults(),
              tracks,
              label -> label,
              null,
              data.name(),
              data.hasOwnCalibration() ? SplitRule.CALIBRATION : "all but test",
              settings.seed(),
              progress.apply("calibrating", frames));
      BundleWriter writer = new BundleWriter(part);
      writer.writeCalibration("calibrations/" + POLICY + ".yaml", result.calibration());
      writer.write("models/" + modelName() + ".md", card(kind, result));
      BundleWriter.reseal(part);
      return new Outcome(
          place.done(), result.calibration(), result.accuracy(), kind, deadline, warnings);
    }
  }

  /** At most {@link #PROBES} images, evenly over the tracks. */
  private static List<Sample> spread(List<Track> tracks) {
    List<Sample> all = tracks.stream().map(t -> t.frames().get(t.frames().size() - 1)).toList();
    List<Sample> some = new ArrayList<>();
    int step = Math.max(1, all.size() / PROBES);
    for (int i = 0; i < all.size() && some.size() < PROBES; i += step) {
      some.add(all.get(i));
    }
    return some;
  }

  private LoadedClassifier open(OutputKind kind) {
    return GuardFactory.open(manifest(kind), reading.file(), RuntimeOptions.defaults());
  }

  /** What the model gives for an image, as its output tensor means it. */
  private static void classify(
      Classifier classifier, TransformRenderer renderer, Sample sample, float[] into) {
    renderer.render(sample.image(), 0, classifier.input());
    classifier.classify(into);
  }

  private static TransformRenderer plain(Classifier classifier) {
    return new TransformRenderer(
        TransformChain.identity(), classifier.inputSpec(), classifier.encoding());
  }

  private int deadlineMillis(OutputKind kind, List<Sample> probes) {
    try (LoadedClassifier loaded = open(kind)) {
      Classifier classifier = loaded.classifier();
      TransformRenderer renderer = plain(classifier);
      float[] scores = new float[classifier.classes()];
      long best = Long.MAX_VALUE;
      for (int i = 0; i < 20; i++) {
        Sample sample = probes.get(i % probes.size());
        long start = System.nanoTime();
        classify(classifier, renderer, sample, scores);
        best = Math.min(best, System.nanoTime() - start);
      }
      return UsualPolicy.deadlineMillis(best / 1e6, PASSES);
    }
  }

  private ModelManifest manifest(OutputKind kind) {
    return reading.manifest(
        "models/" + modelName() + ".tflite", "labels.txt", kind, settings.licence());
  }

  private Bundle write(Path directory, ModelManifest manifest, int deadline) {
    BundleWriter writer = new BundleWriter(directory);
    writer.write(manifest.file(), reading.file());
    writer.write("labels.txt", String.join("\n", settings.classes().modelNames()) + "\n");
    writer.writeModel(manifest);
    writer.write(
        "profiles/desktop.yaml",
        """
        schema: 1
        delegates: [xnnpack]
        threads: 1
        framesPerSecond: 30
        """);
    writer.write(
        "policies/" + POLICY + ".yaml",
        """
        # One model: 1 plain run, %d on randomised views and 1 on a smoothed view, %d in all.
        schema: 1
        members: ["%s"]

        %s
        checks:
          - transform-consistency: {view: jitter, draws: %d, weight: 1}
          - feature-squeezing: {views: [smooth], weight: 1}

        # The share of clean signs (tracks, not frames) that may be suspected.
        falseAlarmRate: %s
        # Four times what an inspection took where the bundle was made, at least 100.
        deadlineMillis: %d
        minimumSide: 12
        # More than all other labels together; a label that is less sure is not accepted.
        minimumProbability: 0.5
        calibration: calibrations/%s.yaml
        """
            .formatted(
                DRAWS,
                PASSES,
                manifest.name(),
                UsualPolicy.views(1.2, "a sign"),
                DRAWS,
                settings.falseAlarmRate(),
                deadline,
                POLICY));
    return writer.seal(bundleName(), "1.0.0", POLICY, "desktop");
  }

  private String card(OutputKind kind, TrackCalibrator.Result result) {
    return """
    # Model card: %s

    Written by `stopline guard init`. What only the model's authors know (training data, intended use, limits) is not stated here; add it.

    - SHA-256 `%s`, %d bytes
    - %s; output: %s
    - classes %s
    - right on %s of the %d frames (%d tracks) of '%s' that the guard was calibrated on
    - licence: %s
    """
        .formatted(
            modelName(),
            reading.sha256(),
            reading.file().length,
            reading.words(),
            ScoreKind.word(kind),
            settings.classes().how(),
            result.accuracy(),
            result.calibration().frames(),
            result.calibration().scores().size(),
            data.name(),
            settings.licence());
  }

  private String modelName() {
    return NewBundle.plainName(reading.name().replaceFirst("\\.tflite$", ""));
  }

  private String bundleName() {
    return NewBundle.plainName(
        String.valueOf(settings.out().toAbsolutePath().normalize().getFileName()));
  }
}
