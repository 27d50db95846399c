package io.stopline.sdk.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.calibration.Calibration;
import io.stopline.sdk.calibration.Promise;
import io.stopline.sdk.guard.GuardPolicy.CheckSetting;
import io.stopline.sdk.guard.TrackPolicy.Quorum;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.pipeline.DecisionPoint;
import io.stopline.sdk.pipeline.FramePipeline;
import io.stopline.sdk.pipeline.FrameResult;
import io.stopline.sdk.pipeline.LabelChange;
import io.stopline.sdk.pipeline.PipelineTuning;
import io.stopline.sdk.random.InspectionSeeds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which labels a vehicle may use, by real guards of toy models in a real pipeline. */
class ReleaseTest {

  private static final TrackPolicy TWO_OF_THREE =
      new TrackPolicy(new Quorum(2, 3), new ReleaseRule(new Quorum(2, 3)), Promise.MEAN, 0);

  private static Guard guard(int shift) {
    GuardPolicy policy =
        new GuardPolicy(
                "test",
                "ff",
                List.of("a", "b"),
                List.of(),
                List.of(new CheckSetting.Agreement(1)),
                0.25,
                Duration.ofSeconds(1),
                4,
                0.4,
                0.25)
            .with()
            .track(TWO_OF_THREE)
            .build();
    return new Guard(
        policy,
        List.of(
            new ToyModel(20, 0, () -> {}).classifier("a"),
            new ToyModel(20, shift, () -> {}).classifier("b")),
        List.of("red", "green", "blue"),
        new Calibration(new double[] {0.01, 0.02, 0.03}),
        "cc",
        InspectionSeeds.reproducible(3),
        () -> 0);
  }

  /**
   * A drive.
   *
   * @param frames what each shows: r, g and b are clean signs, x one on which the models disagree
   * @param side of the sign in each frame, px
   */
  private static List<FrameResult> drive(String frames, int side, @Nullable DecisionPoint point) {
    List<FrameResult> results = new ArrayList<>();
    try (Guard calm = guard(0);
        Guard odd = guard(1)) {
      boolean[] isOdd = new boolean[1];
      FramePipeline pipeline =
          new FramePipeline(
              image -> List.of(new Detection(new Region(2, 2, side, side), 0, 1)),
              (frame, region, sighting, track) ->
                  (isOdd[0] ? odd : calm).inspect(frame, region, sighting, track),
              PipelineTuning.standard());
      pipeline.decideAt(point);
      for (int i = 0; i < frames.length(); i++) {
        char shown = frames.charAt(i);
        isOdd[0] = shown == 'x';
        Image image = Image.black(64, 64);
        int channel = Math.max(0, "rgb".indexOf(shown));
        for (int k = channel; k < image.data().length; k += 3) {
          image.data()[k] = (byte) 255;
        }
        results.add(pipeline.process(new Frame(image, Instant.EPOCH, i * 33_000_000L, i, "test")));
      }
    }
    return results;
  }

  private static List<String> changes(List<FrameResult> drive) {
    return drive.stream()
        .flatMap(r -> r.changes().stream())
        .map(
            c ->
                "%d %s %s%s".formatted(c.frame(), c.kind(), c.labelName(), c.late() ? " late" : ""))
        .toList();
  }

  @Test
  void aLabelIsReleasedOnceEnoughNearFramesAcceptedIt() {
    // The track is inspected from its third sighting on.
    List<FrameResult> drive = drive("rrrrrr", 20, null);
    assertThat(changes(drive)).containsExactly("3 RELEASED red");
    assertThat(drive.get(2).tracks().get(0).released()).isNull();
    LabelChange released = drive.get(5).tracks().get(0).released();
    assertThat(released).isNotNull();
    assertThat(released.label()).isZero();
    assertThat(released.frame()).isEqualTo(3);
  }

  @Test
  void itStaysReleasedThroughFramesWithoutAdviceAndIsWithdrawnOnSuspicion() {
    assertThat(changes(drive("rrrrxrrr", 20, null))).containsExactly("3 RELEASED red");
    List<FrameResult> suspect = drive("rrrrxxrr", 20, null);
    assertThat(changes(suspect)).containsExactly("3 RELEASED red", "5 WITHDRAWN red");
    assertThat(suspect.get(7).tracks().get(0).released()).isNull();
  }

  @Test
  void anotherLabelTakesItsPlaceOnceItIsEarned() {
    assertThat(changes(drive("rrrrgrgg", 20, null)))
        .containsExactly("3 RELEASED red", "6 WITHDRAWN red", "6 RELEASED green");
  }

