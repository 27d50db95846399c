package io.stopline.evaluation;

import io.stopline.config.Bundle;
import io.stopline.config.CalibrationFile;
import io.stopline.config.GuardFactory;
import io.stopline.config.PolicyFile;
import io.stopline.config.ReadyGuard;
import io.stopline.sdk.calibration.Calibration;
import io.stopline.sdk.calibration.Promise;
import io.stopline.sdk.guard.Guard;
import io.stopline.sdk.guard.TrackPolicy;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.sdk.random.RandomStream;
import io.stopline.tflite.RuntimeOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Scores clean tracks with a policy, so that its guard can tell how odd a new track is. Every frame
 * of a track is inspected with all its passes; the track's score is what the policy's statistic
 * says at its end. The same data, policy, models and seed give the same scores.
 */
public final class TrackCalibrator {

  private TrackCalibrator() {}

  /**
   * What calibrating found.
   *
   * @param calibration ready to be written into the bundle
   * @param accuracy of the members' mean on the frames, 0..1: if it is poor, the model is not fed
   *     as it was trained
   */
  public record Result(CalibrationFile calibration, Rate accuracy) {}

  /**
   * The tracks of a data set that a calibration may use: those of the split, and of these only the
   * ones that the starting models never saw where the data set records that.
   *
   * @throws UnusableDatasetException if the data set has no such split or it has no tracks
   */
  public static List<Track> tracks(Dataset data, String split, boolean heldOutOnly) {
    List<Track> all = data.split(split).tracks();
    List<Track> heldOut = all.stream().filter(Track::heldOut).toList();
    List<Track> chosen = heldOutOnly && !heldOut.isEmpty() ? heldOut : all;
    if (chosen.isEmpty()) {
      throw new UnusableDatasetException(
          "split '%s' of data set '%s' has no tracks to calibrate on; name one of %s"
              .formatted(split, data.name(), data.splitNames()));
    }
    return chosen;
  }

  /**
   * Refuses a promise that so many tracks cannot support, before time is spent on them.
   *
   * @throws UnusableDatasetException naming the smallest rate that can be promised
   */
  public static void checkRate(double falseAlarmRate, Promise promise, int tracks) {
    try {
      Calibration.checkRate(falseAlarmRate, promise, tracks);
    } catch (IllegalArgumentException e) {
      throw new UnusableDatasetException(
          e.getMessage() + " (the rate is falseAlarmRate in the policy, or --false-alarm-rate)", e);
    }
  }

  /**
   * Refuses tracks that are too short for the policy's statistic: all of them would score 0, and so
   * every track of the field be suspect.
   *
   * @throws UnusableDatasetException naming the first
   */
  public static void checkLengths(List<Track> tracks, TrackPolicy policy) {
    TrackPolicy.Quorum rule = policy.suspectAfter();
    for (Track track : tracks) {
      if (rule != null && track.frames().size() < rule.frames()) {
        throw new UnusableDatasetException(
            "track '%s' has %d frames, but the policy judges tracks by %d of the last %d (track: suspectAfter), so its score would be 0; calibrate on longer tracks or leave suspectAfter out"
                .formatted(track.id(), track.frames().size(), rule.frames(), rule.of()));
      }
    }
  }

  /**
   * Scores tracks.
   *
   * @param policy name, null for the bundle's default
   * @param tracks clean, and never seen by the models
   * @param classOf the model's class index of a label of the data
   * @param boxes how a finder would cut the signs out; null: as the data set did
   * @param dataName for the record
   * @param splitName for the record
   * @param frameDone is told after every frame
   * @throws io.stopline.config.ConfigException if the bundle cannot be used
   * @throws UnusableDatasetException if a track is too short for the policy's statistic
   * @throws IllegalStateException if a check or model failed on a frame; the message says why
   */
  public static Result calibrate(
      Bundle bundle,
      @Nullable String policy,
      RuntimeOptions options,
      List<Track> tracks,
      IntUnaryOperator classOf,
      @Nullable BoxSpread boxes,
      String dataName,
      String splitName,
      long seed,
      Runnable frameDone) {
    PolicyFile file = bundle.policy(policy);
    checkLengths(tracks, file.policy().track());
    List<Double> scores = new ArrayList<>(tracks.size());
    List<Sample> samples = new ArrayList<>();
    long right = 0;
    RandomStream random = new RandomStream(seed);
    try (ReadyGuard ready =
        GuardFactory.createForCalibration(
            bundle, policy, options, InspectionSeeds.reproducible(seed))) {
      for (Track track : tracks) {
        TrackState state = new TrackState();
        for (Sample sample : track.frames()) {
          Verdict verdict = inspect(ready.guard(), sample, cut(sample, boxes, random), state);
          right += verdict.label() == classOf.applyAsInt(sample.label()) ? 1 : 0;
          samples.add(sample);
          frameDone.run();
        }
        scores.add(state.score());
      }
    }
    scores.sort(null);
    return new Result(
        new CalibrationFile(
            file.policy().name(),
            file.policy().sha256(),
            bundle.learnt(file),
            dataName,
            new Split(splitName, samples, tracks).sha256(),
            splitName,
            samples.size(),
            boxes == null
                ? null
                : new CalibrationFile.Boxes(boxes.margin(), boxes.shift(), boxes.scale()),
            seed,
            scores),
        Rate.of(right, samples.size()));
  }

  private static Image cut(Sample sample, @Nullable BoxSpread boxes, RandomStream random) {
    Sample.Bounds bounds = sample.bounds();
    return boxes == null || bounds == null
        ? sample.image()
        : boxes.crop(sample.image(), bounds, random);
  }

  private static Verdict inspect(Guard guard, Sample sample, Image image, TrackState state) {
    Frame frame = new Frame(image, Instant.EPOCH, 0, sample.frame(), sample.track());
    Verdict verdict = guard.inspect(frame, Region.of(image), state);
    if (!verdict.complete()) {
      throw new IllegalStateException(
          "frame '%s' of track '%s' could not be scored: %s"
              .formatted(sample.file(), sample.track(), String.join("; ", verdict.reasons())));
    }
    return verdict;
  }
}
