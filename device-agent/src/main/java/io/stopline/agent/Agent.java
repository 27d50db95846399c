package io.stopline.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.agent.gpio.GpioWorker;
import io.stopline.agent.outbox.Outbox;
import io.stopline.agent.outbox.OutboxWriter;
import io.stopline.agent.source.Backoff;
import io.stopline.agent.source.Capture;
import io.stopline.agent.source.FrameSource;
import io.stopline.agent.source.LatestFrame;
import io.stopline.agent.source.SourceHealth;
import io.stopline.config.Bundle;
import io.stopline.config.DeviceProfile;
import io.stopline.config.GuardFactory;
import io.stopline.config.ReadyGuard;
import io.stopline.sdk.calibration.PromiseWatch;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.pipeline.FramePipeline;
import io.stopline.sdk.pipeline.PipelineTuning;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.telemetry.BundleIdentity;
import io.stopline.telemetry.DelegateReport;
import io.stopline.telemetry.HealthMessage;
import io.stopline.telemetry.MessageCodec;
import io.stopline.telemetry.MqttLink;
import io.stopline.telemetry.MqttSettings;
import io.stopline.telemetry.PahoMqttLink;
import java.io.InputStream;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One agent: camera, frame loop, pins, outbox and telemetry, each on threads of their own, put
 * together and taken apart in order.
 */
