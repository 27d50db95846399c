package io.stopline.sdk.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.sdk.calibration.Calibration;
import io.stopline.sdk.calibration.Promise;
import io.stopline.sdk.check.Check;
import io.stopline.sdk.check.Observation;
import io.stopline.sdk.check.PassPlan;
import io.stopline.sdk.guard.GuardPolicy.CheckSetting;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.pipeline.Incident;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.sdk.transform.TransformChain;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuardTest {

  private static final List<String> LABELS = List.of("red", "green", "blue");
  private static final TransformChain OTHER_LOOK = new TransformChain("other-look", List.of());

  /** The clock of these tests; a model run takes one millisecond of it. */
  private long nanos;

  private final ToyModel first = new ToyModel(20, 0, () -> nanos += 1_000_000);
  private final ToyModel second = new ToyModel(20, 0, () -> nanos += 1_000_000);
  private final ToyModel dissenter = new ToyModel(20, 1, () -> nanos += 1_000_000);

  private Guard guard(ToyModel b, Duration deadline, CheckSetting... checks) {
    Calibration calibration = new Calibration(new double[] {0.01, 0.02, 0.03});
    return guard(b, deadline, calibration, 0.25, checks);
  }

  private Guard guard(ToyModel b, Calibration calibration, double abstentionRate) {
    return guard(b, Duration.ofSeconds(1), calibration, abstentionRate, AGREEMENT);
  }

  private Guard guard(
      ToyModel b,
      Duration deadline,
      Calibration calibration,
      double abstentionRate,
      CheckSetting... checks) {
    return guard(b, deadline, calibration, abstentionRate, TrackPolicy.NONE, checks);
  }

  private Guard guard(
      ToyModel b,
      Duration deadline,
      Calibration calibration,
      double abstentionRate,
      TrackPolicy track,
      CheckSetting... checks) {
    GuardPolicy policy =
        new GuardPolicy(
                "test",
                "ff",
                List.of("a", "b"),
                List.of(OTHER_LOOK),
                List.of(checks),
                0.25,
                deadline,
                4,
                0.4,
                abstentionRate)
            .with()
            .track(track)
            .build();
    return new Guard(
        policy,
        List.of(first.classifier("a"), b.classifier("b")),
        LABELS,
        calibration,
        "cc",
        InspectionSeeds.reproducible(3),
        () -> nanos);
  }

  private static Frame frame(Image image) {
    return new Frame(image, Instant.EPOCH, 0, 0, "test");
  }

  private static Image red() {
    Image image = Image.black(16, 16);
    for (int i = 0; i < image.data().length; i += 3) {
      image.data()[i] = (byte) 255;
    }
    return image;
  }

  private static Verdict inspect(Guard guard, TrackState track) {
    Image image = red();
    return guard.inspect(frame(image), Region.of(image), track);
  }

  private static final CheckSetting AGREEMENT = new CheckSetting.Agreement(1);
  private static final CheckSetting SQUEEZING =
      new CheckSetting.Squeezing(List.of("other-look"), List.of(0, 1), 1);
  private static final CheckSetting CONSISTENCY =
      new CheckSetting.Consistency("other-look", 3, List.of(0), 1);

  @Test
  void agreeingModelsAreAccepted() {
    try (Guard guard = guard(second, Duration.ofSeconds(1), AGREEMENT, CONSISTENCY, SQUEEZING)) {
      Verdict verdict = inspect(guard, new TrackState());
      assertThat(verdict.labelName()).isEqualTo("red");
      assertThat(verdict.probability()).isGreaterThan(0.99);
      assertThat(verdict.decision()).isEqualTo(Decision.ACCEPT);
      assertThat(verdict.complete()).isTrue();
      assertThat(verdict.reasons()).isEmpty();
      // Two plain views, three draws for one model, one more for the other: shared passes run once.
      assertThat(verdict.passes()).isEqualTo(6).isEqualTo(guard.passesPerInspection());
      assertThat(verdict.guard().models()).extracting(m -> m.name()).containsExactly("a", "b");
    }
  }

  @Test
  void disagreeingModelsAreSuspectAndTheReasonNamesThem() {
    try (Guard guard = guard(dissenter, Duration.ofSeconds(1), AGREEMENT)) {
      Verdict verdict = inspect(guard, new TrackState());
      assertThat(verdict.decision()).isEqualTo(Decision.SUSPECT);
      assertThat(verdict.pValue()).isEqualTo(0.25);
      assertThat(verdict.reasons()).singleElement().asString().contains("red", "green", "disagree");
    }
  }

  @Test
  void anUnsureLabelIsNotAccepted() {
    ToyModel unsure = new ToyModel(0, 0, () -> {});
    ToyModel asUnsure = new ToyModel(0, 0, () -> {});
    GuardPolicy policy =
        new GuardPolicy(
            "test",
            "ff",
            List.of("a", "b"),
            List.of(),
            List.of(AGREEMENT),
            0.25,
            Duration.ofSeconds(1),
            4,
            0.4,
            0.25);
    try (Guard guard =
        new Guard(
            policy,
            List.of(unsure.classifier("a"), asUnsure.classifier("b")),
            LABELS,
            new Calibration(new double[] {0.01, 0.02, 0.03}),
            "cc",
            InspectionSeeds.reproducible(3),
            () -> nanos)) {
      Verdict verdict = inspect(guard, new TrackState());
      assertThat(verdict.complete()).isTrue();
      assertThat(verdict.decision()).isEqualTo(Decision.ABSTAIN);
      assertThat(verdict.reasons()).singleElement().asString().contains("0.33", "0.40");
    }
  }

  @Test
  void aDoubtfulFrameIsNotAcceptedAndDoubtPasses() {
    double doubt;
    try (Guard guard = guard(dissenter, Duration.ofSeconds(1), AGREEMENT)) {
      doubt = inspect(guard, new TrackState()).score();
    }
    assertThat(doubt).isPositive();
    // One of three clean tracks went as far as the doubtful frame: p = 0.5.
    Calibration calibration = new Calibration(new double[] {0.01, 0.02, doubt});
    try (Guard doubting = guard(dissenter, calibration, 0.5);
        Guard calm = guard(second, calibration, 0.5);
        Guard unbending = guard(dissenter, calibration, 0.25)) {
      TrackState track = new TrackState();
      Verdict verdict = inspect(doubting, track);
      assertThat(verdict.pValue()).isEqualTo(0.5);
      assertThat(verdict.decision()).isEqualTo(Decision.ABSTAIN);
      assertThat(verdict.reasons()).singleElement().asString().contains("too high to accept");
      assertThat(inspect(calm, track).decision()).isEqualTo(Decision.ACCEPT);
      assertThat(inspect(unbending, new TrackState()).decision()).isEqualTo(Decision.ACCEPT);
    }
  }

  @Test
  void aSuspectTrackStaysSuspect() {
    try (Guard odd = guard(dissenter, Duration.ofSeconds(1), AGREEMENT);
        Guard calm = guard(second, Duration.ofSeconds(1), AGREEMENT)) {
      TrackState track = new TrackState();
      inspect(odd, track);
      Verdict later = inspect(calm, track);
      assertThat(later.score()).isLessThan(0.01);
      assertThat(later.decision()).isEqualTo(Decision.SUSPECT);
      assertThat(later.reasons()).singleElement().asString().contains("earlier frame");
    }
  }

  private static final TrackPolicy TWO_OF_THREE =
      new TrackPolicy(
          new TrackPolicy.Quorum(2, 3),
          new ReleaseRule(new TrackPolicy.Quorum(2, 3)),
          Promise.MEAN,
          0);

  @Test
  void aTrackIsSuspectOnceEnoughOfItsLastFramesAreOdd() {
    Calibration calibration = new Calibration(new double[] {0.01, 0.02, 0.03});
    Duration enough = Duration.ofSeconds(1);
    try (Guard odd = guard(dissenter, enough, calibration, 0.25, TWO_OF_THREE, AGREEMENT);
        Guard calm = guard(second, enough, calibration, 0.25, TWO_OF_THREE, AGREEMENT)) {
      TrackState track = new TrackState();
      Verdict first = inspect(odd, track);
      assertThat(first.odd()).isTrue();
      assertThat(first.decision()).isEqualTo(Decision.ABSTAIN);
      assertThat(first.pValue()).isOne();
      assertThat(first.reasons()).singleElement().asString().contains("too few frames");
      assertThat(inspect(calm, track).decision()).isEqualTo(Decision.ACCEPT);
      assertThat(inspect(calm, track).decision()).isEqualTo(Decision.ACCEPT);
      // The first is the fourth last by now.
      assertThat(inspect(odd, track).decision()).isEqualTo(Decision.ABSTAIN);
      assertThat(inspect(calm, track).decision()).isEqualTo(Decision.ACCEPT);
      Verdict last = inspect(odd, track);
      assertThat(last.decision()).isEqualTo(Decision.SUSPECT);
      assertThat(last.trackScore()).isEqualTo(first.score());
      assertThat(inspect(calm, track).decision()).isEqualTo(Decision.SUSPECT);
    }
  }

  @Test
  void replayRepeatsWhatSeveralFramesMadeSuspect() {
    Calibration calibration = new Calibration(new double[] {0.01, 0.02, 0.03});
    for (int millis : new int[] {4, 1000}) {
      try (Guard guard =
          guard(
              dissenter,
              Duration.ofMillis(millis),
              calibration,
              0.25,
              TWO_OF_THREE,
              CONSISTENCY,
              SQUEEZING,
              AGREEMENT)) {
        TrackState track = new TrackState();
        for (int frame = 0; frame < 5; frame++) {
          Incident.Before before = Incident.Before.of(track);
          Verdict seen = inspect(guard, track);
          assertThat(before.lastScores()).hasSize(Math.min(3, frame));
          assertThat(
                  guard.replay(red(), seen.seed(), seen.passes(), before.state(seen.firstCheck())))
              .isEqualTo(seen);
        }
        assertThat(track.score()).isPositive();
      }
    }
  }

  @Test
  void outOfTimeMeansAbstainAndTheWaitingCheckGoesFirstNextTime() {
    try (Guard guard = guard(second, Duration.ofMillis(5), AGREEMENT, CONSISTENCY, SQUEEZING)) {
      TrackState track = new TrackState();
      Verdict hurried = inspect(guard, track);
      assertThat(hurried.decision()).isEqualTo(Decision.ABSTAIN);
      assertThat(hurried.complete()).isFalse();
      assertThat(hurried.passes()).isEqualTo(5);
      assertThat(hurried.reasons()).singleElement().asString().contains("out of time");
      assertThat(hurried.checks().get(2).nonconformity()).isNaN();
      Verdict next = inspect(guard, track);
      assertThat(next.firstCheck()).isEqualTo(2);
      assertThat(next.checks().get(2).nonconformity()).isNotNaN();
    }
  }

  @Test
  void timeRunningOutDoesNotHideWhatWasSeen() {
    try (Guard guard = guard(dissenter, Duration.ofMillis(3), AGREEMENT, CONSISTENCY)) {
      Verdict hurried = inspect(guard, new TrackState());
      assertThat(hurried.complete()).isFalse();
      assertThat(hurried.decision()).isEqualTo(Decision.SUSPECT);
    }
  }

  @Test
  void replayRepeatsACompleteAndAHurriedVerdict() {
    for (int millis : new int[] {4, 1000}) {
      try (Guard guard =
          guard(dissenter, Duration.ofMillis(millis), CONSISTENCY, SQUEEZING, AGREEMENT)) {
        TrackState track = new TrackState(0.015, 1);
        double before = track.score();
        Verdict seen = inspect(guard, track);
        Verdict again =
            guard.replay(
                red(), seen.seed(), seen.passes(), new TrackState(before, seen.firstCheck()));
        // Bit by bit; the tests' clock makes even the latency repeat.
        assertThat(again).isEqualTo(seen);
      }
    }
  }

  @Test
  void aBrokenModelIsAReasonNotAnException() {
    try (Guard guard = guard(second, Duration.ofSeconds(1), AGREEMENT, CONSISTENCY)) {
      second.broken = true;
      Verdict verdict = inspect(guard, new TrackState());
      assertThat(verdict.labelName()).isEqualTo("red");
      assertThat(verdict.decision()).isEqualTo(Decision.ABSTAIN);
      assertThat(verdict.reasons()).anyMatch(r -> r.contains("'b' failed: toy model is broken"));
      first.broken = true;
      Verdict blind = inspect(guard, new TrackState());
      assertThat(blind.label()).isEqualTo(-1);
      assertThat(blind.decision()).isEqualTo(Decision.ABSTAIN);
    }
  }

  @Test
  void tooSmallOrMisplacedRegionsAreAbstainedFromWithoutAModelRun() {
    try (Guard guard = guard(second, Duration.ofSeconds(1), AGREEMENT)) {
      Verdict small = guard.inspect(frame(red()), new Region(0, 0, 3, 9));
      assertThat(small.decision()).isEqualTo(Decision.ABSTAIN);
      assertThat(small.reasons().get(0)).contains("3×9", "4 px");
      Verdict outside = guard.inspect(frame(red()), new Region(10, 10, 8, 8));
      assertThat(outside.decision()).isEqualTo(Decision.ABSTAIN);
      assertThat(outside.reasons().get(0)).contains("not inside the frame of 16×16");
      assertThat(first.invocations).isZero();
    }
  }

  @Test
  void somebodysOwnCheckIsPlannedAskedAndContained() {
    Check failing =
        new Check() {
          private int pass;

          @Override
          public String name() {
            return "own";
          }

          @Override
          public void plan(PassPlan plan) {
            pass = plan.request(1, "other-look", 7);
          }

          @Override
          public double nonconformity(Observation o) {
            assertThat(o.pass(pass)[0]).isGreaterThan(0.9f);
            throw new IllegalStateException("tripped");
          }

          @Override
          public String reason(Observation o, double nonconformity) {
            return "";
          }
        };
    try (Guard guard =
        guard(
            second, Duration.ofSeconds(1), AGREEMENT, new CheckSetting.Custom(() -> failing, 1))) {
      Verdict verdict = inspect(guard, new TrackState());
      assertThat(verdict.decision()).isEqualTo(Decision.ABSTAIN);
      assertThat(verdict.reasons()).singleElement().asString().contains("'own' failed", "tripped");
    }
  }

  @Test
  void impossiblePoliciesAreRefusedAndTheModelsClosed() {
    CheckSetting unknownView = new CheckSetting.Squeezing(List.of("nowhere"), List.of(0), 1);
    assertThatThrownBy(() -> guard(second, Duration.ofSeconds(1), unknownView))
        .hasMessageContaining("no view 'nowhere'");
    assertThat(first.closed).isPositive();
    assertThat(second.closed).isPositive();
    CheckSetting unknownModel = new CheckSetting.Consistency("other-look", 1, List.of(2), 1);
    assertThatThrownBy(() -> guard(second, Duration.ofSeconds(1), unknownModel))
        .hasMessageContaining("no model number 2");
    assertThatThrownBy(() -> guard(second, Duration.ZERO, AGREEMENT))
        .hasMessageContaining("deadline");
    assertThatThrownBy(() -> new CheckSetting.Agreement(-1)).hasMessageContaining("weight");
    assertThatThrownBy(() -> guard(second, Duration.ofSeconds(1), new CheckSetting.Agreement(0)))
        .hasMessageContaining("sum to 0");
  }
}
