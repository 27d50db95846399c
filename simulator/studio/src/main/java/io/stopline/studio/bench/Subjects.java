package io.stopline.studio.bench;

import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.ModelManifest;
import io.stopline.config.NotCalibratedException;
import io.stopline.config.PolicyFile;
import io.stopline.config.ReadyGuard;
import io.stopline.config.ReferenceImages;
import io.stopline.scene.sensor.Jpeg;
import io.stopline.sdk.calibration.Calibration;
import io.stopline.sdk.guard.Guard;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Classifier;
import io.stopline.sdk.model.CloseUpDetector;
import io.stopline.sdk.model.CropModel;
import io.stopline.sdk.model.DetectionDecoding;
import io.stopline.sdk.model.Detector;
import io.stopline.sdk.model.LocalScores;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.sdk.random.RandomStream;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Makes what is measured from a bundle: guards, frames and regions. */
final class Subjects {

  /** How large signs are in the frames, px: what a camera sees of one at 50 to 10 m. */
  static final List<Integer> SIDES = List.of(24, 32, 40, 48, 64);

  private static final int FRAME_WIDTH = 640;
  private static final int FRAME_HEIGHT = 360;

  /** A whole frame, px: as large as those of the road benchmark. */
  static final int SHOT_WIDTH = 1360;

  static final int SHOT_HEIGHT = 800;

  private static final int JPEG_QUALITY = 85;

  private final Bundle bundle;
  private final PolicyFile file;
  private final RuntimeOptions options;
  private final long seed;

  Subjects(String bundle, String policy, int threads, long seed) {
    this.bundle = Bundle.load(Path.of(bundle));
    this.file = this.bundle.policy(policy);
    this.options = RuntimeOptions.defaults().withThreads(threads);
    this.seed = seed;
  }

  /** XNNPACK for all, so that bare, direct and guarded inferences are the same work. */
  RuntimeOptions options() {
    return options;
  }

  List<String> members() {
    return file.policy().members();
  }

  byte[] modelBytes(String model) {
    return bundle.modelBytes(model);
  }

  /** The guard as it ships, or the same without calibration if it has none yet. */
  ReadyGuard guard() {
    InspectionSeeds seeds = InspectionSeeds.reproducible(seed);
    try {
      return GuardFactory.create(bundle, file.policy().name(), options, seeds);
    } catch (NotCalibratedException e) {
      return GuardFactory.createForCalibration(bundle, file.policy().name(), options, seeds);
    }
  }

  /**
   * The same guard with a stopwatch around each inference.
   *
   * @param timed receives the stopwatches: the members in the policy's order, those that only serve
   *     checks, then the verifier
   */
  Guard timedGuard(List<TimedModel> timed) {
    GuardPolicy policy = file.policy();
    Calibration calibration;
    try {
      calibration = bundle.calibration(file).calibration();
    } catch (NotCalibratedException e) {
      calibration = new Calibration(new double[] {1});
      policy =
          policy
              .with()
              .rates(0.5, 0.5)
              .deadline(Duration.ofHours(1))
              .finder(null)
              .witnesses(null)
              .build();
    }
    List<CropModel> crops = new ArrayList<>();
    List<String> labels = new ArrayList<>(bundle.labels(file));
    boolean detectors = bundle.model(members().get(0)).isDetector();
    for (String member : policy.models()) {
      crops.add(detectors ? timedCloseUp(member, timed) : timed(member, timed));
    }
    if (detectors) {
      labels.add(GuardFactory.NOTHING);
    }
    Classifier verifier = policy.sign() == null ? null : timed(policy.sign().verifier(), timed);
    return new Guard(
        policy,
        crops,
        labels,
        calibration,
        "benchmark",
        InspectionSeeds.reproducible(seed),
        System::nanoTime,
        verifier,
        null);
  }

  private Classifier timed(String name, List<TimedModel> timed) {
    ModelManifest manifest = bundle.model(name);
    if (!(manifest.output() instanceof ModelManifest.Output.Classes classes)) {
      throw new IllegalStateException("model '%s' is no classifier".formatted(name));
    }
    boolean local = !file.policy().windowsOf(name).isEmpty();
    byte[] bytes = bundle.modelBytes(name);
    byte[] opened = local ? LocalScores.readable(name, bytes) : bytes;
    TimedModel model = new TimedModel(TfLiteModel.load(name, opened, options));
    timed.add(model);
    return new Classifier(
        name,
        manifest.sha256(),
        model,
        manifest.input(),
        classes.kind(),
        local ? LocalScores.of(name, opened) : null);
  }

