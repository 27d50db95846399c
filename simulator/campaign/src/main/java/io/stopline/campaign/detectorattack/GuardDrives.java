package io.stopline.campaign.detectorattack;

import io.stopline.campaign.stills.StillCamera;
import io.stopline.campaign.stills.StillDrive;
import io.stopline.campaign.stills.StillJudge;
import io.stopline.campaign.stills.StillResult;
import io.stopline.campaign.stills.StillRuns;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.TrackBootstrap;
import io.stopline.evaluation.road.FrameMean;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.evaluation.road.SignBox;
import io.stopline.evaluation.robustness.DetectorGuardFigures;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Drives a whole guard past attacked objects: each frame with an attacked object is driven through
 * as a still, clean and with its paintings, which stay on their objects for the whole approach.
 * Each drive has a camera (drift, noise, JPEG) and random draws of its own.
 */
public final class GuardDrives {

  /** Objects that are smaller at the end of a drive, px, are not asked about. */
  private static final int MINIMUM_SIDE = 16;

  private final Bundle bundle;
  private final PolicyFile policy;
  private final int drives;
  private final int threads;
  private final long seed;

  /**
   * @param drives past each object, at least 1
   * @param seed of cameras and draws
   */
  public GuardDrives(Bundle bundle, PolicyFile policy, int drives, int threads, long seed) {
    this.bundle = bundle;
    this.policy = policy;
    this.drives = drives;
    this.threads = threads;
    this.seed = seed;
  }

  /** How many drives {@link #run} makes, clean ones included. */
  public int count(DetectorAttackRun run) {
    return 2 * drives * withAttacks(run).size();
  }

  private static List<Integer> withAttacks(DetectorAttackRun run) {
    return run.cases().stream().map(c -> c.object().frame()).distinct().sorted().toList();
  }

  /**
   * Drives past every attacked object.
   *
   * @param frames of the data, with the guard's labels
   * @param adaptive whether the attack aimed at the whole guard
   * @param knowledge of the attacker, in words
   * @param done is called after each drive, from any thread
   */
  public DetectorGuardFigures run(
      DetectorAttackRun run,
      List<RoadFrame> frames,
      boolean adaptive,
      String knowledge,
      Runnable done) {
    List<RoadFrame> photographs = withAttacks(run).stream().map(frames::get).toList();
    List<List<StillResult>> clean = new ArrayList<>();
    List<List<StillResult>> attacked = new ArrayList<>();
    for (int d = 0; d < drives; d++) {
      clean.add(drive(photographs, d, RoadFrame::image, done));
      attacked.add(drive(photographs, d, photograph -> painted(run, frames, photograph), done));
    }
    return figures(run, frames, photographs, clean, attacked, adaptive, knowledge);
  }

  private List<StillResult> drive(
      List<RoadFrame> photographs, int drive, Function<RoadFrame, Image> pictures, Runnable done) {
    return StillRuns.run(
        bundle,
        policy,
        photographs,
        StillCamera.STANDARD,
        MINIMUM_SIDE,
        threads,
        RandomStream.derive(seed, drive),
        done,
        pictures);
  }

  private static Image painted(
      DetectorAttackRun run, List<RoadFrame> frames, RoadFrame photograph) {
    Image picture = photograph.image();
    for (DetectorAttackRun.Case each : run.cases()) {
      if (frames.get(each.object().frame()) == photograph && !each.attack().violates()) {
        each.attack().overlay().onto(picture);
      }
    }
    return picture;
  }

  private DetectorGuardFigures figures(
      DetectorAttackRun run,
      List<RoadFrame> frames,
      List<RoadFrame> photographs,
      List<List<StillResult>> clean,
      List<List<StillResult>> attacked,
      boolean adaptive,
      String knowledge) {
    Map<String, Long> fates = new TreeMap<>();
    Map<Integer, int[]> byFrame = new TreeMap<>();
    int read = 0;
    int objects = 0;
    int lost = 0;
    for (DetectorAttackRun.Case each : run.cases()) {
      RoadFrame photograph = frames.get(each.object().frame());
      int p = photographs.indexOf(photograph);
      if (!isRead(each, photograph, p, clean)) {
        objects++;
        continue;
      }
      objects++;
      read++;
      int[] sums = byFrame.computeIfAbsent(p, k -> new int[2]);
      boolean any = false;
      for (int d = 0; d < drives; d++) {
        TrackFate fate = fate(each, photograph, p, d, attacked.get(d).get(p));
        fates.merge(fate.words(), 1L, Long::sum);
        sums[0] += fate.isUndetected() ? 1 : 0;
        sums[1]++;
        any |= fate.isUndetected();
      }
      lost += any ? 1 : 0;
    }
    return new DetectorGuardFigures(
        policy.policy().name(),
        knowledge,
        adaptive,
        drives,
        Rate.of(read, objects),
        TrackBootstrap.rate(
            byFrame.values().stream().mapToInt(s -> s[0]).toArray(),
            byFrame.values().stream().mapToInt(s -> s[1]).toArray(),
            seed),
        Rate.of(lost, read),
        fates,
        alarms(clean, true),
        alarms(attacked, false),
        drives * photographs.size() * StillDrive.minutes());
  }

  private boolean isRead(
      DetectorAttackRun.Case each,
      RoadFrame photograph,
      int number,
      List<List<StillResult>> clean) {
    for (int d = 0; d < drives; d++) {
      if (fate(each, photograph, number, d, clean.get(d).get(number)) != TrackFate.READ) {
        return false;
      }
    }
    return true;
  }

  private TrackFate fate(
      DetectorAttackRun.Case each,
      RoadFrame photograph,
      int number,
      int drive,
      StillResult result) {
    int sign = -1;
    for (int s = 0; s < photograph.signs().size(); s++) {
      if (photograph.signs().get(s).region().equals(each.object().box())) {
        sign = s;
      }
    }
    if (sign < 0) {
      throw new IllegalArgumentException(
          "frame '%s' has no box at %s".formatted(photograph, each.object().box()));
    }
    SignBox box = photograph.signs().get(sign);
    // As StillRuns makes it: where boxes are depends on neither picture nor noise.
    StillDrive still =
        new StillDrive(
            Image.black(photograph.width(), photograph.height()),
            StillCamera.STANDARD,
            RandomStream.derive(RandomStream.derive(seed, drive), number));
    return TrackFate.of(
        result, sign, box.label(), incident -> StillJudge.isOnSign(incident, still, List.of(box)));
  }

  private FrameMean alarms(List<List<StillResult>> results, boolean onSignsToo) {
    int[] counts =
        results.stream()
            .flatMap(List::stream)
            .mapToInt(
                r -> (int) r.incidents().stream().filter(i -> onSignsToo || !i.onSign()).count())
            .toArray();
    return FrameMean.of(counts, seed).times(1 / StillDrive.minutes());
  }
}
