package io.stopline.sdk.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.calibration.Calibration;
import io.stopline.sdk.calibration.Promise;
import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.guard.Cascade.Watch;
import io.stopline.sdk.guard.CascadeStep.Cause;
import io.stopline.sdk.guard.GuardPolicy.CheckSetting;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.sdk.transform.GaussianNoise;
import io.stopline.sdk.transform.TransformChain;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CascadeTest {

  private static final List<String> LABELS = List.of("red", "green", "blue");

  /** What a watch that asks for one run of a view costs beside the label's model. */
  private static final TransformChain NOISE =
      new TransformChain("noise", List.of(new GaussianNoise(1, 3)));

  /** Two plain runs, one noisy one of each. */
  private static final int ALL_PASSES = 4;

  private static final double NEVER = 1;
  private static final double ALWAYS = 0;

  private long nanos;
  private long sequence;
  private final ToyModel first = new ToyModel(8, 0, () -> nanos += 1_000_000);
  private ToyModel second = new ToyModel(8, 0, () -> nanos += 1_000_000);

  private static Cascade cascade(double audits, double share, double threshold) {
    return new Cascade(
        0, 0.9, List.of(new Watch(1, share, threshold)), audits, 1, 0, 0.2, 0, 1, 0.1, 3);
  }

  private Guard guard(Cascade cascade) {
    return guard(cascade, new double[] {0.01, 0.02, 0.3});
  }

  private Guard guard(Cascade cascade, double[] cleanScores) {
    return guard(policy(cascade), cleanScores);
  }

  private Guard guard(GuardPolicy policy, double[] cleanScores) {
    return new Guard(
        policy,
        List.of(first.classifier("a"), second.classifier("b")),
        LABELS,
        new Calibration(cleanScores),
        "cc",
        InspectionSeeds.reproducible(3),
        () -> nanos);
  }

  private static GuardPolicy policy(Cascade cascade) {
    return new GuardPolicy(
            "test",
            "ff",
            List.of("a", "b"),
            List.of(NOISE),
            List.of(
                new CheckSetting.Agreement(1),
                new CheckSetting.Consistency("noise", 1, List.of(1), 1),
                new CheckSetting.Squeezing(List.of("noise"), List.of(0), 1)),
            0.25,
            Duration.ofSeconds(1),
            4,
            0.4,
            0.25)
        .with()
        .cascade(cascade)
        .build();
  }

  private static Image of(int channel) {
    Image image = Image.black(16, 16);
    for (int i = channel; i < image.data().length; i += 3) {
      image.data()[i] = (byte) 255;
    }
    return image;
  }

  private static Image red() {
    return of(0);
  }

  private Verdict inspect(Guard guard, Image image, TrackState track) {
    Frame frame = new Frame(image, Instant.EPOCH, 0, sequence++, "test");
    return guard.inspect(frame, Region.of(image), track);
  }

  private static CascadeStep step(Verdict verdict) {
    CascadeStep step = verdict.cascade();
    if (step == null) {
      throw new AssertionError("no cascade in " + verdict);
    }
    return step;
  }

  @Test
  void onceAllChecksHaveVouchedForALabelOneModelRunAcceptsIt() {
    try (Guard guard = guard(cascade(0, 1e-9, NEVER))) {
      TrackState track = new TrackState();
      Verdict begin = inspect(guard, red(), track);
      assertThat(step(begin).cause()).isEqualTo(Cause.FIRST);
      assertThat(step(begin).stage()).isEqualTo(1);
      assertThat(begin.passes()).isEqualTo(ALL_PASSES).isEqualTo(guard.passesPerInspection());
      assertThat(begin.decision()).isEqualTo(Decision.ACCEPT);
      Verdict next = inspect(guard, red(), track);
      assertThat(step(next))
          .isEqualTo(new CascadeStep(Cause.NONE, false, false, true, step(next).held()));
      assertThat(step(next).stage()).isZero();
      assertThat(next.passes()).isEqualTo(1);
      assertThat(next.decision()).isEqualTo(Decision.ACCEPT);
      assertThat(next.labelName()).isEqualTo("red");
      assertThat(next.complete()).isTrue();
      assertThat(next.reasons()).isEmpty();
      assertThat(next.checks()).allMatch(c -> Double.isNaN(c.nonconformity()));
      assertThat(track.inspections()).isEqualTo(2);
    }
  }

  /** What releases a label: two frames in which the watch looked and found little. */
  private static final ReleaseRule TWO_CLEAR =
      new ReleaseRule(new TrackPolicy.Quorum(2, 2), 0.2, List.of(new ReleaseRule.Limit(1, 0.5)));

  @Test
  void framesAtWhichNoWatchLookedDoNotReleaseALabelThatAskedForClearOnes() {
    for (boolean watched : List.of(false, true)) {
      GuardPolicy policy =
          policy(cascade(0, watched ? 1 : 1e-9, NEVER))
              .with()
              .track(new TrackPolicy(null, TWO_CLEAR, Promise.MEAN, 0))
              .build();
      try (Guard guard = guard(policy, new double[] {0.01, 0.02, 0.3})) {
        TrackState track = new TrackState();
        inspect(guard, red(), track);
        for (int i = 0; i < 5; i++) {
          assertThat(track.release().label()).isEqualTo(watched && i > 0 ? 0 : -1);
          assertThat(inspect(guard, red(), track).decision()).isEqualTo(Decision.ACCEPT);
        }
      }
    }
  }

  @Test
  void whatWasVouchedForIsTheLabelAndNotTheTrack() {
    try (Guard guard = guard(cascade(0, 1e-9, NEVER))) {
      TrackState track = new TrackState();
      inspect(guard, red(), track);
      assertThat(step(inspect(guard, of(2), track)).cause()).isEqualTo(Cause.FIRST);
      assertThat(step(inspect(guard, of(2), track)).cause()).isEqualTo(Cause.NONE);
      track.reappeared();
      assertThat(step(inspect(guard, of(2), track)).cause()).isEqualTo(Cause.FIRST);
    }
  }

  @Test
  void whatAllChecksDidNotAcceptStageZeroDoesNotEither() {
    // A clear score by the cascade's own measure, and a calibration that accepts nothing.
    try (Guard guard = guard(cascade(0, 1e-9, NEVER), new double[] {0, 0, 0})) {
      TrackState track = new TrackState();
      assertThat(inspect(guard, red(), track).decision()).isEqualTo(Decision.SUSPECT);
      TrackState other = new TrackState();
      other.cascade.vouch(0);
      Verdict verdict = inspect(guard, red(), other);
      assertThat(step(verdict).stage()).isZero();
      assertThat(verdict.decision()).isEqualTo(Decision.ABSTAIN);
      assertThat(verdict.reasons()).singleElement().asString().contains("not accepted it");
    }
  }

  @Test
  void watchesAndAuditsAreDrawnInTheirSharesAndIndependently() {
    try (Guard guard = guard(cascade(0.2, 0.5, NEVER))) {
      TrackState track = new TrackState();
      inspect(guard, red(), track);
      int watched = 0;
      int audits = 0;
      int inARow = 0;
      boolean before = false;
      int frames = 4000;
      for (int i = 0; i < frames; i++) {
        Verdict verdict = inspect(guard, red(), track);
        CascadeStep step = step(verdict);
        audits += step.cause() == Cause.AUDIT ? 1 : 0;
        watched += step.watched() ? 1 : 0;
        inARow += step.watched() && before ? 1 : 0;
        before = step.watched();
        assertThat(verdict.passes())
            .isEqualTo(step.stage() == 1 ? ALL_PASSES : step.watched() ? 2 : 1);
        assertThat(verdict.decision()).isEqualTo(Decision.ACCEPT);
      }
      // Within four standard deviations of 800, of half the rest, and of independence.
      assertThat(audits / (double) frames).isCloseTo(0.2, within(0.026));
      assertThat(watched / (double) frames).isCloseTo(0.4, within(0.031));
      assertThat(inARow / (double) frames).isCloseTo(0.16, within(0.03));
    }
  }

  @Test
  void onlyFramesThatACheckHasLookedAtCountForTheTrack() {
    try (Guard guard = guard(cascade(0, 0.5, NEVER))) {
      TrackState track = new TrackState();
      inspect(guard, red(), track);
      double before = track.score();
      assertThat(before).isPositive();
      boolean looked = false;
      for (int i = 0; i < 30; i++) {
        Verdict verdict = inspect(guard, red(), track);
        if (step(verdict).watched()) {
          looked = true;
          // The agreement and the squeezing are taken to say what they said when all looked.
          assertThat(step(verdict).held()).isPositive().isLessThan(before);
          assertThat(verdict.score()).isGreaterThan(step(verdict).held());
          assertThat(verdict.score()).isCloseTo(before, within(1e-4));
          assertThat(verdict.checks()).filteredOn(c -> !Double.isNaN(c.nonconformity())).hasSize(1);
        } else {
          assertThat(verdict.score()).isZero();
        }
      }
      assertThat(looked).isTrue();
      assertThat(track.score()).isCloseTo(before, within(1e-4));
    }
  }

  @Test
  void anUnsureModelTakesTokensAndWithoutOneTheGuardAbstainsWhereAuditsGoOn() {
    // So unsure that stage 0 never ends there, and sure enough for the policy.
    ToyModel unsure = new ToyModel(1.2, 0, () -> {});
    second = new ToyModel(1.2, 0, () -> {});
    Cascade cascade = cascade(0.3, 1e-9, NEVER);
    try (Guard guard =
        new Guard(
            policy(cascade),
            List.of(unsure.classifier("a"), second.classifier("b")),
            LABELS,
            new Calibration(new double[] {0.9, 0.9, 0.9}),
            "cc",
            InspectionSeeds.reproducible(3),
            () -> nanos)) {
      int byToken = 0;
      int audits = 0;
      int frames = 500;
      long passes = 0;
      for (int i = 0; i < frames; i++) {
        Verdict verdict = inspect(guard, red(), new TrackState());
        CascadeStep step = step(verdict);
        passes += verdict.passes();
        if (step.denied()) {
          assertThat(step.cause()).isEqualTo(Cause.UNSURE);
          assertThat(verdict.decision()).isEqualTo(Decision.ABSTAIN);
          assertThat(verdict.passes()).isEqualTo(1);
          assertThat(verdict.complete()).isFalse();
          assertThat(verdict.score()).isZero();
          assertThat(verdict.reasons())
              .singleElement()
              .asString()
              .contains("used up", "0.1 a frame");
        } else {
          assertThat(verdict.decision()).isEqualTo(Decision.ACCEPT);
          audits += step.cause() == Cause.AUDIT ? 1 : 0;
          byToken += step.cause() == Cause.AUDIT ? 0 : 1;
        }
      }
      // 3 saved up and one of ten frames; whoever uses them up does not stop the audits.
      assertThat(byToken).isBetween(52, 53);
      assertThat(audits).isBetween(100, 200);
      assertThat(passes)
          .isEqualTo((long) ALL_PASSES * (byToken + audits) + frames - byToken - audits);
    }
  }

  @Test
  void manyRegionsOfOneFrameBringNoMoreTokens() {
    EscalationBucket bucket = new EscalationBucket(0.5, 2);
    for (int region = 0; region < 50; region++) {
      bucket.frame("camera", 7);
      assertThat(bucket.take()).isEqualTo(region < 2);
    }
    // However many frames were skipped.
    bucket.frame("camera", 100);
    assertThat(bucket.take()).isFalse();
    bucket.frame("camera", 101);
    assertThat(bucket.take()).isTrue();
  }

  @Test
  void whatAWatchObjectedToAndNobodyClearedCountsAsTheWorstItMayBe() {
    try (Guard guard = guard(cascade(0, 1, ALWAYS), new double[] {0.7, 0.7, 0.7})) {
      TrackState track = new TrackState();
      for (int i = 0; i < 3; i++) {
        Verdict verdict = inspect(guard, red(), track);
        assertThat(step(verdict).cause()).isEqualTo(i == 0 ? Cause.FIRST : Cause.ODD);
        assertThat(verdict.decision()).isEqualTo(Decision.ACCEPT);
      }
      Verdict denied = inspect(guard, red(), track);
      assertThat(step(denied))
          .isEqualTo(new CascadeStep(Cause.ODD, true, true, true, step(denied).held()));
      assertThat(denied.score()).isBetween(0.66, 0.67);
      assertThat(denied.decision()).isEqualTo(Decision.ABSTAIN);
      assertThat(track.score()).isEqualTo(denied.score());
    }
    try (Guard strict = guard(cascade(0, 1, ALWAYS), new double[] {0.3, 0.3, 0.3})) {
      TrackState track = new TrackState();
      Verdict last = inspect(strict, red(), track);
      for (int i = 0; i < 3; i++) {
        assertThat(last.decision()).isEqualTo(Decision.ACCEPT);
        last = inspect(strict, red(), track);
      }
      assertThat(last.decision()).isEqualTo(Decision.SUSPECT);
      assertThat(last.odd()).isTrue();
    }
  }

  @Test
  void anOddFrameSendsTheNextOnesToAllChecks() {
    Cascade follows = new Cascade(0, 0.9, List.of(), 0, 1, 4, 0.2, 0, 1, 100, 100);
    try (Guard guard = guard(follows)) {
      TrackState track = new TrackState();
      track.cascade.vouch(0);
      track.cascade.object(follows.followFrames());
      List<Cause> causes = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        causes.add(step(inspect(guard, red(), track)).cause());
      }
      assertThat(causes)
          .containsExactly(
              Cause.FOLLOW, Cause.FOLLOW, Cause.FOLLOW, Cause.FOLLOW, Cause.NONE, Cause.NONE);
    }
  }

  @Test
  void modelsThatContradictEachOtherVouchForNothing() {
    second = new ToyModel(8, 1, () -> {});
    try (Guard guard = guard(new Cascade(0, 0.9, List.of(), 0, 1, 2, 0.2, 0, 1, 100, 100))) {
      TrackState track = new TrackState();
      assertThat(step(inspect(guard, red(), track)).cause()).isEqualTo(Cause.FIRST);
      for (int i = 0; i < 5; i++) {
        Verdict verdict = inspect(guard, red(), track);
        assertThat(step(verdict).cause()).isEqualTo(Cause.FOLLOW);
        assertThat(verdict.decision()).isEqualTo(Decision.SUSPECT);
      }
    }
  }

  @Test
  void regionsThatAreNotNearEndAtStageZeroAndAreNotAccepted() {
    try (Guard guard = guard(new Cascade(0, 0.9, List.of(), 0, 1, 0, 0.2, 17, 1, 1, 10))) {
      TrackState track = new TrackState();
      track.cascade.vouch(0);
      track.cascade.accept(0);
      Verdict far = inspect(guard, red(), track);
      assertThat(step(far)).isEqualTo(new CascadeStep(Cause.NONE, false, false, false, 0));
      assertThat(far.decision()).isEqualTo(Decision.ABSTAIN);
      assertThat(far.passes()).isEqualTo(1);
      assertThat(far.reasons()).singleElement().asString().contains("16×16", "17 px");
    }
  }

  @Test
  void aModelOrWatchThatFailsIsForAllChecks() {
    try (Guard guard = guard(cascade(0, 1, NEVER))) {
      TrackState track = new TrackState();
      inspect(guard, red(), track);
      second.broken = true;
      Verdict verdict = inspect(guard, red(), track);
      assertThat(step(verdict).cause()).isEqualTo(Cause.FAILURE);
      assertThat(verdict.decision()).isEqualTo(Decision.ABSTAIN);
      second.broken = false;
      first.broken = true;
      assertThat(step(inspect(guard, red(), track)).cause()).isEqualTo(Cause.FAILURE);
    }
  }

  @Test
  void aReplayRepeatsEachStepFromTheRecordAlone() {
    Cascade cascade =
        new Cascade(0, 0.9, List.of(new Watch(1, 0.5, 7.05e-4)), 0.1, 2, 2, 2.45e-4, 0, 1, 0.4, 2);
    record Recorded(double before, int firstCheck, Image crop, Verdict verdict) {}
    List<Recorded> records = new ArrayList<>();
    try (Guard guard = guard(cascade, new double[] {0.9, 0.9, 0.9})) {
      TrackState track = new TrackState();
      for (int i = 0; i < 300; i++) {
        Image image = of(i / 50 % 3);
        double before = track.score();
        int firstCheck = track.firstCheck();
        records.add(new Recorded(before, firstCheck, image, inspect(guard, image, track)));
      }
    }
    assertThat(records)
        .extracting(r -> step(r.verdict()).cause())
        .contains(Cause.NONE, Cause.AUDIT, Cause.FIRST, Cause.FOLLOW, Cause.ODD);
    assertThat(records).anyMatch(r -> step(r.verdict()).denied());
    try (Guard guard = guard(cascade, new double[] {0.9, 0.9, 0.9})) {
      for (Recorded r : records) {
        Verdict again =
            guard.replay(
                r.crop(),
                r.verdict().seed(),
                r.verdict().passes(),
                Sighting.NONE,
                r.verdict().cascade(),
                new TrackState(r.before(), r.firstCheck()));
        assertThat(again.cascade()).isEqualTo(r.verdict().cascade());
        assertThat(again.decision()).isEqualTo(r.verdict().decision());
        assertThat(again.score()).isEqualTo(r.verdict().score());
        assertThat(again.label()).isEqualTo(r.verdict().label());
        assertThat(again.passes()).isEqualTo(r.verdict().passes());
        assertThat(again.complete()).isEqualTo(r.verdict().complete());
      }
    }
  }

  @Test
  void aDeadlineHoldsAtStageZeroToo() {
    GuardPolicy patient = policy(cascade(0, 1, NEVER));
    GuardPolicy hasty = patient.with().deadline(Duration.ofNanos(500_000)).build();
    try (Guard guard =
        new Guard(
            hasty,
            List.of(first.classifier("a"), second.classifier("b")),
            LABELS,
            new Calibration(new double[] {0.1, 0.2, 0.3}),
            "cc",
            InspectionSeeds.reproducible(3),
            () -> nanos)) {
      TrackState track = new TrackState();
      track.cascade.vouch(0);
      track.cascade.accept(0);
      Verdict verdict = inspect(guard, red(), track);
      assertThat(verdict.passes()).isEqualTo(1);
      assertThat(verdict.complete()).isFalse();
      assertThat(verdict.decision()).isEqualTo(Decision.ABSTAIN);
      assertThat(verdict.reasons()).singleElement().asString().contains("out of time at stage 0");
    }
  }

  @Test
  void theChanceThatAllChecksLookFollowsFromTheShares() {
    Cascade cascade = cascade(0.02, 0.5, 0.5);
    assertThat(cascade.chanceOfAll(30, 0)).isCloseTo(1 - Math.pow(0.98, 30), within(1e-12));
    assertThat(cascade.chanceOfAll(5, 1)).isCloseTo(1 - Math.pow(0.98 * 0.5, 5), within(1e-12));
  }

  @Test
  void badPoliciesAreRefusedByName() {
    assertThatThrownBy(() -> policy(new Cascade(2, 0.9, List.of(), 0, 1, 0, 0.2, 0, 1, 1, 1)))
        .hasMessageContaining("member number 2");
    assertThatThrownBy(
            () ->
                policy(
                    new Cascade(0, 0.9, List.of(new Watch(0, 1, 0.5)), 0, 1, 0, 0.2, 0, 1, 1, 1)))
        .hasMessageContaining("'ensemble-agreement'")
        .hasMessageContaining("certified-windows");
    assertThatThrownBy(() -> new Cascade(0, 0.9, List.of(), 0, 0, 0, 0.2, 0, 1, 1, 1))
        .hasMessageContaining("first frames");
    assertThatThrownBy(() -> new Watch(0, 0, 0.5)).hasMessageContaining("share");
    assertThatThrownBy(
            () ->
                new Cascade(
                    0,
                    0.9,
                    List.of(new Watch(1, 1, 0.5), new Watch(1, 0.5, 0.5)),
                    0,
                    1,
                    0,
                    0.2,
                    0,
                    1,
                    1,
                    1))
        .hasMessageContaining("twice");
  }
}
