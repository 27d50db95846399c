package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.NotCalibratedException;
import io.stopline.config.PolicyFile;
import io.stopline.config.ReadyGuard;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.Track;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.studio.bench.AcceptedInspections;
import io.stopline.studio.bench.Benchmarks;
import io.stopline.studio.bench.WindowsTime;
import io.stopline.tflite.RuntimeOptions;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stopline bench}. */
@Command(
    name = "bench",
    footer = {"", "Example:", "  stopline bench --json bench.json"},
    description = {
      "Measure on this machine what guarding costs over one bare inference (JMH).",
      "",
      "Bare is one inference of the policy's first model, through Stopline; beside it stands the"
          + " same model by TensorFlow Lite's interpreter called directly. A guarded inspection looks"
          + " at regions of 24 to 64 px in frames of 640x360 px. Ratios are guarded over bare, on one"
          + " thread; compare these, not the times, between machines. A whole frame of 1360x800 px is"
          + " found in and judged as an agent does it, on the threads of the bundle's profile.",
      "",
      "A detector's file by itself, with options of its own: stopline bench --detector --help.",
      ""
    })
final class BenchCommand implements Callable<Integer> {

  /** Further than this from an interpreter called directly, and something is wrong. */
  private static final double TOLERANCE = 0.05;

  @Mixin private CommonOptions common;

