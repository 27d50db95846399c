package io.stopline.campaign.stills;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.attacks.plugin.Attacks;
import io.stopline.campaign.DriveResult;
import io.stopline.campaign.stills.StillResult.SignEnd;
import io.stopline.config.Bundle;
import io.stopline.evaluation.road.SignBox;
import io.stopline.scene.GroundTruth;
import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.GuardIdentity;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.pipeline.Incident;
import io.stopline.tflite.RuntimeOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Where incidents are, what counts, and one real drive. */
final class StillJudgeTest {

  private static final GuardIdentity GUARD = new GuardIdentity("p", "", "", List.of());
  private static final Region SIGN = new Region(300, 100, 40, 40);
  private static final Region ELSEWHERE = new Region(60, 40, 40, 40);

  private final StillDrive drive = new StillDrive(Image.black(640, 480));

  @Test
  void anIncidentIsOnASignIfHalfOfItsEvidenceIs() {
    List<SignBox> signs = List.of(new SignBox(SIGN, 14));
    assertThat(StillJudge.isOnSign(incident(Incident.Level.ALERT, SIGN, ELSEWHERE), drive, signs))
        .isTrue();
    assertThat(
            StillJudge.isOnSign(
                incident(Incident.Level.ALERT, SIGN, ELSEWHERE, ELSEWHERE), drive, signs))
        .isFalse();
    assertThat(StillJudge.isOnSign(incident(Incident.Level.ALERT, SIGN), drive, List.of()))
        .isFalse();
  }

  @Test
  void ignoredSignsCountToo() {
    List<SignBox> signs = List.of(new SignBox(SIGN, SignBox.OTHER));
    assertThat(StillJudge.isOnSign(incident(Incident.Level.ALERT, SIGN), drive, signs)).isTrue();
  }

  @Test
  void evidenceIsComparedWithWhereTheSignIsInItsFrame() {
    // The evidence of frame 35 is where the sign was in frame 0.
    Incident.Evidence late = evidence(35, ELSEWHERE);
    Incident incident = incident(Incident.Level.ALERT, List.of(late));
    assertThat(StillJudge.isOnSign(incident, drive, List.of(new SignBox(ELSEWHERE, 14)))).isFalse();
  }

  @Test
  void signsCountAtTheSizeThatTheyEndWith() {
    assertThat(StillJudge.sideAtEnd(drive, new SignBox(new Region(310, 250, 20, 30), 1)))
        .isCloseTo(30, within(1e-6));
    // Leaves the picture on its way: as large as in the last frame with half of it.
    double side = StillJudge.sideAtEnd(drive, new SignBox(new Region(600, 250, 20, 20), 1));
    assertThat(side).isBetween(20.0, 24.0);
  }

  @Test
  void theTruthMovesWithTheZoom() {
    List<SignBox> signs = List.of(new SignBox(SIGN, 14), new SignBox(ELSEWHERE, SignBox.OTHER));
    GroundTruth truth = StillJudge.truth(drive, signs, 35);
    assertThat(truth.signs()).hasSize(1);
    assertThat(truth.signs().get(0).signClass()).isEqualTo(14);
    assertThat(truth.signs().get(0).box()).isEqualTo(drive.region(SIGN, 35));
    assertThat(truth.signs().get(0).heightPixels()).isCloseTo(60, within(1e-9));
    assertThat(truth.seconds()).isEqualTo(1.155);
  }

  @Test
  void alertsAndNoticesAreCountedApart() {
    List<SignBox> signs = List.of(new SignBox(SIGN, 14));
    List<StillResult> results =
        List.of(
            result(
                signs,
                verdict(Decision.ACCEPT, 14),
                incident(Incident.Level.ALERT, ELSEWHERE),
                incident(Incident.Level.ALERT, SIGN),
                incident(Incident.Level.NOTICE, ELSEWHERE)),
            result(signs, verdict(Decision.ACCEPT, 13)),
            result(signs, null),
            result(List.of(), null, incident(Incident.Level.NOTICE, ELSEWHERE)));

    StillFigures figures = StillFigures.of(results, 1);

    assertThat(figures.alertsOnSigns()).isEqualTo(1);
    assertThat(figures.alertsElsewhere()).isEqualTo(1);
    assertThat(figures.noticesElsewhere()).isEqualTo(2);
    assertThat(figures.noticesOnSigns()).isZero();
    assertThat(figures.minutes()).isCloseTo(4 * 36 * 0.033 / 60, within(1e-9));
    assertThat(figures.alertsElsewherePerMinute().value())
        .isCloseTo(1 / figures.minutes(), within(1e-9));
    assertThat(figures.acceptedRight().count()).isEqualTo(1);
    assertThat(figures.acceptedRight().of()).isEqualTo(3);
    assertThat(figures.acceptedWrong().count()).isEqualTo(1);
    assertThat(figures.notJudged().count()).isEqualTo(1);
    assertThat(figures.toJson().get("incidentsElsewhere").asInt()).isEqualTo(1);
  }

