package io.stopline.config;

import io.stopline.sdk.calibration.Calibration;
import io.stopline.sdk.guard.Cascade;
import io.stopline.sdk.guard.Guard;
import io.stopline.sdk.guard.GuardIdentity;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.Witnesses;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.model.Classifier;
import io.stopline.sdk.model.CloseUpDetector;
import io.stopline.sdk.model.CropModel;
import io.stopline.sdk.model.DelegatePreference;
import io.stopline.sdk.model.DetectionDecoding;
import io.stopline.sdk.model.Detector;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.ImageLayout;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.LocalScores;
import io.stopline.sdk.model.PixelArranger;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.pipeline.DetectorProposer;
import io.stopline.sdk.pipeline.RegionProposer;
import io.stopline.sdk.pipeline.ShapeColourProposer;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.sdk.transform.TransformChain;
import io.stopline.sdk.transform.TransformRenderer;
import io.stopline.tflite.InvalidModelException;
import io.stopline.tflite.LoadedModel;
import io.stopline.tflite.ModelLoader;
import io.stopline.tflite.ModelTrust;
import io.stopline.tflite.ReferenceCheck;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import io.stopline.tflite.TrialInference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From a bundle to a guard that is ready to inspect. Every model file passes its SHA-256, then the
 * flatbuffer verifier, then, on any delegate but XNNPACK, a comparison with the CPU.
 */
public final class GuardFactory {

  /** Calibrating takes every pass of every inspection, however long that takes. */
  private static final Duration NO_DEADLINE = Duration.ofHours(1);

  /** What a detector that looks closer says where it finds nothing. */
  public static final String NOTHING = "nothing";

  private GuardFactory() {}

  /** How models are to be run on a device. */
  public static RuntimeOptions options(DeviceProfile profile) {
    return new RuntimeOptions(profile.delegates(), profile.threads(), 1);
  }

  /**
   * The guard of the bundle's default policy on its default profile, with secret random draws.
   *
   * @throws ConfigException if the bundle cannot be used; see {@link #create(Bundle, String,
   *     RuntimeOptions, InspectionSeeds)}
   */
  public static ReadyGuard create(Bundle bundle) {
    return create(bundle, null, options(bundle.profile(null)), InspectionSeeds.random());
  }

  /**
   * A guard.
   *
   * @param policy its name, or null for the bundle's default
   * @throws UnknownNameException if there is no such policy
   * @throws NotCalibratedException if the policy was never calibrated
   * @throws CalibrationMismatchException if its calibration belongs to something else
   * @throws UnsupportedRateException if it promises more than its calibration supports
   * @throws HashMismatchException if a model file has changed since the bundle was loaded
   * @throws UnusableModelException if a model cannot be loaded or does not fit its place
   * @throws IllegalStateException if TensorFlow Lite cannot be loaded on this machine
   */
  public static ReadyGuard create(
      Bundle bundle, @Nullable String policy, RuntimeOptions options, InspectionSeeds seeds) {
    PolicyFile file = bundle.policy(policy);
    Calibration calibration = bundle.calibration(file).calibration();
    String calibrationSha256 = bundle.files().get(file.calibration());
    if (calibrationSha256 == null) {
      throw new IllegalStateException("calibration of a verified bundle is missing");
    }
    return assemble(bundle, file, file.policy(), calibration, calibrationSha256, options, seeds);
  }

