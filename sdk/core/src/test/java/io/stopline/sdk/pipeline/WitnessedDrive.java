package io.stopline.sdk.pipeline;

import io.stopline.sdk.calibration.Calibration;
import io.stopline.sdk.guard.Guard;
import io.stopline.sdk.guard.GuardIdentity;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.GuardPolicy.CheckSetting;
import io.stopline.sdk.guard.ToyModel;
import io.stopline.sdk.guard.ToyVerifier;
import io.stopline.sdk.guard.Witnesses;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.sdk.transform.TransformChain;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A drive in which a test says what the detector and what colour and shape see, judged by a real
 * guard with toy models: everything in the red frames is a sign called "red", if the verifier says
 * so.
 */
final class WitnessedDrive implements AutoCloseable {

  private static final Image RED = red();

  final ToyVerifier verifier = new ToyVerifier(2, () -> {});
  final List<Incident> incidents = new ArrayList<>();
  final List<FrameResult> results = new ArrayList<>();
  final Guard guard;
  final FramePipeline pipeline;
  private final List<Detection> detected = new ArrayList<>();
  private final List<Detection> proposed = new ArrayList<>();
  private final AtomicInteger ids = new AtomicInteger();
  private long frame;

  /** Frames at which colour and shape were asked. */
  int looks;

  WitnessedDrive(@Nullable Witnesses witnesses) {
    this(witnesses, PipelineTuning.standard(), 0);
  }

  /**
   * @param rotation of the second model's classes; 0: both models agree
   */
  WitnessedDrive(@Nullable Witnesses witnesses, PipelineTuning tuning, int rotation) {
    guard =
        new Guard(
            new GuardPolicy(
                    "test",
                    "ff",
                    List.of("a", "b"),
                    List.of(new TransformChain("other-look", List.of())),
                    List.of(new CheckSetting.Agreement(1)),
                    0.25,
                    Duration.ofSeconds(5),
                    4,
                    0.6,
                    0.25)
                .with()
                .sign(new GuardPolicy.SignCheck("is-sign", 0.5, 2, 5))
                .build(),
            List.of(
                new ToyModel(20, 0, () -> {}).classifier("a"),
                new ToyModel(20, rotation, () -> {}).classifier("b")),
            List.of("red", "green", "blue"),
            new Calibration(new double[] {0.01, 0.02, 0.03}),
            "cc",
            InspectionSeeds.reproducible(3),
            () -> 0,
            verifier.classifier("is-sign"),
            new GuardIdentity.Member("find", "dd", "toy"));
    pipeline =
        new FramePipeline(
            image -> new ArrayList<>(detected),
            guard::inspect,
            tuning,
            () -> 0,
            Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
            () -> "id-" + ids.incrementAndGet(),
            witnesses,
            List.of(),
            image -> {
              looks++;
              return new ArrayList<>(proposed);
            });
  }

  private static Image red() {
    Image image = Image.black(Road.STANDARD.width(), Road.STANDARD.height());
    for (int i = 0; i < image.data().length; i += 3) {
      image.data()[i] = (byte) 255;
    }
    return image;
  }

  /** The detector sees this in the next frame; null is nothing. */
  WitnessedDrive detect(@Nullable Region region) {
    if (region != null) {
      detected.add(new Detection(region, 0, 1));
    }
    return this;
  }

  /** Colour and shape see this in the next frame, if they look; null is nothing. */
  WitnessedDrive propose(@Nullable Region region) {
    if (region != null) {
      proposed.add(new Detection(region, 0, 1));
    }
    return this;
  }

  /** Both see this in the next frame. */
  WitnessedDrive seeBoth(@Nullable Region region) {
    return detect(region).propose(region);
  }

  /** Works on a frame. */
  void step() {
    results.add(pipeline.process(new Frame(RED, Instant.EPOCH, Road.nanos(frame), frame, "test")));
    incidents.addAll(results.get(results.size() - 1).incidents());
    frame++;
    detected.clear();
    proposed.clear();
  }

  /** Ends the drive. */
  List<Incident> finish() {
    incidents.addAll(pipeline.finish());
    return incidents;
  }

  WitnessCounts counts() {
    WitnessCounts counts = pipeline.witnessCounts();
    if (counts == null) {
      throw new IllegalStateException("this drive has no witnesses");
    }
    return counts;
  }

  @Override
  public void close() {
    guard.close();
  }
}