  @Test
  void nothingIsReleasedOfWhatIsAcceptedInTooFewFrames() {
    assertThat(changes(drive("rrrgbrgb", 20, null))).isEmpty();
  }

  @Test
  void atTheDecisionPointALabelIsThereOrMissing() {
    DecisionPoint point = new DecisionPoint(10, 1, 5, 1000, 0.4);
    assertThat(point.distanceMetres()).isEqualTo(20, within(1e-12));
    assertThat(point.sidePixels()).isEqualTo(20, within(1e-12));
    assertThat(changes(drive("rrrrrr", 19, point))).containsExactly("3 RELEASED red");
    // Three of its frames went by before it was followed.
    assertThat(changes(drive("rrrrrr", 20, point)))
        .containsExactly("2 UNDECIDED  late", "3 RELEASED red late");
    assertThat(point.at(20).distanceMetres()).isEqualTo(60, within(1e-12));
    assertThat(point.at(0).sidePixels()).isGreaterThan(1000);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DecisionPoint(10, 1, 0, 1000, 0.4))
        .withMessage("decision point: the braking is 0.0; it must be a finite number above 0");
  }

  @Test
  void framesWithoutAScoreReleaseNothingByThemselves() {
    TrackRelease release = new TrackRelease();
    Quorum rule = new Quorum(2, 3);
    for (int i = 0; i < 3; i++) {
      release.add(rule, true, false, true, Decision.ACCEPT, 1, "green");
      assertThat(release.label()).isEqualTo(-1);
    }
    release.add(rule, true, true, true, Decision.ACCEPT, 1, "green");
    assertThat(release.label()).isOne();
    assertThat(release.labelName()).isEqualTo("green");
    release.add(rule, false, true, true, Decision.SUSPECT, 1, "green");
    assertThat(release.label()).isEqualTo(-1);
    assertThat(release.withdrawals()).isOne();
  }

  @Test
  void framesThatAreNotClearEnoughTakePartAndDoNotCount() {
    TrackRelease release = new TrackRelease();
    Quorum rule = new Quorum(2, 2);
    release.add(rule, true, true, true, Decision.ACCEPT, 1, "green");
    release.add(rule, true, true, false, Decision.ACCEPT, 1, "green");
    release.add(rule, true, true, true, Decision.ACCEPT, 1, "green");
    assertThat(release.label()).isEqualTo(-1);
    release.add(rule, false, true, false, Decision.ACCEPT, 1, "green");
    release.add(rule, true, true, true, Decision.ACCEPT, 1, "green");
    assertThat(release.label()).isOne();
    release.add(rule, true, true, false, Decision.ACCEPT, 1, "green");
    assertThat(release.label()).isOne();
  }

  @Test
  void whatIsClearIsSaidByTheFusedScoreAndByLimits() {
    ReleaseRule rule =
        new ReleaseRule(new Quorum(1, 1), 0.2, List.of(new ReleaseRule.Limit(1, 0.5)));
    double unseen = Double.NaN;
    assertThat(rule.takesPart(true, new double[] {unseen, 0.9})).isTrue();
    assertThat(rule.takesPart(true, new double[] {0, unseen})).isFalse();
    assertThat(rule.takesPart(false, new double[] {0, 0})).isFalse();
    assertThat(rule.isClear(0.2, new double[] {0.9, 0.5})).isTrue();
    assertThat(rule.isClear(0.21, new double[] {0, 0})).isFalse();
    assertThat(rule.isClear(0.1, new double[] {0, 0.51})).isFalse();
    ReleaseRule any = new ReleaseRule(new Quorum(1, 1));
    assertThat(any.takesPart(false, new double[] {unseen})).isTrue();
    assertThat(any.isClear(1, new double[] {1})).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ReleaseRule(new Quorum(1, 1), 1.1, List.of()))
        .withMessageContaining("must lie in 0..1");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new ReleaseRule(
                    new Quorum(1, 1),
                    1,
                    List.of(new ReleaseRule.Limit(0, 1), new ReleaseRule.Limit(0, 0.5))))
        .withMessageContaining("two limits");
  }

  @Test
  void nothingIsReleasedBeforeATrackCanBeSuspect() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new TrackPolicy(
                    new Quorum(3, 5), new ReleaseRule(new Quorum(2, 5)), Promise.MEAN, 0))
        .withMessageContaining("release after at least as many");
  }
}
