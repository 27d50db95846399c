package io.stopline.studio.bench;

import io.stopline.config.ReadyGuard;
import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.guard.CascadeStep;
import io.stopline.sdk.guard.Guard;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import io.stopline.tflite.BareInterpreter;
import io.stopline.tflite.TfLiteModel;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The benchmarks. JMH sets the parameters and generates the harness, for which the classes have to
 * be public and open.
 */
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class Measured {

  /** What every benchmark needs. */
  @State(Scope.Thread)
  public static class Options {
    /** Folder of the bundle. */
    @Param({""})
    public String bundle;

    /** Name of the policy. */
    @Param({""})
    public String policy;

    /** For inference. */
    @Param({"1"})
    public int threads;

    /** Of every random draw. */
    @Param({"1"})
    public long seed;

    Subjects subjects() {
      return new Subjects(bundle, policy, threads, seed);
    }
  }

  /** One member of the policy, loaded by Stopline and beside it by TensorFlow Lite alone. */
  @State(Scope.Thread)
  @SuppressWarnings("NullAway.Init") // JMH calls setUp before anything else
  public static class Models {
    /** Calls in a row; then the other side takes its turn. */
    static final int BATCH = 10;

    /** Place in the policy's list. */
    @Param({"0"})
    public int member;

    TfLiteModel ours;
    BareInterpreter direct;

    /** Loads both and gives both the same input. */
    @Setup(Level.Trial)
    public void setUp(Options options) {
      Subjects subjects = options.subjects();
      String name = subjects.members().get(member);
      byte[] bytes = subjects.modelBytes(name);
      ours = TfLiteModel.load(name, bytes, subjects.options());
      direct = new BareInterpreter(bytes, options.threads);
      RandomStream random = new RandomStream(options.seed);
      ByteBuffer input = ours.input(0);
      boolean real = ours.inputs().get(0).type().bytes() == Float.BYTES;
      for (int i = 0; i < input.capacity(); i += real ? Float.BYTES : 1) {
        if (real) {
          input.putFloat(i, (float) random.nextDouble());
          direct.input().putFloat(i, input.getFloat(i));
        } else {
          input.put(i, (byte) random.nextInt(256));
          direct.input().put(i, input.get(i));
        }
      }
    }

    /** Frees both. */
    @TearDown(Level.Trial)
    public void tearDown() {
      ours.close();
      direct.close();
    }
  }

  /** What comes out beside the mean time of a pair. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class PairCounters {
    final Samples ours = new Samples();
    final Samples direct = new Samples();

    /** An iteration's samples start anew. */
    @Setup(Level.Iteration)
    public void begin() {
      ours.clear();
      direct.clear();
    }

    /** Median over this iteration's calls through Stopline, ns. */
    public double bareNanos() {
      return ours.median();
    }

    /** Median over this iteration's calls of the interpreter itself, ns. */
    public double directNanos() {
      return direct.median();
    }

    /** One an iteration, because JMH adds up. */
    public double iterations() {
      return 1;
    }
  }

  /**
   * Calls through Stopline and directly in turns, so that whatever else the machine does meets both
   * alike; medians leave out the calls from which it took the processor away.
   */
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  public void pair(Models models, PairCounters counters) {
    for (int i = 0; i < Models.BATCH; i++) {
      long start = System.nanoTime();
      models.ours.invoke();
      counters.ours.add(System.nanoTime() - start);
    }
    for (int i = 0; i < Models.BATCH; i++) {
      long start = System.nanoTime();
      models.direct.invoke();
      counters.direct.add(System.nanoTime() - start);
    }
  }

  /** A guard and what it looks at. */
  @State(Scope.Thread)
  @SuppressWarnings("NullAway.Init") // JMH calls setUp before anything else
  public static class Guarded {
    ReadyGuard ready;
    List<Subjects.Sight> sights;
    int next;

    /** Makes the guard as the bundle ships it. */
    @Setup(Level.Trial)
    public void setUp(Options options) {
      Subjects subjects = options.subjects();
      ready = subjects.guard();
      sights = subjects.sights();
    }

    /** Frees the models. */
    @TearDown(Level.Trial)
    public void tearDown() {
      ready.close();
    }
  }

  /** One inspection, every call timed. */
  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  public Verdict guarded(Guarded state) {
    Subjects.Sight sight = state.sights.get(state.next++ % state.sights.size());
    // Frames of noise are no signs; what is measured is the whole inspection of one.
    Guard guard = state.ready.guard();
    return guard.inspect(sight.frame(), sight.region(), guard.confirmedTrack());
  }

  /** The same guard, with a stopwatch around each inference. */
  @State(Scope.Thread)
  @SuppressWarnings("NullAway.Init") // JMH calls setUp before anything else
  public static class Parts {
    Guard guard;
    TimedModel[] timed;
    List<Subjects.Sight> sights;
    com.sun.management.ThreadMXBean threads;
    int next;

    /** Makes the guard. */
    @Setup(Level.Trial)
    public void setUp(Options options) {
      Subjects subjects = options.subjects();
      List<TimedModel> models = new ArrayList<>();
      guard = subjects.timedGuard(models);
      timed = models.toArray(TimedModel[]::new);
      sights = subjects.sights();
      threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    }

    /** Frees the models. */
    @TearDown(Level.Trial)
    public void tearDown() {
      guard.close();
    }
  }

  /** What inspections are made of. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class PartCounters {
    /** Inspections. */
    public long inspections;

    /** Inferences in them. */
    public long passes;

    /** Time in inspections, ns. */
    public long nanos;

    /** Time in their inferences, ns. */
    public long inferenceNanos;

    /** Bytes that they allocated. */
    public long bytes;

    /** Inspections that ended before their last pass, because of the deadline. */
    public long incomplete;
  }

  /** One inspection, taken apart. */
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  public Verdict parts(Parts state, PartCounters counters) {
    Subjects.Sight sight = state.sights.get(state.next++ % state.sights.size());
    long inference = 0;
    long passes = 0;
    for (TimedModel model : state.timed) {
      inference -= model.nanos();
      passes -= model.invocations();
    }
    long bytes = state.threads.getCurrentThreadAllocatedBytes();
    long start = System.nanoTime();
    Verdict verdict =
        state.guard.inspect(sight.frame(), sight.region(), state.guard.confirmedTrack());
    counters.nanos += System.nanoTime() - start;
    counters.bytes += state.threads.getCurrentThreadAllocatedBytes() - bytes;
    for (TimedModel model : state.timed) {
      inference += model.nanos();
      passes += model.invocations();
    }
    counters.inferenceNanos += inference;
    counters.passes += passes;
    counters.inspections++;
    CascadeStep step = verdict.cascade();
    boolean denied = step != null && step.denied();
    counters.incomplete += verdict.complete() || denied ? 0 : 1;
    return verdict;
  }

  /** What comes out beside the mean time of a frame. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class RoadCounters {
    /** Frames. */
    public long frames;

    /** From one frame to the next, ns. */
    public long frameNanos;

    /** Time to decode the next one meanwhile, ns. */
    public long decodeNanos;

    /** Time to find signs in them, ns. */
    public long findNanos;

    /** Time to judge their signs, ns. */
    public long judgeNanos;
  }

  /** A guard on a stream of frames, which a thread of its own decodes, as an agent does. */
  @State(Scope.Thread)
  @SuppressWarnings("NullAway.Init") // JMH calls setUp before anything else
  public static class Stream {
    private record Decoded(Image image, long nanos) {}

    private final ExecutorService camera = Executors.newSingleThreadExecutor();
    private Subjects.Shot shot;
    private ReadyGuard ready;
    private Future<Decoded> next;

    /** Makes the guard as the bundle ships it. */
    @Setup(Level.Trial)
    public void setUp(Options options) {
      Subjects subjects = options.subjects();
      ready = subjects.guard();
      shot = subjects.shot();
      next = camera.submit(this::decode);
    }

    private Decoded decode() {
      long begin = System.nanoTime();
      Image image = ImageFiles.decode(shot.jpeg(), "frame");
      return new Decoded(image, System.nanoTime() - begin);
    }

    private Decoded take() throws InterruptedException, ExecutionException {
      Decoded decoded = next.get();
      next = camera.submit(this::decode);
      return decoded;
    }

    /** Ends the thread and frees the models. */
    @TearDown(Level.Trial)
    public void tearDown() {
      camera.shutdownNow();
      ready.close();
    }
  }

  /** One frame: taken as it was decoded, searched, and its two signs judged. */
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  public int road(Stream state, RoadCounters counters)
      throws InterruptedException, ExecutionException {
    long begin = System.nanoTime();
    Stream.Decoded decoded = state.take();
    long taken = System.nanoTime();
    int found = state.ready.finder().propose(decoded.image()).size();
    long searched = System.nanoTime();
    Frame frame = new Frame(decoded.image(), Instant.EPOCH, 0, counters.frames, "bench");
    // The discs are no signs and need not be found; what is measured is the whole work on two.
    for (Region sign : state.shot.signs()) {
      Guard guard = state.ready.guard();
      found += guard.inspect(frame, sign, guard.confirmedTrack()).passes();
    }
    long judged = System.nanoTime();
    counters.judgeNanos += judged - searched;
    counters.findNanos += searched - taken;
    counters.frameNanos += judged - begin;
    counters.decodeNanos += decoded.nanos();
    counters.frames++;
    return found;
  }
}
