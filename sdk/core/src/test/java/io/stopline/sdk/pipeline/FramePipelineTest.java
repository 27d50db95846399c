package io.stopline.sdk.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.GuardIdentity;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class FramePipelineTest {

  private static final GuardIdentity GUARD =
      new GuardIdentity("test", "0".repeat(64), "0".repeat(64), List.of());
  private static final Instant NOW = Instant.parse("2026-02-03T04:05:06Z");

  private final Image image = Image.black(640, 360);
  private final List<Detection> sightings = new ArrayList<>();
  private final List<Region> inspected = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger ids = new AtomicInteger();
  private Decision decision = Decision.ACCEPT;
  private boolean sure = true;
  private boolean odd = true;
  private Predicate<Region> noSign = region -> false;
  private double score = 0.1;
  private long costNanos;
  private final FramePipeline pipeline = pipeline(PipelineTuning.standard());

  private FramePipeline pipeline(PipelineTuning tuning) {
    return new FramePipeline(
        frame -> new ArrayList<>(sightings),
        this::inspect,
        tuning,
        nanos::get,
        Clock.fixed(NOW, ZoneOffset.UTC),
        () -> "id-" + ids.incrementAndGet());
  }

  /** What is found, by a finder that rates it. */
  private static RegionProposer rating(Function<Image, List<Detection>> finder) {
    return new RegionProposer() {
      @Override
      public List<Detection> propose(Image image) {
        return finder.apply(image);
      }

      @Override
      public boolean rates() {
        return true;
      }
    };
  }

  private Verdict inspect(Frame frame, Region region, Sighting finder, TrackState track) {
    inspected.add(region);
    nanos.addAndGet(costNanos);
    Decision decided = noSign.test(region) ? Decision.NO_SIGN : decision;
    return new Verdict(
        14,
        "stop",
        0.9,
        sure,
        odd,
        decided,
        0.01,
        score,
        score,
        true,
        List.of(),
        1,
        finder,
        Float.NaN,
        List.of(),
        1,
        0,
        frame.sequence(),
        costNanos,
        GUARD,
        null,
        null);
  }

  private FrameResult step(long sequence, Region... seen) {
    sightings.clear();
    for (Region region : seen) {
      sightings.add(new Detection(region, 0, 1));
    }
    return pipeline.process(Scenes.frame(image, sequence));
  }

  private static Region sign(long frame) {
    int size = 24 + (int) frame;
    return new Region(300 + (int) (2 * frame), 100 - (int) (frame / 2), size, size);
  }

  @Test
  void aCleanDriveUpIsOneTrackAndNoIncident() {
    Set<Long> tracks = new TreeSet<>();
    for (int i = 0; i < 60; i++) {
      FrameResult result = step(i, sign(i));
      result.tracks().forEach(t -> tracks.add(t.track()));
      assertThat(result.incidents()).isEmpty();
      assertThat(result.tracks()).hasSize(i < 2 ? 0 : 1);
    }
    assertThat(tracks).hasSize(1);
    assertThat(pipeline.finish()).isEmpty();
  }

  @Test
  void anObjectComesWithWhatWasReportedOfItInThatVeryFrame() {
    for (int i = 0; i < 6; i++) {
      step(i, sign(i));
    }
    FrameResult.TrackedObject seen = step(6, sign(6)).tracks().get(0);
    assertThat(seen.found()).isEqualTo(new Detection(sign(6), 0, 1));
    FrameResult.TrackedObject missed = step(7).tracks().get(0);
    assertThat(missed.seen()).isFalse();
    assertThat(missed.found()).isNull();
  }

  @Test
  void whatTheEdgeOfTheFrameMayHaveCutIsFollowedButNotJudged() {
    for (int i = 0; i < 6; i++) {
      step(i, new Region(640 - 60, 100, 40, 40));
    }
    int before = inspected.size();
    assertThat(before).isPositive();
    for (int i = 6; i < 16; i++) {
      FrameResult result = step(i, new Region(640 - 40, 100, 40, 40));
      assertThat(result.tracks()).hasSize(1);
      assertThat(result.tracks().get(0).inspected()).isFalse();
      assertThat(result.deferred()).isZero();
    }
    assertThat(inspected).hasSize(before);
  }

  @Test
  void shakeNoiseAndMissedFramesDoNotBreakATrack() {
    Random random = new Random(3);
    Set<Long> tracks = new TreeSet<>();
    for (int i = 0; i < 90; i++) {
      Region r = sign(i);
      Region shaken =
          new Region(
              r.x() + random.nextInt(9) - 4,
              r.y() + random.nextInt(9) - 4,
              r.width() + random.nextInt(5) - 2,
              r.height() + random.nextInt(5) - 2);
      boolean missed = i > 5 && random.nextInt(4) == 0;
      (missed ? step(i) : step(i, shaken)).tracks().forEach(t -> tracks.add(t.track()));
    }
    assertThat(tracks).hasSize(1);
  }

  @Test
  void aSuspectObjectIsReportedOnceWithItsEvidence() {
    List<Incident> incidents = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      decision = i >= 10 ? Decision.SUSPECT : Decision.ACCEPT;
      score = i == 20 ? 0.9 : 0.5;
      FrameResult result = step(i, sign(i));
      incidents.addAll(result.incidents());
      if (i == 39) {
        assertThat(incidents).as("not before a second has passed").isEmpty();
      }
    }
    incidents.addAll(pipeline.finish());

    assertThat(incidents).hasSize(1);
    Incident incident = incidents.get(0);
    assertThat(incident.id()).isEqualTo("id-1");
    assertThat(incident.raisedAt()).isEqualTo(NOW);
    assertThat(incident.firstSeen()).isEqualTo(Scenes.frame(image, 0).wallClock());
    assertThat(incident.guard()).isEqualTo(GUARD);
    List<Long> frames = incident.evidence().stream().map(Incident.Evidence::frame).toList();
    assertThat(frames).hasSize(6).isSorted().startsWith(10L).contains(20L).endsWith(41L);
    for (Incident.Evidence e : incident.evidence()) {
      assertThat(e.region()).isEqualTo(sign(e.frame()));
      assertThat(e.crop().width()).isEqualTo(e.region().width());
      assertThat(e.crop().data()).isNotSameAs(image.data());
      assertThat(e.verdict().seed()).isEqualTo(e.frame());
    }
  }

  @Test
  void aTrackThatEndsEarlyIsReportedAtItsEnd() {
    decision = Decision.SUSPECT;
    for (int i = 0; i < 10; i++) {
      assertThat(step(i, sign(i)).incidents()).isEmpty();
    }
    List<Incident> incidents = new ArrayList<>();
    for (int i = 10; i < 25; i++) {
      incidents.addAll(step(i).incidents());
    }
    assertThat(incidents).hasSize(1);
    assertThat(incidents.get(0).frames()).isEqualTo(8);
    assertThat(pipeline.finish()).isEmpty();
  }

  @Test
  void anObjectFoundAgainIsNotReportedAgainButAnotherOneIs() {
    decision = Decision.SUSPECT;
    List<Incident> incidents = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      boolean gone = i >= 40 && i < 55;
      incidents.addAll((gone ? step(i) : step(i, sign(i / 2))).incidents());
    }
    incidents.addAll(pipeline.finish());
    assertThat(incidents).as("one object, two tracks").hasSize(1);

    for (int i = 120; i < 200; i++) {
      incidents.addAll(step(i, new Region(40, 200, 30, 30)).incidents());
    }
    assertThat(incidents).hasSize(2);
  }

  @Test
  void theSameSpotIsReportedAgainAfterTheCoolDown() {
    decision = Decision.SUSPECT;
    List<Incident> incidents = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      incidents.addAll(step(i, sign(0)).incidents());
    }
    incidents.addAll(step(40).incidents());
    assertThat(incidents).hasSize(1);
    for (int i = 400; i < 420; i++) {
      incidents.addAll(step(i, sign(0)).incidents());
    }
    incidents.addAll(pipeline.finish());
    assertThat(incidents).hasSize(2);
  }

  @Test
  void moreRegionsThanFitAFrameTakeTurns() {
    Region[] many = new Region[10];
    for (int i = 0; i < many.length; i++) {
      many[i] = new Region(5 + 60 * i, 50, 30, 30);
    }
    Map<Region, Integer> counts = new HashMap<>();
    for (int f = 0; f < 22; f++) {
      FrameResult result = step(f, many);
      assertThat(inspected).hasSizeLessThanOrEqualTo(4);
      if (f >= 2) {
        assertThat(result.deferred()).isEqualTo(6);
      }
      inspected.forEach(r -> counts.merge(r, 1, Integer::sum));
      inspected.clear();
    }
    // 20 frames of 4 inspections for 10 objects.
    assertThat(counts).hasSize(10).allSatisfy((r, n) -> assertThat(n).isEqualTo(8));
  }

  @Test
  void slowInspectionsStopAtTheFramesBudget() {
    costNanos = Duration.ofMillis(30).toNanos();
    Region[] four = {sign(0), new Region(20, 20, 30, 30), new Region(500, 20, 30, 30)};
    for (int f = 0; f < 3; f++) {
      step(f, four);
    }
    assertThat(inspected).hasSize(2);
    costNanos = Duration.ofSeconds(5).toNanos();
    inspected.clear();
    assertThat(step(3, four).deferred()).isEqualTo(2);
    assertThat(inspected).as("one is always made").hasSize(1);
  }

  @Test
  void anotherSizeOrSourceOrALongGapEndsTracks() {
    decision = Decision.SUSPECT;
    for (int i = 0; i < 5; i++) {
      step(i, sign(i));
    }
    FrameResult afterGap = step(500, sign(5));
    assertThat(afterGap.tracks()).isEmpty();
    assertThat(afterGap.incidents()).as("what was suspect is still reported").hasSize(1);

    sightings.clear();
    sightings.add(new Detection(new Region(10, 10, 30, 30), 0, 1));
    Image small = Image.black(64, 64);
    for (int i = 501; i < 510; i++) {
      FrameResult r = pipeline.process(Scenes.frame(small, i));
      assertThat(r.tracks()).allMatch(t -> t.region().isInside(64, 64));
    }
    Frame backwards = Scenes.frame(small, 3);
    assertThat(pipeline.process(backwards).tracks()).isEmpty();
  }

  @Test
  void theNumberOfTracksIsBounded() {
    for (int f = 0; f < 6; f++) {
      Region[] grid = new Region[200];
      for (int i = 0; i < grid.length; i++) {
        grid[i] = new Region(30 * (i % 20), 30 * (i / 20), 16, 16);
      }
      assertThat(step(f, grid).tracks()).hasSizeLessThanOrEqualTo(32);
    }
  }

  @Test
  void aProbableSignIsNotLockedOutByImprobableThings() {
    List<Detection> improbable = new ArrayList<>();
    for (int f = 0; f < 12; f++) {
      improbable.clear();
      // Elsewhere in each frame, so that none is ever confirmed, and more than there are places.
      for (int i = 0; i < 60; i++) {
        improbable.add(
            new Detection(
                new Region(31 * (i % 20), 70 + 90 * (i / 20) + 30 * (f % 3), 20, 20), 0, 0.06f));
      }
      sightings.clear();
      sightings.addAll(improbable);
      if (f >= 4) {
        sightings.add(0, new Detection(new Region(300, 20, 40, 40), 0, 0.9f));
      }
      FrameResult result = pipeline.process(Scenes.frame(image, f));
      assertThat(result.tracks().stream().anyMatch(t -> t.region().y() == 20))
          .as("frame %d", f)
          .isEqualTo(f >= 6);
    }
  }

  @Test
  void twoSignsThatPassEachOtherStayTwoTracks() {
    Set<Long> tracks = new TreeSet<>();
    for (int i = 0; i < 40; i++) {
      FrameResult r =
          step(i, new Region(100 + 4 * i, 100, 40, 40), new Region(260 - 2 * i, 160, 40, 40));
      r.tracks().forEach(t -> tracks.add(t.track()));
    }
    assertThat(tracks).hasSize(2);
  }

  @Test
  void refusesImpossibleTuning() {
    PipelineTuning t = PipelineTuning.standard();
    assertThatThrownBy(
            () ->
                new PipelineTuning(
                    0,
                    10,
                    16,
                    4,
                    t.frameBudget(),
                    t.incidentDelay(),
                    t.coolDown(),
                    6,
                    2,
                    t.maximumGap()))
        .hasMessageContaining("confirmAfter is 0");
    assertThatThrownBy(
            () ->
                new PipelineTuning(
                    3,
                    10,
                    16,
                    4,
                    Duration.ZERO,
                    t.incidentDelay(),
                    t.coolDown(),
                    6,
                    2,
                    t.maximumGap()))
        .hasMessageContaining("frameBudget");
    assertThatThrownBy(
            () ->
                new PipelineTuning(
                    3,
                    10,
                    16,
                    4,
                    t.frameBudget(),
                    t.incidentDelay(),
                    t.coolDown(),
                    2,
                    2,
                    t.maximumGap()))
        .hasMessageContaining("evidenceFrames");
  }

  @Test
  void anIncidentWaitsUntilTheModelsWereSureTwiceAndIsAnAlert() {
    decision = Decision.SUSPECT;
    List<Incident> incidents = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      sure = i == 5 || i == 60;
      incidents.addAll(step(i, sign(i)).incidents());
      assertThat(incidents).as("frame %d", i).hasSize(i < 60 ? 0 : 1);
    }
    assertThat(incidents.get(0).level()).isEqualTo(Incident.Level.ALERT);
    assertThat(incidents.get(0).kind()).isEqualTo(Incident.Kind.ALTERED_SIGN);
    assertThat(pipeline.finish()).isEmpty();
  }

  @Test
  void aTrackThatNeverHadASureLabelIsANoticeAtItsEnd() {
    decision = Decision.SUSPECT;
    for (int i = 0; i < 60; i++) {
      sure = i == 5;
      assertThat(step(i, sign(i)).incidents()).isEmpty();
    }
    assertThat(pipeline.finish())
        .singleElement()
        .extracting(Incident::level)
        .isEqualTo(Incident.Level.NOTICE);
  }

  @Test
  void oneOddFrameAmongManyGoodOnesIsANotice() {
    decision = Decision.SUSPECT;
    for (int i = 0; i < 60; i++) {
      odd = i == 20;
      assertThat(step(i, sign(i)).incidents()).isEmpty();
    }
    assertThat(pipeline.finish())
        .singleElement()
        .extracting(Incident::level)
        .isEqualTo(Incident.Level.NOTICE);
  }

  @Test
  void whereSureFramesAreNotAskedForEveryIncidentIsAnAlert() {
    PipelineTuning t = PipelineTuning.standard();
    FramePipeline unasking =
        pipeline(
            new PipelineTuning(
                t.confirmAfter(),
                t.endAfter(),
                t.maximumTracks(),
                t.inspectionsPerFrame(),
                t.frameBudget(),
                t.incidentDelay(),
                t.coolDown(),
                t.evidenceFrames(),
                0,
                t.maximumGap()));
    decision = Decision.SUSPECT;
    sure = false;
    List<Incident> incidents = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      sightings.clear();
      sightings.add(new Detection(sign(i), 0, 1));
      incidents.addAll(unasking.process(Scenes.frame(image, i)).incidents());
    }
    assertThat(incidents)
        .singleElement()
        .extracting(Incident::level)
        .isEqualTo(Incident.Level.ALERT);
  }

  @Test
  void whatIsNoSignIsCountedAndStarvesNoSign() {
    Region[] many = new Region[16];
    for (int i = 0; i < many.length; i++) {
      many[i] = new Region(5 + 39 * i, 50, 30, 30);
    }
    // Twelve are none; the last four are signs.
    noSign = region -> region.x() < 5 + 39 * 12;
    for (int f = 0; f < 12; f++) {
      inspected.clear();
      FrameResult result = step(f, many);
      if (f >= 2) {
        assertThat(inspected).contains(many[12], many[13], many[14], many[15]).hasSize(16);
        assertThat(result.dropped()).isEqualTo(12);
        assertThat(result.deferred()).isZero();
      }
    }
    assertThat(pipeline.dropped()).isEqualTo(120);
  }

  @Test
  void inspectionsThatDropAreBoundedToo() {
    PipelineTuning t = PipelineTuning.standard();
    FramePipeline wide =
        pipeline(
            new PipelineTuning(
                1,
                10,
                100,
                4,
                t.frameBudget(),
                t.incidentDelay(),
                t.coolDown(),
                6,
                2,
                t.maximumGap()));
    for (int i = 0; i < 60; i++) {
      sightings.add(new Detection(new Region(5 + 31 * (i % 20), 50 + 60 * (i / 20), 25, 25), 0, 1));
    }
    noSign = region -> true;
    FrameResult result = wide.process(Scenes.frame(image, 0));
    assertThat(inspected).hasSize(16);
    assertThat(result.dropped()).isEqualTo(16);
    assertThat(result.deferred()).isEqualTo(44);
    noSign = region -> false;
    inspected.clear();
    assertThat(wide.process(Scenes.frame(image, 1)).deferred()).isEqualTo(56);
  }

  @Test
  void theFindersProbabilityReachesTheInspectorAndTheEvidenceIfItRates() {
    decision = Decision.SUSPECT;
    for (boolean rates : new boolean[] {true, false}) {
      RegionProposer finder = frame -> new ArrayList<>(sightings);
      FramePipeline own =
          new FramePipeline(
              rates ? rating(finder::propose) : finder, this::inspect, PipelineTuning.standard());
      List<Incident> incidents = new ArrayList<>();
      for (int i = 0; i < 45; i++) {
        sightings.clear();
        sightings.add(new Detection(sign(i), 0, i / 64f));
        incidents.addAll(own.process(Scenes.frame(image, i)).incidents());
      }
      assertThat(incidents).hasSize(1);
      for (Incident.Evidence e : incidents.get(0).evidence()) {
        assertThat(Float.valueOf(e.verdict().finderProbability()))
            .isEqualTo(Float.valueOf(rates ? e.frame() / 64f : Float.NaN));
      }
    }
  }
}
