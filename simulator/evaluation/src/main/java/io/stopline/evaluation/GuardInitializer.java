package io.stopline.evaluation;

import io.stopline.config.Bundle;
import io.stopline.config.BundleWriter;
import io.stopline.config.CalibrationFile;
import io.stopline.config.GuardFactory;
import io.stopline.config.LoadedClassifier;
import io.stopline.config.ModelManifest;
import io.stopline.config.files.StorageException;
import io.stopline.sdk.model.Classifier;
import io.stopline.sdk.model.Classifier.OutputKind;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.transform.TransformChain;
import io.stopline.sdk.transform.TransformRenderer;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import io.stopline.tflite.TrialInference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes a calibrated bundle around somebody's own image classifier. Belongs to one thread. */
public final class GuardInitializer {

  /** The model is strange to us; it may take this long to show that it runs. */
  private static final Duration TRIAL = Duration.ofSeconds(60);

  private static final long MAX_LABEL_BYTES = 1 << 20;
  private static final int DRAWS = 6;
  private static final int PASSES = 1 + DRAWS + 1;
  private static final int PROBES = 200;
  private static final String POLICY = "default";

  /** How a caller says what a model expects of pixels. */
  public enum Encoding {
    /** 0..1. */
    UNIT,
    /** −1..1. */
    SIGNED,
    /** 0..255. */
    RAW,
    /** 0..1, then less ImageNet's mean and over its deviation. */
    IMAGENET;

    /** As numbers. */
    public InputEncoding asInput() {
      List<Double> zero = List.of(0.0, 0.0, 0.0);
      List<Double> one = List.of(1.0, 1.0, 1.0);
      return switch (this) {
        case UNIT -> InputEncoding.UNIT;
        case SIGNED -> new InputEncoding(-1, 1, zero, one);
        case RAW -> new InputEncoding(0, 255, zero, one);
        case IMAGENET ->
            new InputEncoding(0, 1, List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));
      };
    }

    /** As options are written. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What is wanted.
   *
   * @param model the {@code .tflite} file
   * @param labels one class name a line
   * @param out the bundle; must not exist, or be an empty folder
   * @param encoding null to derive it: a quantised tensor's own range, 0..1 for float
   * @param output null to look at what the model gives
   * @param falseAlarmRate promised share of clean tracks that are suspected
   * @param licence of the weights, for the manifest
   * @param seed of the draws while calibrating
   */
  public record Settings(
      Path model,
      Path labels,
      Path out,
      @Nullable Encoding encoding,
      @Nullable OutputKind output,
      double falseAlarmRate,
      String licence,
      long seed) {}

  /**
   * What came of it.
   *
   * @param warnings what the caller should know before relying on the guard
   */
  public record Outcome(
      Bundle bundle,
      CalibrationFile calibration,
      Rate accuracy,
      String encoding,
      OutputKind output,
      int deadlineMillis,
      List<String> warnings) {

    public Outcome {
      warnings = List.copyOf(warnings);
    }
  }

  private final Settings settings;
  private final Dataset data;
  private final List<String> warnings = new ArrayList<>();

  public GuardInitializer(Settings settings, Dataset data) {
    this.settings = settings;
    this.data = data;
  }

  /**
   * The tracks that will be used: the calibration split of a packed set; of a folder per class
   * everything but its test part.
   */
  public List<Track> tracks() {
    if (data instanceof FolderDataset) {
      return data.splitNames().stream()
          .filter(s -> !s.equals(SplitRule.TEST))
          .flatMap(s -> data.split(s).tracks().stream())
          .toList();
    }
    return TrackCalibrator.tracks(data, SplitRule.CALIBRATION, true);
  }