  /**
   * A guard to calibrate with: no calibration is needed, every inspection takes all its passes (of
   * a cascade all that its draws and what it sees ask for, and no token is ever missing), and only
   * {@code score}, {@code trackScore} and {@code label} of its verdicts mean something; its
   * decisions and p-values do not. Neither finder nor verifier is opened: a calibration is of
   * tracks that are signs, cut out, and its scores depend on neither.
   *
   * @throws ConfigException as {@link #create(Bundle, String, RuntimeOptions, InspectionSeeds)},
   *     but for calibrations
   */
  public static ReadyGuard createForCalibration(
      Bundle bundle, @Nullable String policy, RuntimeOptions options, InspectionSeeds seeds) {
    PolicyFile file = bundle.policy(policy);
    GuardPolicy p = file.policy();
    Cascade cascade = p.cascade();
    // The least probability is of no meaning for scores, but a cascade goes by it: it stays.
    GuardPolicy unhurried =
        p.with()
            .rates(0.5, 0.5)
            .deadline(NO_DEADLINE)
            .minimumSide(1)
            .finder(null)
            .sign(null)
            .witnesses(null)
            .cascade(cascade == null ? null : cascade.unlimited())
            .build();
    Calibration none = new Calibration(new double[] {1});
    return assemble(bundle, file, unhurried, none, "not calibrated", options, seeds);
  }

  private static ReadyGuard assemble(
      Bundle bundle,
      PolicyFile file,
      GuardPolicy policy,
      Calibration calibration,
      String calibrationSha256,
      RuntimeOptions options,
      InspectionSeeds seeds) {
    List<String> labels = bundle.labels(file);
    tryModels(bundle, policy);
    List<CropModel> crops = new ArrayList<>();
    boolean detectors = bundle.model(policy.members().get(0)).isDetector();
    List<AutoCloseable> opened = new ArrayList<>();
    List<ReadyGuard.Member> members = new ArrayList<>();
    boolean done = false;
    try {
      for (String name : policy.models()) {
        crops.add(
            detectors
                ? openCloseUp(bundle, name, file, options, opened, members)
                : open(
                    bundle,
                    name,
                    labels.size(),
                    options,
                    givesLocalScores(policy, name),
                    opened,
                    members));
      }
      RegionProposer finder = new ShapeColourProposer();
      GuardIdentity.Member finderIdentity = null;
      if (policy.finder() != null) {
        LoadedDetector loaded =
            openDetector(bundle, policy.finder().detector(), policy.finder(), options);
        Detector detector = loaded.detector();
        opened.add(detector);
        members.add(
            new ReadyGuard.Member(detector.name(), detector.delegate(), loaded.passedOver()));
        finderIdentity =
            new GuardIdentity.Member(detector.name(), detector.sha256(), detector.delegate());
        finder =
            new DetectorProposer(
                detector, policy.finder().margin(), detectors, policy.finder().labels());
      }
      Classifier verifier =
          policy.sign() == null
              ? null
              : open(bundle, policy.sign().verifier(), 2, options, false, opened, members);
      List<RegionProposer> witnesses =
          witnesses(bundle, policy, detectors, options, opened, members);
      Guard guard;
      try {
        guard =
            new Guard(
                policy,
                crops,
                detectors ? withNothing(labels) : labels,
                calibration,
                calibrationSha256,
                seeds,
                System::nanoTime,
                verifier,
                finderIdentity);
      } catch (IllegalArgumentException e) {
        throw new UnusableModelException(
            file.file(), "policy '%s': %s".formatted(file.file(), e.getMessage()), e);
      }
      done = true;
      return new ReadyGuard(guard, finder, witnesses, members);
    } finally {
      if (!done) {
        closeAll(opened);
      }
    }
  }

  /** The labels of a guard whose members are detectors: what they find, or nothing. */
  static List<String> withNothing(List<String> labels) {
    List<String> all = new ArrayList<>(labels);
    all.add(NOTHING);
    return all;
  }

