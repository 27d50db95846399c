package io.stopline.agent;

import static io.stopline.testing.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.agent.gpio.GpioMode;
import io.stopline.agent.gpio.GpioWorker;
import io.stopline.agent.outbox.Draft;
import io.stopline.agent.outbox.Outbox;
import io.stopline.agent.outbox.OutboxWriter;
import io.stopline.agent.source.Backoff;
import io.stopline.agent.source.LatestFrame;
import io.stopline.agent.source.SourcedFrame;
import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.pipeline.FrameResult;
import io.stopline.sdk.pipeline.Incident;
import io.stopline.sdk.pipeline.LabelChange;
import io.stopline.sdk.pipeline.PipelineTuning;
import io.stopline.telemetry.IncidentMessage;
import io.stopline.telemetry.MessageCodec;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The loop and what stands around it, with frames made by hand. */
@Timeout(120)
class FrameLoopTest {

  @TempDir Path folder;
  private final LatestFrame mailbox = new LatestFrame();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final GpioWorker gpio = new GpioWorker(GpioMode.MOCK, 17, 27);
  private long number;

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open) {
      closeable.close();
    }
  }

  private SourcedFrame frame(String track, int side) {
    return new SourcedFrame(
        new Frame(Image.black(side, side), Instant.now(), System.nanoTime(), number++, "folder"),
        track);
  }

  private OutboxWriter writer(List<UUID> accepted) {
    Outbox outbox =
        new Outbox(folder.resolve("outbox.db"), UUID.randomUUID(), 1 << 24, InstantSource.system());
    OutboxWriter writer =
        new OutboxWriter(
            outbox, OutboxWriter.Spill.standard(), new Backoff(10, 50), accepted::addAll);
    writer.start();
    open.add(writer);
    open.add(outbox);
    return writer;
  }

  private FrameLoop loop(FrameJudge judge, OutboxWriter writer, OutputStream events) {
    EventLog log = new EventLog(events);
    FrameLoop loop =
        new FrameLoop(
            mailbox,
            judge,
            new IncidentEncoder(Verdicts.agent(), new MessageCodec()),
            writer,
            gpio,
            log);
    gpio.start();
    open.add(0, loop);
    open.add(gpio);
    open.add(log);
    loop.start();
    return loop;
  }

  @Test
  void whatAJudgeThrowsCostsOneFrame() throws Exception {
    FrameJudge judge =
        new FrameJudge() {
          @Override
          public FrameResult judge(SourcedFrame frame) {
            switch ((int) frame.frame().sequence()) {
              case 0 -> throw new IllegalStateException("broken check");
              case 1 -> throw new UnsatisfiedLinkError("broken library");
              case 2 -> throw new OutOfMemoryError("huge");
              default -> {
                return new FrameResult(3, List.of(), List.of(), 5, 7, 0, 1);
              }
            }
          }

          @Override
          public List<Incident> finish() {
            return List.of();
          }
        };
    FrameLoop loop = loop(judge, writer(new ArrayList<>()), OutputStream.nullOutputStream());
    for (int i = 0; i < 4; i++) {
      mailbox.putWhenTaken(frame("a", 8));
    }
    await("the fourth frame", () -> loop.frames() == 1 && loop.discarded() == 7);
    assertThat(loop.failures()).isEqualTo(3);
    assertThat(loop.noSigns()).isEqualTo(5);
  }

  @Test
  void whatBecomesOfALabelIsTold() throws Exception {
    LabelChange released =
        new LabelChange(LabelChange.Kind.RELEASED, 4, 14, "Stop", 8, Instant.EPOCH, false);
    FrameJudge judge =
        new FrameJudge() {
          @Override
          public FrameResult judge(SourcedFrame frame) {
            return new FrameResult(
                8,
                List.of(
                    new FrameResult.TrackedObject(
                        4, new Region(0, 0, 8, 8), true, false, null, released)),
                List.of(),
                0,
                0,
                0,
                1,
                List.of(
                    released,
                    new LabelChange(
                        LabelChange.Kind.UNDECIDED, 5, -1, "", 8, Instant.EPOCH, true)));
          }

          @Override
          public List<Incident> finish() {
            return List.of();
          }
        };
    ByteArrayOutputStream events = new ByteArrayOutputStream();
    FrameLoop loop = loop(judge, writer(new ArrayList<>()), events);
    mailbox.putWhenTaken(frame("a", 8));
    await("judged", () -> loop.frames() == 1);
    await("told", () -> events.toString(StandardCharsets.UTF_8).contains("UNDECIDED"));
    assertThat(events.toString(StandardCharsets.UTF_8))
        .contains("\"released\":{\"label\":14,\"labelName\":\"Stop\",\"frame\":8}")
        .contains(
            "\"change\":\"RELEASED\",\"track\":4,\"label\":14,\"labelName\":\"Stop\",\"frame\":8")
        .contains("\"change\":\"UNDECIDED\",\"track\":5,\"label\":-1")
        .contains("\"late\":true");
  }

  @Test
  void aLoopThatHangsShowsAndTheHeartbeatStands() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    FrameJudge judge =
        new FrameJudge() {
          @Override
          public FrameResult judge(SourcedFrame frame) {
            try {
              release.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            return new FrameResult(0, List.of(), List.of(), 0, 0, 0, 1);
          }

          @Override
          public List<Incident> finish() {
            return List.of();
          }
        };
    FrameLoop loop = loop(judge, writer(new ArrayList<>()), OutputStream.nullOutputStream());
    mailbox.put(frame("a", 8));
    await("busy", () -> loop.busyMillis() > 50);
    // The camera goes on; only the latest frame waits.
    for (int i = 0; i < 10; i++) {
      mailbox.put(frame("a", 8));
    }
    assertThat(mailbox.replaced()).isEqualTo(9);
    assertThat(gpio.status().beats()).isZero();
    release.countDown();
    await("goes on", () -> loop.frames() == 2 && loop.busyMillis() == 0);
    await("beats", () -> gpio.status().beats() > 0);
  }

  @Test
  void eachSuspectTrackOfAWholeImageSourceRaisesOneIncident() throws Exception {
    // Scores by frame: track a is clean, b is suspect twice, c once at its end.
    Iterator<Verdict> verdicts =
        List.of(
                Verdicts.of(Decision.ACCEPT, 0.1),
                Verdicts.of(Decision.ACCEPT, 0.1),
                Verdicts.of(Decision.SUSPECT, 0.7),
                Verdicts.of(Decision.SUSPECT, 0.8),
                Verdicts.of(Decision.ABSTAIN, 0.2),
                Verdicts.of(Decision.SUSPECT, 0.9))
            .iterator();
    List<UUID> accepted = java.util.Collections.synchronizedList(new ArrayList<>());
    ByteArrayOutputStream events = new ByteArrayOutputStream();
    FrameLoop loop =
        loop(
            new WholeImageJudge(
                (frame, region, sighting, track) -> {
                  assertThat(sighting).isEqualTo(Sighting.NONE);
                  assertThat(region.width()).isEqualTo(frame.image().width());
                  return verdicts.next();
                },
                PipelineTuning.standard()),
            writer(accepted),
            events);
    for (String track : List.of("a", "a", "b", "b", "c", "c")) {
      mailbox.putWhenTaken(frame(track, 16));
    }
    mailbox.end();
    await("done", loop::isDone);
    assertThat(loop.incidents()).isEqualTo(2);
    assertThat(loop.suspectFrames()).isEqualTo(3);
    await("accepted", () -> accepted.size() == 2);
    await("written", () -> events.toString(StandardCharsets.UTF_8).lines().count() == 8);
    List<String> lines = events.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines.stream().filter(l -> l.contains("\"type\":\"frame\""))).hasSize(6);
    assertThat(lines.stream().filter(l -> l.contains("\"type\":\"incident\""))).hasSize(2);
    assertThat(gpio.status().alarm()).isTrue();
  }

  @Test
  void aWholeImageTrackIsAnAlertOnlyOnceTheModelsWereSureAndNoneWhereThereIsNoSign()
      throws Exception {
    // Track a has one sure frame, b two; c is no sign and d is none after a suspicion.
    Iterator<Verdict> verdicts =
        List.of(
                Verdicts.of(Decision.SUSPECT, 0.7),
                Verdicts.of(Decision.SUSPECT, 0.7),
                Verdicts.of(Decision.SUSPECT, 0.8),
                Verdicts.of(Decision.NO_SIGN, 0))
            .iterator();
    ByteArrayOutputStream events = new ByteArrayOutputStream();
    FrameLoop loop =
        loop(
            new WholeImageJudge(
                (frame, region, sighting, track) -> verdicts.next(), PipelineTuning.standard()),
            writer(new ArrayList<>()),
            events);
    for (String track : List.of("a", "b", "b", "c")) {
      mailbox.putWhenTaken(frame(track, 16));
    }
    mailbox.end();
    await("done", loop::isDone);
    assertThat(loop.noSigns()).isOne();
    await("written", () -> events.toString(StandardCharsets.UTF_8).lines().count() == 6);
    assertThat(
            events
                .toString(StandardCharsets.UTF_8)
                .lines()
                .filter(l -> l.contains("\"type\":\"incident\""))
                .map(l -> l.contains("NOTICE") ? "NOTICE" : "ALERT"))
        .containsExactly("NOTICE", "ALERT");
  }

  @Test
  void anIncidentBecomesAValidMessageWhateverItHolds() throws Exception {
    IncidentEncoder encoder = new IncidentEncoder(Verdicts.agent(), new MessageCodec());
    Image noise = Image.black(700, 700);
    new java.util.Random(3).nextBytes(noise.data());
    Image small = Image.black(20, 20);
    Incident large = incident("", List.of(evidence(small, 1), evidence(noise, 2)));
    IncidentMessage message = encoder.message(large, 7);
    assertThat(message.evidence()).as("the crop that does not fit is left out").hasSize(1);
    assertThat(message.reasons()).anyMatch(r -> r.contains("left out"));
    assertThat(message.evidence().get(0).checks().get(1).nonconformity()).isNull();
    assertThat(message.kind()).isEqualTo(IncidentMessage.Kind.ALTERED_SIGN);
    assertThat(message.level()).isEqualTo(IncidentMessage.Level.NOTICE);
    assertThat(message.evidence().get(0).sign())
        .isEqualTo(new IncidentMessage.SignLook((double) 0.7f, 0.81, 4, 1));
    IncidentMessage.Certificate certificate = message.evidence().get(0).certificate();
    assertThat(certificate).isNotNull();
    assertThat(certificate.holds()).isTrue();
    assertThat(certificate.refused()).isFalse();
    assertThat(certificate.level()).isEqualTo("group");
    assertThat(certificate.unit()).isEqualTo("frame");
    assertThat(certificate.window()).isEqualTo(new IncidentMessage.Region(8, 0, 6, 8));
    assertThat(certificate.claim()).contains("cannot have a label other than one of 'red octagon'");
    assertThat(message.guard().finder())
        .isEqualTo(new IncidentMessage.Model("find", Verdicts.HASH, "xnnpack"));
    assertThat(message.guard().verifier())
        .isEqualTo(new IncidentMessage.Model("is-sign", Verdicts.HASH, "xnnpack"));

    Incident onlyLarge = incident("x\u0007y".repeat(200), List.of(evidence(noise, 1)));
    IncidentMessage shrunk = encoder.message(onlyLarge, 8);
    assertThat(shrunk.evidence()).hasSize(1);
    assertThat(shrunk.reasons()).anyMatch(r -> r.contains("cannot be replayed exactly"));
    Draft draft = encoder.draft(onlyLarge);
    assertThat(draft.encoder().apply(8))
        .isEqualTo(new MessageCodec().encode(shrunk))
        .hasSizeLessThan(MessageCodec.MAX_INCIDENT_BYTES);
  }

  @Test
  void aBrokenFigureNeverReadsAsClean() throws Exception {
    MessageCodec codec = new MessageCodec();
    IncidentEncoder encoder = new IncidentEncoder(Verdicts.agent(), codec);
    Incident incident =
        incident(
            "road",
            List.of(
                new Incident.Evidence(
                    1,
                    Instant.now(),
                    io.stopline.sdk.image.Region.of(Image.black(20, 20)),
                    Image.black(20, 20),
                    new Incident.Before(Double.NaN, 4, 1),
                    Verdicts.broken())));
    // As a monitor reads it: through the schema, which older ones share.
    IncidentMessage seen =
        codec.decode(IncidentMessage.class, codec.encode(encoder.message(incident, 7)));
    assertThat(seen.pValue()).isZero();
    assertThat(seen.trackScore()).isOne();
    assertThat(seen.probability()).isZero();
    assertThat(seen.reasons().get(0))
        .isEqualTo(
            "broken: the probability came out as NaN, no number; the worst, 0, is shown in its"
                + " place");
    IncidentMessage.Evidence frame = seen.evidence().get(0);
    assertThat(frame.score()).isOne();
    assertThat(frame.trackScoreBefore()).isOne();
    assertThat(frame.pValue()).isZero();
    assertThat(frame.sign()).isNotNull();
    assertThat(frame.checks().get(0).nonconformity()).as("infinite").isEqualTo(1.0);
    assertThat(frame.checks().get(1).nonconformity()).as("did not get to look").isNull();
    assertThat(frame.reasons())
        .anyMatch(r -> r.contains("score of 'agreement' came out as Infinity"))
        .anyMatch(r -> r.contains("the sign score came out as NaN"))
        .anyMatch(r -> r.contains("the score came out as NaN"));
  }

  @Test
  void whatSpeaksForAnIncidentBeyondItsVerdictsComesFirst() throws Exception {
    Incident.Evidence seen = evidence(Image.black(20, 20), 1);
    Incident hidden =
        new Incident(
            UUID.randomUUID().toString(),
            Incident.Kind.HIDDEN_SIGN,
            Incident.Level.ALERT,
            "road",
            1,
            Instant.now(),
            Instant.now(),
            2,
            List.of(seen),
            seen.verdict().guard(),
            List.of("the detector never reported it"));
    IncidentMessage message =
        new IncidentEncoder(Verdicts.agent(), new MessageCodec()).message(hidden, 7);
    assertThat(message.kind()).isEqualTo(IncidentMessage.Kind.HIDDEN_SIGN);
    assertThat(message.reasons()).startsWith("the detector never reported it");
    assertThat(message.reasons()).hasSize(1 + seen.verdict().reasons().size());
  }

  private static Incident.Evidence evidence(Image crop, long frame) {
    return new Incident.Evidence(
        frame,
        Instant.now(),
        io.stopline.sdk.image.Region.of(crop),
        crop,
        new Incident.Before(0, 4, 1),
        Verdicts.of(Decision.SUSPECT, 1.0000001));
  }

  private static Incident incident(String source, List<Incident.Evidence> evidence) {
    return new Incident(
        UUID.randomUUID().toString(),
        Incident.Kind.ALTERED_SIGN,
        Incident.Level.NOTICE,
        source,
        1,
        Instant.now(),
        Instant.now(),
        2,
        evidence,
        evidence.get(0).verdict().guard());
  }

  @Test
  void aReaderOfEventsThatDoesNotKeepUpLosesLinesAndHoldsNobodyUp() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    OutputStream stuck =
        new OutputStream() {
          @Override
          public void write(int b) {
            try {
              release.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    try (EventLog log = new EventLog(stuck)) {
      for (int i = 0; i < 20_000; i++) {
        log.write(log.event("frame").put("text", "x".repeat(100)));
      }
      assertThat(log.lost()).isGreaterThan(10_000);
      release.countDown();
    }
  }
}