  private CropModel timedCloseUp(String name, List<TimedModel> timed) {
    ModelManifest manifest = bundle.model(name);
    GuardPolicy.Finder finder = file.policy().finder();
    if (finder == null
        || !(manifest.output() instanceof ModelManifest.Output.Detections detections)) {
      throw new IllegalStateException("model '%s' is no detector with a finder".formatted(name));
    }
    TimedModel model = new TimedModel(TfLiteModel.load(name, bundle.modelBytes(name), options));
    timed.add(model);
    return new CloseUpDetector(
        new Detector(
            name,
            manifest.sha256(),
            model,
            manifest.input(),
            new DetectionDecoding(
                detections.format(), CloseUpDetector.LOWEST_THRESHOLD, CloseUpDetector.MAXIMUM),
            bundle.labels(manifest)),
        finder.threshold());
  }

  /** A region of a frame. */
  record Sight(Frame frame, Region region) {}

  /** A frame as a camera sends it, and where its two signs are. */
  @SuppressWarnings("ArrayRecordComponent") // bytes are decoded, never compared
  record Shot(byte[] jpeg, List<Region> signs) {}

  /** A road frame of soft light and shade with two drawn discs, as a JPEG. */
  Shot shot() {
    BufferedImage picture =
        new BufferedImage(SHOT_WIDTH, SHOT_HEIGHT, BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < SHOT_HEIGHT; y++) {
      for (int x = 0; x < SHOT_WIDTH; x++) {
        int light = 110 + (int) (60 * StrictMath.sin(x / 70.0) * StrictMath.cos(y / 40.0));
        int green = light + (int) (8 * StrictMath.sin(x / 9.0));
        int blue = light + (int) (8 * StrictMath.cos(y / 7.0));
        picture.setRGB(x, y, light << 16 | green << 8 | blue);
      }
    }
    List<Region> signs = List.of(new Region(900, 300, 48, 48), new Region(300, 340, 32, 32));
    for (int k = 0; k < signs.size(); k++) {
      Region sign = signs.get(k);
      Image disc = ReferenceImages.of(seed + k, 2, sign.width(), sign.height()).get(1);
      for (int y = 0; y < sign.height(); y++) {
        for (int x = 0; x < sign.width(); x++) {
          int i = disc.index(x, y);
          picture.setRGB(
              sign.x() + x,
              sign.y() + y,
              (disc.data()[i] & 0xff) << 16
                  | (disc.data()[i + 1] & 0xff) << 8
                  | (disc.data()[i + 2] & 0xff));
        }
      }
    }
    return new Shot(Jpeg.encode(picture, JPEG_QUALITY), signs);
  }

  /** Frames of noise, each with a drawn disc of one of {@link #SIDES} somewhere. */
  List<Sight> sights() {
    RandomStream random = new RandomStream(RandomStream.derive(seed, 1));
    List<Sight> sights = new ArrayList<>();
    for (int i = 0; i < 2 * SIDES.size(); i++) {
      int side = SIDES.get(i % SIDES.size());
      // The second of three reference images is a disc on a ground, the nearest to a sign.
      Image sign = ReferenceImages.of(seed + i, 2, side, side).get(1);
      Image image = Image.black(FRAME_WIDTH, FRAME_HEIGHT);
      for (int p = 0; p < image.data().length; p++) {
        image.data()[p] = (byte) random.nextInt(256);
      }
      Region region =
          new Region(
              random.nextInt(FRAME_WIDTH - side), random.nextInt(FRAME_HEIGHT - side), side, side);
      for (int y = 0; y < side; y++) {
        System.arraycopy(
            sign.data(),
            sign.index(0, y),
            image.data(),
            image.index(region.x(), region.y() + y),
            3 * side);
      }
      sights.add(new Sight(new Frame(image, Instant.EPOCH, 0, i, "bench"), region));
    }
    return sights;
  }
}