  @Mixin private BundleOptions bundleOptions;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "How long each benchmark measures, 1 to 600 (default: ${DEFAULT-VALUE}); warming up takes"
              + " half as long more.")
  private int seconds;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "For a policy with a cascade: clean tracks, of which the mean cost of a frame is taken,"
              + " and the cost where every frame asks for all checks.")
  private @Nullable Path data;

  @Option(
      names = "--split",
      paramLabel = "NAME",
      defaultValue = "validation",
      description = "Of --data: the split whose tracks are taken (default: ${DEFAULT-VALUE}).")
  private String split;

  @Override
  public Integer call() {
    if (seconds < 1 || seconds > 600) {
      throw new BadInputException("--seconds is %d; give 1 to 600".formatted(seconds));
    }
    Console console = common.console();
    Bundle bundle = bundleOptions.bundle();
    PolicyFile policy = bundle.policy(bundleOptions.policyName());
    RuntimeOptions options = RuntimeOptions.defaults();
    List<Track> tracks = tracks(console, bundle, policy);
    Report report = new Report("bench", common.seed());
    BundleOptions.hashes(report, bundle, policy);
    String delegate = check(report, bundle, policy, options);

    List<String> members = policy.policy().members();
    Benchmarks benchmarks =
        new Benchmarks(bundle.directory(), policy.policy().name(), common.seed(), seconds);
    List<Benchmarks.Bare> bare = new ArrayList<>();
    Benchmarks.Guarded guarded;
    Benchmarks.Parts parts;
    Benchmarks.Road road;
    try (Progress progress = console.progress("measuring", members.size() + 3L, "measurements")) {
      for (int i = 0; i < members.size(); i++) {
        bare.add(benchmarks.bare(i));
        progress.step();
      }
      guarded = benchmarks.guarded();
      progress.step();
      parts = benchmarks.parts();
      progress.step();
      road = benchmarks.road(bundle.profile(null).threads());
      progress.step();
    }
    AcceptedInspections accepted =
        AcceptedInspections.measure(
            bundle.directory(), policy.policy().name(), common.seed(), seconds);
    List<WindowsTime> windows =
        WindowsTime.measure(bundle, policy.policy(), common.seed(), seconds);
    warn(report, members, bare, parts);
    fill(report, members, bare, guarded, parts);
    fill(report, accepted, bare.get(0));
    fill(report, policy, road);
    report
        .fields()
        .put("threads", options.threads())
        .put("delegate", delegate)
        .put("secondsPerBenchmark", seconds);
    say(console, members.get(0), bare.get(0), guarded, parts);
    say(console, accepted, bare.get(0));
    say(console, policy, road);
    if (!tracks.isEmpty()) {
      CascadeCost cost = CascadeCost.measure(bundle, policy, options, tracks, common.seed());
      cost.fill(report, members, bare);
      cost.say(console, members, bare);
    }
    windows(console, report, windows);
    report.warnings().forEach(warning -> console.note("warning: %s", warning));
    console.report(report.toJson());
    return ExitCode.OK;
  }

  /**
   * Clean tracks to drive past; none without --data.
   *
   * @throws BadInputException if they are of no use
   */
  private List<Track> tracks(Console console, Bundle bundle, PolicyFile policy) {
    if (data == null) {
      return List.of();
    }
    if (policy.policy().cascade() == null) {
      throw new BadInputException(
          "policy '%s' has no cascade, so each inspection costs the same and --data says nothing; leave it out"
              .formatted(policy.policy().name()));
    }
    Dataset dataset =
        ReadModel.members(
                console,
                bundle,
                policy,
                new PairingOptions().reading(),
                Dataset.open(data),
                ReadModel.Unsound.SAID)
            .get(0)
            .data();
    List<Track> tracks = dataset.split(split).tracks();
    if (tracks.isEmpty()) {
      throw new BadInputException(
          "split '%s' of data set '%s' has no tracks; name one of %s"
              .formatted(split, dataset.name(), dataset.splitNames()));
    }
    return tracks;
  }

  /** Makes the guard once here, so that a fault of the bundle is told as such. */
  private String check(Report report, Bundle bundle, PolicyFile policy, RuntimeOptions options) {
    InspectionSeeds seeds = InspectionSeeds.reproducible(common.seed());
    String name = policy.policy().name();
    try (ReadyGuard guard = GuardFactory.create(bundle, name, options, seeds)) {
      return guard.members().get(0).delegate();
    } catch (NotCalibratedException e) {
      report.warn(
          "policy '%s' is not calibrated: inspections were measured without a deadline, and their decisions mean nothing"
              .formatted(name));
      try (ReadyGuard guard = GuardFactory.createForCalibration(bundle, name, options, seeds)) {
        return guard.members().get(0).delegate();
      }
    }
  }

  private static void warn(
      Report report, List<String> members, List<Benchmarks.Bare> bare, Benchmarks.Parts parts) {
    for (int i = 0; i < bare.size(); i++) {
      double ratio = bare.get(i).bareMicros() / bare.get(i).directMicros();
      if (Math.abs(ratio - 1) > TOLERANCE) {
        report.warn(
            "model '%s' took %.3f times as long as an interpreter called directly, expected is 0.95 to 1.05; measure again on an idle machine"
                .formatted(members.get(i), ratio));
      }
    }
    if (parts.incomplete() > 0) {
      report.warn(
          "%.1f %% of the inspections were cut short by the policy's deadline"
              .formatted(100 * parts.incomplete()));
    }
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    int cores = Runtime.getRuntime().availableProcessors();
    if (load > cores) {
      report.warn(
          "the machine was busy (load %.1f on %d cores): times are too long, the 99th percentile most of all"
              .formatted(load, cores));
    }
  }

  private static void fill(
      Report report,
      List<String> members,
      List<Benchmarks.Bare> bare,
      Benchmarks.Guarded guarded,
      Benchmarks.Parts parts) {
    Benchmarks.Bare first = bare.get(0);
    ObjectNode fields = report.fields();
    fields
        .put("bareModel", members.get(0))
        .put("bareMicros", first.bareMicros())
        .put("directMicros", first.directMicros())
        .put("bareToDirectRatio", first.bareMicros() / first.directMicros())
        .put("guardedMicrosMean", guarded.mean())
        .put("guardedMicrosP50", guarded.p50())
        .put("guardedMicrosP99", guarded.p99())
        .put("guardedMicrosWorst", guarded.worst())
        .put("guardedMicrosPerPass", guarded.mean() / parts.passes())
        .put("ratioMean", guarded.mean() / first.bareMicros())
        .put("ratioP99", guarded.p99() / first.bareMicros())
        .put("overheadWithoutInference", parts.withoutInference())
        .put("bytesPerInspection", parts.bytes())
        .put("passesMean", parts.passes())
        .put("inspections", guarded.inspections());
    ArrayNode models = fields.putArray("models");
    for (int i = 0; i < members.size(); i++) {
      models
          .addObject()
          .put("name", members.get(i))
          .put("bareMicros", bare.get(i).bareMicros())
          .put("directMicros", bare.get(i).directMicros());
    }
  }

  private static void say(
      Console console,
      String model,
      Benchmarks.Bare bare,
      Benchmarks.Guarded guarded,
      Benchmarks.Parts parts) {
    console.say(
        "bare inference of '%s': %.1f µs (interpreter called directly: %.1f µs)",
        model, bare.bareMicros(), bare.directMicros());
    console.say(
        "guarded inspection: mean %.0f µs, median %.0f, 99th percentile %.0f, worst %.0f",
        guarded.mean(), guarded.p50(), guarded.p99(), guarded.worst());
    console.say(
        "that is %.1f times the bare inference for %.1f passes, %.1f µs a pass",
        guarded.mean() / bare.bareMicros(), parts.passes(), guarded.mean() / parts.passes());
    console.say(
        "%.1f %% of it is not inference; %.0f bytes allocated an inspection",
        100 * parts.withoutInference(), parts.bytes());
  }

  private static void fill(Report report, AcceptedInspections accepted, Benchmarks.Bare bare) {
    ObjectNode fields = report.fields().putObject("accepted");
    fields.put("inspections", accepted.inspections());
    if (accepted.inspections() > 0) {
      fields
          .put("micros", accepted.micros())
          .put("ratio", accepted.micros() / bare.bareMicros())
          .put("overheadWithoutInference", accepted.withoutInference())
          .put("bytesPerInspection", accepted.bytes());
    }
  }

  private static void say(Console console, AcceptedInspections accepted, Benchmarks.Bare bare) {
    if (accepted.inspections() == 0) {
      console.say("accepted label: none of the rendered signs was accepted");
      return;
    }
    console.say(
        "accepted label: median %.0f µs, %.1f times the bare inference; %.1f %% of it is not inference; %.0f bytes allocated",
        accepted.micros(),
        accepted.micros() / bare.bareMicros(),
        100 * accepted.withoutInference(),
        accepted.bytes());
  }

  private static void windows(Console console, Report report, List<WindowsTime> windows) {
    ArrayNode checks = report.fields().putArray("windows");
    for (WindowsTime time : windows) {
      checks
          .addObject()
          .put("model", time.model())
          .put("patchSide", time.patchSide())
          .put("windowsMicros", time.windowsMicros())
          .put("bareMicros", time.singleMicros())
          .put("bareWithMapMicros", time.bareMicros())
          .put("ratio", time.ratio());
      console.say(
          "check 'certified-windows' on '%s', %d px: %.1f µs, %.3f of a bare inference of %.1f µs (%.1f µs with the map as an output)",
          time.model(),
          time.patchSide(),
          time.windowsMicros(),
          time.ratio(),
          time.singleMicros(),
          time.bareMicros());
    }
  }

  private static String finder(PolicyFile policy) {
    GuardPolicy.Finder finder = policy.policy().finder();
    return finder == null ? "colour and shape" : finder.detector();
  }

  private static void fill(Report report, PolicyFile policy, Benchmarks.Road road) {
    report
        .fields()
        .putObject("frame")
        .put("width", Benchmarks.FRAME_WIDTH)
        .put("height", Benchmarks.FRAME_HEIGHT)
        .put("signs", 2)
        .put("finder", finder(policy))
        .put("threads", road.threads())
        .put("frameMicros", road.frame())
        .put("findMicros", road.find())
        .put("judgeMicros", road.judge())
        .put("decodeMicros", road.decode())
        .put("framesPerSecond", road.framesPerSecond());
  }

  private static void say(Console console, PolicyFile policy, Benchmarks.Road road) {
    console.say(
        "whole frame of %d×%d px, two signs, %d threads: %.1f ms (%.1f frames/s): finding by %s %.1f ms, judging both %.1f ms; the next JPEG is decoded meanwhile (%.1f ms)",
        Benchmarks.FRAME_WIDTH,
        Benchmarks.FRAME_HEIGHT,
        road.threads(),
        road.frame() / 1000,
        road.framesPerSecond(),
        finder(policy),
        road.find() / 1000,
        road.judge() / 1000,
        road.decode() / 1000);
  }
}
