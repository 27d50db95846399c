package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.stopline.autodiff.DifferentiableDetector;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.TfliteModels;
import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.LoadedClassifier;
import io.stopline.config.ModelManifest;
import io.stopline.config.PolicyFile;
import io.stopline.config.ReadyGuard;
import io.stopline.config.ReferenceImages;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Hardware;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.detection.DetectorReading;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.DelegatePreference;
import io.stopline.sdk.model.Detector;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.tflite.RuntimeOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stopline doctor}. */
@Command(
    name = "doctor",
    description = {
      "Check what Stopline needs on this machine and say how to cure what is missing.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:everything that is needed works (there may be warnings)",
      "1:something that is needed does not work",
      "2:wrong usage",
      "3:Stopline failed"
    })
final class DoctorCommand implements Callable<Integer> {

  private static final long MIN_MEMORY = 512L << 20;
  private static final long MIN_DISK = 256L << 20;
  private static final long MIN_CACHE = 1L << 30;
  private static final String EVERY_SCRIPT = "äß尺";
  private static final int CONNECT_TIMEOUT_MILLIS = 3000;
  private static final int DETECTOR_RUNS = 5;

  @Mixin private CommonOptions common;

  @Mixin private BundleOptions bundleOptions;

  @Option(
      names = "--broker",
      paramLabel = "URL",
      description = "Also try to reach this MQTT broker, for example tcp://localhost:1883.")
  private @Nullable String broker;

  @Option(names = "--data", paramLabel = "DIR", description = "Also try to read this data set.")
  private @Nullable Path data;

