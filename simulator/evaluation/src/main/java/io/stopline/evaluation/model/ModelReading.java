package io.stopline.evaluation.model;

import io.stopline.config.ModelManifest;
import io.stopline.config.ModelManifestFile;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Sha256;
import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.sdk.model.Classifier.OutputKind;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.ImageLayout;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.tflite.ClassifierFile;
import io.stopline.tflite.InvalidModelException;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a user's {@code .tflite} classifier means: its pixels, its scores and its classes. The file
 * says the shapes; a manifest beside it ({@code NAME.yaml}) and the user say the rest, the user
 * first. Every command reads a model through this. Immutable.
 */
public final class ModelReading {

  private final String name;
  private final byte[] file;
  private final String sha256;
  private final TensorSpec input;
  private final TensorSpec output;
  private final ImageLayout layout;
  private final InputEncoding encoding;
  private final String rangeSource;
  private final @Nullable OutputKind kind;
  private final ModelLabels labels;
  private final @Nullable ModelManifest manifest;
  private final ReadingOptions options;

  private ModelReading(
      String name,
      byte[] file,
      TensorSpec input,
      TensorSpec output,
      InputEncoding encoding,
      String rangeSource,
      @Nullable OutputKind kind,
      ModelLabels labels,
      @Nullable ModelManifest manifest,
      ReadingOptions options) {
    this.name = name;
    this.file = file;
    this.sha256 = Sha256.of(file);
    this.input = input;
    this.output = output;
    this.layout = ImageLayout.of(input.shape());
    this.encoding = encoding;
    this.rangeSource = rangeSource;
    this.kind = kind;
    this.labels = labels;
    this.manifest = manifest;
    this.options = options;
  }

  /**
   * Reads a model.
   *
   * @throws IOException if it cannot be read
   * @throws InvalidModelException if TensorFlow Lite refuses it, or it is no classifier of images
   * @throws UnusableDatasetException if the labels or the manifest cannot be used
   */
  public static ModelReading of(Path model, ReadingOptions options) throws IOException {
    byte[] bytes = ModelBytes.read(model);
    String name = String.valueOf(model.getFileName());
    Optional<ModelManifestFile> beside = ModelManifestFile.beside(model);
    if (beside.isPresent() && !beside.get().manifest().sha256().equals(Sha256.of(bytes))) {
      throw new UnusableDatasetException(
          "manifest '%s' was written for another file than '%s' (its sha256 differs); write it anew or remove it"
              .formatted(beside.get().file(), model));
    }
    ModelManifest manifest = beside.map(ModelManifestFile::manifest).orElse(null);
    ModelLabels labels = ModelLabels.UNKNOWN;
    Path given = options.labels();
    if (given != null) {
      LabelFile read = LabelFile.read(given);
      labels = new ModelLabels(read.names(), read.first(), "'" + given + "'");
    } else if (beside.isPresent()) {
      labels = new ModelLabels(beside.get().labels(), 0, "'" + beside.get().labelsFile() + "'");
    }
    return of(name, bytes, labels, manifest, options);
  }

  /**
   * A model whose manifest is known, as a bundle's members are.
   *
   * @param labels names of its classes, in its order
   * @param source where they are written, for messages
   * @param options what the user says of pairing and accuracy; what pixels and scores are, the
   *     manifest says
   */
  public static ModelReading of(
      ModelManifest manifest,
      byte[] bytes,
      List<String> labels,
      String source,
      ReadingOptions options) {
    return of(manifest.name(), bytes, new ModelLabels(labels, 0, source), manifest, options);
  }

  /**
   * A model of Stopline's own making.
   *
   * @param labels names of its classes, in its order
   */
  public static ModelReading of(
      String name, byte[] bytes, ReadingOptions options, List<String> labels) {
    return of(name, bytes, new ModelLabels(labels, 0, "the data"), null, options);
  }

