package io.stopline.campaign.detectorguard;

import io.stopline.config.Bundle;
import io.stopline.config.CalibrationFile;
import io.stopline.config.GuardFactory;
import io.stopline.config.PolicyFile;
import io.stopline.config.ReadyGuard;
import io.stopline.evaluation.ParallelWork;
import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.pipeline.DetectorProposer;
import io.stopline.sdk.pipeline.FramePipeline;
import io.stopline.sdk.pipeline.PipelineTuning;
import io.stopline.sdk.pipeline.RegionProposer;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.sdk.random.RandomStream;
import io.stopline.tflite.RuntimeOptions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.UUID;

/**
 * Scores the tracks that a policy's finder makes of clean drives, by the whole of what a vehicle
 * runs: finder, tracker and guard, as many inspections a frame, but without a clock. The score of a
 * track is what the policy's statistic says at its end. Every track counts, be it of a real object
 * or of a false find: a vehicle has both. Frames, policy, models and seed decide the result, on any
 * number of threads.
 */
public final class DetectorCalibrator {

  /** From this overlap on a region is about a labelled object. */
  private static final double ON_OBJECT = 0.3;

  private DetectorCalibrator() {}

  /**
   * What calibrating found.
   *
   * @param calibration ready to be written into the bundle
   * @param tracks that were judged
   * @param inspections made in all of them
   * @param frames that were looked at
   * @param onObjects how many of the tracks are about labelled objects
   * @param smallFinds what is to be said of finds that are too small to be judged; empty if nothing
   */
  public record Result(
      CalibrationFile calibration,
      int tracks,
      int inspections,
      int frames,
      int onObjects,
      String smallFinds) {

    /**
     * The same scores for a policy that differs in nothing that they depend on, such as in who
     * checks on its finder.
     */
    Result of(PolicyFile policy) {
      CalibrationFile c = calibration;
      return new Result(
          new CalibrationFile(
              policy.policy().name(),
              policy.policy().sha256(),
              c.models(),
              c.dataName(),
              c.dataSha256(),
              c.split(),
              c.frames(),
              c.boxes(),
              c.seed(),
              c.scores()),
          tracks,
          inspections,
          frames,
          onObjects,
          smallFinds);
    }
  }

  /**
   * Scores tracks.
   *
   * @param policy one with a finder
   * @param objectsOnly whether only tracks of labelled objects count: where a verifier drops what
   *     is no object before it is judged
   * @param dataName for the record
   * @param dataSha256 of the frames
   * @param splitName for the record
   * @param driveDone is told after every drive, from any thread
   * @throws io.stopline.config.ConfigException if the bundle cannot be used
   * @throws IllegalStateException if a check or model failed on a frame; the message says why
   */
  public static Result calibrate(
      Bundle bundle,
      PolicyFile policy,
      CleanDrives drives,
      boolean objectsOnly,
      String dataName,
      String dataSha256,
      String splitName,
      int threads,
      long seed,
      Runnable driveDone) {
    List<List<Scored>> scored = new ArrayList<>();
    drives.drives().forEach(d -> scored.add(new ArrayList<>()));
    ParallelWork.run(
        threads,
        drives.drives().size(),
        () ->
            new ParallelWork.Worker() {
              private final RegionProposer finder = finder(bundle, policy);

              @Override
              public void run(int piece) {
                scored.get(piece).addAll(drive(bundle, policy, finder, drives, piece, seed));
              }

              @Override
              public void close() {
                finder.close();
              }
            },
        driveDone);
    List<Double> scores = new ArrayList<>();
    int inspections = 0;
    int onObjects = 0;
    List<Integer> sides = new ArrayList<>();
    List<Boolean> gone = new ArrayList<>();
    for (List<Scored> drive : scored) {
      for (Scored track : drive) {
        boolean on = 2 * track.onObject >= track.frames;
        onObjects += on ? 1 : 0;
        sides.addAll(track.sides);
        gone.addAll(track.gone);
        if (on || !objectsOnly) {
          inspections += track.frames;
          scores.add(track.state.score());
        }
      }
    }
    scores.sort(null);
    GuardPolicy.Finder finder = policy.policy().finder();
    return new Result(
        new CalibrationFile(
            policy.policy().name(),
            policy.policy().sha256(),
            bundle.learnt(policy),
            dataName,
            dataSha256,
            splitName,
            inspections,
            seed,
            scores),
        scores.size(),
        inspections,
        drives.frames(),
        onObjects,
        finder == null
            ? ""
            : new CloseUpSizes(sides, gone, 1 + 2 * finder.margin())
                .words(policy.policy().minimumSide()));
  }

