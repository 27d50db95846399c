package io.stopline.campaign.detectorguard;

import io.stopline.config.Bundle;
import io.stopline.config.BundleWriter;
import io.stopline.config.CalibrationFile;
import io.stopline.config.GuardFactory;
import io.stopline.config.ModelManifest;
import io.stopline.config.PolicyFile;
import io.stopline.evaluation.TrackCalibrator;
import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.evaluation.detection.DetectorFigures;
import io.stopline.evaluation.detection.DetectorReading;
import io.stopline.evaluation.model.NewBundle;
import io.stopline.evaluation.road.RoadData;
import io.stopline.sdk.calibration.Promise;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.Detector;
import io.stopline.tflite.RuntimeOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Makes a calibrated bundle around somebody's own detector: a guard whose member is the detector
 * itself, which looks at what it found again and closer; or, with a bundle of classifiers behind
 * it, a guard whose finder it is. Belongs to one thread.
 */
public final class DetectorGuardInitializer {

  private static final int PROBES = 10;
  private static final int MAXIMUM = 32;

  /**
   * What is wanted.
   *
   * @param reading of the detector
   * @param figures what clean frames say of it
   * @param judged labels that the guard judges, as the detector writes them; empty for all
   * @param behind the bundle whose classifiers judge what the detector finds; null: it does so
   *     itself
   * @param meanings what the detector's labels mean to those classifiers; empty without them
   * @param witness another detector that checks on it; null: none does
   * @param out the bundle; must not exist, or be an empty folder
   * @param falseAlarmRate promised share of clean tracks that are suspected
   * @param licence of the weights, for the manifest
   * @param threads that calibrate
   * @param seed of the draws while calibrating
   */
  public record Settings(
      DetectorReading reading,
      DetectorFigures figures,
      List<String> judged,
      @Nullable Bundle behind,
      LabelMeanings meanings,
      @Nullable WitnessPlan witness,
      Path out,
      double falseAlarmRate,
      String licence,
      int threads,
      long seed) {
    public Settings {
      judged = List.copyOf(judged);
    }
  }

  /**
   * What came of it.
   *
   * @param result of the calibration
   * @param witness what the witness may say; null without one
   * @param warnings what the caller should know before relying on the guard
   */
  public record Outcome(
      Bundle bundle,
      String policy,
      DetectorCalibrator.Result result,
      int deadlineMillis,
      @Nullable WitnessOutcome witness,
      List<String> warnings) {
    public Outcome {
      warnings = List.copyOf(warnings);
    }

    /** Ready to be read. */
    public CalibrationFile calibration() {
      return result.calibration();
    }
  }

  private final Settings settings;
  private final DetectorReading reading;
  private final RoadData data;
  private final CleanDrives drives;

  /**
   * @param data clean frames, none of them labelled as test
   * @param drives of these frames
   */
  public DetectorGuardInitializer(Settings settings, RoadData data, CleanDrives drives) {
    this.settings = settings;
    this.reading = settings.reading();
    this.data = data;
    this.drives = drives;
  }