  /**
   * Opens a detector as a member. What the policy has its finder report is what a member of even
   * odds reports.
   */
  private static CropModel openCloseUp(
      Bundle bundle,
      String name,
      PolicyFile file,
      RuntimeOptions options,
      List<AutoCloseable> opened,
      List<ReadyGuard.Member> members) {
    GuardPolicy.Finder finder = file.policy().finder();
    if (finder == null) {
      throw new UnusableModelException(
          file.file(),
          "policy '%s' has detectors as members, but nothing that finds what they look at; give it a 'finder'"
              .formatted(file.file()));
    }
    ModelManifest manifest = bundle.model(name);
    LoadedDetector loaded =
        openDetector(
            manifest,
            bundle.modelBytes(name),
            bundle.labels(manifest),
            new GuardPolicy.Finder(
                name,
                Math.min(finder.threshold(), CloseUpDetector.LOWEST_THRESHOLD),
                CloseUpDetector.MAXIMUM,
                0),
            options);
    opened.add(loaded.detector());
    members.add(new ReadyGuard.Member(name, loaded.detector().delegate(), loaded.passedOver()));
    return new CloseUpDetector(loaded.detector(), finder.threshold());
  }

  /** Opens the detectors that check on the finder; they cut out as it does. */
  private static List<RegionProposer> witnesses(
      Bundle bundle,
      GuardPolicy policy,
      boolean surroundings,
      RuntimeOptions options,
      List<AutoCloseable> opened,
      List<ReadyGuard.Member> members) {
    List<RegionProposer> witnesses = new ArrayList<>();
    if (policy.witnesses() == null || policy.finder() == null) {
      return witnesses;
    }
    double margin = policy.finder().margin();
    for (Witnesses.WitnessDetector w : policy.witnesses().detectors()) {
      LoadedDetector loaded =
          openDetector(
              bundle,
              w.detector(),
              new GuardPolicy.Finder(w.detector(), w.threshold(), w.maximum(), margin),
              options);
      Detector detector = loaded.detector();
      opened.add(detector);
      members.add(new ReadyGuard.Member(detector.name(), detector.delegate(), loaded.passedOver()));
      witnesses.add(new DetectorProposer(detector, margin, surroundings, w.seen()));
    }
    return witnesses;
  }

  /** Whether a check looks at a member's map of local scores. */
  private static boolean givesLocalScores(GuardPolicy policy, String name) {
    return !policy.windowsOf(name).isEmpty();
  }

  /** A model's file as it is opened: with its map of local scores as an output, or as it is. */
  private static byte[] openedBytes(Bundle bundle, String name, boolean local) {
    return local
        ? withLocalScores(bundle.model(name), bundle.modelBytes(name))
        : bundle.modelBytes(name);
  }

  private static byte[] withLocalScores(ModelManifest manifest, byte[] bytes) {
    try {
      return LocalScores.readable(manifest.name(), bytes);
    } catch (IllegalArgumentException e) {
      throw new UnusableModelException(manifest.file(), String.valueOf(e.getMessage()), e);
    }
  }

  /** All in one child process; opening them would take one each. */
  private static void tryModels(Bundle bundle, GuardPolicy policy) {
    List<String> names = new ArrayList<>(policy.models());
    if (policy.finder() != null) {
      names.add(policy.finder().detector());
    }
    if (policy.sign() != null) {
      names.add(policy.sign().verifier());
    }
    if (policy.witnesses() != null) {
      policy.witnesses().detectors().forEach(w -> names.add(w.detector()));
    }
    ModelTrust.tryTogether(
        names.stream()
            .distinct()
            .map(
                name ->
                    new TrialInference.Candidate(
                        name, openedBytes(bundle, name, givesLocalScores(policy, name))))
            .toList());
  }

  private static void closeAll(List<AutoCloseable> models) {
    for (AutoCloseable model : models) {
      try {
        model.close();
      } catch (Exception e) {
        throw new IllegalStateException("a model could not be closed", e);
      }
    }
  }

