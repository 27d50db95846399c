package io.stopline.campaign.detectorguard;

import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.PolicyFile;
import io.stopline.config.ReadyGuard;
import io.stopline.sdk.guard.Guard;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.Witnesses;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.pipeline.DetectorProposer;
import io.stopline.sdk.pipeline.FramePipeline;
import io.stopline.sdk.pipeline.Incident;
import io.stopline.sdk.pipeline.PipelineTuning;
import io.stopline.sdk.pipeline.RegionProposer;
import io.stopline.sdk.pipeline.WitnessCounts;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.sdk.random.RandomStream;
import io.stopline.tflite.RuntimeOptions;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Drives a calibrated guard with other witnesses than its policy has through clean drives, with all
 * that a vehicle runs, but without a clock. Belongs to one thread.
 */
final class WitnessTrial implements AutoCloseable {

  private final Bundle bundle;
  private final GuardPolicy.Finder finder;
  private final boolean closer;
  private final ReadyGuard ready;
  private final long seed;
  private final Map<Double, RegionProposer> opened = new HashMap<>();

  /**
   * What came of a drive.
   *
   * @param incidents of each kind
   * @param minutes it took
   * @param seen tracks of the witness
   * @param accepted tracks of the finder whose label the guard accepts
   */
  record Drive(Map<WitnessKind, Integer> incidents, double minutes, long seen, long accepted) {

    int count(WitnessKind kind) {
      return incidents.getOrDefault(kind, 0);
    }
  }

  /**
   * @param bundle has the witness's model; its policy has a finder and is calibrated
   * @param seed of the guard's draws
   */
  WitnessTrial(Bundle bundle, PolicyFile policy, GuardPolicy.Finder finder, long seed) {
    this.bundle = bundle;
    this.finder = finder;
    this.closer = bundle.model(policy.policy().members().get(0)).isDetector();
    this.ready =
        GuardFactory.create(
            bundle,
            policy.policy().name(),
            RuntimeOptions.defaults(),
            InspectionSeeds.reproducible(seed));
    this.seed = seed;
  }

  /** Drives once; the result depends on the drive, its number and the witnesses alone. */
  Drive run(CleanDrive drive, int number, Witnesses witnesses) {
    Guard guard = ready.guard();
    long draws = RandomStream.derive(seed, number);
    long[] inspections = {0};
    List<RegionProposer> looking = witnesses.detectors().stream().map(this::open).toList();
    FramePipeline pipeline =
        new FramePipeline(
            ready.finder(),
            (frame, region, sighting, track) ->
                guard.replay(
                    frame.image().view(region),
                    RandomStream.derive(draws, inspections[0]++),
                    guard.passesPerInspection(),
                    sighting,
                    track),
            PipelineTuning.standard(),
            // No inspection has to wait for the clock.
            () -> 0L,
            Clock.systemUTC(),
            () -> UUID.randomUUID().toString(),
            witnesses,
            looking);
    List<Incident> incidents = new ArrayList<>();
    CleanDrive.Frames frames = drive.open();
    for (int f = 0; f < drive.frames(); f++) {
      long nanos = f * drive.stepNanos();
      incidents.addAll(
          pipeline
              .process(
                  new Frame(
                      frames.image(f), Instant.EPOCH.plusNanos(nanos), nanos, f, "drive " + number))
              .incidents());
    }
    incidents.addAll(pipeline.finish());
    Map<WitnessKind, Integer> counts = new EnumMap<>(WitnessKind.class);
    for (WitnessKind kind : WitnessKind.values()) {
      counts.put(kind, (int) incidents.stream().filter(i -> i.kind() == kind.incident()).count());
    }
    WitnessCounts seen = pipeline.witnessCounts();
    return new Drive(
        counts,
        minutes(drive),
        seen == null ? 0 : seen.tracks(),
        seen == null ? 0 : seen.accepted());
  }

  static double minutes(CleanDrive drive) {
    return drive.frames() * (double) drive.stepNanos() / 60e9;
  }

  private RegionProposer open(Witnesses.WitnessDetector w) {
    return opened.computeIfAbsent(
        w.threshold(),
        threshold ->
            new DetectorProposer(
                GuardFactory.openDetector(
                        bundle,
                        w.detector(),
                        new GuardPolicy.Finder(
                            w.detector(), threshold, w.maximum(), finder.margin()),
                        RuntimeOptions.defaults())
                    .detector(),
                finder.margin(),
                closer,
                w.seen()));
  }

  @Override
  public void close() {
    opened.values().forEach(RegionProposer::close);
    ready.close();
  }
}
