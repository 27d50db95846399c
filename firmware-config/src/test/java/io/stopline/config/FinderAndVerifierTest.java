package io.stopline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.GuardIdentity;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.pipeline.DetectorProposer;
import io.stopline.sdk.pipeline.ShapeColourProposer;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.testing.ToyModels;
import io.stopline.tflite.RuntimeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Detectors, finders and verifiers in bundles, run by TensorFlow Lite. */
final class FinderAndVerifierTest {

  private static final String POLICY = "policies/int8.yaml";

  @TempDir Path temporary;

  /** The shipped bundle with both toy models, its policy "int8" using them. */
  private Path bundle() {
    return bundle(ToyModels::using);
  }

  private Path bundle(UnaryOperator<String> finder) {
    Path bundle = Shipped.plain(temporary.resolve("bundle"));
    ToyModels.addTo(bundle);
    try {
      Files.writeString(
          bundle.resolve(POLICY),
          finder
              .apply(Files.readString(bundle.resolve(POLICY)))
              .replaceAll("deadlineMillis: \\d+", "deadlineMillis: 5000"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    Bundle sealed = BundleWriter.reseal(bundle);
    PolicyFile policy = sealed.policy("int8");
    new BundleWriter(bundle)
        .writeCalibration(
            policy.calibration(),
            new CalibrationFile(
                "int8",
                policy.policy().sha256(),
                sealed.learnt(policy),
                "made up",
                "0".repeat(64),
                "none",
                200,
                1,
                Collections.nCopies(200, 1.0)));
    BundleWriter.reseal(bundle);
    return bundle;
  }

  private static ReadyGuard ready(Bundle bundle, RuntimeOptions options) {
    return GuardFactory.create(bundle, "int8", options, InspectionSeeds.reproducible(1));
  }

  /** A grey road with a red disc. */
  private static Image scene(int centreX, int centreY, int side) {
    Image image = Image.black(768, 512);
    Arrays.fill(image.data(), (byte) 110);
    for (int y = centreY - side / 2; y < centreY + side / 2; y++) {
      for (int x = centreX - side / 2; x < centreX + side / 2; x++) {
        if (Math.hypot(x + 0.5 - centreX, y + 0.5 - centreY) < side / 2.0) {
          int i = image.index(x, y);
          image.data()[i] = (byte) 200;
          image.data()[i + 1] = 20;
          image.data()[i + 2] = 30;
        }
      }
    }
    return image;
  }

  @Test
  void aPolicyWithFinderAndVerifierMakesAGuardThatUsesBoth() {
    Bundle bundle = Bundle.load(bundle());
    GuardPolicy policy = bundle.policy("int8").policy();
    assertThat(policy.finder()).isEqualTo(new GuardPolicy.Finder("toy-finder", 0.3, 32, 0.125));
    assertThat(policy.sign()).isEqualTo(new GuardPolicy.SignCheck("toy-verifier", 0.5, 2, 5));
    assertThat(bundle.model("toy-finder").isDetector()).isTrue();
    assertThat(bundle.model("toy-verifier").isDetector()).isFalse();
    try (ReadyGuard ready = ready(bundle, RuntimeOptions.defaults())) {
      assertThat(ready.finder()).isInstanceOf(DetectorProposer.class);
      assertThat(ready.members())
          .extracting(ReadyGuard.Member::model)
          .containsExactly(
              "mobile-int8", "res-int8", "local-int8", "robust-int8", "toy-finder", "toy-verifier");
      GuardIdentity identity = ready.guard().identity();
      assertThat(identity.models()).hasSize(4);
      assertThat(identity.finder())
          .isEqualTo(
              new GuardIdentity.Member(
                  "toy-finder", ToyModels.sha256(ToyModels.finder()), "xnnpack"));
      assertThat(identity.verifier())
          .isEqualTo(
              new GuardIdentity.Member(
                  "toy-verifier", ToyModels.sha256(ToyModels.verifier()), "xnnpack"));

      Image image = scene(400, 240, 96);
      List<Detection> found = ready.finder().propose(image);
      assertThat(found).isNotEmpty();
      Detection best = found.get(0);
      assertThat(best.probability()).isGreaterThan(0.9f);
      // 24 px of input are 96 of the frame; an eighth of that is added at each side.
      assertThat(best.region().intersectionOverUnion(new Region(340, 180, 120, 120)))
          .isGreaterThan(0.8);

      Frame frame = new Frame(image, Instant.EPOCH, 0, 0, "test");
      TrackState track = new TrackState();
      Verdict sign =
          ready.guard().inspect(frame, best.region(), Sighting.of(best.probability()), track);
      assertThat(sign.decision()).isNotEqualTo(Decision.NO_SIGN);
      assertThat(sign.signScore()).isGreaterThan(0.9);
      assertThat(sign.passes()).isEqualTo(ready.guard().passesPerInspection()).isEqualTo(14);
      Verdict none =
          ready.guard().inspect(frame, new Region(10, 10, 60, 60), Sighting.of(0.4f), track);
      assertThat(none.decision()).isEqualTo(Decision.NO_SIGN);
      assertThat(none.passes()).isOne();
    }
  }

  @Test
  void withoutFinderColourAndShapeDo() {
    Bundle without = Bundle.load(bundle(ToyModels::withoutFinder));
    try (ReadyGuard ready = ready(without, RuntimeOptions.defaults())) {
      assertThat(ready.finder()).isInstanceOf(ShapeColourProposer.class);
      assertThat(ready.members()).hasSize(4);
      assertThat(ready.guard().identity().finder()).isNull();
      assertThat(ready.guard().identity().verifier()).isNull();
    }
  }

  @Test
  void calibratingOpensNeither() {
    Bundle bundle = Bundle.load(bundle());
    assertThat(bundle.learnt(bundle.policy("int8"))).doesNotContainKeys("toy-verifier");
    try (ReadyGuard ready =
        GuardFactory.createForCalibration(
            bundle, "int8", RuntimeOptions.defaults(), InspectionSeeds.reproducible(1))) {
      assertThat(ready.members()).hasSize(4);
      assertThat(ready.guard().policy().sign()).isNull();
      assertThat(ready.guard().passesPerInspection()).isEqualTo(13);
    }
  }

  @Test
  void aDelegateThatIsNotThereIsPassedOverForDetectorsToo() {
    RuntimeOptions options =
        RuntimeOptions.defaults().withDelegates("external:/nowhere/delegate.so", "xnnpack");
    try (ReadyGuard ready = ready(Bundle.load(bundle()), options)) {
      assertThat(ready.members())
          .allSatisfy(
              m -> {
                assertThat(m.delegate()).isEqualTo("xnnpack");
                assertThat(m.passedOver()).hasSize(1);
              });
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "detector: toy-finder | detector: toy-finda | model 'toy-finda' is unknown; did you mean 'toy-finder'?",
        "detector: toy-finder | detector: res-int8 | model 'res-int8' is a classifier, but a finder looks at whole frames",
        "verifier: toy-verifier | verifier: toy-verifyer | model 'toy-verifyer' is unknown; did you mean 'toy-verifier'?",
        "verifier: toy-verifier | verifier: toy-finder | model 'toy-finder' is a detector, but a verifier looks at crops",
        "verifier: toy-verifier | verifier: res-int8 | 'labels.txt' names 43 classes for model 'res-int8', but a verifier has two",
        "threshold: 0.3 | threshold: 0 | 'threshold' is 0, but must be above 0",
        "maximum: 32 | maximum: 1000 | 'maximum' is 1000, but must be at most 256",
        "margin: 0.125 | margins: 0.125 | key 'margins' is unknown; did you mean 'margin'?",
        "confirmAfter: 2 | confirmProbability: 0.4, confirmAfter: 2 | 'confirmProbability' is 0.4, but must be at least 'minimumProbability', 0.5",
        "confirmAfter: 2 | confirmAfter: 0 | 'confirmAfter' is 0, but must be at least 1",
        "lostAfter: 5 | lostAfter: few | 'lostAfter' is 'few', but must be a whole number",
        "members: [mobile-int8, res-int8, local-int8, robust-int8] | members: [mobile-int8, res-int8, toy-finder] | member 'toy-finder' is a detector",
      })
  void whatAPolicyCannotBeIsToldWithItsLine(String from, String to, String message) {
    Path bundle = bundle();
    int line = Shipped.lineOf(bundle, POLICY, from);
    Shipped.edit(bundle, POLICY, from, to);
    InvalidConfigException e =
        catchThrowableOfType(InvalidConfigException.class, () -> Bundle.load(bundle));
    assertThat(e).isNotNull();
    assertThat(e.findings())
        .filteredOn(f -> f.message().contains(message))
        .extracting(f -> f.line())
        .containsExactly(line);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "toy-finder | output: heat-map | output: probabilities | 'output' is 'probabilities', but a detector gives one of 'anchored-boxes', 'heat-map', 'labelled-boxes', 'ssd-postprocess', 'vote-map', 'yolo-v5', 'yolo-v8'; write that, or remove 'kind: detector'",
        "toy-verifier | output: probabilities | output: heat-map | 'output' is 'heat-map', which a classifier does not give; write 'probabilities' or 'logits', or add 'kind: detector'",
        "toy-finder | kind: detector | kind: detecter | 'kind' is 'detecter', but must be one of classifier, detector; did you mean 'detector'?",
      })
  void kindAndOutputOfAModelBelongTogether(String model, String from, String to, String message) {
    Path bundle = bundle();
    String file = "models/" + model + ".yaml";
    int line = Shipped.lineOf(bundle, file, from);
    Shipped.edit(bundle, file, from, to);
    InvalidConfigException e =
        catchThrowableOfType(InvalidConfigException.class, () -> Bundle.load(bundle));
    assertThat(e).isNotNull().hasMessageContaining(message);
    assertThat(e.line()).isEqualTo(line);
  }

  @Test
  void labelsThatDoNotFitTheDetectorAreToldWithBothNumbers() {
    Path bundle = bundle();
    Shipped.edit(bundle, "models/toy-finder.labels.txt", "red thing\n", "red thing\nblue thing\n");
    Bundle loaded = Bundle.load(bundle);
    assertThatThrownBy(() -> ready(loaded, RuntimeOptions.defaults()))
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("'toy-finder' tells 1 kinds")
        .hasMessageContaining("2 are named")
        .hasMessageContaining("one name a line")
        .hasMessageContaining("'models/toy-finder.labels.txt'");
  }

  @Test
  void aModelOfTheOtherKindIsRefusedWhereItIsOpened() {
    Bundle bundle = Bundle.load(bundle());
    GuardPolicy.Finder finder = new GuardPolicy.Finder("toy-finder", 0.5, 8, 0);
    assertThatThrownBy(() -> GuardFactory.open(bundle, "toy-finder", RuntimeOptions.defaults()))
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("'toy-finder' is a detector");
    assertThatThrownBy(
            () -> GuardFactory.openDetector(bundle, "res-int8", finder, RuntimeOptions.defaults()))
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("'res-int8' is a classifier")
        .hasMessageContaining("kind: detector");
    try (LoadedDetector loaded =
        GuardFactory.openDetector(bundle, "toy-finder", finder, RuntimeOptions.defaults())) {
      assertThat(loaded.detector().labels()).containsExactly("red thing");
      assertThat(loaded.detector().inputWidth()).isEqualTo(192);
      assertThat(loaded.detector().inputHeight()).isEqualTo(128);
    }
  }

  @Test
  void aWrittenManifestOfADetectorIsReadBack() {
    Path bundle = bundle();
    ModelManifest written =
        new ModelManifest(
            "toy-finder",
            "models/toy-finder.tflite",
            ToyModels.sha256(ToyModels.finder()),
            InputEncoding.UNIT,
            new ModelManifest.Output.Detections(new DetectorFormat.HeatMap()),
            "models/toy-finder.labels.txt",
            "none",
            new ModelManifest.Reference(7, 3, 0.002));
    new BundleWriter(bundle).writeModel(written);
    assertThat(BundleWriter.reseal(bundle).model("toy-finder")).isEqualTo(written);
  }
}