  /** Opens a classifier that must have as many classes as its labels file names. */
  private static Classifier open(
      Bundle bundle,
      String name,
      int classes,
      RuntimeOptions options,
      boolean local,
      List<AutoCloseable> opened,
      List<ReadyGuard.Member> members) {
    LoadedClassifier loaded =
        local ? openLocal(bundle, name, options) : open(bundle, name, options);
    Classifier classifier = loaded.classifier();
    opened.add(classifier);
    members.add(new ReadyGuard.Member(name, classifier.delegate(), loaded.passedOver()));
    if (classifier.classes() != classes) {
      ModelManifest manifest = bundle.model(name);
      throw new UnusableModelException(
          manifest.file(),
          "model '%s' gives %d classes, but '%s' names %d; write one name a line, in class order"
              .formatted(name, classifier.classes(), manifest.labels(), classes));
    }
    return classifier;
  }

  /**
   * One classifier of a bundle by itself.
   *
   * @param name of the model
   * @return owned by the caller
   * @throws UnknownNameException if there is no such model
   * @throws HashMismatchException if the file has changed since the bundle was loaded
   * @throws UnusableModelException if it cannot be loaded or is no classifier
   */
  public static LoadedClassifier open(Bundle bundle, String name, RuntimeOptions options) {
    ModelManifest manifest = bundle.model(name);
    return open(manifest, bundle.modelBytes(name), options);
  }

  /**
   * The same with its map of local scores ({@link Classifier#local}), in the same run. The file and
   * its hash stay as they are: the map becomes an output of the bytes in memory.
   *
   * @throws UnusableModelException also if it computes no such map
   */
  public static LoadedClassifier openLocal(Bundle bundle, String name, RuntimeOptions options) {
    ModelManifest manifest = bundle.model(name);
    return openLocal(manifest, bundle.modelBytes(name), options);
  }

  /**
   * A classifier with its map of local scores, whose bytes are trusted by the caller.
   *
   * @param bytes as the file has them
   * @throws UnusableModelException if it cannot be loaded, is no classifier, or computes no such
   *     map
   */
  public static LoadedClassifier openLocal(
      ModelManifest manifest, byte[] bytes, RuntimeOptions options) {
    byte[] readable = withLocalScores(manifest, bytes);
    return open(manifest, readable, options, LocalScores.of(manifest.name(), readable));
  }

  /**
   * A classifier whose bytes are trusted by the caller.
   *
   * @throws UnusableModelException if it cannot be loaded or is no classifier
   */
  public static LoadedClassifier open(
      ModelManifest manifest, byte[] bytes, RuntimeOptions options) {
    return open(manifest, bytes, options, null);
  }

  private static LoadedClassifier open(
      ModelManifest manifest, byte[] bytes, RuntimeOptions options, @Nullable LocalScores local) {
    if (!(manifest.output() instanceof ModelManifest.Output.Classes classes)) {
      throw new UnusableModelException(
          manifest.file(),
          "model '%s' is a detector, but a classifier is needed here; name one"
              .formatted(manifest.name()));
    }
    LoadedModel loaded = load(manifest, bytes, options);
    try {
      Classifier classifier =
          new Classifier(
              manifest.name(),
              manifest.sha256(),
              loaded.model(),
              manifest.input(),
              classes.kind(),
              local);
      return new LoadedClassifier(classifier, loaded.passedOver());
    } catch (IllegalArgumentException e) {
      loaded.model().close();
      throw new UnusableModelException(
          manifest.file(), "%s; a guard wraps image classifiers only".formatted(e.getMessage()), e);
    }
  }

  /**
   * One detector of a bundle by itself.
   *
   * @param name of the model
   * @param finder how its output is read; its margin has no part in this
   * @return owned by the caller
   * @throws UnknownNameException if there is no such model
   * @throws HashMismatchException if the file has changed since the bundle was loaded
   * @throws UnusableModelException if it cannot be loaded, is no detector or has other labels
   */
  public static LoadedDetector openDetector(
      Bundle bundle, String name, GuardPolicy.Finder finder, RuntimeOptions options) {
    ModelManifest manifest = bundle.model(name);
    return openDetector(
        manifest, bundle.modelBytes(name), bundle.labels(manifest), finder, options);
  }