  private static ModelReading of(
      String name,
      byte[] bytes,
      ModelLabels labels,
      @Nullable ModelManifest manifest,
      ReadingOptions options) {
    ClassifierFile.require(name, bytes);
    TensorSpec input;
    TensorSpec output;
    try (TfLiteModel model = TfLiteModel.load(name, bytes, RuntimeOptions.defaults())) {
      if (model.inputs().size() != 1
          || model.outputs().size() != 1
          || !ImageLayout.isOne(model.inputs().get(0).shape())
          || model.outputs().get(0).elements() < 2) {
        throw new InvalidModelException(
            "model '%s' takes %s and gives %s; a classifier takes one image (1×H×W×3, 1×3×H×W, or one grey channel) and gives one vector of at least two scores"
                .formatted(name, words(model.inputs()), words(model.outputs())));
      }
      input = model.inputs().get(0);
      output = model.outputs().get(0);
    }
    ModelInput told = options.input();
    ModelInput meaning = manifest == null ? told : told.over(ModelInput.of(manifest.input()));
    String source =
        !told.saysRange() && manifest != null ? "from its manifest" : told.source(input);
    OutputKind kind = options.output();
    if (kind == null
        && manifest != null
        && manifest.output() instanceof ModelManifest.Output.Classes classes) {
      kind = classes.kind();
    }
    return new ModelReading(
        name,
        bytes,
        input,
        output,
        meaning.encoding(input),
        source,
        kind,
        labels,
        manifest,
        options);
  }

  private static String words(List<TensorSpec> tensors) {
    return String.join(
        " and ",
        tensors.stream()
            .map(t -> "%s %s".formatted(word(t), TensorSpec.words(t.shape())))
            .toList());
  }

  private static String word(TensorSpec tensor) {
    return tensor.type().name().toLowerCase(Locale.ROOT);
  }

  /** The same model read in another way. */
  ModelReading with(InputEncoding other) {
    return new ModelReading(
        name, file, input, output, other, rangeSource, kind, labels, manifest, options);
  }

  /** Another file that is to be read as this one is: what was made of it. */
  public ModelReading of(String otherName, byte[] other) {
    ModelReading read = of(otherName, other, labels, null, options);
    return read.with(encoding);
  }

  /**
   * The manifest that says how it is read.
   *
   * @param path of the model, relative to where the manifest counts from
   * @param labelsPath of the file of its class names, likewise
   * @param licence of the weights
   */
  public ModelManifest manifest(String path, String labelsPath, OutputKind scores, String licence) {
    double step = output.type() == ElementType.FLOAT32 ? 0.002 : 2 * output.scale();
    double tolerance = Math.max(step, scores == OutputKind.LOGITS ? 0.05 : 0.002);
    return new ModelManifest(
        stem(path),
        path,
        sha256,
        encoding,
        new ModelManifest.Output.Classes(scores),
        labelsPath,
        licence,
        new ModelManifest.Reference(7, 16, Math.min(1, tolerance)));
  }

  private static String stem(String path) {
    return path.substring(path.lastIndexOf('/') + 1).replaceFirst("\\.tflite$", "");
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

  /** What the output tensor holds. */
  public TensorSpec output() {
    return output;
  }

  /** How the input tensor holds an image. */
  public ImageLayout layout() {
    return layout;
  }

  /** What pixels become. */
  public InputEncoding encoding() {
    return encoding;
  }

  /** What the scores are; null if nobody said so. */
  public @Nullable OutputKind kind() {
    return kind;
  }

  /** What the user says of it. */
  public ReadingOptions options() {
    return options;
  }

  /** Licence of the weights as the manifest has it. */
  public String licence() {
    return manifest == null ? "not stated" : manifest.licence();
  }

  /**
   * Pairs its outputs with the classes of data.
   *
   * @throws UnusableDatasetException if they cannot be paired; names the classes and the cure
   */
  public ClassMap classes(Dataset data) {
    return ClassMap.of(
        labels, output.elements(), data.classNames(), options, "model '" + name + "'", data.name());
  }

  /** For people: what goes in, and what of that is only assumed. */
  public String words() {
    String channels =
        layout.channels() == 1
            ? "grey"
            : encoding.channels().word()
                + (options.input().channels() == null && manifest == null
                    ? " (assumed; --channels says otherwise)"
                    : "");
    return "%s takes %s %s, pixels as %s..%s (%s), channels %s"
        .formatted(
            name,
            word(input),
            TensorSpec.words(input.shape()),
            number(encoding.real(0, 0)),
            number(encoding.real(255, 0)),
            rangeSource,
            channels);
  }

  private static String number(double x) {
    return x == Math.rint(x) ? String.valueOf((long) x) : String.format(Locale.ROOT, "%.4g", x);
  }
}
