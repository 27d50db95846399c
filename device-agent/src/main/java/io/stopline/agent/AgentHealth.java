package io.stopline.agent;

import io.stopline.agent.gpio.GpioWorker;
import io.stopline.agent.outbox.Outbox;
import io.stopline.agent.outbox.OutboxWriter;
import io.stopline.agent.source.LatestFrame;
import io.stopline.agent.source.SourceHealth;
import io.stopline.sdk.calibration.PromiseWatch;
import io.stopline.telemetry.DelegateReport;
import io.stopline.telemetry.HealthMessage;
import io.stopline.telemetry.HealthMessage.Component;
import io.stopline.telemetry.HealthMessage.State;
import io.stopline.telemetry.MqttLink;
import io.stopline.telemetry.TelemetryMessage;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the agent says of itself: each part by itself, so that a fault of one is not told as a fault
 * of another. It asks only what answers at once; neither a disk nor a network that hangs can keep
 * it from speaking. Thread-safe.
 */
final class AgentHealth {

  /** A frame that takes longer than this has hung; no deadline of a policy comes near it. */
  static final long STUCK_MILLIS = 5_000;

  /** So many frames in a row that cannot be judged are no accident. */
  private static final int FAILED_IN_A_ROW = 5;

  /** A failure is told for so long after the last one. */
  private static final long RECENT_MILLIS = 60_000;

  /** A monitor that stores what it gets answers in a second or so. */
  private static final long UNANSWERED_MILLIS = 30_000;

  private final AgentIdentity identity;
  private final SourceHealth camera;
  private final LatestFrame mailbox;
  private final FrameLoop loop;
  private final GpioWorker gpio;
  private final Outbox outbox;
  private final OutboxWriter writer;
  private final @Nullable Telemetry telemetry;
  private final InstantSource clock;
  private final @Nullable PromiseWatch watch;
  private final ComponentHistory history;

  AgentHealth(
      AgentIdentity identity,
      SourceHealth camera,
      LatestFrame mailbox,
      FrameLoop loop,
      GpioWorker gpio,
      Outbox outbox,
      OutboxWriter writer,
      @Nullable Telemetry telemetry,
      @Nullable PromiseWatch watch,
      InstantSource clock) {
    this.watch = watch;
    this.identity = identity;
    this.camera = camera;
    this.mailbox = mailbox;
    this.loop = loop;
    this.gpio = gpio;
    this.outbox = outbox;
    this.writer = writer;
    this.telemetry = telemetry;
    this.clock = clock;
    this.history = new ComponentHistory(clock);
  }

  /** How the agent is now. */
  HealthMessage message() {
    SourceHealth.Snapshot source = camera.snapshot();
    Outbox.Status store = outbox.status();
    OutboxWriter.Counters counters = writer.counters();
    Component seen = camera(source);
    Component stored = store(store, counters);
    return new HealthMessage(
        TelemetryMessage.SCHEMA_VERSION,
        identity.device(),
        identity.session(),
        clock.instant(),
        new HealthMessage.Frames(source.frames(), loop.frames(), mailbox.replaced()),
        seen,
        pins(),
        new HealthMessage.Outbox(store.depth(), store.bytes(), counters.lost(), stored),
        identity.delegates(),
        new HealthMessage.Sightings(loop.noSigns(), loop.discarded()),
        loop.incidents(),
        outbox.nextSequence(),
        new HealthMessage.Components(
            history.part("loop", loop(loop.condition())),
            history.part("camera", seen),
            history.part("models", models()),
            history.part("outbox", stored),
            history.part("uplink", uplink())));
  }

