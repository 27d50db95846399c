package io.stopline.sdk.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.calibration.Calibration;
import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.guard.GuardPolicy.CheckSetting;
import io.stopline.sdk.guard.GuardPolicy.Finder;
import io.stopline.sdk.guard.GuardPolicy.SignCheck;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Classifier;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.pipeline.FramePipeline;
import io.stopline.sdk.pipeline.Incident;
import io.stopline.sdk.pipeline.PipelineTuning;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.sdk.transform.TransformChain;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a guard makes of things that are no sign, and of signs that stop looking like one. */
class SignCheckTest {

  private static final List<String> LABELS = List.of("red", "green", "blue");
  private static final SignCheck CHECK = new SignCheck("is-sign", 0.5, 2, 3);

  /** The clock of these tests; a model run takes one millisecond of it. */
  private long nanos;

  private final ToyModel first = new ToyModel(20, 0, () -> nanos += 1_000_000);
  private final ToyModel second = new ToyModel(20, 0, () -> nanos += 1_000_000);
  private final ToyModel dissenter = new ToyModel(20, 1, () -> nanos += 1_000_000);
  private final ToyVerifier verifier = new ToyVerifier(2, () -> nanos += 1_000_000);

  private static GuardPolicy policy(
      @Nullable Finder finder, @Nullable SignCheck check, Duration deadline) {
    return new GuardPolicy(
            "test",
            "ff",
            List.of("a", "b"),
            List.of(new TransformChain("other-look", List.of())),
            List.of(
                new CheckSetting.Agreement(1),
                new CheckSetting.Squeezing(List.of("other-look"), List.of(0, 1), 1)),
            0.25,
            deadline,
            4,
            0.4,
            0.25)
        .with()
        .finder(finder)
        .sign(check)
        .build();
  }

  private Guard guard(ToyModel b, Duration deadline, @Nullable Classifier classifier) {
    return guard(b, deadline, classifier, CHECK);
  }

  private Guard guard(
      ToyModel b, Duration deadline, @Nullable Classifier classifier, SignCheck check) {
    return guard(policy(null, classifier == null ? null : check, deadline), b, classifier);
  }

  private Guard guard(GuardPolicy policy, ToyModel b, @Nullable Classifier classifier) {
    return new Guard(
        policy,
        List.of(first.classifier("a"), b.classifier("b")),
        LABELS,
        new Calibration(new double[] {0.01, 0.02, 0.03}),
        "cc",
        InspectionSeeds.reproducible(3),
        () -> nanos,
        classifier,
        new GuardIdentity.Member("find", "dd", "toy"));
  }

  private Guard guard(ToyModel b, SignCheck check) {
    return guard(b, Duration.ofSeconds(1), verifier.classifier("is-sign"), check);
  }

  private Guard guard(ToyModel b) {
    return guard(b, CHECK);
  }

  private static Image red() {
    Image image = Image.black(16, 16);
    for (int i = 0; i < image.data().length; i += 3) {
      image.data()[i] = (byte) 255;
    }
    return image;
  }

  private static Verdict inspect(Guard guard, float finder, TrackState track) {
    Image image = red();
    Frame frame = new Frame(image, Instant.EPOCH, 0, 0, "test");
    return guard.inspect(frame, Region.of(image), Sighting.of(finder), track);
  }

  private Verdict inspect(Guard guard, double sign, TrackState track) {
    verifier.sign = (float) sign;
    return inspect(guard, 1f, track);
  }

  @Test
  void aSignIsJudgedAsEverAndTheVerdictSaysHowMuchItLooksLikeOne() {
    try (Guard guard = guard(second)) {
      verifier.sign = 0.81f;
      TrackState track = new TrackState();
      Verdict verdict = inspect(guard, 0.64f, track);
      assertThat(verdict.decision()).isEqualTo(Decision.ACCEPT);
      assertThat(verdict.sure()).isTrue();
      assertThat(verdict.signScore()).isEqualTo(0.72, within(1e-6));
      assertThat(verdict.finderProbability()).isEqualTo(0.64f);
      // The verifier, two plain views, two others.
      assertThat(verdict.passes()).isEqualTo(5).isEqualTo(guard.passesPerInspection());
      assertThat(track.signs()).isOne();
      assertThat(verdict.guard().verifier())
          .isEqualTo(new GuardIdentity.Member("is-sign", "vv", "toy"));
      assertThat(verdict.guard().finder()).isEqualTo(new GuardIdentity.Member("find", "dd", "toy"));
    }
    assertThat(verifier.closed).isPositive();
  }

