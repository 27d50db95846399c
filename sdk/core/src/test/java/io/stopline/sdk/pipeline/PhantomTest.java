package io.stopline.sdk.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Witnesses;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.pipeline.Road.Thing;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the detector reports and the guard accepts, and nothing supports. */
class PhantomTest {

  private static final Witnesses WITNESSES = witnesses(List.of());

  private static final Thing SIGN = new Thing(3.5, -1.2, 35, 1);
  private static final Thing LEFT = new Thing(-4, -1.5, 40, 0.8);
  private static final Thing RIGHT = new Thing(5, -2.5, 38, 0.9);
  private static final Region STILL = new Region(600, 380, 60, 60);

  private final WitnessedDrive drive = new WitnessedDrive(WITNESSES);

  private static Witnesses witnesses(List<String> colourless) {
    return witnesses(new Witnesses.Phantom(5, 12, colourless));
  }

  private static Witnesses witnesses(Witnesses.Phantom phantom) {
    return new Witnesses(3, Duration.ofSeconds(3), Witnesses.Motion.standard(), null, phantom);
  }

  private static @Nullable Region see(Thing thing, double frame) {
    return Road.STANDARD.see(thing, frame * 14 / 30.0, 0);
  }

  @Test
  void whatColourAndShapeNeverSeeIsAPhantomAndReportedOnce() {
    for (int i = 0; i < 60; i++) {
      drive.detect(see(SIGN, i)).step();
    }
    assertThat(drive.incidents).isEmpty();
    assertThat(drive.finish()).hasSize(1);
    Incident incident = drive.incidents.get(0);
    assertThat(incident.kind()).isEqualTo(Incident.Kind.PHANTOM);
    assertThat(incident.level()).isEqualTo(Incident.Level.ALERT);
    assertThat(incident.track()).isEqualTo(drive.results.get(10).tracks().get(0).track());
    assertThat(incident.reasons())
        .containsExactly(
            "colour and shape looked 19 times where the detector reports 'red' and never saw anything there");
    assertThat(incident.evidence())
        .hasSizeBetween(3, 6)
        .allSatisfy(
            e -> {
              assertThat(e.verdict().decision()).isEqualTo(Decision.ACCEPT);
              assertThat(e.region()).isEqualTo(see(SIGN, (double) e.frame()));
            });
    assertThat(drive.counts().accepted()).isOne();
    assertThat(drive.counts().unsupported()).isOne();
    assertThat(drive.counts().oddMotion()).isZero();
    assertThat(drive.counts().phantoms()).isOne();
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 30, 57})
  void whatColourAndShapeSeeOnceIsNone(int supported) {
    for (int i = 0; i < 60; i++) {
      drive.detect(see(SIGN, i)).propose(i == supported ? see(SIGN, i) : null).step();
    }
    assertThat(drive.finish()).isEmpty();
    assertThat(drive.counts().accepted()).isOne();
    assertThat(drive.counts().unsupported()).isZero();
  }

  @Test
  void colourAndShapeMustHaveLookedOftenEnough() {
    for (int i = 0; i < 15; i++) {
      drive.detect(see(SIGN, i)).step();
    }
    assertThat(drive.finish()).isEmpty();
  }

  @Test
  void aSignWithoutColourNeedsNoSupport() {
    try (WitnessedDrive grey = new WitnessedDrive(witnesses(List.of("green", "red")))) {
      for (int i = 0; i < 60; i++) {
        grey.detect(see(SIGN, i)).step();
      }
      assertThat(grey.finish()).isEmpty();
    }
  }

  @Test
  void whereSupportIsNotAskedForOnlyMotionIsHeldAgainstATrack() {
    Witnesses motionAlone = witnesses(new Witnesses.Phantom(0, 12, List.of()));
    try (WitnessedDrive road = new WitnessedDrive(motionAlone)) {
      for (int i = 0; i < 60; i++) {
        road.detect(see(SIGN, i)).detect(see(LEFT, i)).detect(STILL).step();
      }
      assertThat(road.finish()).hasSize(1);
      assertThat(road.incidents.get(0).evidence().get(0).region()).isEqualTo(STILL);
      assertThat(road.counts().unsupported()).isZero();
      assertThat(road.counts().oddMotion()).isOne();
    }
  }

  @Test
  void aRealSignAmongOthersIsNone() {
    for (int i = 0; i < 60; i++) {
      drive.seeBoth(see(SIGN, i)).seeBoth(see(LEFT, i)).propose(see(RIGHT, i)).step();
    }
    assertThat(drive.finish()).isEmpty();
    assertThat(drive.counts().accepted()).isEqualTo(2);
  }

  @Test
  void aTailLightThatKeepsItsSizeWhileSignsComeNearerIsAPhantom() {
    for (int i = 0; i < 60; i++) {
      Region light = new Region(600 + i / 6, 380 + i % 2, 30 + i % 2, 30);
      drive.seeBoth(light).seeBoth(see(LEFT, i)).seeBoth(see(RIGHT, i)).step();
    }
    assertThat(drive.finish()).hasSize(1);
    Incident incident = drive.incidents.get(0);
    assertThat(incident.kind()).isEqualTo(Incident.Kind.PHANTOM);
    assertThat(incident.reasons())
        .singleElement()
        .asString()
        .contains("its size grew by a factor of 1.0")
        .contains("while 2 other things grew by at least");
    assertThat(drive.counts().oddMotion()).isOne();
    assertThat(drive.counts().unsupported()).isZero();
  }

  @Test
  void aProjectionThatKeepsItsPlaceIsAPhantomIfOnlyColourAndShapeSeeTheRestMove() {
    for (int i = 0; i < 60; i++) {
      drive.seeBoth(STILL).propose(see(LEFT, i)).propose(see(RIGHT, i)).step();
    }
    assertThat(drive.finish())
        .singleElement()
        .extracting(Incident::kind)
        .isEqualTo(Incident.Kind.PHANTOM);
  }

  @Test
  void beforeAVehicleThatStandsNothingIsAPhantom() {
    for (int i = 0; i < 200; i++) {
      drive.seeBoth(STILL).seeBoth(see(LEFT, 0)).seeBoth(see(RIGHT, 0)).step();
    }
    assertThat(drive.finish()).isEmpty();
    assertThat(drive.counts().accepted()).isEqualTo(3);
  }

  @Test
  void whatIsSeenToStandOnlyAfterTheVehicleHasStoppedIsNone() {
    for (int i = 0; i < 160; i++) {
      // Others came nearer before, and no longer do.
      double at = Math.min(i, 50);
      drive.seeBoth(see(LEFT, at)).seeBoth(see(RIGHT, at));
      if (i >= 55) {
        drive.seeBoth(STILL);
      }
      drive.step();
    }
    assertThat(drive.finish()).isEmpty();
  }

  @Test
  void aSuspicionThatHasStoodForLongDoesNotWaitForTheEnd() {
    int raisedAt = -1;
    for (int i = 0; i < 260; i++) {
      drive.detect(see(SIGN, i / 4.0)).step();
      raisedAt = raisedAt < 0 && !drive.incidents.isEmpty() ? i : raisedAt;
    }
    // Five looks in vain, then three seconds.
    assertThat(raisedAt).isBetween(90, 120);
    assertThat(drive.finish()).hasSize(1);
  }

  @Test
  void aTrackThatTheGuardComesToSuspectIsNoPhantomButAltered() {
    for (int i = 0; i < 60; i++) {
      // A confirmed sign that goes on to look like none is suspect.
      drive.verifier.sign = i < 40 ? 1 : 0.1f;
      drive.detect(see(SIGN, i)).step();
    }
    assertThat(drive.finish())
        .singleElement()
        .extracting(Incident::kind)
        .isEqualTo(Incident.Kind.ALTERED_SIGN);
    assertThat(drive.counts().accepted()).isZero();
  }

  @Test
  void whatTheGuardDropsIsNoPhantom() {
    drive.verifier.sign = 0.1f;
    for (int i = 0; i < 60; i++) {
      drive.detect(see(SIGN, i)).step();
    }
    assertThat(drive.finish()).isEmpty();
    assertThat(drive.counts().accepted()).isZero();
  }

  @Test
  void aPhantomThatIsLostAndFoundAgainIsReportedOnce() {
    for (int i = 0; i < 140; i++) {
      boolean gone = i >= 75 && i < 95;
      drive.detect(gone ? null : see(SIGN, i / 2.0)).step();
    }
    assertThat(drive.finish()).hasSize(1);
    assertThat(drive.counts().accepted()).isEqualTo(2);
  }

  @Test
  void bothWitnessesTogetherSayNothingOfASignThatBothSee() {
    try (WitnessedDrive both = new WitnessedDrive(Witnesses.standard())) {
      for (int i = 0; i < 60; i++) {
        both.seeBoth(see(SIGN, i)).seeBoth(see(LEFT, i)).step();
      }
      assertThat(both.finish()).isEmpty();
      assertThat(both.counts().looks()).isEqualTo(20);
      assertThat(both.looks).isEqualTo(20);
    }
  }
}
