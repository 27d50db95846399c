package io.stopline.sdk.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.stopline.sdk.calibration.Calibration;
import io.stopline.sdk.check.Course;
import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.guard.GuardPolicy.CheckSetting;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.CropModel;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.sdk.transform.AffineJitter;
import io.stopline.sdk.transform.CropResizePad;
import io.stopline.sdk.transform.Fill;
import io.stopline.sdk.transform.PerspectiveJitter;
import io.stopline.sdk.transform.Rotation;
import io.stopline.sdk.transform.TransformChain;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Detectors that look closer, as members of a guard. */
class DetectorMemberTest {

  private static final List<String> LABELS = List.of("red spot", "green spot", "nothing");

  private static final TransformChain JITTER =
      new TransformChain(
          "jitter",
          List.of(
              new CropResizePad(1.0, 1.2, Fill.GREY),
              new Rotation(4),
              new AffineJitter(0.03, 0.04, 0.04),
              new PerspectiveJitter(0.02)));

  private static final CheckSetting CONSISTENCY =
      new CheckSetting.Consistency("jitter", 8, List.of(0), 1);

  private static final CheckSetting SAME =
      new CheckSetting.FinderAgreement(List.of(List.of(0), List.of(1)), 1);

  private static GuardPolicy policy(CheckSetting... checks) {
    return new GuardPolicy(
        "test",
        "ff",
        List.of("near"),
        List.of(JITTER),
        List.of(checks),
        0.25,
        Duration.ofSeconds(5),
        4,
        0.5,
        0.25);
  }

  private static Guard guard(CropModel member, CheckSetting... checks) {
    return new Guard(
        policy(checks),
        List.of(member),
        LABELS,
        new Calibration(new double[] {0.1, 0.2, 0.3}),
        "cc",
        InspectionSeeds.reproducible(3),
        () -> 0);
  }

  private static Guard guard(CheckSetting... checks) {
    return guard(new SpotModel(0.9).closeUp("near", FrameFit.STRETCH, 0.5), checks);
  }

  /** A blue scene with a spot. */
  private static Image scene(int width, int height, Region spot, int channel) {
    Image image = Image.black(width, height);
    for (int i = 2; i < image.data().length; i += 3) {
      image.data()[i] = 60;
    }
    for (int y = spot.y(); y < spot.y() + spot.height(); y++) {
      for (int x = spot.x(); x < spot.x() + spot.width(); x++) {
        image.data()[image.index(x, y) + channel] = (byte) 255;
      }
    }
    return image;
  }

  private static Sighting found(int label, Region box) {
    return new Sighting(label, LABELS.get(label), 0.7f, box, Course.UNKNOWN);
  }

  private static Verdict inspect(Guard guard, Image image, Sighting sighting) {
    Frame frame = new Frame(image, Instant.EPOCH, 0, 0, "test");
    return guard.inspect(frame, Region.of(image), sighting, new TrackState());
  }

  @Test
  void whatItSeesAtTheExpectedPlaceIsTheLabelAndItsOddsAreThoseAgainstTheThreshold() {
    Region spot = new Region(30, 40, 50, 45);
    Image image = scene(120, 120, spot, 0);
    for (double threshold : new double[] {0.5, 0.8}) {
      try (Guard guard =
          guard(new SpotModel(0.9).closeUp("near", FrameFit.STRETCH, threshold), CONSISTENCY)) {
        Verdict verdict = inspect(guard, image, found(0, spot));
        assertThat(verdict.labelName()).isEqualTo("red spot");
        assertThat(verdict.probability())
            .isEqualTo(threshold == 0.5 ? 0.9 : 0.18 / 0.26, within(1e-6));
        assertThat(verdict.guard().models())
            .containsExactly(new GuardIdentity.Member("near", "aa", "toy"));
      }
    }
  }

  /** Views move the crop, and with it the place where the object is expected. */
  @ParameterizedTest
  @EnumSource(FrameFit.class)
  void theExpectedPlaceMovesWithEachViewWhateverTheShapeOfTheCrop(FrameFit fit) {
    Region spot = new Region(50, 20, 60, 30);
    Image image = scene(160, 90, spot, 1);
    try (Guard guard = guard(new SpotModel(0.9).closeUp("near", fit, 0.5), CONSISTENCY, SAME)) {
      for (int i = 0; i < 20; i++) {
        Verdict verdict = inspect(guard, image, found(1, spot));
        assertThat(verdict.labelName()).isEqualTo("green spot");
        assertThat(verdict.decision()).isEqualTo(Decision.ACCEPT);
        assertThat(verdict.score()).isEqualTo(0.1, within(0.02));
      }
    }
  }

  @Test
  void whatIsElsewhereInTheCropIsNothingAtThePlace() {
    Image image = scene(120, 120, new Region(5, 5, 30, 30), 0);
    try (Guard guard = guard(CONSISTENCY, SAME)) {
      Verdict verdict = inspect(guard, image, found(0, new Region(70, 70, 40, 40)));
      assertThat(verdict.labelName()).isEqualTo("nothing");
      assertThat(verdict.sure()).isFalse();
      assertThat(verdict.score())
          .as("nothing in every view where something is reported")
          .isEqualTo(1);
      assertThat(verdict.decision()).isEqualTo(Decision.SUSPECT);
      assertThat(verdict.reasons())
          .anyMatch(
              r ->
                  r.contains("see nothing at the place (1.00) where the finder reports 'red spot'"))
          .anyMatch(r -> r.contains("randomised views do not show what the finder reports either"))
          .anyMatch(r -> r.contains("they give what it reports 0.00"));
      // Who says no place and no label asks only what there is.
      Verdict anywhere = inspect(guard, image, Sighting.NONE);
      assertThat(anywhere.labelName()).isEqualTo("red spot");
      assertThat(anywhere.decision()).isEqualTo(Decision.ACCEPT);
    }
  }

