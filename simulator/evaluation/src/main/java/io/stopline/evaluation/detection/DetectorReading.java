package io.stopline.evaluation.detection;

import io.stopline.config.ModelManifest;
import io.stopline.config.ModelManifestFile;
import io.stopline.evaluation.Sha256;
import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.evaluation.model.LabelFile;
import io.stopline.evaluation.model.ModelBytes;
import io.stopline.evaluation.model.ModelInput;
import io.stopline.evaluation.model.PackedLabels;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.model.DetectionDecoding;
import io.stopline.sdk.model.Detector;
import io.stopline.sdk.model.DetectorFacts;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.DetectorFormat.AnchoredBoxes;
import io.stopline.sdk.model.DetectorFormat.Yolo;
import io.stopline.sdk.model.DetectorFormat.Yolo.BoxUnit;
import io.stopline.sdk.model.DetectorFormat.Yolo.Layout;
import io.stopline.sdk.model.DetectorFormat.Yolo.Scores;
import io.stopline.sdk.model.DetectorMetadata;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.ImageLayout;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.ModelFile;
import io.stopline.sdk.model.ModelGraph;
import io.stopline.sdk.model.ModelKind;
import io.stopline.sdk.model.ModelStructure;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.model.VisionModel;
import io.stopline.tflite.DetectorFile;
import io.stopline.tflite.InvalidModelException;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a user's {@code .tflite} detector means: its pixels, its boxes, its scores and its labels.
 * The user's options go first, then a manifest beside the file ({@code NAME.yaml}), then what the
 * file's shapes tell, then what is usual of its family; {@link DetectorLook} lets clean frames
 * decide about the latter. Immutable.
 */
public final class DetectorReading {

  /** What somebody may have said of a detector. */
  public enum Part {
    /** What pixels become. */
    RANGE,
    CHANNELS,
    FIT,
    BOXES,
    SCORES,
    FIRST_LABEL
  }

  /** So many votes that touch are an object, where nobody says otherwise. */
  private static final int USUAL_CELLS = 4;

  private final String name;
  private final byte[] file;
  private final String sha256;
  private final TensorSpec input;
  private final List<TensorSpec> outputs;
  private final InputEncoding encoding;
  private final String rangeSource;
  private final DetectorFormat format;
  private final Set<Part> told;
  private final List<String> labels;
  private final String labelsSource;
  private final String why;
  private final @Nullable ModelManifest manifest;
  private final DetectorSettings options;

  private DetectorReading(
      String name,
      byte[] file,
      TensorSpec input,
      List<TensorSpec> outputs,
      InputEncoding encoding,
      String rangeSource,
      DetectorFormat format,
      Set<Part> told,
      List<String> labels,
      String labelsSource,
      String why,
      @Nullable ModelManifest manifest,
      DetectorSettings options) {
    this.name = name;
    this.file = file;
    this.sha256 = Sha256.of(file);
    this.input = input;
    this.outputs = List.copyOf(outputs);
    this.encoding = encoding;
    this.rangeSource = rangeSource;
    this.format = format;
    this.told = Set.copyOf(told);
    this.labels = List.copyOf(labels);
    this.labelsSource = labelsSource;
    this.why = why;
    this.manifest = manifest;
    this.options = options;
  }

  /**
   * Reads a detector.
   *
   * @throws IOException if it cannot be read
   * @throws InvalidModelException if TensorFlow Lite refuses it, or it is no detector that is read
   * @throws UnusableDatasetException if the labels or the manifest cannot be used
   */
  public static DetectorReading of(Path model, DetectorSettings options) throws IOException {
    byte[] bytes = ModelBytes.read(model);
    String name = String.valueOf(model.getFileName());
    DetectorFacts facts = requireDetector(name, bytes);
    Optional<ModelManifestFile> beside = ModelManifestFile.beside(model);
    if (beside.isPresent() && !beside.get().manifest().sha256().equals(Sha256.of(bytes))) {
      throw new UnusableDatasetException(
          "manifest '%s' was written for another file than '%s' (its sha256 differs); write it anew or remove it"
              .formatted(beside.get().file(), model));
    }
    if (beside.isPresent() && !beside.get().manifest().isDetector()) {
      throw new UnusableDatasetException(
          "manifest '%s' says that '%s' is a classifier; name it with --model, or correct the manifest"
              .formatted(beside.get().file(), model));
    }
    List<String> labels;
    String source;
    Path given = options.labels();
    if (given != null) {
      labels = LabelFile.readWithGaps(given).names();
      source = "'" + given + "'";
    } else if (beside.isPresent()) {
      labels = beside.get().labels();
      source = "'" + beside.get().labelsFile() + "'";
    } else {
      Optional<PackedLabels> packed = PackedLabels.of(name, bytes);
      labels = packed.map(p -> p.labels().names()).orElse(List.of());
      source = packed.map(p -> "'%s' inside the file".formatted(p.file())).orElse("");
    }
    if (labels.isEmpty()) {
      throw new UnusableDatasetException(
          "nobody says what the labels of '%s' are: give --labels FILE, one name a line, in the detector's order"
              .formatted(model));
    }
    return of(
        name,
        bytes,
        facts,
        labels,
        source,
        beside.map(ModelManifestFile::manifest).orElse(null),
        options);
  }

