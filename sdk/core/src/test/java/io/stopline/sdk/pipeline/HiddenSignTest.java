package io.stopline.sdk.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.guard.Witnesses;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.pipeline.Road.Thing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What colour and shape see, and the detector never reports. */
class HiddenSignTest {

  private static final Witnesses WITNESSES =
      new Witnesses(
          3,
          Duration.ofSeconds(3),
          Witnesses.Motion.standard(),
          Witnesses.HiddenSign.standard(),
          null);

  /** Beside the road, 35 m ahead, 31 px large; in sight for about 70 frames at 14 m/s. */
  private static final Thing SIGN = new Thing(3.5, -1.2, 35, 1);

  private static final double METRES_A_FRAME = 14 / 30.0;

  private static @Nullable Region sign(double frame) {
    return Road.STANDARD.see(SIGN, frame * METRES_A_FRAME, 0);
  }

  private final WitnessedDrive drive = new WitnessedDrive(WITNESSES);

  @Test
  void aSignThatTheDetectorIsBlindToIsReportedOnceWithEvidenceThatCanBeRepeated() {
    for (int i = 0; i < 60; i++) {
      drive.propose(sign(i)).step();
    }
    assertThat(drive.incidents).isEmpty();
    assertThat(drive.finish()).hasSize(1);
    Incident incident = drive.incidents.get(0);
    assertThat(incident.kind()).isEqualTo(Incident.Kind.HIDDEN_SIGN);
    assertThat(incident.level()).isEqualTo(Incident.Level.ALERT);
    assertThat(incident.source()).isEqualTo("test");
    assertThat(incident.reasons())
        .singleElement()
        .asString()
        .contains("colour and shape saw it in 19 frames")
        .contains("detector 'find' never reported it");
    assertThat(incident.evidence()).hasSizeBetween(3, 6);
    for (Incident.Evidence e : incident.evidence()) {
      assertThat(e.region()).isEqualTo(sign((int) e.frame()));
      TrackState before =
          new TrackState(
              e.before().trackScore(),
              e.verdict().firstCheck(),
              e.before().signs(),
              e.before().consecutiveLows(),
              0);
      Verdict again =
          drive.guard.replay(
              e.crop(), e.verdict().seed(), e.verdict().passes(), e.verdict().sighting(), before);
      assertThat(again.score()).isEqualTo(e.verdict().score());
      assertThat(again.decision()).isEqualTo(e.verdict().decision());
      assertThat(again.signScore()).isEqualTo(e.verdict().signScore());
    }
    // What the detector does not report is nobody's object.
    assertThat(drive.results).allSatisfy(r -> assertThat(r.tracks()).isEmpty());
    WitnessCounts counts = drive.counts();
    assertThat(counts.looks()).isEqualTo(20);
    assertThat(counts.proposals()).isEqualTo(20);
    assertThat(counts.tracks()).isOne();
    assertThat(counts.unreported()).isOne();
    assertThat(counts.persistent()).isOne();
    assertThat(counts.moving()).isOne();
    assertThat(counts.hiddenSigns()).isOne();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 20, 58})
  void aSignThatTheDetectorReportsOnceHoweverLateIsNotHidden(int found) {
    for (int i = 0; i < 60; i++) {
      drive.propose(sign(i)).detect(i == found ? sign(i) : null).step();
    }
    assertThat(drive.finish()).isEmpty();
    assertThat(drive.counts().unreported()).isZero();
    assertThat(drive.counts().tracks()).isOne();
  }

  @Test
  void aBoxOfTheDetectorAboutTheSignIsAReportToo() {
    for (int i = 0; i < 60; i++) {
      Region s = Objects.requireNonNull(sign(i));
      // Nine times the area, with the sign in its middle.
      Region about = new Region(s.x() - s.width(), s.y() - s.width(), 3 * s.width(), 3 * s.width());
      drive.propose(s).detect(i == 30 ? about : null).step();
    }
    assertThat(drive.finish()).isEmpty();
  }

  @Test
  void aBoxOfTheDetectorElsewhereIsNone() {
    for (int i = 0; i < 60; i++) {
      drive.propose(sign(i)).detect(new Region(100, 300, 40, 40)).step();
    }
    assertThat(drive.finish())
        .singleElement()
        .extracting(Incident::kind)
        .isEqualTo(Incident.Kind.HIDDEN_SIGN);
  }

  @Test
  void whatTheDetectorFollowedBeforeColourAndShapeSawItWasReported() {
    for (int i = 0; i < 70; i++) {
      boolean gone = i >= 20 && i < 35;
      drive.detect(i < 20 ? sign(i) : null).propose(i < 20 || gone ? null : sign(i)).step();
    }
    assertThat(drive.finish()).isEmpty();
    assertThat(drive.counts().tracks()).isOne();
  }

  @Test
  void whatKeepsItsPlaceIsNoHiddenSign() {
    for (int i = 0; i < 90; i++) {
      drive.propose(new Region(700, 380, 40, 40)).step();
    }
    assertThat(drive.finish()).isEmpty();
    assertThat(drive.counts().persistent()).isOne();
    assertThat(drive.counts().moving()).isZero();
  }

  @Test
  void whatGrowsWithoutMovingOutwardsIsNoHiddenSign() {
    for (int i = 0; i < 60; i++) {
      int size = 32 + i;
      drive.propose(new Region(900 - size / 2, 300 - size / 2, size, size)).step();
    }
    assertThat(drive.finish()).isEmpty();
    assertThat(drive.counts().moving()).isZero();
  }

  @ParameterizedTest
  @ValueSource(floats = {0.2f, 0.6f, 0.89f})
  void whatTheVerifierIsNotSureOfIsNoHiddenSign(float sign) {
    drive.verifier.sign = sign;
    for (int i = 0; i < 60; i++) {
      drive.propose(sign(i)).step();
    }
    assertThat(drive.finish()).isEmpty();
    assertThat(drive.counts().moving()).isOne();
    assertThat(drive.counts().inspections()).isPositive();
    // The detector's sightings alone are counted there.
    assertThat(drive.pipeline.dropped()).isZero();
  }

  @Test
  void aVerifierThatFailsFindsNoHiddenSigns() {
    drive.verifier.broken = true;
    for (int i = 0; i < 60; i++) {
      drive.propose(sign(i)).step();
    }
    assertThat(drive.finish()).isEmpty();
    assertThat(drive.counts().moving()).isOne();
  }

  @Test
  void whatTheModelsHaveNoSureLabelForIsNoHiddenSign() {
    try (WitnessedDrive unsure = new WitnessedDrive(WITNESSES, PipelineTuning.standard(), 1)) {
      for (int i = 0; i < 60; i++) {
        unsure.propose(sign(i)).step();
      }
      assertThat(unsure.finish()).isEmpty();
      assertThat(unsure.counts().moving()).isOne();
      assertThat(unsure.counts().inspections()).isPositive();
    }
  }

  @Test
  void aSignThatIsTooSmallForADetectorIsNotHidden() {
    for (int i = 0; i < 60; i++) {
      // It grows from 18 to 35 px, and has the 32 px that are asked for in too few frames.
      drive.propose(Road.STANDARD.see(new Thing(7, -2.4, 60, 1), i * METRES_A_FRAME, 0)).step();
    }
    assertThat(drive.finish()).isEmpty();
    assertThat(drive.counts().unreported()).isOne();
    assertThat(drive.counts().persistent()).isZero();
  }

  @Test
  void flickerMakesNoSecondIncidentOfOneSign() {
    for (int seed = 0; seed < 40; seed++) {
      try (WitnessedDrive flickering = new WitnessedDrive(WITNESSES)) {
        Random random = new Random(seed);
        for (int i = 0; i < 66; i++) {
          flickering.propose(random.nextInt(3) == 0 ? null : sign(i)).step();
        }
        assertThat(flickering.finish()).as("seed %d", seed).hasSizeLessThanOrEqualTo(1);
      }
    }
  }

  @Test
  void aSignThatIsLostAndFoundAgainIsReportedOnce() {
    for (int i = 0; i < 140; i++) {
      boolean gone = i >= 75 && i < 95;
      drive.propose(gone ? null : sign(i / 2.0)).step();
    }
    assertThat(drive.finish()).hasSize(1);
    assertThat(drive.counts().tracks()).isEqualTo(2);
    assertThat(drive.counts().moving()).isEqualTo(2);
  }

  @Test
  void aSuspicionThatHasStoodForLongDoesNotWaitForTheEnd() {
    int raisedAt = -1;
    for (int i = 0; i < 260 && raisedAt < 0; i++) {
      drive.propose(sign(i / 4.0)).step();
      raisedAt = drive.incidents.isEmpty() ? -1 : i;
    }
    assertThat(raisedAt).isBetween(90, 200);
    for (int i = raisedAt; i < 260; i++) {
      drive.propose(sign(i / 4.0)).step();
    }
    assertThat(drive.finish()).hasSize(1);
  }

  @Test
  void theDetectorsTracksComeFirstAndTheBudgetHolds() {
    PipelineTuning t = PipelineTuning.standard();
    PipelineTuning narrow =
        new PipelineTuning(
            t.confirmAfter(),
            t.endAfter(),
            t.maximumTracks(),
            1,
            t.frameBudget(),
            t.incidentDelay(),
            t.coolDown(),
            t.evidenceFrames(),
            t.sureFrames(),
            t.maximumGap());
    try (WitnessedDrive busy = new WitnessedDrive(WITNESSES, narrow, 0)) {
      for (int i = 0; i < 60; i++) {
        busy.propose(sign(i)).detect(i < 40 ? new Region(100, 300, 40, 40) : null).step();
        if (i == 39) {
          assertThat(busy.counts().inspections()).isLessThanOrEqualTo(1);
        }
      }
      busy.finish();
      assertThat(busy.counts().inspections()).isBetween(5L, 9L);
    }
  }

  @Test
  void anotherSourceEndsWhatWasSeen() {
    for (int i = 0; i < 60; i++) {
      drive.propose(sign(i)).step();
    }
    FrameResult other =
        drive.pipeline.process(
            new Frame(Image.black(64, 64), Instant.EPOCH, Road.nanos(61), 61, "other"));
    assertThat(other.incidents()).hasSize(1);
  }

  @Test
  void withoutWitnessesNobodyLooks() {
    try (WitnessedDrive usual = new WitnessedDrive(null)) {
      for (int i = 0; i < 60; i++) {
        usual.propose(sign(i)).step();
      }
      assertThat(usual.finish()).isEmpty();
      assertThat(usual.looks).isZero();
      assertThat(usual.pipeline.witnessCounts()).isNull();
    }
    FramePipeline plain =
        new FramePipeline(image -> List.of(), drive.guard::inspect, PipelineTuning.standard());
    assertThat(plain.witnessCounts()).isNull();
  }

  @Test
  void colourAndShapeCannotCheckOnThemselves() {
    assertThatThrownBy(
            () ->
                new FramePipeline(
                    new ShapeColourProposer(),
                    drive.guard::inspect,
                    PipelineTuning.standard(),
                    WITNESSES,
                    List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("colour and shape cannot check on themselves")
        .hasMessageContaining("give the pipeline a detector");
  }
}