  @Test
  void whatIsNotSurelyASignIsJudgedButNotSuspectedAndDoesNotCount() {
    SignCheck unsure = new SignCheck("is-sign", 0.5, 0.5, 0.8, 0, 2, 3);
    try (Guard guard = guard(dissenter, unsure)) {
      TrackState track = new TrackState();
      for (int i = 0; i < 3; i++) {
        // A sign score of 0.7: the members disagree, but perhaps because this is no sign.
        Verdict verdict = inspect(guard, 0.49, track);
        assertThat(verdict.decision()).isEqualTo(Decision.ABSTAIN);
        assertThat(verdict.reasons()).anyMatch(r -> r.startsWith("not surely a sign"));
      }
      assertThat(track.signs()).isZero();
      assertThat(track.score()).isZero();

      assertThat(inspect(guard, 0.81, track).decision()).isEqualTo(Decision.SUSPECT);
      assertThat(track.signs()).isOne();
    }
  }

  @Test
  void aConfirmedTrackIsSuspectIfItGoesOnToLookOddAndNotSurelyLikeASign() {
    SignCheck unsure = new SignCheck("is-sign", 0.5, 0.5, 0.8, 0, 1, 3);
    try (Guard clean = guard(second, unsure);
        Guard altered = guard(dissenter, unsure)) {
      TrackState track = new TrackState();
      assertThat(inspect(clean, 0.81, track).decision()).isEqualTo(Decision.ACCEPT);

      assertThat(inspect(altered, 0.49, track).decision()).isEqualTo(Decision.ABSTAIN);
      assertThat(inspect(altered, 0.49, track).decision()).isEqualTo(Decision.ABSTAIN);
      Verdict third = inspect(altered, 0.49, track);
      assertThat(third.decision()).isEqualTo(Decision.SUSPECT);
      assertThat(third.odd()).isTrue();
      assertThat(inspect(clean, 0.81, track).decision()).isEqualTo(Decision.SUSPECT);
    }
  }

  @Test
  void aFrameThatIsNotSurelyASignAndNotOddBreaksTheRow() {
    SignCheck unsure = new SignCheck("is-sign", 0.5, 0.5, 0.8, 0, 1, 3);
    try (Guard clean = guard(second, unsure);
        Guard altered = guard(dissenter, unsure)) {
      TrackState track = new TrackState();
      inspect(clean, 0.81, track);
      for (int i = 0; i < 4; i++) {
        inspect(altered, 0.49, track);
        inspect(altered, 0.49, track);
        assertThat(inspect(clean, 0.49, track).decision()).isEqualTo(Decision.ACCEPT);
      }
    }
  }

  @Test
  void whatIsNotSurelyASignIsAcceptedOnlyOnceItsTrackIsConfirmed() {
    SignCheck unsure = new SignCheck("is-sign", 0.5, 0.5, 0.8, 0, 1, 3);
    try (Guard guard = guard(second, unsure)) {
      TrackState track = new TrackState();
      assertThat(inspect(guard, 0.49, track).decision()).isEqualTo(Decision.ABSTAIN);
      assertThat(inspect(guard, 0.81, track).decision()).isEqualTo(Decision.ACCEPT);
      assertThat(inspect(guard, 0.49, track).decision()).isEqualTo(Decision.ACCEPT);
    }
  }

  @Test
  void whatIsTooSmallToTellOddFromSmallDoesNotCountAgainstItsTrack() {
    SignCheck sized = new SignCheck("is-sign", 0.5, 0.5, 0.8, 17, 1, 3);
    try (Guard odd = guard(dissenter, sized);
        Guard clear = guard(second, sized)) {
      TrackState track = new TrackState();
      // 16 px.
      assertThat(inspect(odd, 1, track).decision()).isEqualTo(Decision.ABSTAIN);
      assertThat(track.score()).isZero();
      assertThat(inspect(clear, 1, track).decision()).isEqualTo(Decision.ACCEPT);
    }
  }

