package io.stopline.campaign.detectorguard;

import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.evaluation.EventRate;
import io.stopline.evaluation.ParallelWork;
import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.Witnesses;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiFunction;

/**
 * Chooses how watchful a witness is: one half of the clean drives makes each kind of incident more
 * reluctant until that half is quiet, the other half measures what is left. Nothing depends on the
 * number of threads. Belongs to one thread.
 */
final class WitnessChoice implements AutoCloseable {

  private final Bundle bundle;
  private final PolicyFile policy;
  private final GuardPolicy.Finder finder;
  private final int threads;
  private final long seed;
  private final BlockingQueue<WitnessTrial> idle = new LinkedBlockingQueue<>();

  /** A drive and its number among all. */
  private record Numbered(int number, CleanDrive drive) {}

  /**
   * @param bundle has the witness's model; its policy has a finder, no witnesses, and is calibrated
   */
  WitnessChoice(Bundle bundle, PolicyFile policy, int threads, long seed) {
    GuardPolicy.Finder found = policy.policy().finder();
    if (found == null) {
      throw new IllegalArgumentException(
          "policy '%s' has no finder to check on".formatted(policy.policy().name()));
    }
    this.bundle = bundle;
    this.policy = policy;
    this.finder = found;
    this.threads = threads;
    this.seed = seed;
  }

  /**
   * Refuses drives that are too short for anything to be said by a witness.
   *
   * @throws UnusableDatasetException if all are
   */
  static void requireLongEnough(CleanDrives drives) {
    int frames = WitnessLadder.LEAST_LOOKS * WitnessLadder.EVERY_FRAMES;
    if (longEnough(drives).isEmpty()) {
      throw new UnusableDatasetException(
          "a witness looks at one of %d frames and has to see a thing %d times, so drives of fewer than %d frames say nothing of it: bring longer ones than %s, or leave --witness out"
              .formatted(
                  WitnessLadder.EVERY_FRAMES, WitnessLadder.LEAST_LOOKS, frames, drives.words()));
    }
  }

  private static List<Numbered> longEnough(CleanDrives drives) {
    List<Numbered> found = new ArrayList<>();
    for (int i = 0; i < drives.drives().size(); i++) {
      CleanDrive drive = drives.drives().get(i);
      if (drive.frames() >= WitnessLadder.LEAST_LOOKS * WitnessLadder.EVERY_FRAMES) {
        found.add(new Numbered(i, drive));
      }
    }
    return found;
  }

  /**
   * Chooses and measures.
   *
   * @param progress is given a task and its number of steps, and returns what to call after each
   * @throws UnusableDatasetException if no drive is long enough
   */
  WitnessOutcome run(
      WitnessPlan plan, CleanDrives drives, BiFunction<String, Integer, Runnable> progress) {
    requireLongEnough(drives);
    List<Numbered> all = longEnough(drives);
    List<Numbered> choosing = new ArrayList<>();
    List<Numbered> measuring = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      (i % 2 == 0 ? choosing : measuring).add(all.get(i));
    }
    boolean separate = !measuring.isEmpty();
    if (!separate) {
      measuring = choosing;
    }
    int frames =
        all.stream()
            .mapToInt(d -> d.drive().frames())
            .sorted()
            .skip(all.size() / 2)
            .findFirst()
            .orElse(0);
    WitnessLadder ladder =
        new WitnessLadder(
            plan,
            policy.policy().minimumSide(),
            bundle.model(policy.policy().members().get(0)).isDetector(),
            frames / WitnessLadder.EVERY_FRAMES);
    Runnable step = progress.apply("trying the witness, drive", choosing.size() + measuring.size());
    choose(ladder, choosing, step);
    Set<WitnessKind> leftOut = EnumSet.noneOf(WitnessKind.class);
    leftOut.addAll(plan.kinds());
    leftOut.removeAll(ladder.kinds());
    Witnesses settings = ladder.settings();
    List<WitnessTrial.Drive> measured =
        settings == null ? List.of() : drive(measuring, 0, measuring.size(), settings, step);
    Map<WitnessKind, EventRate> rates = new EnumMap<>(WitnessKind.class);
    double minutes = measured.stream().mapToDouble(WitnessTrial.Drive::minutes).sum();
    for (WitnessKind kind : ladder.kinds()) {
      rates.put(kind, EventRate.of(measured.stream().mapToInt(d -> d.count(kind)).sum(), minutes));
    }
    return new WitnessOutcome(
        plan.name(),
        settings,
        leftOut,
        choosing.size(),
        choosing.stream().mapToDouble(d -> WitnessTrial.minutes(d.drive())).sum(),
        measuring.size(),
        separate,
        measured.stream().mapToLong(WitnessTrial.Drive::seen).sum(),
        measured.stream().mapToLong(WitnessTrial.Drive::accepted).sum(),
        rates);
  }

  /** Goes down the ladder until all drives are quiet. */
  private void choose(WitnessLadder ladder, List<Numbered> drives, Runnable done) {
    int next = 0;
    int furthest = 0;
    while (next < drives.size()) {
      Witnesses settings = ladder.settings();
      if (settings == null) {
        return;
      }
      int end = Math.min(drives.size(), next + threads);
      List<WitnessTrial.Drive> results = drive(drives, next, end, settings, () -> {});
      double threshold = ladder.threshold();
      int loud = -1;
      for (int i = 0; i < results.size() && loud < 0; i++) {
        for (WitnessKind kind : ladder.kinds()) {
          if (results.get(i).count(kind) > 0) {
            ladder.step(kind);
            loud = next + i;
          }
        }
      }
      // A more reluctant kind stays quiet where it was; another threshold is another witness.
      next = loud < 0 ? end : ladder.threshold() == threshold ? loud : 0;
      for (; furthest < next; furthest++) {
        done.run();
      }
    }
  }

  private List<WitnessTrial.Drive> drive(
      List<Numbered> drives, int from, int to, Witnesses settings, Runnable done) {
    WitnessTrial.Drive[] results = new WitnessTrial.Drive[to - from];
    ParallelWork.run(
        threads,
        results.length,
        () ->
            new ParallelWork.Worker() {
              private final WitnessTrial trial = trial();

              @Override
              public void run(int piece) {
                Numbered drive = drives.get(from + piece);
                results[piece] = trial.run(drive.drive(), drive.number(), settings);
              }

              @Override
              public void close() {
                idle.add(trial);
              }
            },
        done);
    return List.of(results);
  }

  /** One that is not in use: opening models takes longer than a short drive. */
  private WitnessTrial trial() {
    WitnessTrial kept = idle.poll();
    return kept != null ? kept : new WitnessTrial(bundle, policy, finder, seed);
  }

  @Override
  public void close() {
    idle.forEach(WitnessTrial::close);
    idle.clear();
  }
}