  /**
   * Does it. Nothing is left behind if it fails.
   *
   * @param progress is given a task and its number of steps, and returns what to call after each
   * @throws UnusableDatasetException if labels, data and model do not fit together, or the rate
   *     cannot be promised from so many tracks
   * @throws io.stopline.tflite.InvalidModelException if the model cannot be loaded and run
   * @throws io.stopline.config.ConfigException if it is no image classifier
   */
  public Outcome run(BiFunction<String, Integer, Runnable> progress) {
    List<Track> tracks = tracks();
    if (tracks.isEmpty()) {
      throw new UnusableDatasetException(
          "data set '%s' has no images to calibrate on".formatted(data.name()));
    }
    // Cheap refusals first, before the model is even looked at.
    TrackCalibrator.checkRate(settings.falseAlarmRate(), tracks.size());
    List<String> labels = readLabels();
    int[] classOf = classesOf(labels);
    refuseOccupied();
    if (tracks.stream().allMatch(t -> t.frames().size() == 1)) {
      warnings.add(
          "the data do not say which images show the same sign, so each image counts as a track of its own: the promise holds for a single look at a sign, not for its whole track");
    }
    warnings.add(
        "one model alone: there is no check of agreement between models; a bundle with two or more different models sees more");

    byte[] bytes = read(settings.model(), TfLiteModel.MAX_MODEL_BYTES);
    TrialInference.run(settings.model(), TRIAL);
    TensorSpec input;
    TensorSpec output;
    try (TfLiteModel probe =
        TfLiteModel.load(settings.model().toString(), bytes, RuntimeOptions.defaults())) {
      input = probe.inputs().get(0);
      output = probe.outputs().get(0);
    }
    // Refuses detectors and the like in plain words, before anything is made of their outputs.
    open(bytes, InputEncoding.UNIT, OutputKind.PROBABILITIES).close();
    if (labels.size() != output.elements()) {
      throw new UnusableDatasetException(
          "'%s' names %d classes, but model '%s' gives %d (%s); write one name a line, in class order"
              .formatted(
                  settings.labels(),
                  labels.size(),
                  settings.model(),
                  output.elements(),
                  output.shape()));
    }
    List<Sample> probes = spread(tracks);
    InputEncoding encoding = encoding(input);
    OutputKind kind = settings.output();
    if (kind == null) {
      kind =
          looksLikeProbabilities(bytes, encoding, probes)
              ? OutputKind.PROBABILITIES
              : OutputKind.LOGITS;
    }
    hintAtEncoding(bytes, input, encoding, kind, probes, classOf);
    int deadline = deadlineMillis(bytes, encoding, kind, probes);
    String encodingText =
        settings.encoding() != null
            ? settings.encoding().word()
            : input.type() == ElementType.FLOAT32
                ? Encoding.UNIT.word()
                : "the tensor's own range %.4g..%.4g".formatted(encoding.low(), encoding.high());

    Path part = beside(settings.out());
    try {
      Bundle bundle = write(part, bytes, labels, manifest(bytes, encoding, kind, output), deadline);
      int frames = tracks.stream().mapToInt(t -> t.frames().size()).sum();
      TrackCalibrator.Result result =
          TrackCalibrator.calibrate(
              bundle,
              POLICY,
              RuntimeOptions.defaults(),
              tracks,
              label -> classOf[label],
              null,
              data.name(),
              data instanceof FolderDataset ? "all but test" : SplitRule.CALIBRATION,
              settings.seed(),
              progress.apply("calibrating", frames));
      BundleWriter writer = new BundleWriter(part);
      writer.writeCalibration("calibrations/" + POLICY + ".yaml", result.calibration());
      writer.write("models/" + modelName() + ".md", card(bytes, encodingText, kind, result));
      BundleWriter.reseal(part);
      Files.deleteIfExists(settings.out());
      Files.move(part, settings.out(), StandardCopyOption.ATOMIC_MOVE);
      warnOfAccuracy(result.accuracy(), labels.size());
      return new Outcome(
          Bundle.load(settings.out()),
          result.calibration(),
          result.accuracy(),
          encodingText,
          kind,
          deadline,
          warnings);
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "bundle '%s' cannot be put in place (%s); check permissions and free space"
              .formatted(settings.out(), e),
          e);
    } finally {
      deleteTree(part);
    }
  }

  private void warnOfAccuracy(Rate accuracy, int classes) {
    if (accuracy.value() < Math.max(2.0 / classes, 0.3)) {
      warnings.add(
          "the model is right on %s of these images, little better than chance (%.1f %%): the encoding, the order of the labels or the data do not fit it, and the guard is of no use; try another --encoding"
              .formatted(accuracy, 100.0 / classes));
    }
  }

  private void refuseOccupied() {
    Path out = settings.out();
    if (!Files.exists(out)) {
      return;
    }
    try (Stream<Path> entries = Files.list(out)) {
      if (entries.findAny().isEmpty()) {
        return;
      }
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "'%s' cannot be used for the bundle (%s); name a new folder".formatted(out, e), e);
    }
    throw new UnusableDatasetException(
        "folder '%s' is not empty; name a new one for the bundle".formatted(out));
  }

  private static Path beside(Path out) {
    Path absolute = out.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    if (parent == null || absolute.getFileName() == null) {
      throw new UnusableDatasetException(
          "'%s' cannot be a bundle; name a new folder".formatted(out));
    }
    try {
      Files.createDirectories(parent);
      return Files.createTempDirectory(parent, "." + absolute.getFileName() + "-");
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "no folder can be made in '%s' (%s); name another place for the bundle"
              .formatted(parent, e),
          StorageException.named(parent, e));
    }
  }

  private static void deleteTree(Path root) {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "temporary folder '%s' cannot be removed (%s); remove it".formatted(root, e), e);
    }
  }

  private static byte[] read(Path file, long maxBytes) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new UnusableDatasetException(
            "'%s' %s; name a file"
                .formatted(file, Files.exists(file) ? "is no file" : "does not exist"));
      }
      if (Files.size(file) > maxBytes) {
        throw new UnusableDatasetException(
            "'%s' has %d bytes; at most %d are read".formatted(file, Files.size(file), maxBytes));
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UnusableDatasetException(
          "'%s' cannot be read (%s); check its permissions".formatted(file, e), e);
    }
  }

  private List<String> readLabels() {
    String text = new String(read(settings.labels(), MAX_LABEL_BYTES), StandardCharsets.UTF_8);
    List<String> labels = new ArrayList<>();
    for (String line : text.strip().split("\r?\n", -1)) {
      if (line.isBlank()) {
        throw new UnusableDatasetException(
            "%s:%d: is empty; write one class name a line, in class order"
                .formatted(settings.labels(), labels.size() + 1));
      }
      labels.add(line.strip());
    }
    return labels;
  }

  /** For each class of the data the model's: by name where all names are known, else by number. */
  private int[] classesOf(List<String> labels) {
    List<String> names = data.classNames();
    List<String> lower = labels.stream().map(l -> l.toLowerCase(Locale.ROOT)).toList();
    int[] classes = new int[names.size()];
    Set<Integer> used = new HashSet<>();
    boolean byName = true;
    for (int i = 0; i < classes.length; i++) {
      classes[i] = lower.indexOf(names.get(i).toLowerCase(Locale.ROOT));
      byName &= classes[i] >= 0 && used.add(classes[i]);
    }
    if (byName) {
      return classes;
    }
    boolean byNumber = names.stream().allMatch(n -> n.matches("\\d{1,6}"));
    for (int i = 0; i < classes.length; i++) {
      classes[i] = byNumber ? Integer.parseInt(names.get(i)) : i;
      if (classes[i] >= labels.size()) {
        throw new UnusableDatasetException(
            "data set '%s' has class %d ('%s'), but '%s' names only %d classes; give the labels of this model and data of its classes"
                .formatted(
                    data.name(), classes[i], names.get(i), settings.labels(), labels.size()));
      }
    }
    if (!byNumber) {
      warnings.add(
          "the data's classes (%s, …) do not carry the names of '%s'; they are taken to be in the same order"
              .formatted(names.get(0), settings.labels()));
    }
    return classes;
  }

  private InputEncoding encoding(TensorSpec input) {
    if (settings.encoding() != null) {
      return settings.encoding().asInput();
    }
    return switch (input.type()) {
      case FLOAT32 -> InputEncoding.UNIT;
      case UINT8 -> ownRange(input, 0, 255);
      case INT8 -> ownRange(input, -128, 127);
    };
  }

  private static InputEncoding ownRange(TensorSpec input, int lowest, int highest) {
    return new InputEncoding(
        input.scale() * (lowest - input.zeroPoint()),
        input.scale() * (highest - input.zeroPoint()),
        List.of(0.0, 0.0, 0.0),
        List.of(1.0, 1.0, 1.0));
  }

  /** At most {@link #PROBES} images, evenly over the tracks. */
  private static List<Sample> spread(List<Track> tracks) {
    List<Sample> all = tracks.stream().map(t -> t.frames().get(t.frames().size() - 1)).toList();
    List<Sample> some = new ArrayList<>();
    int step = Math.max(1, all.size() / PROBES);
    for (int i = 0; i < all.size() && some.size() < PROBES; i += step) {
      some.add(all.get(i));
    }
    return some;
  }

  private LoadedClassifier open(byte[] bytes, InputEncoding encoding, OutputKind kind) {
    return GuardFactory.open(
        new ModelManifest(
            modelName(),
            settings.model().toString(),
            Sha256.of(bytes),
            encoding,
            new ModelManifest.Output.Classes(kind),
            settings.labels().toString(),
            settings.licence(),
            new ModelManifest.Reference(0, 1, 0)),
        bytes,
        RuntimeOptions.defaults());
  }

  /** What the model gives for an image, as its output tensor means it. */
  private static void classify(
      Classifier classifier, TransformRenderer renderer, Sample sample, float[] into) {
    renderer.render(sample.image(), 0, classifier.input());
    classifier.classify(into);
  }

  private static TransformRenderer plain(Classifier classifier) {
    return new TransformRenderer(
        TransformChain.identity(), classifier.inputSpec(), classifier.encoding());
  }

  private boolean looksLikeProbabilities(
      byte[] bytes, InputEncoding encoding, List<Sample> probes) {
    try (LoadedClassifier loaded = open(bytes, encoding, OutputKind.PROBABILITIES)) {
      Classifier classifier = loaded.classifier();
      TransformRenderer renderer = plain(classifier);
      float[] scores = new float[classifier.classes()];
      for (Sample sample : probes) {
        classify(classifier, renderer, sample, scores);
        double sum = 0;
        for (float s : scores) {
          if (s < -0.01 || s > 1.01) {
            return false;
          }
          sum += s;
        }
        // Quantised probabilities are rounded, each by up to half a step.
        if (Math.abs(sum - 1) > 0.05 + 0.002 * scores.length) {
          return false;
        }
      }
      return true;
    }
  }

  private double accuracy(
      byte[] bytes, InputEncoding encoding, OutputKind kind, List<Sample> probes, int[] classOf) {
    try (LoadedClassifier loaded = open(bytes, encoding, kind)) {
      Classifier classifier = loaded.classifier();
      TransformRenderer renderer = plain(classifier);
      float[] scores = new float[classifier.classes()];
      int right = 0;
      for (Sample sample : probes) {
        classify(classifier, renderer, sample, scores);
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
          best = scores[i] > scores[best] ? i : best;
        }
        right += best == classOf[sample.label()] ? 1 : 0;
      }
      return (double) right / probes.size();
    }
  }

  /** Says so if the model does clearly better with its pixels in another range. */
  private void hintAtEncoding(
      byte[] bytes,
      TensorSpec input,
      InputEncoding encoding,
      OutputKind kind,
      List<Sample> probes,
      int[] classOf) {
    if (input.type() != ElementType.FLOAT32) {
      return;
    }
    double chosen = accuracy(bytes, encoding, kind, probes, classOf);
    Encoding best = null;
    double bestAccuracy = chosen + 0.05;
    for (Encoding other : Encoding.values()) {
      double accuracy = accuracy(bytes, other.asInput(), kind, probes, classOf);
      if (accuracy > bestAccuracy) {
        best = other;
        bestAccuracy = accuracy;
      }
    }
    if (best != null) {
      warnings.add(
          "on %d images the model is right on %.1f %% with this encoding, but on %.1f %% with --encoding %s; run again with that"
              .formatted(probes.size(), 100 * chosen, 100 * bestAccuracy, best.word()));
    }
  }

  /** Four times what an inspection takes here, and at least 100 ms. */
  private int deadlineMillis(
      byte[] bytes, InputEncoding encoding, OutputKind kind, List<Sample> probes) {
    try (LoadedClassifier loaded = open(bytes, encoding, kind)) {
      Classifier classifier = loaded.classifier();
      TransformRenderer renderer = plain(classifier);
      float[] scores = new float[classifier.classes()];
      long best = Long.MAX_VALUE;
      for (int i = 0; i < 20; i++) {
        Sample sample = probes.get(i % probes.size());
        long start = System.nanoTime();
        classify(classifier, renderer, sample, scores);
        best = Math.min(best, System.nanoTime() - start);
      }
      return (int) Math.min(60_000, Math.max(100, Math.ceil(4.0 * PASSES * best / 1e6)));
    }
  }

  private ModelManifest manifest(
      byte[] bytes, InputEncoding encoding, OutputKind kind, TensorSpec output) {
    double tolerance =
        Math.max(
            output.type() == ElementType.FLOAT32 ? 0.002 : 2 * output.scale(),
            kind == OutputKind.LOGITS ? 0.05 : 0.002);
    return new ModelManifest(
        modelName(),
        "models/" + modelName() + ".tflite",
        Sha256.of(bytes),
        encoding,
        new ModelManifest.Output.Classes(kind),
        "labels.txt",
        settings.licence(),
        new ModelManifest.Reference(7, 16, Math.min(1, tolerance)));
  }

  private Bundle write(
      Path directory, byte[] bytes, List<String> labels, ModelManifest manifest, int deadline) {
    BundleWriter writer = new BundleWriter(directory);
    writer.write(manifest.file(), bytes);
    writer.write("labels.txt", String.join("\n", labels) + "\n");
    writer.writeModel(manifest);
    writer.write(
        "profiles/desktop.yaml",
        """
        schema: 1
        delegates: [xnnpack]
        threads: 1
        framesPerSecond: 30
        """);
    writer.write(
        "policies/" + POLICY + ".yaml",
        """
        # One model: 1 plain run, %d on randomised views and 1 on a smoothed view, %d in all.
        schema: 1
        members: ["%s"]

        views:
          # What a slightly different camera would have seen at a slightly different moment.
          jitter:
            - crop-resize-pad: {minimumScale: 1.0, maximumScale: 1.2, fill: grey}
            - rotation: {maximumDegrees: 4}
            - affine-jitter: {maximumShift: 0.03, maximumStretch: 0.04, maximumShear: 0.04}
            - perspective-jitter: {maximumShift: 0.02}
            - gamma: {minimum: 0.85, maximum: 1.18}
            - contrast: {minimum: 0.9, maximum: 1.1}
            - channel-jitter: {maximumGain: 0.05, maximumShift: 0.01}
            - gaussian-noise: {minimumDeviation: 0.5, maximumDeviation: 3}
          # A squeezer (Xu, Evans and Qi 2018): takes away what a sign does not need.
          smooth:
            - median-smoothing: {minimumWindow: 2, maximumWindow: 2}

        checks:
          - transform-consistency: {view: jitter, draws: %d, weight: 1}
          - feature-squeezing: {views: [smooth], weight: 1}

        # The share of clean signs (tracks, not frames) that may be suspected.
        falseAlarmRate: %s
        # Four times what an inspection took where the bundle was made, at least 100.
        deadlineMillis: %d
        minimumSide: 12
        # More than all other labels together; a label that is less sure is not accepted.
        minimumProbability: 0.5
        calibration: calibrations/%s.yaml
        """
            .formatted(
                DRAWS,
                PASSES,
                manifest.name(),
                DRAWS,
                settings.falseAlarmRate(),
                deadline,
                POLICY));
    return writer.seal(bundleName(), "1.0.0", POLICY, "desktop");
  }

  private String card(
      byte[] bytes, String encoding, OutputKind kind, TrackCalibrator.Result result) {
    return """
        # Model card: %s

        Written by `stopline guard init`. What only the model's authors know (training data, intended use, limits) is not stated here; add it.

        - SHA-256 `%s`, %d bytes
        - pixels: %s; output: %s
        - right on %s of the %d frames (%d tracks) of '%s' that the guard was calibrated on
        - licence: %s
        """
        .formatted(
            modelName(),
            Sha256.of(bytes),
            bytes.length,
            encoding,
            kind.name().toLowerCase(Locale.ROOT),
            result.accuracy(),
            result.calibration().frames(),
            result.calibration().scores().size(),
            data.name(),
            settings.licence());
  }

  private String modelName() {
    return plainName(String.valueOf(settings.model().getFileName()).replaceFirst("\\.tflite$", ""));
  }

  private String bundleName() {
    return plainName(String.valueOf(settings.out().toAbsolutePath().normalize().getFileName()));
  }

  /** A name as bundles allow. */
  private static String plainName(String name) {
    String plain =
        name.toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9._-]", "-")
            .replaceFirst("^[^a-z0-9]+", "");
    return plain.isEmpty() ? "model" : plain.substring(0, Math.min(64, plain.length()));
  }
}