  /**
   * A detector whose bytes are trusted by the caller.
   *
   * @param labels one a kind of object
   * @param finder how its output is read; its margin has no part in this
   * @throws UnusableModelException if it cannot be loaded, is no detector or has other labels
   */
  public static LoadedDetector openDetector(
      ModelManifest manifest,
      byte[] bytes,
      List<String> labels,
      GuardPolicy.Finder finder,
      RuntimeOptions options) {
    if (!(manifest.output() instanceof ModelManifest.Output.Detections detections)) {
      throw new UnusableModelException(
          manifest.file(),
          "model '%s' is a classifier, but a detector is needed here; name one whose manifest says 'kind: detector'"
              .formatted(manifest.name()));
    }
    DetectorFormat format = DetectorFiles.checked(manifest, bytes, detections.format());
    LoadedModel loaded = load(manifest, bytes, options);
    try {
      Detector detector =
          new Detector(
              manifest.name(),
              manifest.sha256(),
              loaded.model(),
              manifest.input(),
              new DetectionDecoding(format, finder.threshold(), finder.maximum()),
              labels);
      return new LoadedDetector(detector, loaded.passedOver());
    } catch (IllegalArgumentException e) {
      loaded.model().close();
      throw new UnusableModelException(
          manifest.file(),
          "%s (its labels are in '%s')".formatted(e.getMessage(), manifest.labels()),
          e);
    }
  }

  private static LoadedModel load(ModelManifest manifest, byte[] bytes, RuntimeOptions options) {
    try {
      return ModelLoader.open(
          manifest.name(), bytes, options, referenceCheck(manifest, bytes, options));
    } catch (InvalidModelException e) {
      throw new UnusableModelException(manifest.file(), String.valueOf(e.getMessage()), e);
    }
  }

  private static ReferenceCheck referenceCheck(
      ModelManifest manifest, byte[] bytes, RuntimeOptions options) {
    ModelManifest.Reference reference = manifest.reference();
    if (options.delegates().equals(List.of(DelegatePreference.XNNPACK))) {
      return new ReferenceCheck(List.of(), reference.tolerance());
    }
    TensorSpec input;
    // What the inputs must look like, only the model knows.
    try (TfLiteModel probe =
        TfLiteModel.load(
            manifest.name(), bytes, options.withDelegates(DelegatePreference.XNNPACK))) {
      input = probe.inputs().get(0);
    }
    if (!ImageLayout.isOne(input.shape())) {
      throw new UnusableModelException(
          manifest.file(),
          "model '%s' takes %s; it must take one image, 1×H×W×3 or 1×3×H×W"
              .formatted(manifest.name(), TensorSpec.words(input.shape())));
    }
    return new ReferenceCheck(
        referenceInputs(reference, input, manifest.input()), reference.tolerance());
  }

  private static List<byte[]> referenceInputs(
      ModelManifest.Reference reference, TensorSpec input, InputEncoding encoding) {
    ImageLayout layout = ImageLayout.of(input.shape());
    PixelArranger arranger = new PixelArranger(layout, encoding.channels());
    TensorSpec written = layout.asCallersWrite(input);
    TransformRenderer renderer =
        new TransformRenderer(TransformChain.identity(), written, encoding);
    ByteBuffer rgb = direct(written);
    ByteBuffer tensor = direct(input);
    List<byte[]> inputs = new ArrayList<>();
    for (Image image :
        ReferenceImages.of(reference.seed(), reference.count(), layout.width(), layout.height())) {
      renderer.render(image, 0, rgb);
      arranger.arrange(input.type(), rgb, tensor);
      byte[] raw = new byte[input.bytes()];
      tensor.get(0, raw);
      inputs.add(raw);
    }
    return inputs;
  }

  private static ByteBuffer direct(TensorSpec spec) {
    return ByteBuffer.allocateDirect(spec.bytes()).order(ByteOrder.nativeOrder());
  }
}