  /**
   * Does it. Nothing is left behind if it fails.
   *
   * @param progress is given a task and its number of steps, and returns what to call after each
   * @throws UnusableDatasetException if the rate cannot be promised from so many tracks
   * @throws io.stopline.tflite.InvalidModelException if the model cannot be loaded and run
   * @throws io.stopline.config.ConfigException if it does not fit into a bundle
   */
  public Outcome run(BiFunction<String, Integer, Runnable> progress) {
    if (settings.witness() != null) {
      // Before an hour of calibrating.
      WitnessChoice.requireLongEnough(drives);
    }
    try (NewBundle place = NewBundle.at(settings.out())) {
      Path part = place.part();
      BundleWriter writer = new BundleWriter(part);
      ModelManifest manifest = writeModel(writer);
      double millis = inferenceMillis();
      DetectorPolicy text =
          settings.behind() == null
              ? DetectorPolicy.alone(settings, manifest.name(), millis, MAXIMUM)
              : DetectorPolicy.behind(
                  settings, settings.behind(), writer, manifest, millis, MAXIMUM);
      writer.write("policies/" + text.name() + ".yaml", text.text());
      if (settings.behind() == null) {
        writer.write(
            "profiles/desktop.yaml",
            """
            schema: 1
            delegates: [xnnpack]
            threads: 1
            framesPerSecond: 30
            """);
      }
      Bundle bundle = writer.seal(bundleName(), "1.0.0", text.name(), text.profile());
      PolicyFile policy = bundle.policy(text.name());
      GuardPolicy.SignCheck sign = policy.policy().sign();
      boolean labelled = data.frames().stream().anyMatch(f -> !f.signs().isEmpty());
      DetectorCalibrator.Result result =
          DetectorCalibrator.calibrate(
              bundle,
              policy,
              drives,
              sign != null && labelled,
              data.name(),
              data.sha256(),
              data.split(),
              settings.threads(),
              settings.seed(),
              progress.apply("calibrating, drive", drives.drives().size()));
      requireTracks(result);
      String calibration = "calibrations/" + text.name() + ".yaml";
      writer.writeCalibration(calibration, result.calibration());
      writer.write("models/" + manifest.name() + ".md", card(result));
      WitnessOutcome witness = null;
      WitnessPlan plan = settings.witness();
      if (plan != null) {
        writeWitness(plan, writer, bundle);
        bundle = BundleWriter.reseal(part);
        witness = choose(plan, bundle, bundle.policy(text.name()), progress);
        writer.write("models/" + plan.name() + ".md", card(plan, witness));
        if (witness.settings() != null) {
          // The scores do not depend on who checks on the finder, but their file names the policy.
          writer.write(
              "policies/" + text.name() + ".yaml",
              text.with(witness.settings(), witness.chosenOn()).text());
          result = result.of(BundleWriter.reseal(part).policy(text.name()));
          writer.writeCalibration(calibration, result.calibration());
        }
      }
      BundleWriter.reseal(part);
      List<String> warnings = warnings(result, sign, labelled);
      if (witness != null) {
        warnings.addAll(witness.warnings());
      }
      return new Outcome(
          place.done(), text.name(), result, text.deadlineMillis(), witness, warnings);
    }
  }

  private void requireTracks(DetectorCalibrator.Result result) {
    if (result.tracks() == 0) {
      throw new UnusableDatasetException(
          "the detector made no track of three sightings in %s; bring frames in which it finds something, or let it find more (--threshold, --judge)"
              .formatted(drives.words()));
    }
    try {
      TrackCalibrator.checkRate(settings.falseAlarmRate(), Promise.MEAN, result.tracks());
    } catch (UnusableDatasetException e) {
      throw new UnusableDatasetException(
          "%s; %d tracks came of %s".formatted(e.getMessage(), result.tracks(), drives.words()), e);
    }
  }

  private List<String> warnings(
      DetectorCalibrator.Result result, GuardPolicy.@Nullable SignCheck sign, boolean labelled) {
    List<String> warnings = new ArrayList<>(labelled ? data.warnings() : List.of());
    if (drives.kind() == CleanDrives.Kind.STILLS) {
      warnings.add(
          "photographs were driven through by zooming, not filmed: the promise holds for such"
              + " drives; calibrate on frames that were filmed for one that holds on the road");
    }
    if (settings.behind() == null) {
      warnings.add(
          "one detector alone: what fools it at every size and in every view is accepted; a bundle"
              + " of classifiers behind it (--behind) sees more");
    }
    if (sign != null && !labelled) {
      warnings.add(
          "nothing is labelled in these frames, so tracks of what is no sign count too; the promise"
              + " is looser than it could be");
    }
    if (!result.smallFinds().isEmpty()) {
      warnings.add(result.smallFinds());
    }
    if (result.tracks() < 100) {
      warnings.add(
          "%d tracks are few: the smallest promise they allow is %.3f, and the next ones may well differ"
              .formatted(result.tracks(), 1.0 / (result.tracks() + 1)));
    }
    return warnings;
  }

