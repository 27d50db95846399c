package io.stopline.studio.bench;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/**
 * Runs {@link Measured} by JMH, each benchmark in a fresh Java process. Single inferences and
 * inspections run on one thread, so that ratios compare work and not schedulers.
 */
public final class Benchmarks {

  /** Width of the whole frame that is measured, px. */
  public static final int FRAME_WIDTH = Subjects.SHOT_WIDTH;

  /** And its height. */
  public static final int FRAME_HEIGHT = Subjects.SHOT_HEIGHT;

  private static final TimeValue ITERATION = TimeValue.milliseconds(500);

  private final Path bundle;
  private final String policy;
  private final long seed;
  private final int seconds;

  /**
   * @param bundle folder of a bundle
   * @param policy name of a policy in it
   * @param seed of every random draw
   * @param seconds how long each benchmark measures, at least 1; warming up takes half as long more
   */
  public Benchmarks(Path bundle, String policy, long seed, int seconds) {
    this.bundle = bundle;
    this.policy = policy;
    this.seed = seed;
    this.seconds = seconds;
  }

  /**
   * Time of one inference, µs.
   *
   * @param bareMicros through Stopline's {@code VisionModel}
   * @param directMicros by the interpreter itself, in turns with the former
   */
  public record Bare(double bareMicros, double directMicros) {}

  /** Time of one guarded inspection, µs. */
  public record Guarded(double mean, double p50, double p99, double worst, long inspections) {}

  /**
   * What a guarded inspection is made of.
   *
   * @param withoutInference share of its time that is not inference, 0..1
   * @param bytes allocated
   * @param passes inferences
   * @param incomplete share of inspections that the deadline cut short, 0..1
   */
  public record Parts(double withoutInference, double bytes, double passes, double incomplete) {}

  /**
   * Measures a member of the policy by itself.
   *
   * @param member its place in the policy's list
   * @throws BenchmarkException if the measuring process fails
   */
  public Bare bare(int member) {
    RunResult counters = run("pair", Map.of("member", Integer.toString(member)));
    double iterations = score(counters, "iterations");
    return new Bare(
        score(counters, "bareNanos") / iterations / 1000,
        score(counters, "directNanos") / iterations / 1000);
  }

  /**
   * Measures inspections from outside.
   *
   * @throws BenchmarkException if the measuring process fails
   */
  public Guarded guarded() {
    Statistics statistics = run("guarded", Map.of()).getPrimaryResult().getStatistics();
    return new Guarded(
        statistics.getMean(),
        statistics.getPercentile(50),
        statistics.getPercentile(99),
        statistics.getMax(),
        statistics.getN());
  }

  /**
   * Takes inspections apart.
   *
   * @throws BenchmarkException if the measuring process fails
   */
  public Parts parts() {
    RunResult counters = run("parts", Map.of());
    double inspections = score(counters, "inspections");
    return new Parts(
        1 - score(counters, "inferenceNanos") / score(counters, "nanos"),
        score(counters, "bytes") / inspections,
        score(counters, "passes") / inspections,
        score(counters, "incomplete") / inspections);
  }

  /**
   * Times of a whole frame of {@value Subjects#SHOT_WIDTH}×{@value Subjects#SHOT_HEIGHT} px with
   * two signs in view, µs.
   *
   * @param threads for inference
   * @param frame from one frame to the next
   * @param find signs
   * @param judge both
   * @param decode the next frame's JPEG meanwhile, on a thread of its own
   */
  public record Road(int threads, double frame, double find, double judge, double decode) {

    /** What an agent reaches. */
    public double framesPerSecond() {
      return 1e6 / frame;
    }
  }

  /**
   * Measures whole frames.
   *
   * @param inferenceThreads for inference
   * @throws BenchmarkException if the measuring process fails
   */
  public Road road(int inferenceThreads) {
    RunResult counters = run("road", Map.of("threads", Integer.toString(inferenceThreads)));
    double micros = 1000 * score(counters, "frames");
    return new Road(
        inferenceThreads,
        score(counters, "frameNanos") / micros,
        score(counters, "findNanos") / micros,
        score(counters, "judgeNanos") / micros,
        score(counters, "decodeNanos") / micros);
  }

  private static double score(RunResult run, String name) {
    Result<?> result = run.getSecondaryResults().get(name);
    if (result == null) {
      throw new BenchmarkException("the benchmark gave no '" + name + "'", null);
    }
    return result.getScore();
  }

  private RunResult run(String benchmark, Map<String, String> parameters) {
    int iterations =
        Math.max(1, (int) (seconds * 1000L / ITERATION.convertTo(TimeUnit.MILLISECONDS)));
    OptionsBuilder options = new OptionsBuilder();
    options
        .include("^" + Pattern.quote(Measured.class.getName() + "." + benchmark) + "$")
        .param("bundle", bundle.toString())
        .param("policy", policy)
        .param("seed", Long.toString(seed))
        .forks(1)
        .warmupTime(ITERATION)
        .warmupIterations(Math.max(1, iterations / 2))
        .measurementTime(ITERATION)
        .measurementIterations(iterations)
        .jvmArgs(jvmArguments())
        .shouldFailOnError(true);
    parameters.forEach(options::param);
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    OutputFormat format =
        OutputFormatFactory.createFormatInstance(
            new PrintStream(log, true, StandardCharsets.UTF_8), VerboseMode.NORMAL);
    // Two benchmarks at once disturb each other, but a lock file left behind must stop nobody.
    System.setProperty("jmh.ignoreLock", "true");
    Collection<RunResult> results;
    try {
      results = new Runner(options.build(), format).run();
    } catch (RunnerException e) {
      throw new BenchmarkException(
          "benchmark '%s' failed: %s%n%s"
              .formatted(benchmark, e.getMessage(), log.toString(StandardCharsets.UTF_8)),
          e);
    }
    if (results.size() != 1) {
      throw new BenchmarkException(
          "benchmark '%s' gave no result:%n%s"
              .formatted(benchmark, log.toString(StandardCharsets.UTF_8)),
          null);
    }
    return results.iterator().next();
  }

  /** This process's own options, without agents: a coverage agent would be measured too. */
  private static String[] jvmArguments() {
    List<String> arguments = new ArrayList<>();
    for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (!argument.startsWith("-javaagent:") && !argument.startsWith("-agentlib:")) {
        arguments.add(argument);
      }
    }
    // Main sets it as a property, which a forked JVM does not inherit.
    String logging = System.getProperty("logback.configurationFile");
    if (logging != null) {
      arguments.add("-Dlogback.configurationFile=" + logging);
    }
    return arguments.toArray(String[]::new);
  }
}