  /** One track. */
  private static final class Scored {
    final TrackState state;
    int frames;
    int onObject;

    /** Of a detector's close-ups: their sides, px, and whether they showed nothing. */
    final List<Integer> sides = new ArrayList<>();

    final List<Boolean> gone = new ArrayList<>();

    Scored(TrackState state) {
      this.state = state;
    }
  }

  private static RegionProposer finder(Bundle bundle, PolicyFile policy) {
    GuardPolicy.Finder finder = policy.policy().finder();
    if (finder == null) {
      throw new IllegalArgumentException(
          "policy '%s' has no finder, so it makes no tracks".formatted(policy.policy().name()));
    }
    boolean closer = bundle.model(policy.policy().members().get(0)).isDetector();
    return new DetectorProposer(
        GuardFactory.openDetector(bundle, finder.detector(), finder, RuntimeOptions.defaults())
            .detector(),
        finder.margin(),
        closer,
        finder.labels());
  }

  /** A guard of its own for each drive, so that seeds do not depend on the order of drives. */
  private static List<Scored> drive(
      Bundle bundle,
      PolicyFile policy,
      RegionProposer finder,
      CleanDrives drives,
      int number,
      long seed) {
    CleanDrive drive = drives.drives().get(number);
    int minimumSide = policy.policy().minimumSide();
    IdentityHashMap<TrackState, Scored> tracks = new IdentityHashMap<>();
    List<Scored> inOrder = new ArrayList<>();
    CleanDrive.Frames frames = drive.open();
    try (ReadyGuard ready =
        GuardFactory.createForCalibration(
            bundle,
            policy.policy().name(),
            RuntimeOptions.defaults(),
            InspectionSeeds.reproducible(RandomStream.derive(seed, number)))) {
      List<List<Region>> objects = new ArrayList<>();
      FramePipeline pipeline =
          new FramePipeline(
              finder,
              (frame, region, sighting, state) -> {
                if (Math.min(region.width(), region.height()) < minimumSide) {
                  // A guard that is not calibrating leaves it alone.
                  return inspect(ready, frame, region, sighting, new TrackState());
                }
                Scored track =
                    tracks.computeIfAbsent(
                        state,
                        s -> {
                          Scored made = new Scored(s);
                          inOrder.add(made);
                          return made;
                        });
                track.frames++;
                track.onObject += isOn(sighting, region, objects.get(0)) ? 1 : 0;
                Verdict verdict = inspect(ready, frame, region, sighting, state);
                if (sighting.box() != null) {
                  track.sides.add(Math.min(region.width(), region.height()));
                  track.gone.add(verdict.labelName().equals(GuardFactory.NOTHING));
                }
                return verdict;
              },
              PipelineTuning.standard(),
              // No inspection has to wait for the clock.
              () -> 0L,
              Clock.systemUTC(),
              () -> UUID.randomUUID().toString());
      for (int f = 0; f < drive.frames(); f++) {
        Image image = frames.image(f);
        objects.clear();
        objects.add(frames.objects(f));
        long nanos = f * drive.stepNanos();
        pipeline.process(
            new Frame(image, Instant.EPOCH.plusNanos(nanos), nanos, f, "drive " + number));
      }
      pipeline.finish();
    }
    return inOrder;
  }

  private static boolean isOn(Sighting sighting, Region crop, List<Region> objects) {
    Region box = sighting.box();
    Region seen =
        box == null
            ? crop
            : new Region(crop.x() + box.x(), crop.y() + box.y(), box.width(), box.height());
    return objects.stream().anyMatch(o -> o.intersectionOverUnion(seen) >= ON_OBJECT);
  }

  private static Verdict inspect(
      ReadyGuard ready, Frame frame, Region region, Sighting sighting, TrackState state) {
    Verdict verdict = ready.guard().inspect(frame, region, sighting, state);
    if (!verdict.complete()) {
      throw new IllegalStateException(
          "frame %d of '%s' could not be scored: %s"
              .formatted(frame.sequence(), frame.source(), String.join("; ", verdict.reasons())));
    }
    return verdict;
  }
}