  @Test
  void anEmptyRoadRaisesNothingAndTheNextDriveBeginsAnew() {
    try (StillJudge judge =
        StillJudge.open(
            Bundle.load(Bundle.locate("traffic-signs")), null, RuntimeOptions.defaults(), 24, 1)) {
      for (int i = 0; i < 2; i++) {
        StillResult result = judge.judge("grey", drive, List.of(new SignBox(SIGN, 14)));
        assertThat(result.incidents()).isEmpty();
        assertThat(result.drive().frames()).hasSize(StillDrive.FRAMES);
        assertThat(result.signs()).hasSize(1);
        assertThat(result.signs().get(0).verdict()).isNull();
      }
    }
  }

  @Test
  void signsThatAnAttackMakesTheGuardDropAreCountedAmongThoseThatItKnewClean() {
    SignBox sign = new SignBox(SIGN, 14);
    StillResult clean = ends(new SignEnd(sign, verdict(Decision.ACCEPT, 14), false));
    StillResult cleanlyDropped = ends(new SignEnd(sign, verdict(Decision.NO_SIGN, -1), false));
    StillResult dropped = ends(new SignEnd(sign, verdict(Decision.NO_SIGN, -1), false));
    StillResult suspectedBefore = ends(new SignEnd(sign, verdict(Decision.NO_SIGN, -1), true));
    StillResult hidden = ends(new SignEnd(sign, null, false));
    StillResult accepted = ends(new SignEnd(sign, verdict(Decision.ACCEPT, 13), false));

    AlteredFigures figures =
        AlteredFigures.of(
            Attacks.installed().byName("fgsm", Map.of()),
            5,
            List.of(clean, clean, clean, clean, cleanlyDropped),
            List.of(dropped, suspectedBefore, hidden, accepted, dropped),
            1);

    assertThat(figures.dropped().count()).isEqualTo(1);
    assertThat(figures.dropped().of()).isEqualTo(4);
    assertThat(figures.hidden().count()).isEqualTo(1);
    assertThat(figures.hidden().of()).isEqualTo(4);
    assertThat(figures.stills().dropped().count()).isEqualTo(3);
    assertThat(figures.stills().acceptedWrong().count()).isEqualTo(1);
    assertThat(figures.toJson().at("/threatModel/knowledge").asText()).isEqualTo("white box");
    assertThat(figures.toJson().path("attack").asText()).isEqualTo("fgsm");
  }

  private static StillResult ends(SignEnd end) {
    return new StillResult(
        "still", new DriveResult("still", false, List.of(), List.of()), List.of(), List.of(end));
  }

  private StillResult result(List<SignBox> signs, @Nullable Verdict last, Incident... incidents) {
    List<StillResult.PlacedIncident> placed = new ArrayList<>();
    for (Incident incident : incidents) {
      placed.add(
          new StillResult.PlacedIncident(incident, StillJudge.isOnSign(incident, drive, signs)));
    }
    return new StillResult(
        "still",
        new DriveResult("still", false, List.of(), List.of(incidents)),
        placed,
        signs.stream().map(s -> new SignEnd(s, last, false)).toList());
  }

  /** An incident with one piece of evidence of frame 0 for each region. */
  private static Incident incident(Incident.Level level, Region... regions) {
    List<Incident.Evidence> evidence = new ArrayList<>();
    for (Region region : regions) {
      evidence.add(evidence(0, region));
    }
    return incident(level, evidence);
  }

  private static Incident incident(Incident.Level level, List<Incident.Evidence> evidence) {
    return new Incident(
        "id",
        Incident.Kind.ALTERED_SIGN,
        level,
        "drive",
        1,
        Instant.EPOCH,
        Instant.EPOCH,
        3,
        evidence,
        GUARD);
  }

  private static Incident.Evidence evidence(int frame, Region region) {
    return new Incident.Evidence(
        frame,
        Instant.EPOCH,
        region,
        Image.black(8, 8),
        new Incident.Before(0, 0, 0),
        verdict(Decision.SUSPECT, 14));
  }

  private static Verdict verdict(Decision decision, int label) {
    return new Verdict(
        label,
        "l",
        0.9,
        true,
        false,
        decision,
        0.5,
        0,
        0,
        true,
        List.of(),
        1,
        Sighting.of(1),
        1,
        List.of(),
        11,
        0,
        1,
        1,
        GUARD,
        null,
        null);
  }
}
