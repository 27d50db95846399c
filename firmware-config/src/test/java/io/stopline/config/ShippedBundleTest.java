package io.stopline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.testing.SharedFiles;
import io.stopline.tflite.RuntimeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bundle "traffic-signs" as it is shipped: whole, calibrated, and a working guard. */
final class ShippedBundleTest {

  @TempDir Path temporary;

  private static Frame frame(Image image) {
    return new Frame(image, Instant.EPOCH, 0, 0, "test");
  }

  private static ReadyGuard guard(Bundle bundle, String policy) {
    return GuardFactory.create(
        bundle, policy, RuntimeOptions.defaults(), InspectionSeeds.reproducible(11));
  }

  /** The first that had its time: a virtual machine that is cold, or busy, runs out of it. */
  private static Verdict inTime(Supplier<Verdict> inspection) {
    for (int i = 0; i < 200; i++) {
      Verdict verdict = inspection.get();
      if (verdict.complete()) {
        return verdict;
      }
    }
    throw new AssertionError("200 inspections ran out of time");
  }

  @Test
  void everyFileIsThere() {
    Bundle bundle = Bundle.load(Shipped.DIRECTORY);
    assertThat(bundle.models().keySet())
        .containsExactlyInAnyOrder(
            "mobile-int8",
            "res-int8",
            "local-int8",
            "mobile-float32",
            "res-float32",
            "local-float32",
            "robust-int8",
            "robust-float32",
            "finder-int8",
            "finder-float32",
            "verifier-int8",
            "verifier-float32",
            "windows-int8",
            "windows-float32");
    assertThat(bundle.defaultPolicy()).isEqualTo("int8");
    assertThat(bundle.labels(bundle.policy(null))).hasSize(43).contains("Stop", "Yield");
    bundle
        .models()
        .keySet()
        .forEach(m -> assertThat(bundle.files()).containsKey("models/" + m + ".md"));
    assertThat(bundle.profile("raspberry-pi-5").alarmPin()).hasValue(27);
    assertThat(bundle.profile(null).heartbeatPin()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"int8", "float32"})
  void isCalibratedOnTheTracksThatItsModelsNeverSaw(String policy) {
    Bundle bundle = Bundle.load(Shipped.DIRECTORY);
    CalibrationFile calibration = bundle.calibration(bundle.policy(policy));
    assertThat(calibration.scores()).hasSize(120);
    assertThat(calibration.frames()).isEqualTo(3600);
  }

  @ParameterizedTest
  @ValueSource(strings = {"int8", "float32"})
  void inspectsAnImage(String policy) {
    Bundle bundle = Bundle.load(Shipped.DIRECTORY);
    try (ReadyGuard ready = guard(bundle, policy)) {
      Image image = ReferenceImages.of(3, 2, 48, 40).get(1);
      // No sign, but in a track that was confirmed as one everything is judged.
      Verdict verdict =
          inTime(
              () ->
                  ready
                      .guard()
                      .inspect(frame(image), Region.of(image), ready.guard().confirmedTrack()));
      assertThat(verdict.label()).isBetween(0, 42);
      assertThat(verdict.guard().policySha256())
          .isEqualTo(bundle.files().get("policies/" + policy + ".yaml"));
      assertThat(verdict.guard().calibrationSha256())
          .isEqualTo(bundle.files().get("calibrations/" + policy + ".yaml"));
      assertThat(verdict.checks()).hasSize(bundle.policy(policy).policy().checks().size());
      assertThat(ready.guard().passesPerInspection()).isBetween(10, 14);
      assertThat(ready.members())
          .allSatisfy(
              m -> {
                assertThat(m.delegate()).isEqualTo("xnnpack");
                assertThat(m.passedOver()).isEmpty();
              });
      Verdict again =
          ready
              .guard()
              .replay(image, verdict.seed(), verdict.passes(), ready.guard().confirmedTrack());
      assertThat(again.score()).isEqualTo(verdict.score());
    }
  }

