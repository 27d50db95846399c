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
import io.stopline.agent.source.SourceHealth;
import io.stopline.agent.source.SourcedFrame;
import io.stopline.sdk.calibration.Calibration;
import io.stopline.sdk.calibration.PromiseWatch;
import io.stopline.sdk.guard.CascadeStep;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.pipeline.FrameResult;
import io.stopline.sdk.pipeline.Incident;
import io.stopline.telemetry.HealthMessage;
import io.stopline.telemetry.HealthMessage.State;
import io.stopline.telemetry.MessageCodec;
import io.stopline.testing.FaultTable;
import io.stopline.testing.SmallDisk;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the agent says of its parts while one of them fails; all of them real but the judge. */
@Timeout(120)
@Tag("faults")
class AgentHealthTest {

  @TempDir Path folder;

  /** Judges what it is told to judge. */
  private static final class Judge implements FrameJudge {
    volatile boolean failing;
    volatile List<FrameResult.TrackedObject> seen = List.of();

    @Override
    public FrameResult judge(SourcedFrame frame) {
      if (failing) {
        throw new IllegalStateException("broken check");
      }
      return new FrameResult(0, seen, List.of(), 0, 0, 0, 1);
    }

    @Override
    public List<Incident> finish() {
      return List.of();
    }
  }

  private static final class Parts implements AutoCloseable {
    final LatestFrame mailbox = new LatestFrame();
    final Judge judge = new Judge();
    final SourceHealth camera = new SourceHealth("folder", 60_000, System::nanoTime);
    final GpioWorker gpio = new GpioWorker(GpioMode.MOCK, 17, 27);
    final EventLog events = new EventLog(OutputStream.nullOutputStream());
    final Outbox outbox;
    final OutboxWriter writer;
    final FrameLoop loop;
    final PromiseWatch watch = new PromiseWatch(new Calibration(new double[] {0.1, 0.2}), 0.01);
    final AgentHealth health;
    private long number;

    Parts(Path database) {
      outbox = new Outbox(database, UUID.randomUUID(), 64 << 20, InstantSource.system());
      writer =
          new OutboxWriter(outbox, OutboxWriter.Spill.standard(), new Backoff(10, 50), ids -> {});
      loop =
          new FrameLoop(
              mailbox,
              judge,
              new IncidentEncoder(Verdicts.agent(), new MessageCodec()),
              writer,
              gpio,
              events);
      health =
          new AgentHealth(
              Verdicts.agent(),
              camera,
              mailbox,
              loop,
              gpio,
              outbox,
              writer,
              null,
              watch,
              InstantSource.system());
      writer.start();
      gpio.start();
      loop.start();
    }

    void frame() throws InterruptedException {
      mailbox.putWhenTaken(
          new SourcedFrame(
              new Frame(Image.black(8, 8), Instant.now(), System.nanoTime(), number++, "folder"),
              "a"));
    }

    HealthMessage.Components components() {
      HealthMessage.Components components = health.message().components();
      if (components == null) {
        throw new AssertionError("no components");
      }
      return components;
    }

    @Override
    public void close() {
      loop.close();
      gpio.close();
      writer.close();
      outbox.close();
      events.close();
    }
  }

  @Test
  void whatTheCascadeHadNoTokenForIsTold() throws Exception {
    try (Parts parts = new Parts(folder.resolve("outbox.db"))) {
      CascadeStep denied = new CascadeStep(CascadeStep.Cause.ODD, true, true, false, 0);
      Verdict verdict = Verdicts.of(Decision.ABSTAIN, 0.4, denied);
      Region region = new Region(0, 0, 8, 8);
      parts.judge.seen =
          List.of(new FrameResult.TrackedObject(1, region, true, true, verdict, null));
      for (int i = 0; i < 3; i++) {
        parts.frame();
      }
      await("judged", () -> parts.loop.frames() == 3);
      HealthMessage.Part loop = parts.components().loop();
      assertThat(loop.state()).isEqualTo(State.DEGRADED);
      assertThat(loop.detail())
          .contains("in 3 inspections since the start all checks were due")
          .contains("no token left");
    }
  }

