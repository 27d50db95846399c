package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.PolicyFile;
import io.stopline.config.ReadyGuard;
import io.stopline.evaluation.CascadeFigures;
import io.stopline.evaluation.CascadeStudy;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.Track;
import io.stopline.sdk.guard.Cascade;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.studio.bench.Benchmarks;
import io.stopline.tflite.RuntimeOptions;
import java.util.List;

/**
 * What a frame costs a guard with a cascade: on clean tracks, and where an attacker has every frame
 * ask for all checks.
 *
 * @param clean tracks frame after frame
 * @param escalating the same frames, each of a track of its own: none has a label that all checks
 *     have vouched for
 * @param label number of the member that names the label at stage 0
 */
record CascadeCost(CascadeFigures clean, CascadeFigures escalating, int label) {

  /** Frames that the processor and the virtual machine are warmed up by. */
  private static final int WARM_UP = 2000;

  /**
   * Measures on one thread.
   *
   * @param policy with a cascade, calibrated
   */
  static CascadeCost measure(
      Bundle bundle, PolicyFile policy, RuntimeOptions options, List<Track> tracks, long seed) {
    Cascade cascade = policy.policy().cascade();
    if (cascade == null) {
      throw new IllegalArgumentException("policy without a cascade");
    }
    List<Track> single =
        tracks.stream()
            .flatMap(
                t ->
                    t.frames().stream()
                        .map(f -> new Track(t.id(), t.label(), t.split(), false, List.of(f))))
            .toList();
    drive(bundle, policy, options, single.subList(0, Math.min(WARM_UP, single.size())), seed);
    return new CascadeCost(
        drive(bundle, policy, options, tracks, seed),
        drive(bundle, policy, options, single, seed),
        cascade.label());
  }

  /** By a guard of its own, whose tokens nobody has used yet. */
  private static CascadeFigures drive(
      Bundle bundle, PolicyFile policy, RuntimeOptions options, List<Track> tracks, long seed) {
    try (ReadyGuard ready =
        GuardFactory.create(
            bundle, policy.policy().name(), options, InspectionSeeds.reproducible(seed))) {
      return CascadeStudy.run(ready.guard(), tracks, seed, () -> {});
    }
  }

  private static double cheapest(List<Benchmarks.Bare> bare) {
    return bare.stream().mapToDouble(Benchmarks.Bare::bareMicros).min().orElseThrow();
  }

  void fill(Report report, List<String> members, List<Benchmarks.Bare> bare) {
    ObjectNode node = report.fields().putObject("cascade");
    node.put("labelModel", members.get(label))
        .put("labelModelMicros", bare.get(label).bareMicros())
        .put("cheapestMicros", cheapest(bare));
    node.set("clean", json(clean, bare));
    node.set("everyFrameAsksForAllChecks", json(escalating, bare));
  }

  private ObjectNode json(CascadeFigures figures, List<Benchmarks.Bare> bare) {
    double own = bare.get(label).bareMicros();
    return figures
        .toJson()
        .put("meanMicros", figures.meanMicros())
        .put("cpuMicrosMean", figures.cpuMicros())
        .put("p50Micros", figures.p50Micros())
        .put("p99Micros", figures.p99Micros())
        .put("ratioMean", figures.meanMicros() / own)
        .put("ratioCpuMean", figures.cpuMicros() / own)
        .put("ratioP99", figures.p99Micros() / own)
        .put("ratioMeanOverCheapest", figures.meanMicros() / cheapest(bare))
        .put("ratioP99OverCheapest", figures.p99Micros() / cheapest(bare));
  }

  void say(Console console, List<String> members, List<Benchmarks.Bare> bare) {
    say(console, "clean tracks", clean, members, bare);
    say(console, "every frame asks for all checks", escalating, members, bare);
  }

  private void say(
      Console console,
      String what,
      CascadeFigures figures,
      List<String> members,
      List<Benchmarks.Bare> bare) {
    double own = bare.get(label).bareMicros();
    console.say(
        "%s, %d frames: mean %.0f µs (%.2f times '%s', %.2f times the cheapest member), processor time %.0f µs (%.2f times '%s'), 99th percentile %.0f µs (%.1f times), %.2f model runs; seen by all checks %.1f %%, no token left for %.1f %%",
        what,
        figures.frames(),
        figures.meanMicros(),
        figures.meanMicros() / own,
        members.get(label),
        figures.meanMicros() / cheapest(bare),
        figures.cpuMicros(),
        figures.cpuMicros() / own,
        members.get(label),
        figures.p99Micros(),
        figures.p99Micros() / own,
        figures.passesMean(),
        100 * figures.byAll().value(),
        100 * figures.denied().value());
  }
}