  @Test
  void nothingIsNeverAcceptedHoweverSureTheModelsAreOfIt() {
    Image image = scene(120, 120, new Region(0, 0, 1, 1), 2);
    try (Guard guard = guard(CONSISTENCY)) {
      Verdict verdict = inspect(guard, image, Sighting.NONE);
      assertThat(verdict.labelName()).isEqualTo("nothing");
      assertThat(verdict.score()).isZero();
      assertThat(verdict.decision()).isEqualTo(Decision.ABSTAIN);
      assertThat(verdict.reasons())
          .anyMatch(r -> r.startsWith("the models see nothing in the crop (1.00)"));
    }
  }

  @Test
  void aLabelThatIsNotTheFindersIsAContradictionWithNames() {
    Region spot = new Region(30, 40, 50, 45);
    Image image = scene(120, 120, spot, 0);
    try (Guard guard = guard(SAME)) {
      Verdict verdict = inspect(guard, image, found(1, spot));
      assertThat(verdict.labelName()).isEqualTo("red spot");
      assertThat(verdict.score()).isEqualTo(1, within(1e-6));
      assertThat(verdict.decision()).isEqualTo(Decision.SUSPECT);
      assertThat(verdict.reasons())
          .containsExactly(
              "finder-agreement: the finder reports 'green spot', the models 'red spot' with 0.90; they give what it reports 0.00");
    }
    try (Guard guard = guard(new CheckSetting.FinderAgreement(List.of(List.of()), 1))) {
      assertThat(inspect(guard, image, found(0, spot)).score()).as("may mean anything").isZero();
      Verdict unknown = inspect(guard, image, found(1, spot));
      assertThat(unknown.complete()).isFalse();
      assertThat(unknown.reasons())
          .anyMatch(r -> r.contains("reports label 1, 'green spot', but the check knows 1"));
    }
  }

  /** Boxes that move by more than the views did. */
  @Test
  void anObjectThatIsWhereTheViewsDoNotPutItIsInconsistent() {
    Region spot = new Region(30, 40, 50, 45);
    Image image = scene(120, 120, spot, 0);
    Region off = new Region(30 + 28, 40, 50, 45); // an overlap of 0.28 in the plain view
    try (Guard guard = guard(CONSISTENCY)) {
      double there = inspect(guard, image, found(0, spot)).score();
      double beside = inspect(guard, image, found(0, off)).score();
      assertThat(there).isLessThan(0.12);
      assertThat(beside).isGreaterThan(0.15);
    }
  }

  @Test
  void aRecordRepeatsToTheLastBit() {
    Region spot = new Region(30, 40, 50, 45);
    Image image = scene(120, 120, spot, 0);
    try (Guard guard = guard(CONSISTENCY, SAME)) {
      Verdict verdict = inspect(guard, image, found(0, new Region(45, 40, 50, 45)));
      Verdict again =
          guard.replay(
              image.copy(),
              verdict.seed(),
              verdict.passes(),
              verdict.sighting(),
              new TrackState(0, verdict.firstCheck()));
      assertThat(again.score()).isEqualTo(verdict.score()).isBetween(0.01, 0.99);
      assertThat(again.checks()).isEqualTo(verdict.checks());
      Verdict elsewhere =
          guard.replay(image, verdict.seed(), verdict.passes(), Sighting.NONE, new TrackState());
      assertThat(elsewhere.score()).isNotEqualTo(verdict.score());
    }
  }

  @Test
  void inspectingAllocatesLittleMoreThanTheVerdictAndTheDetections() {
    Region spot = new Region(30, 40, 50, 45);
    Image image = scene(120, 120, spot, 0);
    Sighting sighting = found(0, spot);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    try (Guard guard = guard(CONSISTENCY, SAME)) {
      for (int i = 0; i < 400; i++) {
        long before = threads.getThreadAllocatedBytes(id);
        inspect(guard, image, sighting);
        least = Math.min(least, threads.getThreadAllocatedBytes(id) - before);
      }
    }
    // Nine passes of one detection each: 1,576 bytes when this was written, the verdict among them.
    assertThat(least).isLessThan(2048);
  }

  @Test
  void membersAreDetectorsAllOfThemOrNone() {
    List<CropModel> mixed = new ArrayList<>();
    SpotModel spot = new SpotModel(0.9);
    mixed.add(spot.closeUp("near", FrameFit.STRETCH, 0.5));
    mixed.add(new ToyModel(20, 0, () -> {}).classifier("b"));
    GuardPolicy policy =
        new GuardPolicy(
            "test",
            "ff",
            List.of("near", "b"),
            List.of(),
            List.of(new CheckSetting.Agreement(1)),
            0.25,
            Duration.ofSeconds(1),
            4,
            0.5,
            0.25);
    assertThatThrownBy(
            () ->
                new Guard(
                    policy,
                    mixed,
                    LABELS,
                    new Calibration(new double[] {0.1, 0.2, 0.3}),
                    "cc",
                    InspectionSeeds.reproducible(3),
                    () -> 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "model 'b' is a classifier, but 'near' is a detector; members must be detectors, all of them or none");
    assertThat(spot.closed).isPositive();
    assertThatThrownBy(
            () ->
                guard(
                    new SpotModel(0.9)
                        .closeUp("near", FrameFit.STRETCH, 0.5, List.of("red", "green", "blue")),
                    CONSISTENCY))
        .hasMessageContaining("model 'near' has 4 classes, but there are 3 labels");
    assertThatThrownBy(() -> new SpotModel(0.9).closeUp("near", FrameFit.STRETCH, 1))
        .hasMessageContaining("threshold 1.0 of close-up detector 'near'");
  }
}