final class Agent implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Agent.class);

  private final AgentIdentity identity;
  private final ReadyGuard guard;
  private final LatestFrame mailbox = new LatestFrame();
  private final SourceHealth sourceHealth;
  private final Capture capture;
  private final Outbox outbox;
  private final OutboxWriter writer;
  private final GpioWorker gpio;
  private final @Nullable Telemetry telemetry;
  private final FrameLoop loop;
  private final AgentHealth health;
  private final EventLog events;
  private final long healthMillis;
  private final Thread watchdog = new Thread(this::watch, "stopline-watchdog");
  private volatile boolean watching = true;
  private boolean closed;

  /**
   * Loads the bundle and opens everything, without starting any thread that acts.
   *
   * @param events closed with the agent
   * @throws BadSetupException if the settings can never work
   * @throws io.stopline.config.ConfigException if the bundle cannot be used
   */
  Agent(AgentSettings settings, InputStream standardInput, EventLog events) {
    this.events = events;
    byte[] key = SecretFiles.seedKey(settings.state());
    Bundle bundle = Bundle.load(settings.bundle());
    DeviceProfile profile = bundle.profile(settings.profile());
    FrameSource source = settings.source().open(standardInput);
    this.guard =
        GuardFactory.create(
            bundle,
            settings.policy(),
            GuardFactory.options(profile),
            new InspectionSeeds(key, new SecureRandom().nextLong()));
    this.identity =
        new AgentIdentity(
            settings.device(),
            UUID.randomUUID(),
            Instant.now(),
            Version.current(),
            new BundleIdentity(Texts.required(bundle.name(), 128), bundle.sha256()),
            delegates(guard),
            settings.place() != null ? settings.place() : profile.place());
    this.sourceHealth =
        new SourceHealth(source.name(), settings.source().stallMillis(), System::nanoTime);
    Double rate = settings.source().framesPerSecond();
    this.capture =
        new Capture(
            source,
            mailbox,
            sourceHealth,
            settings.source().pace(),
            rate == null ? profile.framesPerSecond() : rate,
            InstantSource.system(),
            new Backoff(250, 10_000));
    MessageCodec codec = new MessageCodec();
    this.outbox =
        new Outbox(
            settings.state().resolve("outbox.db"),
            identity.session(),
            settings.outboxBytes(),
            InstantSource.system());
    MqttSettings broker = settings.broker();
    Telemetry wire =
        broker == null
            ? null
            : new Telemetry(
                identity,
                codec,
                outbox,
                settings.retry(),
                will -> (MqttLink) new PahoMqttLink(broker, will));
    this.telemetry = wire;
    this.writer =
        new OutboxWriter(
            outbox,
            settings.spill(),
            new Backoff(500, 30_000),
            ids -> {
              events.accepted(ids);
              if (wire != null) {
                wire.wake();
              }
            });
    this.gpio =
        new GpioWorker(
            settings.gpio(),
            settings.heartbeatPin() != null
                ? settings.heartbeatPin()
                : profile.heartbeatPin().orElse(17),
            settings.alarmPin() != null ? settings.alarmPin() : profile.alarmPin().orElse(27));
    PipelineTuning tuning = PipelineTuning.standard();
    PromiseWatch watch = promiseWatch(bundle, guard.guard().policy());
    FrameJudge judge =
        settings.wholeImage()
            ? new WholeImageJudge(guard.guard()::inspect, tuning)
            : FrameJudge.ofScenes(pipeline(guard, tuning, profile, watch));
    this.loop =
        new FrameLoop(mailbox, judge, new IncidentEncoder(identity, codec), writer, gpio, events);
    this.health =
        new AgentHealth(
            identity,
            sourceHealth,
            mailbox,
            loop,
            gpio,
            outbox,
            writer,
            wire,
            watch,
            InstantSource.system());
    this.healthMillis = settings.healthInterval().toMillis();
  }

  private static FramePipeline pipeline(
      ReadyGuard guard,
      PipelineTuning tuning,
      DeviceProfile profile,
      @Nullable PromiseWatch watch) {
    GuardPolicy policy = guard.guard().policy();
    FramePipeline pipeline =
        new FramePipeline(
            guard.finder(), guard.guard()::inspect, tuning, policy.witnesses(), guard.witnesses());
    // Where nothing is ever released, nothing is missing at the decision point.
    pipeline.decideAt(policy.track().release() == null ? null : profile.decisionPoint());
    if (watch != null) {
      pipeline.watch(watch);
    }
    return pipeline;
  }

  private static @Nullable PromiseWatch promiseWatch(Bundle bundle, GuardPolicy policy) {
    double level = policy.track().watch();
    return level == 0
        ? null
        : new PromiseWatch(bundle.calibration(bundle.policy(policy.name())).calibration(), level);
  }

  private static List<DelegateReport> delegates(ReadyGuard guard) {
    List<DelegateReport> reports = new ArrayList<>();
    for (ReadyGuard.Member member : guard.members()) {
      List<DelegateReport.PassedOver> passedOver = new ArrayList<>();
      member.passedOver().stream()
          .limit(16)
          .forEach(
              p ->
                  passedOver.add(
                      new DelegateReport.PassedOver(
                          Texts.required(p.delegate(), 128), Texts.limited(p.reason(), 512))));
      reports.add(
          new DelegateReport(
              Texts.required(member.model(), 128),
              Texts.required(member.delegate(), 128),
              passedOver));
    }
    return reports;
  }

  /** Starts everything; returns at once. */
  void start() {
    writer.start();
    if (telemetry != null) {
      telemetry.start();
    }
    gpio.start();
    loop.start();
    capture.start();
    watchdog.setDaemon(true);
    watchdog.start();
  }

  private void watch() {
    boolean reported = false;
    long nextHealth = System.nanoTime();
    while (watching) {
      try {
        TimeUnit.MILLISECONDS.sleep(500);
        long stuck = loop.busyMillis();
        if (stuck > AgentHealth.STUCK_MILLIS && !reported) {
          log.error(
              "the frame loop hangs in one frame for {} ms; the heartbeat stands still", stuck);
          reported = true;
        } else if (stuck <= AgentHealth.STUCK_MILLIS && reported) {
          log.info("the frame loop goes on");
          reported = false;
        }
        // Also between messages, or a component's time would be too late.
        health.message();
        if (System.nanoTime() - nextHealth >= 0) {
          nextHealth = System.nanoTime() + healthMillis * 1_000_000L;
          sendHealth();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException | Error e) {
        log.error("the watchdog failed once and goes on", e);
      }
    }
  }

  private void sendHealth() {
    try {
      if (telemetry != null) {
        telemetry.health(health());
      }
    } catch (RuntimeException e) {
      log.error("health could not be sent", e);
    }
  }

  /** How the agent is. Never waits for disk or network. */
  HealthMessage health() {
    return health.message();
  }

  /** The same for people and scripts on the device, with what the fleet need not know. */
  ObjectNode status() {
    HealthMessage health = health();
    ObjectNode node = events.event("status");
    node.put("device", identity.device());
    node.put("session", identity.session().toString());
    node.put("pid", ProcessHandle.current().pid());
    node.put("version", identity.version());
    node.put("at", health.at().toString());
    node.put("bundle", identity.bundle().name());
    node.put("bundleSha256", identity.bundle().sha256());
    node.put("policy", guard.guard().identity().policy());
    ObjectNode frames = node.putObject("frames");
    frames.put("seen", health.frames().seen());
    frames.put("inspected", health.frames().inspected());
    frames.put("dropped", health.frames().dropped());
    frames.put("suspect", loop.suspectFrames());
    frames.put("failed", loop.failures());
    SourceHealth.Snapshot source = sourceHealth.snapshot();
    frames.put("refused", source.badPictures());
    frames.put("slow", source.slowPictures());
    frames.put("leftBehind", source.leftBehind());
    HealthMessage.Components components = health.components();
    if (components != null) {
      ObjectNode parts = node.putObject("components");
      put(parts.putObject("loop"), components.loop());
      put(parts.putObject("camera"), components.camera());
      put(parts.putObject("models"), components.models());
      put(parts.putObject("outbox"), components.outbox());
      put(parts.putObject("uplink"), components.uplink());
    }
    put(node.putObject("camera"), health.camera());
    put(node.putObject("gpio"), health.gpio());
    OutboxWriter.Counters counters = writer.counters();
    ObjectNode box = node.putObject("outbox");
    put(box, health.outbox().store());
    box.put("depth", health.outbox().depth());
    box.put("bytes", health.outbox().bytes());
    box.put("dropped", health.outbox().dropped());
    box.put("accepted", counters.accepted());
    box.put("waitingInMemory", counters.waiting());
    box.put("nextSequence", health.nextSequence());
    ObjectNode broker = node.putObject("broker");
    if (telemetry == null) {
      broker.put("state", "OFF");
    } else {
      MqttLink.Status status = telemetry.status();
      broker.put("state", status.state().name());
      broker.put("problem", status.problem());
      broker.put("connections", status.connections());
      broker.put("sent", telemetry.counters().sent());
      broker.put("acknowledged", telemetry.counters().acknowledged());
      broker.put("refused", telemetry.counters().refused());
    }
    node.putObject("sightings").put("noSign", loop.noSigns()).put("discarded", loop.discarded());
    node.put("incidents", health.incidents());
    node.put("eventsLost", events.lost());
    var delegates = node.putArray("delegates");
    for (DelegateReport report : identity.delegates()) {
      ObjectNode one = delegates.addObject();
      one.put("model", report.model());
      one.put("delegate", report.delegate());
      var passedOver = one.putArray("passedOver");
      for (DelegateReport.PassedOver p : report.passedOver()) {
        passedOver.addObject().put("delegate", p.delegate()).put("reason", p.reason());
      }
    }
    return node;
  }

  private static void put(ObjectNode node, HealthMessage.Component component) {
    node.put("state", component.state().name());
    node.put("detail", component.detail());
  }

  private static void put(ObjectNode node, HealthMessage.Part part) {
    node.put("state", part.state().name());
    node.put("detail", part.detail());
    node.put("since", part.since().toString());
  }

  /** Whether a finite source has ended and all its frames were judged. */
  boolean isDone() {
    return loop.isDone();
  }

  /** Whether nothing waits: not in memory, and, if there is a broker, not in the outbox. */
  boolean isDrained() {
    Outbox.Status store = outbox.status();
    return writer.counters().waiting() == 0
        && (telemetry == null
            || (store.fault() == null && store.depth() == 0 && store.left() == 0));
  }

  /** Ends everything in order: no frame, then no incident, then no message is left half done. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    capture.close();
    loop.close();
    gpio.close();
    writer.close();
    watching = false;
    watchdog.interrupt();
    if (telemetry != null) {
      sendHealth();
      telemetry.close();
    }
    ObjectNode end = status();
    end.put("type", "end");
    events.write(end);
    events.close();
    outbox.close();
    if (loop.isDone()) {
      guard.close();
    }
  }
}