  @Test
  void aLoopThatFailsIsNoFaultOfTheCamera() throws Exception {
    try (Parts parts = new Parts(folder.resolve("outbox.db"))) {
      parts.frame();
      await("judged", () -> parts.loop.frames() == 1);
      HealthMessage.Components well = parts.components();
      assertThat(well.loop().state()).isEqualTo(State.OK);
      assertThat(well.uplink().state()).as("no broker").isEqualTo(State.OFF);
      await("open", () -> parts.components().outbox().state() == State.OK);

      parts.judge.failing = true;
      for (int i = 0; i < 6; i++) {
        parts.frame();
      }
      await("failures", () -> parts.loop.failures() == 6);
      HealthMessage.Components failing = parts.components();
      assertThat(failing.loop().state()).isEqualTo(State.FAILED);
      assertThat(failing.loop().detail())
          .contains("the last 6 frames could not be judged")
          .contains("broken check");
      assertThat(failing.loop().since()).isAfter(well.loop().since());
      assertThat(failing.camera().state()).isEqualTo(well.camera().state());
      assertThat(failing.camera().since()).isEqualTo(well.camera().since());
      assertThat(failing.models().state()).isEqualTo(State.OK);

      parts.judge.failing = false;
      parts.frame();
      await("judged again", () -> parts.loop.condition().failuresInARow() == 0);
      HealthMessage.Components again = parts.components();
      assertThat(again.loop().state()).as("told for a minute").isEqualTo(State.DEGRADED);
      assertThat(again.loop().detail()).contains("6 frames since the start");
      // As it goes over the wire.
      HealthMessage sent = parts.health.message();
      MessageCodec codec = new MessageCodec();
      HealthMessage read = codec.decode(HealthMessage.class, codec.encode(sent));
      assertThat(read.components()).isEqualTo(sent.components());
    }
    FaultTable.add(
        "agent", "a frame loop that fails", "reported as a camera fault", "loop FAILED, camera OK");
  }

  @Test
  void cleanTracksThatScoreHigherThanCalibratedAreAFaultOfTheModels() throws Exception {
    try (Parts parts = new Parts(folder.resolve("outbox.db"))) {
      assertThat(parts.components().models().state()).isEqualTo(State.OK);
      for (int i = 0; i < 40; i++) {
        parts.watch.add(0.3 + i / 100.0);
      }
      HealthMessage.Part models = parts.components().models();
      assertThat(models.state()).isEqualTo(State.DEGRADED);
      assertThat(models.detail()).contains("score higher than the calibration's", "40 tracks");
    }
  }

  @Test
  void aDiskThatHangsNeitherStopsFramesNorSilencesHealth() throws Exception {
    try (SmallDisk disk = SmallDisk.ext4(folder.resolve("image"), folder.resolve("disk"), 16);
        Parts parts = new Parts(disk.folder().resolve("outbox.db"))) {
      await("open", () -> parts.components().outbox().state() == State.OK);
      disk.freeze();
      long slowest = 0;
      long asked = 0;
      try {
        assertThat(parts.writer.offer(new Draft(UUID.randomUUID(), 1, sequence -> new byte[1000])))
            .isTrue();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(45);
        HealthMessage.Part outbox;
        do {
          long before = System.nanoTime();
          outbox = parts.components().outbox();
          slowest = Math.max(slowest, System.nanoTime() - before);
          asked++;
          parts.frame();
          TimeUnit.MILLISECONDS.sleep(10);
        } while (outbox.state() == State.OK && System.nanoTime() < deadline);
        assertThat(outbox.state()).isEqualTo(State.FAILED);
        assertThat(outbox.detail())
            .contains("the disk has not answered for")
            .contains("1 new ones wait in memory");
        assertThat(parts.components().loop().state()).isEqualTo(State.OK);
        assertThat(parts.loop.frames()).as("frames go on").isGreaterThan(asked - 5);
        assertThat(slowest).as("health answers at once").isLessThan(5_000_000_000L);
      } finally {
        disk.thaw();
      }
      await("stored after all", () -> parts.writer.counters().accepted() == 1);
      assertThat(parts.components().outbox().state()).isEqualTo(State.OK);
      FaultTable.add(
          "agent",
          "a disk that hangs (frozen file system)",
          "the watchdog is silent as long as the disk hangs",
          "health asked %d times, slowest answer %.1f ms, frames judged %d"
              .formatted(asked, slowest / 1e6, parts.loop.frames()));
    }
  }
}