  /**
   * A detector whose manifest is known, as a bundle's are.
   *
   * @param labels of the detector, in its order
   * @param source where they are written, for messages
   */
  public static DetectorReading of(
      ModelManifest manifest,
      byte[] bytes,
      List<String> labels,
      String source,
      DetectorSettings options) {
    DetectorFacts facts = requireDetector(manifest.name(), bytes);
    return of(manifest.name(), bytes, facts, labels, source, manifest, options);
  }

  /** Whether a file looks like a detector of a family that is read, for commands that take both. */
  public static boolean looksLikeOne(byte[] bytes) {
    if (!ModelFile.problem(bytes).isEmpty() || !ModelStructure.problem(bytes).isEmpty()) {
      return false;
    }
    DetectorFacts facts = DetectorFacts.of(ModelGraph.of(bytes));
    return hasAnchors(bytes)
        || facts.postProcess().isPresent()
        || facts.heatMap()
        || facts.labelledBoxes().isPresent()
        || !facts.yolo().isEmpty();
  }

  /** Also where they cannot be used, which the reader says then. */
  private static boolean hasAnchors(byte[] bytes) {
    try {
      return DetectorMetadata.of(bytes).isPresent();
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  private static Optional<DetectorMetadata> metadata(String name, byte[] bytes) {
    try {
      return DetectorMetadata.of(bytes);
    } catch (IllegalArgumentException e) {
      throw new InvalidModelException("model '%s': %s".formatted(name, e.getMessage()), e);
    }
  }

  private static DetectorFacts requireDetector(String name, byte[] bytes) {
    DetectorFacts facts = DetectorFile.read(name, bytes);
    ModelKind kind = ModelKind.of(bytes);
    if (kind.isClassifier()) {
      throw new InvalidModelException(
          "model '%s' %s, as a classifier does, not a detector; name it with --model"
              .formatted(name, kind.sentence()));
    }
    return facts;
  }

  private static DetectorReading of(
      String name,
      byte[] bytes,
      DetectorFacts facts,
      List<String> labels,
      String labelsSource,
      @Nullable ModelManifest manifest,
      DetectorSettings options) {
    TensorSpec input;
    List<TensorSpec> outputs;
    try (TfLiteModel model = TfLiteModel.load(name, bytes, RuntimeOptions.defaults())) {
      if (model.inputs().size() != 1 || !ImageLayout.isOne(model.inputs().get(0).shape())) {
        throw new InvalidModelException(
            "model '%s' takes %s; a detector takes one image, 1×H×W×3 or 1×3×H×W: export it with a batch of 1 and a fixed size"
                .formatted(name, DetectorShapes.words(model.inputs())));
      }
      input = model.inputs().get(0);
      outputs = model.outputs();
    }
    DetectorFormat said =
        manifest != null && manifest.output() instanceof ModelManifest.Output.Detections detections
            ? detections.format()
            : null;
    Optional<DetectorMetadata> metadata =
        DetectorShapes.isRaw(outputs) ? metadata(name, bytes) : Optional.empty();
    DetectorShapes shapes =
        chosen(
            name, DetectorShapes.of(name, facts, outputs, labels.size(), metadata), options, said);
    if (shapes.labels() > 0 && shapes.labels() != labels.size()) {
      throw new UnusableDatasetException(
          "%s has %d names, but detector '%s' gives %d score%s a candidate (%s); give one name for each score with --labels, in its order"
              .formatted(
                  labelsSource,
                  labels.size(),
                  name,
                  shapes.labels(),
                  shapes.labels() == 1 ? "" : "s",
                  shapes.why()));
    }
    Scores scores = metadata.map(DetectorMetadata::scores).orElse(null);
    if (shapes.family() == DetectorFamily.ANCHORED_BOXES
        && options.scores() != null
        && options.scores() != scores) {
      throw new UnusableDatasetException(
          "detector '%s' is said to give %s, but its metadata say %s; leave out --scores"
              .formatted(
                  name,
                  DetectorWay.word(options.scores()),
                  scores == Scores.LOGITS ? "logits" : "probabilities"));
    }
    ModelInput meaning =
        manifest == null ? options.input() : options.input().over(ModelInput.of(manifest.input()));
    String source =
        !options.input().saysRange() && manifest != null
            ? "from its manifest"
            : options.input().source(input);
    Set<Part> told = told(options, manifest);
    return new DetectorReading(
        name,
        bytes,
        input,
        outputs,
        meaning.encoding(input),
        source,
        format(shapes, labels, options, said, metadata.orElse(null)),
        told,
        labels,
        labelsSource,
        shapes.why(),
        manifest,
        options);
  }

  private static DetectorShapes chosen(
      String name,
      List<DetectorShapes> shapes,
      DetectorSettings options,
      @Nullable DetectorFormat said) {
    DetectorFamily wanted =
        options.family() != null ? options.family() : said == null ? null : DetectorFamily.of(said);
    if (wanted == null) {
      return shapes.get(0);
    }
    return shapes.stream()
        .filter(s -> s.family() == wanted)
        .findFirst()
        .orElseThrow(
            () ->
                new UnusableDatasetException(
                    "detector '%s' is said to be %s, but it gives %s; say --format %s or leave it out"
                        .formatted(
                            name,
                            wanted.word(),
                            shapes.get(0).why(),
                            shapes.get(0).family().word())));
  }

  /** What is told, else what the manifest says, else what is usual of the family. */
  private static DetectorFormat format(
      DetectorShapes shapes,
      List<String> labels,
      DetectorSettings options,
      @Nullable DetectorFormat said,
      @Nullable DetectorMetadata metadata) {
    DetectorFamily family = shapes.family();
    switch (family) {
      case ANCHORED_BOXES:
        AnchoredBoxes usual =
            DetectorShapes.format(
                Objects.requireNonNull(metadata), FrameFit.STRETCH, usualOverlap(family));
        AnchoredBoxes anchored = said instanceof AnchoredBoxes a ? a : usual;
        return new AnchoredBoxes(
            or(options.fit(), anchored.fit()),
            usual.scores(),
            or(options.byLabel(), anchored.byLabel()),
            or(options.overlap(), anchored.overlap()),
            usual.anchors(),
            usual.boxes());
      case HEAT_MAP:
        double overlap =
            said instanceof DetectorFormat.HeatMap h ? h.overlap() : usualOverlap(family);
        return new DetectorFormat.HeatMap(or(options.overlap(), overlap));
      case LABELLED_BOXES:
        DetectorFormat.LabelledBoxes rows =
            said instanceof DetectorFormat.LabelledBoxes r
                ? r
                : new DetectorFormat.LabelledBoxes(
                    FrameFit.LETTERBOX,
                    BoxUnit.NORMALISED,
                    true,
                    shapes.suppressed() ? 1 : usualOverlap(family),
                    shapes.parts());
        return new DetectorFormat.LabelledBoxes(
            or(options.fit(), rows.fit()),
            or(options.boxes(), rows.unit()),
            or(options.byLabel(), rows.byLabel()),
            or(options.overlap(), rows.overlap()),
            rows.outputs());
      case VOTE_MAP:
        return said instanceof DetectorFormat.VoteMap v
            ? v
            : new DetectorFormat.VoteMap(USUAL_CELLS);
      case SSD_POSTPROCESS:
        DetectorFormat.SsdPostProcess ssd =
            said instanceof DetectorFormat.SsdPostProcess s
                ? s
                : new DetectorFormat.SsdPostProcess(
                    FrameFit.STRETCH, firstLabel(labels), shapes.parts());
        return new DetectorFormat.SsdPostProcess(
            or(options.fit(), ssd.fit()),
            or(options.firstLabel(), ssd.firstLabel()),
            ssd.outputs());
      case YOLO_V5:
      case YOLO_V8:
        Layout layout = family == DetectorFamily.YOLO_V5 ? Layout.V5 : Layout.V8;
        Yolo yolo =
            said instanceof Yolo y
                ? y
                : new Yolo(
                    layout,
                    FrameFit.LETTERBOX,
                    BoxUnit.NORMALISED,
                    Scores.PROBABILITIES,
                    true,
                    usualOverlap(family));
        return new Yolo(
            layout,
            or(options.fit(), yolo.fit()),
            or(options.boxes(), yolo.unit()),
            or(options.scores(), yolo.scores()),
            or(options.byLabel(), yolo.byLabel()),
            or(options.overlap(), yolo.overlap()));
    }
    throw new IllegalStateException("no format for " + family);
  }

  /** The overlap at which families suppress: YOLO's exports are tuned with 0.45. */
  static double usualOverlap(DetectorFamily family) {
    return family == DetectorFamily.HEAT_MAP ? DetectorFormat.USUAL_OVERLAP : 0.45;
  }

  /** 1 where the first name is one for the background. */
  private static int firstLabel(List<String> labels) {
    String first = LabelledFrames.form(labels.get(0));
    boolean background =
        first.isEmpty() || first.equals("background") || first.equals("none") || first.equals("bg");
    return background && labels.size() > 1 ? 1 : 0;
  }

  private static <T> T or(@Nullable T first, T second) {
    return first == null ? second : first;
  }

  private static Set<Part> told(DetectorSettings options, @Nullable ModelManifest manifest) {
    Set<Part> told = EnumSet.noneOf(Part.class);
    if (manifest != null) {
      return EnumSet.allOf(Part.class);
    }
    ModelInput in = options.input();
    if (in.saysRange()
        || !in.mean().equals(ModelInput.INFERRED.mean())
        || !in.deviation().equals(ModelInput.INFERRED.deviation())) {
      told.add(Part.RANGE);
    }
    if (in.channels() != null) {
      told.add(Part.CHANNELS);
    }
    if (options.fit() != null) {
      told.add(Part.FIT);
    }
    if (options.boxes() != null) {
      told.add(Part.BOXES);
    }
    if (options.scores() != null) {
      told.add(Part.SCORES);
    }
    if (options.firstLabel() != null) {
      told.add(Part.FIRST_LABEL);
    }
    return told;
  }

  /** The same, and a name of the data that is a label of it, unless one is told already. */
  public DetectorReading renaming(String from, String to) {
    return new DetectorReading(
        name,
        file,
        input,
        outputs,
        encoding,
        rangeSource,
        format,
        told,
        labels,
        labelsSource,
        why,
        manifest,
        options.renaming(from, to));
  }

  /** The same file read in another way. */
  DetectorReading with(InputEncoding otherEncoding, DetectorFormat otherFormat) {
    return new DetectorReading(
        name,
        file,
        input,
        outputs,
        otherEncoding,
        otherEncoding.with(encoding.channels()).equals(encoding) ? rangeSource : "as frames say",
        otherFormat,
        told,
        labels,
        labelsSource,
        why,
        manifest,
        options);
  }

  /**
   * Another file that is to be read as this one is: what was made of it.
   *
   * @throws InvalidModelException if TensorFlow Lite refuses it
   */
  public DetectorReading of(String otherName, byte[] other) {
    DetectorFacts facts = requireDetector(otherName, other);
    DetectorReading read = of(otherName, other, facts, labels, labelsSource, null, options);
    return read.with(encoding, format);
  }

  /** The same format with another fit, where the family has a choice. */
  static DetectorFormat with(DetectorFormat format, FrameFit fit) {
    if (format instanceof DetectorFormat.SsdPostProcess ssd) {
      return new DetectorFormat.SsdPostProcess(fit, ssd.firstLabel(), ssd.outputs());
    }
    if (format instanceof AnchoredBoxes a) {
      return new AnchoredBoxes(fit, a.scores(), a.byLabel(), a.overlap(), a.anchors(), a.boxes());
    }
    if (format instanceof Yolo y) {
      return new Yolo(y.layout(), fit, y.unit(), y.scores(), y.byLabel(), y.overlap());
    }
    if (format instanceof DetectorFormat.LabelledBoxes rows) {
      return new DetectorFormat.LabelledBoxes(
          fit, rows.unit(), rows.byLabel(), rows.overlap(), rows.outputs());
    }
    if (format instanceof DetectorFormat.HeatMap || format instanceof DetectorFormat.VoteMap) {
      return format;
    }
    throw new IllegalArgumentException("nothing fits frames into a " + format.word());
  }

  /**
   * A detector that reads the model in this way.
   *
   * @param model of this file; what is returned owns it
   * @param threshold from which probability on finds are given
   * @throws IllegalArgumentException if it cannot be read so
   */
  public Detector open(VisionModel model, double threshold, int maximum) {
    return new Detector(
        name, sha256, model, encoding, new DetectionDecoding(format, threshold, maximum), labels);
  }

  /**
   * A detector of its own.
   *
   * @throws InvalidModelException if TensorFlow Lite refuses the file
   */
  public Detector open(double threshold, int maximum, RuntimeOptions runtime) {
    TfLiteModel model = TfLiteModel.load(name, file, runtime);
    try {
      return open(model, threshold, maximum);
    } catch (IllegalArgumentException e) {
      model.close();
      throw new InvalidModelException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * The manifest that says how it is read.
   *
   * @param path of the model, relative to where the manifest counts from
   * @param labelsPath of the file of its labels, likewise
   * @param licence of the weights
   */
  public ModelManifest manifest(String path, String labelsPath, String licence) {
    double step =
        outputs.stream()
            .mapToDouble(o -> o.type() == ElementType.FLOAT32 ? 0.005 : 2 * o.scale())
            .max()
            .orElse(0.005);
    return new ModelManifest(
        path.substring(path.lastIndexOf('/') + 1).replaceFirst("\\.tflite$", ""),
        path,
        sha256,
        encoding,
        new ModelManifest.Output.Detections(format),
        labelsPath,
        licence,
        new ModelManifest.Reference(7, 2, Math.min(1, Math.max(0.005, step))));
  }

  /** The file's name. */
  public String name() {
    return name;
  }

  /** The file; not to be written to. */
  public byte[] file() {
    return file;
  }

  /** SHA-256 of the file. */
  public String sha256() {
    return sha256;
  }

  /** What the input tensor holds, as the file has it. */
  public TensorSpec input() {
    return input;
  }

  /** What the output tensors hold, as the file has them. */
  public List<TensorSpec> outputs() {
    return outputs;
  }

  /** What pixels become. */
  public InputEncoding encoding() {
    return encoding;
  }

  /** What the tensors mean. */
  public DetectorFormat format() {
    return format;
  }

  /** What somebody said, on the command line or in a manifest. */
  public Set<Part> told() {
    return told;
  }

  /** One name a label, in the detector's order. */
  public List<String> labels() {
    return labels;
  }

  /** Where its labels are written, for messages. */
  String labelsSource() {
    return labelsSource;
  }

  /** What the user says of it. */
  public DetectorSettings options() {
    return options;
  }

  /** Licence of the weights as the manifest has it. */
  public String licence() {
    return manifest == null ? "not stated" : manifest.licence();
  }

  /** Whether the user's own words or a manifest say a part. */
  boolean says(Part part) {
    return told.contains(part);
  }

  /** For people: what it is taken for and why. */
  public String words() {
    List<String> parts = new ArrayList<>();
    parts.add("frames %s".formatted(fitWords(format.fit())));
    if (format instanceof DetectorFormat.LabelledBoxes rows) {
      parts.add(unitWords(rows.unit()));
    }
    if (format instanceof Yolo yolo) {
      parts.add(unitWords(yolo.unit()));
      parts.add("scores as " + yolo.scores().name().toLowerCase(Locale.ROOT));
    }
    if (format instanceof AnchoredBoxes anchored) {
      parts.add("scores as " + anchored.scores().name().toLowerCase(Locale.ROOT));
    }
    if (format instanceof DetectorFormat.SsdPostProcess ssd && ssd.firstLabel() != 0) {
      parts.add("its class 0 is line %d of the labels".formatted(ssd.firstLabel()));
    }
    ImageLayout layout = ImageLayout.of(input.shape());
    return "%s is taken for %s: it gives %s; it takes %s %s, pixels as %s..%s (%s), channels %s; %s; %d label%s, %s"
        .formatted(
            name,
            format.word(),
            why,
            input.type().name().toLowerCase(Locale.ROOT),
            TensorSpec.words(input.shape()),
            number(encoding.real(0, 0)),
            number(encoding.real(255, 0)),
            rangeSource,
            layout.channels() == 1 ? "grey" : encoding.channels().word(),
            String.join(", ", parts),
            labels.size(),
            labels.size() == 1 ? "" : "s",
            "from " + labelsSource);
  }

  private static String unitWords(BoxUnit unit) {
    return unit == BoxUnit.NORMALISED
        ? "boxes as shares of the input"
        : "boxes in pixels of the input";
  }

  static String fitWords(FrameFit fit) {
    return switch (fit) {
      case STRETCH -> "stretched into the input";
      case LETTERBOX -> "in the middle of the input (letterbox)";
      case TOP_LEFT -> "at the top left of the input";
    };
  }

  private static String number(double x) {
    return Math.abs(x - Math.rint(x)) < 1e-9
        ? String.valueOf((long) Math.rint(x))
        : String.format(Locale.ROOT, "%.4g", x);
  }
}