  private static Component loop(FrameLoop.Condition is) {
    if (is.broken()) {
      return component(State.FAILED, "the frame loop has ended; see the log and restart the agent");
    }
    if (is.busyMillis() > STUCK_MILLIS) {
      return component(
          State.FAILED, "the frame loop hangs in one frame for " + is.busyMillis() + " ms");
    }
    if (is.failuresInARow() > 0) {
      return component(
          is.failuresInARow() >= FAILED_IN_A_ROW ? State.FAILED : State.DEGRADED,
          "the last " + is.failuresInARow() + " frames could not be judged: " + is.lastFailure());
    }
    String sinceStart =
        is.failures() == 0
            ? ""
            : is.failures() + " frames since the start could not be judged: " + is.lastFailure();
    if (is.ended()) {
      return component(State.OFF, sinceStart);
    }
    if (is.denials() > 0 && is.lastDenialAgeMillis() < RECENT_MILLIS) {
      return component(
          State.DEGRADED,
          "in %d inspections since the start all checks were due and the cascade had no token left, the last %d s ago: such signs are not accepted; many of them are what an attack on cost looks like%s"
              .formatted(
                  is.denials(),
                  is.lastDenialAgeMillis() / 1000,
                  sinceStart.isEmpty() ? "" : "; " + sinceStart));
    }
    boolean recent = is.failures() > 0 && is.lastFailureAgeMillis() < RECENT_MILLIS;
    return component(recent ? State.DEGRADED : State.OK, sinceStart);
  }

  private static Component camera(SourceHealth.Snapshot source) {
    String detail = source.detail() == null ? "" : source.detail();
    if (source.state() == SourceHealth.State.STREAMING && source.recentlySlow()) {
      return component(
          State.DEGRADED,
          "%d pictures took too long to decode and were given up, %d of them with their thread"
              .formatted(source.slowPictures(), source.leftBehind()));
    }
    return switch (source.state()) {
      case STREAMING -> component(State.OK, detail);
      case CONNECTING -> component(State.DEGRADED, "no frame yet");
      case FAILED -> component(State.FAILED, detail);
      case ENDED ->
          component(
              detail.isEmpty() ? State.OFF : State.FAILED,
              detail.isEmpty() ? "the source has ended" : detail);
    };
  }

  private Component pins() {
    GpioWorker.Status status = gpio.status();
    return component(
        switch (status.state()) {
          case OK -> State.OK;
          case FAILED -> State.FAILED;
          case OFF -> State.OFF;
        },
        status.detail());
  }

  private Component models() {
    Map<String, Integer> delegates = new TreeMap<>();
    List<String> passedOver = new ArrayList<>();
    for (DelegateReport report : identity.delegates()) {
      delegates.merge(report.delegate(), 1, Integer::sum);
      for (DelegateReport.PassedOver one : report.passedOver()) {
        passedOver.add(report.model() + " not on " + one.delegate() + ": " + one.reason());
      }
    }
    List<String> said = new ArrayList<>();
    delegates.forEach((delegate, count) -> said.add(count + " on " + delegate));
    said.addAll(passedOver);
    PromiseWatch promise = watch;
    boolean drift = false;
    if (promise != null && promise.alarms()) {
      drift = true;
      said.add(
          0,
          "clean tracks here score higher than the calibration's, so more than the promised share is suspected: an e-value of up to %.3g, now after %d tracks; calibrate on tracks of these roads"
              .formatted(promise.largestEvidence(), promise.tracks()));
    }
    return component(
        passedOver.isEmpty() && !drift ? State.OK : State.DEGRADED, String.join("; ", said));
  }

  private static Component store(Outbox.Status store, OutboxWriter.Counters counters) {
    String fault = store.fault();
    if (fault != null) {
      String stored =
          store.readable() ? store.depth() + " stored incidents are sent all the same, " : "";
      return component(
          State.FAILED,
          fault
              + "; "
              + stored
              + counters.waiting()
              + " new ones wait in memory, "
              + counters.lost()
              + " were lost");
    }
    return component(store.damage().isEmpty() ? State.OK : State.DEGRADED, store.damage());
  }

  private Component uplink() {
    Telemetry wire = telemetry;
    if (wire == null) {
      return component(State.OFF, "no broker is set");
    }
    MqttLink.Status status = wire.status();
    if (status.state() != MqttLink.State.CONNECTED) {
      String problem = status.problem();
      return component(State.FAILED, problem == null ? "not connected yet" : problem);
    }
    long unanswered = wire.unansweredMillis();
    if (unanswered > UNANSWERED_MILLIS) {
      return component(
          State.DEGRADED,
          "the broker is there, but no incident was acknowledged for "
              + unanswered / 1000
              + " s; is the monitor running?");
    }
    return component(State.OK, "");
  }

  private static Component component(State state, String detail) {
    return new Component(state, Texts.limited(detail, 512));
  }
}