  @Test
  void aLabelOfWhatAFinderFoundHasToBeSurer() {
    // A label of a little less than 1.
    ToyModel unsure = new ToyModel(6, 0, () -> {});
    Finder finder = new Finder("find", 0.3, 32, 0.1, 1);
    try (Guard guard =
        guard(
            policy(finder, CHECK, Duration.ofSeconds(1)), unsure, verifier.classifier("is-sign"))) {
      verifier.sign = 1;
      Verdict verdict = inspect(guard, 0.9f, new TrackState());
      assertThat(verdict.decision()).isEqualTo(Decision.ABSTAIN);
      assertThat(verdict.sure()).isTrue();
      assertThat(verdict.reasons())
          .anyMatch(
              r -> r.contains("0.998 only; the policy asks for 1.000 of what the finder found"));
      assertThat(inspect(guard, Float.NaN, new TrackState()).decision())
          .as("nobody had to find it")
          .isEqualTo(Decision.ACCEPT);
    }
    assertThatThrownBy(() -> new Finder("find", 0.3, 32, 0.1, 1.5))
        .hasMessage("probability 1.5 of labels of what a finder found must lie in 0..1");
  }

  @Test
  void oneOddFrameIsForgivenAfterTenClearOnesAndASecondIsNot() {
    try (Guard odd = guard(dissenter);
        Guard clear = guard(second)) {
      TrackState track = new TrackState();
      assertThat(inspect(odd, 1, track).decision()).isEqualTo(Decision.SUSPECT);
      for (int i = 0; i < 9; i++) {
        assertThat(inspect(clear, 1, track).decision()).isEqualTo(Decision.SUSPECT);
      }
      assertThat(inspect(clear, 1, track).decision()).isEqualTo(Decision.ACCEPT);

      assertThat(inspect(odd, 1, track).decision()).isEqualTo(Decision.SUSPECT);
      for (int i = 0; i < 40; i++) {
        assertThat(inspect(clear, 1, track).decision()).isEqualTo(Decision.SUSPECT);
      }
    }
  }

  @Test
  void whatLooksLikeNoneIsDroppedAfterOnePassAndTheTrackIsAsItWas() {
    try (Guard guard = guard(dissenter)) {
      TrackState track = new TrackState(0.015, 1);
      verifier.sign = 0.04f;
      Verdict verdict = inspect(guard, 0.25f, track);
      assertThat(verdict.decision()).isEqualTo(Decision.NO_SIGN);
      assertThat(verdict.label()).isEqualTo(-1);
      assertThat(verdict.labelName()).isEqualTo("no sign");
      assertThat(verdict.probability()).isEqualTo(0.1, within(1e-6));
      assertThat(verdict.signScore()).isEqualTo(verdict.probability());
      assertThat(verdict.sure()).isFalse();
      assertThat(verdict.complete()).isTrue();
      assertThat(verdict.score()).isZero();
      assertThat(verdict.passes()).isOne();
      assertThat(verdict.checks())
          .hasSize(2)
          .allSatisfy(c -> assertThat(c.nonconformity()).isNaN());
      assertThat(verdict.reasons())
          .singleElement()
          .asString()
          .contains("no sign", "gives 0.25", "'is-sign' gives 0.04", "0.10", "asks for 0.50");
      assertThat(first.invocations).isZero();
      assertThat(track.score()).isEqualTo(0.015);
      assertThat(track.firstCheck()).isOne();
      assertThat(track.dropped()).isOne();
      assertThat(track.signs()).isZero();
      assertThat(track.isConfirmed()).isFalse();
    }
  }

  @Test
  void theThresholdItselfIsASign() {
    try (Guard guard = guard(second)) {
      assertThat(inspect(guard, 0.25, new TrackState()).decision()).isEqualTo(Decision.ACCEPT);
      assertThat(inspect(guard, Math.nextDown(0.25f), new TrackState()).decision())
          .isEqualTo(Decision.NO_SIGN);
    }
  }