  @Option(
      names = "--disk",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Where state would be kept (default: the working folder).")
  private Path disk;

  @Mixin private DetectorOptions detectorOptions;

  @Mixin private ModelOptions modelOptions;

  private enum State {
    OK,
    WARN,
    FAIL
  }

  private record Finding(String check, State state, String found, String cure) {}

  private final List<Finding> findings = new ArrayList<>();

  @Override
  public Integer call() {
    Console console = common.console();
    checkJava(console);
    checkMemory(console);
    checkDisk(console);
    checkLocale(console);
    checkCache(console);
    Bundle bundle = checkBundle(console);
    if (bundle != null) {
      checkInference(console, bundle);
      checkDelegates(console, bundle);
      checkGradients(console, bundle);
    }
    Path detector = detectorOptions.file();
    if (detector != null) {
      checkDetector(console, detector);
    }
    checkApps(console);
    if (broker != null) {
      checkBroker(console, broker);
    }
    if (data != null) {
      checkData(console, data);
    }
    boolean healthy = findings.stream().noneMatch(f -> f.state == State.FAIL);
    console.say("");
    console.say(
        healthy ? "Stopline can run here." : "Stopline cannot run properly here; see above.");
    Report report = new Report("doctor", common.seed());
    ArrayNode checks = JsonNodeFactory.instance.arrayNode();
    for (Finding finding : findings) {
      checks
          .addObject()
          .put("check", finding.check)
          .put("state", finding.state.name().toLowerCase(Locale.ROOT))
          .put("found", finding.found)
          .put("cure", finding.cure);
    }
    report.fields().put("healthy", healthy);
    report.put("checks", checks);
    console.report(report.toJson());
    return healthy ? ExitCode.OK : ExitCode.FOUND;
  }

  private void add(Console console, String check, State state, String found, String cure) {
    findings.add(new Finding(check, state, found, cure));
    console.say("%-4s  %-10s %s", state.name().toLowerCase(Locale.ROOT), check, found);
    if (!cure.isEmpty()) {
      console.say("                 cure: %s", cure);
    }
  }

  private void checkJava(Console console) {
    String found =
        "Java %s (%s), %s %s"
            .formatted(
                System.getProperty("java.version"),
                System.getProperty("java.vendor"),
                System.getProperty("os.name"),
                System.getProperty("os.arch"));
    if (Runtime.version().feature() < 17) {
      add(console, "java", State.FAIL, found, "set JAVA_HOME to a JDK 17 or newer");
    } else {
      add(console, "java", State.OK, found, "");
    }
  }

  private void checkMemory(Console console) {
    long heap = Runtime.getRuntime().maxMemory();
    long machine = Hardware.describe().get("memoryBytes").asLong();
    String found =
        "%d MiB for Java, %d MiB in the machine, %d cores"
            .formatted(heap >> 20, machine >> 20, Runtime.getRuntime().availableProcessors());
    if (heap < MIN_MEMORY) {
      add(
          console,
          "memory",
          State.WARN,
          found,
          "evaluating a whole data set wants more: STOPLINE_JAVA_OPTS=-Xmx1500m");
    } else {
      add(console, "memory", State.OK, found, "");
    }
  }

  private void checkDisk(Console console) {
    Path folder = disk.toAbsolutePath().normalize();
    Path probe = null;
    try {
      probe = Files.createTempFile(folder, ".stopline-doctor", ".tmp");
      try (FileChannel channel = FileChannel.open(probe, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.allocate(1 << 20));
        channel.force(true);
      }
      long free = Files.getFileStore(folder).getUsableSpace();
      String found = "%s can be written, %d MiB free".formatted(folder, free >> 20);
      if (free < MIN_DISK) {
        add(
            console,
            "disk",
            State.WARN,
            found,
            "free at least 256 MiB: the outbox and the store grow");
      } else {
        add(console, "disk", State.OK, found, "");
      }
    } catch (IOException e) {
      add(
          console,
          "disk",
          State.FAIL,
          "%s cannot be written (%s)".formatted(folder, Failures.reason(e)),
          "free space, change the permissions, or name another folder with --disk");
    } finally {
      if (probe != null) {
        try {
          Files.deleteIfExists(probe);
        } catch (IOException e) {
          console.note("the probe file '%s' could not be removed", probe);
        }
      }
    }
  }

  private void checkLocale(Console console) {
    String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
    boolean any =
        Charset.isSupported(encoding)
            && Charset.forName(encoding).newEncoder().canEncode(EVERY_SCRIPT);
    add(
        console,
        "locale",
        any ? State.OK : State.WARN,
        any
            ? "names of files may have letters of any script (%s)".formatted(encoding)
            : "files whose names have other letters than %s knows cannot be opened"
                .formatted(encoding),
        any ? "" : "install the locale C.UTF-8, or set LC_ALL to one in UTF-8 that is installed");
  }

  /** Whether programs may be run from it is told by loading them, below. */
  private void checkCache(Console console) {
    Path cache =
        Path.of(
            System.getProperty(
                "org.bytedeco.javacpp.cachedir", System.getProperty("user.home") + "/.javacpp"));
    Path there = cache.toAbsolutePath();
    while (there.getParent() != null && !Files.exists(there)) {
      there = there.getParent();
    }
    String cure = "name a folder of your own with 1 GiB free: STOPLINE_CACHE=DIR";
    try {
      long free = Files.getFileStore(there).getUsableSpace();
      boolean written = Files.isWritable(there);
      add(
          console,
          "cache",
          !written ? State.FAIL : free < MIN_CACHE ? State.WARN : State.OK,
          "native libraries are unpacked into %s, which %s; %d MiB free"
              .formatted(cache, written ? "can be written" : "cannot be written", free >> 20),
          written && free >= MIN_CACHE ? "" : cure);
    } catch (IOException e) {
      add(
          console,
          "cache",
          State.FAIL,
          "%s cannot be looked at (%s)".formatted(cache, Failures.reason(e)),
          cure);
    }
  }

  private @Nullable Bundle checkBundle(Console console) {
    try {
      Bundle bundle = bundleOptions.bundle();
      PolicyFile policy = bundleOptions.policy(bundle);
      add(
          console,
          "bundle",
          State.OK,
          "'%s' %s in %s: %d files have the hashes that it lists; policy '%s' promises %.3f a track from %d calibration tracks"
              .formatted(
                  bundle.name(),
                  bundle.version(),
                  bundle.directory(),
                  bundle.files().size(),
                  policy.policy().name(),
                  policy.policy().falseAlarmRate(),
                  bundle.calibration(policy).calibration().tracks()),
          "");
      return bundle;
    } catch (RuntimeException e) {
      add(
          console,
          "bundle",
          State.FAIL,
          Failures.describe(e),
          "take the bundle from its source again, whole and unchanged");
      return null;
    }
  }

  private void checkInference(Console console, Bundle bundle) {
    try (ReadyGuard ready =
        GuardFactory.create(
            bundle,
            bundleOptions.policyName(),
            RuntimeOptions.defaults(),
            InspectionSeeds.reproducible(common.seed()))) {
      Image image = ReferenceImages.of(1, 1, 48, 48).get(0);
      int passes = ready.guard().passesPerInspection();
      Verdict verdict = ready.guard().replay(image, 1, passes, new TrackState());
      String found =
          "TensorFlow Lite runs %s on %s; an inspection takes %d model runs"
              .formatted(
                  ready.members().stream().map(ReadyGuard.Member::model).toList(),
                  ready.members().stream().map(ReadyGuard.Member::delegate).distinct().toList(),
                  passes);
      if (verdict.complete()) {
        add(console, "inference", State.OK, found, "");
      } else {
        add(
            console,
            "inference",
            State.FAIL,
            found + ", but not all of them worked: " + verdict.reasons(),
            "run with -v and report what is logged");
      }
    } catch (RuntimeException | LinkageError e) {
      add(
          console,
          "inference",
          State.FAIL,
          Failures.describe(e),
          "Stopline runs on Linux (glibc 2.34 or newer), macOS and Windows, x86-64 and arm64; see the message for what is missing");
    }
  }

  /** What a detector is taken for, and how long it takes. */
  private void checkDetector(Console console, Path file) {
    try {
      DetectorReading reading =
          DetectorReading.of(file, detectorOptions.settings(modelOptions.reading()));
      try (Detector detector = reading.open(0.3, 100, RuntimeOptions.defaults())) {
        Image frame = ReferenceImages.of(1, 1, 1280, 720).get(0);
        long best = Long.MAX_VALUE;
        for (int i = 0; i < DETECTOR_RUNS; i++) {
          long start = System.nanoTime();
          detector.detect(frame);
          best = Math.min(best, System.nanoTime() - start);
        }
        add(
            console,
            "detector",
            State.OK,
            "%s; a frame of 1280×720 px takes %.1f ms on %s; nobody has checked how it is read ('guard init --detector' does)"
                .formatted(reading.words(), best / 1e6, detector.delegate()),
            "");
      }
    } catch (IOException | RuntimeException | LinkageError e) {
      add(
          console,
          "detector",
          State.FAIL,
          e instanceof IOException io ? Failures.reason(io) : Failures.describe(e),
          "the message says what is missing; docs/detectors.md lists what is read");
    }
  }

  private void checkDelegates(Console console, Bundle bundle) {
    PolicyFile policy = bundle.policy(bundleOptions.policyName());
    String model = policy.policy().members().get(0);
    if (bundle.model(model).isDetector()) {
      return; // what a detector runs on, the inference above has told
    }
    for (String delegate : List.of(DelegatePreference.NNAPI, DelegatePreference.GPU)) {
      try (LoadedClassifier loaded =
          GuardFactory.open(
              bundle,
              model,
              RuntimeOptions.defaults().withDelegates(delegate, DelegatePreference.XNNPACK))) {
        if (loaded.passedOver().isEmpty()) {
          add(
              console,
              delegate,
              State.OK,
              "model '%s' runs on '%s'".formatted(model, loaded.classifier().delegate()),
              "");
        } else {
          add(
              console,
              delegate,
              State.WARN,
              "not used: " + loaded.passedOver().get(0).reason(),
              "none is needed: the CPU with XNNPACK runs everything");
        }
      } catch (RuntimeException | LinkageError e) {
        add(
            console,
            delegate,
            State.WARN,
            Failures.describe(e),
            "none is needed: the CPU with XNNPACK runs everything");
      }
    }
  }

  /** Needed by attacks and training alone. */
  private void checkGradients(Console console, Bundle bundle) {
    ModelManifest model =
        bundle.model(bundle.policy(bundleOptions.policyName()).policy().members().get(0));
    if (model.output() instanceof ModelManifest.Output.Detections detections) {
      try (DifferentiableDetector graph =
          TfliteModels.openDetector(
              bundle.modelBytes(model.name()), model.input(), detections.format())) {
        add(
            console,
            "gradients",
            State.OK,
            "PyTorch computes those of detector '%s' and its %d candidates; attacks can run"
                .formatted(model.name(), graph.candidates()),
            "");
      } catch (RuntimeException | LinkageError e) {
        add(
            console,
            "gradients",
            State.WARN,
            Failures.describe(e),
            "attacks by gradients need it, inspection, the agent and attacks by queries do not");
      }
      return;
    }
    try (DifferentiableModel graph =
        TfliteModels.open(bundle.modelBytes(model.name()), model.input())) {
      float[] logits = new float[graph.classes()];
      graph.logits(new float[graph.shape().size()], 1, logits);
      add(
          console,
          "gradients",
          State.OK,
          "PyTorch computes those of model '%s'; attacks and training can run"
              .formatted(model.name()),
          "");
    } catch (RuntimeException | LinkageError e) {
      add(
          console,
          "gradients",
          State.WARN,
          Failures.describe(e),
          "attacks and training need it, inspection and the agent do not; the message says what is missing");
    }
  }

  private void checkApps(Console console) {
    for (Apps.App app : Apps.App.values()) {
      String name = app.name().toLowerCase(Locale.ROOT);
      try {
        Apps.process(app, List.of());
        add(console, name, State.OK, "is built", "");
      } catch (BadInputException e) {
        add(console, name, State.FAIL, Failures.describe(e), "run ./stopline once: it builds");
      }
    }
  }

  private void checkBroker(Console console, String url) {
    try {
      URI uri = URI.create(url);
      String scheme = uri.getScheme() == null ? "" : uri.getScheme();
      boolean tls = scheme.equals("ssl") || scheme.equals("mqtts");
      if (uri.getHost() == null || !(tls || scheme.equals("tcp") || scheme.equals("mqtt"))) {
        throw new BadInputException(
            "--broker is '%s'; give tcp://HOST:PORT or ssl://HOST:PORT".formatted(url));
      }
      int port = uri.getPort() > 0 ? uri.getPort() : tls ? 8883 : 1883;
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(uri.getHost(), port), CONNECT_TIMEOUT_MILLIS);
      }
      add(
          console,
          "broker",
          State.OK,
          "%s:%d accepts connections (credentials were not tried)".formatted(uri.getHost(), port),
          "");
    } catch (IllegalArgumentException e) {
      throw new BadInputException(
          "--broker is '%s'; give tcp://HOST:PORT or ssl://HOST:PORT".formatted(url), e);
    } catch (IOException e) {
      add(
          console,
          "broker",
          State.FAIL,
          "%s cannot be reached (%s)".formatted(url, Failures.reason(e)),
          "start it ('./stopline monitor' brings one along), or check host, port and firewall");
    }
  }

  private void checkData(Console console, Path folder) {
    try {
      Dataset dataset = Dataset.open(folder);
      dataset
          .notes()
          .forEach(
              note ->
                  add(console, "data", State.WARN, note, "docs/data.md says what is made of data"));
      for (String split : dataset.splitNames()) {
        dataset.split(split).samples().get(0).image();
      }
      add(
          console,
          "data",
          State.OK,
          "'%s' has %d classes in splits %s"
              .formatted(dataset.name(), dataset.classNames().size(), dataset.splitNames()),
          "");
    } catch (RuntimeException e) {
      add(
          console,
          "data",
          State.FAIL,
          Failures.describe(e),
          "'stopline data pack --help' names the layouts");
    }
  }
}