  @Test
  void acceptsARealStopSign() {
    Path stop = SharedFiles.path("data/gtsrb/train/14.png");
    Image sheet = ImageFiles.read(stop);
    // The last frame of the first track: the sign at its nearest.
    Image sign = sheet.view(new Region(29 * 32, 0, 32, 32)).copy();
    try (ReadyGuard ready = guard(Bundle.load(Shipped.DIRECTORY), "int8")) {
      Verdict clean = inTime(() -> ready.guard().inspect(frame(sign), Region.of(sign)));
      assertThat(clean.labelName()).isEqualTo("Stop");
      assertThat(clean.decision()).isEqualTo(Decision.ACCEPT);
      assertThat(clean.pValue()).isGreaterThan(0.05);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"int8", "float32"})
  void findsAStopSignInAFrameAndNothingWhereThereIsNone(String policy) {
    Image sheet = ImageFiles.read(SharedFiles.path("data/gtsrb/train/14.png"));
    Image sign = sheet.view(new Region(29 * 32, 0, 32, 32)).copy();
    Image road = Image.black(680, 400);
    Arrays.fill(road.data(), (byte) 96);
    try (ReadyGuard ready = guard(Bundle.load(Shipped.DIRECTORY), policy)) {
      assertThat(ready.finder().propose(road)).isEmpty();
      for (int y = 0; y < 32; y++) {
        System.arraycopy(
            sign.data(), sign.index(0, y), road.data(), road.index(400, 150 + y), 3 * 32);
      }
      assertThat(ready.finder().propose(road))
          .anyMatch(d -> d.region().intersectionOverUnion(new Region(400, 150, 32, 32)) > 0.6);
    }
  }

  @Test
  void aForeignDelegateThatIsMissingIsPassedOverWithItsReason() {
    Bundle bundle = Bundle.load(Shipped.DIRECTORY);
    RuntimeOptions options =
        RuntimeOptions.defaults().withDelegates("external:/no/such/library.so", "xnnpack");
    try (ReadyGuard ready =
        GuardFactory.create(bundle, "int8", options, InspectionSeeds.reproducible(1))) {
      assertThat(ready.members().get(0).delegate()).isEqualTo("xnnpack");
      assertThat(ready.members().get(0).passedOver().get(0).reason())
          .contains("/no/such/library.so");
    }
  }

  @Test
  void hashesThatAreWrittenAnewLeaveAllElseOfTheListAsItIs() throws IOException {
    Path copy = Shipped.copyTo(temporary.resolve("bundle"));
    Path list = copy.resolve("bundle.yaml");
    String text = Files.readString(list) + "# The end.\n";
    Files.writeString(
        list, text.replaceAll("(policies/int8.yaml\": \")[0-9a-f]{64}", "$1" + "0".repeat(64)));
    BundleWriter.reseal(copy);
    assertThat(Files.readString(list)).isEqualTo(text);
  }

  @Test
  void aCorruptModelWhoseHashIsListedIsRefusedByTheVerifier() throws IOException {
    Path copy = Shipped.copyTo(temporary.resolve("bundle"));
    Bundle before = Bundle.load(copy);
    byte[] bytes = Files.readAllBytes(copy.resolve("models/res-int8.tflite"));
    byte[] half = java.util.Arrays.copyOf(bytes, bytes.length / 2);
    Files.write(copy.resolve("models/res-int8.tflite"), half);
    Shipped.edit(
        copy, "models/res-int8.yaml", before.model("res-int8").sha256(), BundleFiles.sha256(half));
    Bundle bundle = BundleWriter.reseal(copy);
    UnusableModelException e =
        catchThrowableOfType(
            UnusableModelException.class,
            () -> GuardFactory.open(bundle, "res-int8", RuntimeOptions.defaults()));
    assertThat(e.file()).isEqualTo("models/res-int8.tflite");
  }

  @Test
  void labelsThatDoNotFitTheModelAreRefused() {
    Path copy = Shipped.withoutAppearance(temporary.resolve("bundle"));
    Shipped.edit(copy, "labels.txt", "Speed limit (20km/h)\n", "");
    UnusableModelException e =
        catchThrowableOfType(
            UnusableModelException.class,
            () ->
                GuardFactory.createForCalibration(
                    Bundle.load(copy),
                    "int8",
                    RuntimeOptions.defaults(),
                    InspectionSeeds.reproducible(1)));
    assertThat(e).hasMessageContaining("gives 43 classes, but 'labels.txt' names 42");
  }

  @Test
  void referenceImagesAreTheSameEverywhere() {
    List<Image> a = ReferenceImages.of(7, 6, 16, 12);
    List<Image> b = ReferenceImages.of(7, 6, 16, 12);
    for (int i = 0; i < a.size(); i++) {
      assertThat(a.get(i).data()).isEqualTo(b.get(i).data());
    }
    assertThat(a.get(0).data()).isNotEqualTo(ReferenceImages.of(8, 1, 16, 12).get(0).data());
    // Pinned, so that a change of the generator is seen: it would change what parity means.
    assertThat(BundleFiles.sha256(a.get(1).data()))
        .isEqualTo("b776f572bcd8e01cd2f440579debd72ad94acd3b8c19e9c8f436f6b1b259d47e");
  }

  @Test
  void isFoundByItsName() {
    assertThat(Bundle.locate("traffic-signs")).isEqualTo(Shipped.DIRECTORY);
    assertThat(catchThrowableOfType(MissingFileException.class, () -> Bundle.locate("../etc")))
        .hasMessageContaining("there is no bundle '../etc'");
  }
}