  private ModelManifest writeModel(BundleWriter writer) {
    String name = NewBundle.plainName(reading.name().replaceFirst("\\.tflite$", ""));
    ModelManifest manifest =
        reading.manifest("models/" + name + ".tflite", "detector-labels.txt", settings.licence());
    writer.write(manifest.file(), reading.file());
    writer.write(manifest.labels(), String.join("\n", reading.labels()) + "\n");
    writer.writeModel(manifest);
    return manifest;
  }

  private static void writeWitness(WitnessPlan plan, BundleWriter writer, Bundle bundle) {
    if (bundle.models().containsKey(plan.name())) {
      throw new UnusableDatasetException(
          "the bundle has a model '%s' already; rename the witness's file".formatted(plan.name()));
    }
    ModelManifest manifest =
        plan.reading()
            .manifest("models/" + plan.name() + ".tflite", "witness-labels.txt", plan.licence());
    writer.write(manifest.file(), plan.reading().file());
    writer.write(manifest.labels(), String.join("\n", plan.reading().labels()) + "\n");
    writer.writeModel(manifest);
  }

  private WitnessOutcome choose(
      WitnessPlan plan,
      Bundle bundle,
      PolicyFile policy,
      BiFunction<String, Integer, Runnable> progress) {
    try (WitnessChoice choice =
        new WitnessChoice(bundle, policy, settings.threads(), settings.seed())) {
      return choice.run(plan, drives, progress);
    }
  }

  private String card(WitnessPlan plan, WitnessOutcome outcome) {
    StringBuilder text =
        new StringBuilder(
            """
            # Model card: %s

            Written by `stopline guard init`: a witness beside the finder. What only its authors know is not stated here; add it.

            - SHA-256 `%s`, %d bytes
            - %s
            - licence: %s
            """
                .formatted(
                    plan.name(),
                    plan.reading().sha256(),
                    plan.reading().file().length,
                    plan.reading().words(),
                    plan.licence()));
    text.append("- clean drives: %s of '%s'%n".formatted(drives.words(), data.name()));
    outcome.words().forEach(line -> text.append("- ").append(line.strip()).append('\n'));
    outcome.warnings().forEach(line -> text.append("- note: ").append(line).append('\n'));
    return text.toString();
  }

  /** The shortest of some runs on frames of the data, ms. */
  private double inferenceMillis() {
    long best = Long.MAX_VALUE;
    try (Detector detector = reading.open(0.5, MAXIMUM, RuntimeOptions.defaults())) {
      Image image = data.frames().get(0).image();
      for (int i = 0; i < PROBES; i++) {
        long start = System.nanoTime();
        detector.detect(image);
        best = Math.min(best, System.nanoTime() - start);
      }
    }
    return best / 1e6;
  }

  private String card(DetectorCalibrator.Result result) {
    return """
    # Model card: %s

    Written by `stopline guard init`. What only the model's authors know (training data, intended use, limits) is not stated here; add it.

    - SHA-256 `%s`, %d bytes
    - %s
    - it %s
    - calibrated on '%s': %s; %d tracks, judged %d times%s
    - licence: %s
    """
        .formatted(
            reading.name(),
            reading.sha256(),
            reading.file().length,
            reading.words(),
            settings.figures().words(),
            data.name(),
            drives.words(),
            result.tracks(),
            result.inspections(),
            result.onObjects() > 0
                ? ", of which %d are of labelled objects".formatted(result.onObjects())
                : "",
            settings.licence());
  }

  private String bundleName() {
    return NewBundle.plainName(
        String.valueOf(settings.out().toAbsolutePath().normalize().getFileName()));
  }

  /** Runs of every model of a policy on one crop, ms. */
  static double behindMillis(Bundle behind, PolicyFile policy) {
    double sum = 0;
    for (String member : policy.policy().models()) {
      try (var classifier =
          GuardFactory.open(behind, member, RuntimeOptions.defaults()).classifier()) {
        float[] scores = new float[classifier.classes()];
        long best = Long.MAX_VALUE;
        for (int i = 0; i < PROBES; i++) {
          long start = System.nanoTime();
          classifier.classify(scores);
          best = Math.min(best, System.nanoTime() - start);
        }
        sum += best / 1e6;
      }
    }
    return sum;
  }
}