  @Test
  void oneFrameDoesNotConfirmASign() {
    try (Guard guard = guard(second)) {
      TrackState track = new TrackState();
      inspect(guard, 0.9, track);
      assertThat(track.isConfirmed()).isFalse();
      assertThat(inspect(guard, 0.1, track).decision()).isEqualTo(Decision.NO_SIGN);
      inspect(guard, 0.9, track);
      assertThat(track.signs()).isEqualTo(2);
      assertThat(track.isConfirmed()).isTrue();
    }
  }

  @Test
  void aConfirmedSignThatLooksLikeNoneIsDoubtedThenSuspectAndNeverDropped() {
    try (Guard guard = guard(second)) {
      TrackState track = new TrackState();
      inspect(guard, 0.9, track);
      inspect(guard, 0.9, track);
      for (int i = 0; i < 2; i++) {
        Verdict doubted = inspect(guard, 0.01, track);
        assertThat(doubted.decision()).isEqualTo(Decision.ABSTAIN);
        assertThat(doubted.labelName()).isEqualTo("red");
        assertThat(doubted.complete()).isTrue();
        assertThat(doubted.reasons())
            .singleElement()
            .asString()
            .contains("no sign in this frame", "0.01", "0.10");
      }
      Verdict lost = inspect(guard, 0.01, track);
      assertThat(lost.decision()).isEqualTo(Decision.SUSPECT);
      assertThat(lost.pValue()).as("by the sign check, not by the score").isGreaterThan(0.25);
      assertThat(lost.reasons())
          .hasSize(2)
          .last()
          .asString()
          .contains("confirmed as a sign in 2 frames", "none in 3");
      Verdict after = inspect(guard, 0.9, track);
      assertThat(after.decision()).as("a suspect track stays so").isEqualTo(Decision.SUSPECT);
      assertThat(after.reasons()).singleElement().asString().contains("confirmed as a sign");
      assertThat(track.dropped()).isZero();
      Image small = Image.black(3, 9);
      Verdict tooSmall =
          guard.inspect(
              new Frame(small, Instant.EPOCH, 0, 0, "test"),
              Region.of(small),
              Sighting.of(1),
              track);
      assertThat(tooSmall.decision()).isEqualTo(Decision.SUSPECT);
    }
  }

  @Test
  void doubtPassesWhereTheSignIsSeenAgainInTime() {
    try (Guard guard = guard(second)) {
      TrackState track = new TrackState();
      inspect(guard, 0.9, track);
      inspect(guard, 0.9, track);
      for (int round = 0; round < 4; round++) {
        inspect(guard, 0.01, track);
        inspect(guard, 0.01, track);
        assertThat(inspect(guard, 0.9, track).decision()).isEqualTo(Decision.ACCEPT);
        assertThat(track.consecutiveLows()).isZero();
      }
    }
  }

  @Test
  void anAlteredSignThatLooksLikeNoneIsNotAcceptedAndSuspectOnceItGoesOn() {
    try (Guard guard = guard(dissenter)) {
      TrackState track = new TrackState(0, 0, 2, 0, 0);
      assertThat(inspect(guard, 0.01, track).decision()).isEqualTo(Decision.ABSTAIN);
      assertThat(inspect(guard, 0.01, track).decision()).isEqualTo(Decision.ABSTAIN);
      Verdict third = inspect(guard, 0.01, track);
      assertThat(third.decision()).isEqualTo(Decision.SUSPECT);
      assertThat(third.reasons()).anyMatch(r -> r.contains("in a row"));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aVerifierThatFailsMakesEverythingASign(boolean nan) {
    try (Guard guard = guard(second)) {
      TrackState track = new TrackState();
      verifier.broken = !nan;
      Verdict verdict = inspect(guard, nan ? Double.NaN : 0.0, track);
      assertThat(verdict.decision()).isEqualTo(Decision.ACCEPT);
      assertThat(verdict.signScore()).isEqualTo(1);
      assertThat(verdict.reasons())
          .singleElement()
          .asString()
          .contains("verifier 'is-sign' failed", nan ? "not finite" : "broken", "taken for a sign");
      assertThat(track.signs()).as("a failure confirms nothing").isZero();
      inspect(guard, nan ? Double.NaN : 0.0, track);
      verifier.broken = false;
      assertThat(inspect(guard, 0.1, track).decision()).isEqualTo(Decision.NO_SIGN);
    }
  }

  @Test
  void aFinderThatGivesNonsenseMakesEverythingASignToo() {
    try (Guard guard = guard(second)) {
      for (float odd : new float[] {-1, 1.5f, Float.POSITIVE_INFINITY}) {
        Verdict verdict = inspect(guard, odd, new TrackState());
        assertThat(verdict.finderProbability()).isEqualTo(1);
        assertThat(verdict.decision()).isEqualTo(Decision.ACCEPT);
        assertThat(verdict.reasons()).singleElement().asString().contains(Float.toString(odd));
      }
    }
  }

  @Test
  void theVerifiersPassCountsInTheBudget() {
    try (Guard hurried = guard(second, Duration.ofMillis(4), verifier.classifier("is-sign"))) {
      Verdict verdict = inspect(hurried, 0.9, new TrackState());
      assertThat(verdict.passes()).isEqualTo(4);
      assertThat(verdict.complete()).isFalse();
      assertThat(verdict.reasons()).singleElement().asString().contains("4 of 5 model runs");
    }
  }

  @Test
  void replayRepeatsDroppedDoubtedLostHurriedAndUsualVerdicts() {
    double[] signs = {0.1, 0.9, 0.2, 0.9, 0.9, 0.1, 0.1, 0.1, 0.1, 0.9};
    for (int millis : new int[] {3, 4, 1000}) {
      for (ToyModel b : List.of(second, dissenter)) {
        try (Guard guard = guard(b, Duration.ofMillis(millis), verifier.classifier("is-sign"))) {
          TrackState track = new TrackState();
          for (int i = 0; i < signs.length; i++) {
            double score = track.score();
            int seen = track.signs();
            int lows = track.consecutiveLows();
            verifier.sign = (float) signs[i];
            Verdict verdict = inspect(guard, 0.7f + 0.03f * i, track);
            Verdict again =
                guard.replay(
                    red(),
                    verdict.seed(),
                    verdict.passes(),
                    verdict.sighting(),
                    new TrackState(score, verdict.firstCheck(), seen, lows, 0));
            // Bit by bit; the tests' clock makes even the latency repeat.
            assertThat(again).as("inspection %d", i).isEqualTo(verdict);
          }
          assertThat(track.dropped()).isEqualTo(2);
        }
      }
    }
  }

  @Test
  void withoutAVerifierEverythingIsTakenForASign() {
    try (Guard guard = guard(second, Duration.ofSeconds(1), null)) {
      Verdict verdict = inspect(guard, 0.05f, new TrackState());
      assertThat(verdict.decision()).isEqualTo(Decision.ACCEPT);
      assertThat(verdict.signScore()).isEqualTo(1);
      assertThat(verdict.finderProbability()).isEqualTo(0.05f);
      assertThat(verdict.passes()).isEqualTo(4);
      assertThat(verdict.guard().verifier()).isNull();
    }
  }

  @Test
  void verifiersThatDoNotFitAreRefusedAndAllModelsClosed() {
    ToyVerifier three = new ToyVerifier(3, () -> {});
    assertThatThrownBy(() -> guard(second, Duration.ofSeconds(1), three.classifier("is-sign")))
        .hasMessageContaining("'is-sign' has 3 classes")
        .hasMessageContaining("no sign, sign");
    assertThat(three.closed).isPositive();
    assertThat(first.closed).isPositive();
    assertThatThrownBy(() -> guard(second, Duration.ofSeconds(1), verifier.classifier("other")))
        .hasMessageContaining("asks for verifier 'is-sign'")
        .hasMessageContaining("'other'");
    assertThat(verifier.closed).isPositive();
  }

  @Test
  void settingsOutOfTheirRangeAreRefused() {
    assertThatThrownBy(() -> new SignCheck("v", 1.1, 2, 5)).hasMessageContaining("1.1");
    assertThatThrownBy(() -> new SignCheck("v", 0.5, 0.5, 0.4, 0, 2, 5))
        .hasMessageContaining("0.4");
    assertThatThrownBy(() -> new SignCheck("v", 0.5, 0, 5)).hasMessageContaining("after 0 frames");
    assertThatThrownBy(() -> new SignCheck("v", 0.5, 2, 0)).hasMessageContaining("after 0 frames");
    assertThatThrownBy(() -> new Finder("d", 0, 32, 0.1)).hasMessageContaining("threshold 0.0");
    assertThatThrownBy(() -> new Finder("d", 0.1, 0, 0.1)).hasMessageContaining("maximum 0");
    assertThatThrownBy(() -> new Finder("d", 0.1, 32, -1)).hasMessageContaining("margin -1.0");
  }

  /** Runs the pipeline over still frames, one verifier's answer each inspected frame. */
  private List<Incident> incidents(Guard guard, double... signs) {
    Image image = red();
    FramePipeline pipeline =
        new FramePipeline(
            frame -> List.of(new Detection(new Region(2, 2, 12, 12), 0, 1)),
            guard::inspect,
            PipelineTuning.standard());
    List<Incident> incidents = new ArrayList<>();
    for (int i = 0; i < signs.length + 2; i++) {
      verifier.sign = (float) signs[Math.max(0, i - 2)];
      Frame frame = new Frame(image, Instant.EPOCH, i * 33_000_000L, i, "test");
      incidents.addAll(pipeline.process(frame).incidents());
    }
    incidents.addAll(pipeline.finish());
    return incidents;
  }

  @Test
  void aTrackThatIsNoSignRaisesNoIncidentThoughAFrameWasSuspect() {
    try (Guard guard = guard(dissenter)) {
      assertThat(incidents(guard, 0.1, 0.9, 0.1, 0.1)).isEmpty();
      assertThat(incidents(guard, 0.9, 0.1, 0.1)).isEmpty();
      assertThat(incidents(guard, 0.1, 0.9)).isEmpty();
      assertThat(incidents(guard, 0.1, 0.9, 0.9)).as("confirmed after all").hasSize(1);
      assertThat(incidents(guard, 0.9)).as("never taken for none").hasSize(1);
    }
  }

  /** A sign that the finder misses for a while, and a tree close behind it that it then sees. */
  private List<Incident> signAndTree(Guard guard, boolean signGoesOn) {
    Region sign = new Region(10, 10, 20, 20);
    Region tree = new Region(19, 10, 20, 20);
    List<Detection> found = new ArrayList<>();
    FramePipeline pipeline =
        new FramePipeline(
            image -> List.copyOf(found),
            (frame, region, finder, track) -> {
              verifier.sign = region.equals(sign) ? 0.9f : 0;
              return guard.inspect(frame, region, finder, track);
            },
            PipelineTuning.standard());
    List<Incident> incidents = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      found.clear();
      if (i < 10 || (i > 10 && signGoesOn)) {
        found.add(new Detection(sign, 0, 1));
      }
      if (i >= 10) {
        found.add(new Detection(tree, 0, 1));
      }
      Frame frame = new Frame(Image.black(64, 64), Instant.EPOCH, i * 33_000_000L, i, "test");
      incidents.addAll(pipeline.process(frame).incidents());
    }
    incidents.addAll(pipeline.finish());
    return incidents;
  }

  @Test
  void aSignIsNotLostWhereAnotherTrackGoesOnWithIt() {
    try (Guard guard = guard(second)) {
      assertThat(signAndTree(guard, false)).hasSize(1);
      assertThat(signAndTree(guard, true)).isEmpty();
    }
  }

  @Test
  void theFinderCountsByItsWeightAndNotWhereThereIsNone() {
    SignCheck check = new SignCheck("is-sign", 0.75, 0.35, 0.55, 0, 2, 3);

    assertThat(check.score(0.81, 0.0625)).isEqualTo(0.42691, within(1e-5));
    assertThat(check.score(0.5, 0)).isZero();
    assertThat(check.score(1, 0.0625)).isEqualTo(0.5, within(1e-12));
    assertThat(check.score(Double.NaN, 0.0625)).as("nobody had to find it").isEqualTo(0.5);
    assertThat(new SignCheck("is-sign", 0, 0.3, 0.5, 0, 2, 3).score(0.1, 0.4)).isEqualTo(0.4);
    assertThat(new SignCheck("is-sign", 0.5, 2, 3).score(0.25, 0.64)).isEqualTo(0.4, within(1e-12));
    assertThatThrownBy(() -> new SignCheck("v", 1, 0.5, 0.5, 0, 2, 5))
        .hasMessage("weight 1.0 of the finder must be at least 0 and below 1");
  }

  @Test
  void aSignThatIsLostRaisesAnIncidentFromWhichItsVerdictsRepeat() {
    try (Guard guard = guard(second)) {
      List<Incident> incidents = incidents(guard, 0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.1);
      assertThat(incidents).hasSize(1);
      assertThat(incidents.get(0).evidence()).hasSize(2);
      for (Incident.Evidence e : incidents.get(0).evidence()) {
        Verdict seen = e.verdict();
        assertThat(e.before().signs()).isEqualTo(3);
        verifier.sign = 0.1f;
        Verdict again =
            guard.replay(
                e.crop(),
                seen.seed(),
                seen.passes(),
                seen.sighting(),
                e.before().state(seen.firstCheck()));
        assertThat(again).isEqualTo(seen);
      }
    }
  }

  /** One of two members, and the verifier by no draw at all. */
  private Guard sparing(SignCheck check) {
    Cascade cascade = new Cascade(0, 0.9, List.of(), 0, 1, 0, 0.2, 0, 0, 1, 10);
    GuardPolicy policy = policy(null, check, Duration.ofSeconds(1));
    return guard(policy.with().cascade(cascade).build(), second, verifier.classifier("is-sign"));
  }

  @Test
  void aConfirmedSignWhoseLabelIsAcceptedIsNotLookedAtByTheVerifierAgain() {
    try (Guard guard = sparing(CHECK)) {
      TrackState track = new TrackState();
      for (int i = 0; i < 2; i++) {
        assertThat(inspect(guard, 0.9, track).verifierProbability()).isEqualTo(0.9f);
      }
      Verdict spared = inspect(guard, 0.9, track);
      assertThat(spared.decision()).isEqualTo(Decision.ACCEPT);
      assertThat(spared.passes()).isOne();
      assertThat(spared.verifierProbability()).isNaN();
      assertThat(track.signs()).isEqualTo(2);
      Verdict again =
          guard.replay(
              red(),
              spared.seed(),
              spared.passes(),
              spared.sighting(),
              spared.cascade(),
              new TrackState(track.score(), spared.firstCheck(), 2, 0, 0));
      assertThat(again.passes()).isOne();
      assertThat(again.decision()).isEqualTo(Decision.ACCEPT);

      verifier.sign = 0.9f;
      Verdict unsure = inspect(guard, 0.4f, track);
      assertThat(unsure.verifierProbability()).as("the finder is in doubt").isEqualTo(0.9f);
    }
  }

  @Test
  void whereAllChecksAreDueOnAConfirmedTrackTheVerifierLooksToo() {
    try (Guard guard = sparing(CHECK)) {
      TrackState track = guard.confirmedTrack();
      Verdict first = inspect(guard, 0.1, track);
      assertThat(first.verifierProbability()).isEqualTo(0.1f);
      assertThat(first.decision()).isEqualTo(Decision.ABSTAIN);
      assertThat(first.reasons()).anyMatch(r -> r.startsWith("looks like no sign in this frame"));
      assertThat(track.consecutiveLows()).isOne();
      // From now on it looks at every frame, until there is a sign again or it is lost.
      inspect(guard, 0.1, track);
      assertThat(inspect(guard, 0.1, track).decision()).isEqualTo(Decision.SUSPECT);
    }
  }
}
