package io.stopline.agent;

import io.stopline.agent.outbox.Outbox;
import io.stopline.agent.outbox.OutboxSender;
import io.stopline.agent.outbox.Uplink;
import io.stopline.telemetry.Acknowledgement;
import io.stopline.telemetry.BirthMessage;
import io.stopline.telemetry.DeathMessage;
import io.stopline.telemetry.HealthMessage;
import io.stopline.telemetry.MalformedMessageException;
import io.stopline.telemetry.MessageCodec;
import io.stopline.telemetry.MqttLink;
import io.stopline.telemetry.TelemetryMessage;
import io.stopline.telemetry.Topics;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's side of the wire: birth on every connect, last will, farewell, health, incidents out
 * of the outbox, and the monitor's acknowledgements back into it.
 */
final class Telemetry implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Telemetry.class);

  /** A disk that takes longer must not keep the monitor from hearing of it. */
  private static final int OUTBOX_SECONDS = 10;

  private final AgentIdentity agent;
  private final MessageCodec codec;
  private final MqttLink link;
  private final OutboxSender sender;
  private final Outbox outbox;
  private final Thread starter = new Thread(this::begin, "stopline-telemetry-start");
  private volatile long firstSequence;
  private volatile long connection;
  private volatile boolean closing;

  /**
   * Takes ownership of the link, which is not started yet.
   *
   * @param makeLink gives the link for a last will
   */
  Telemetry(
      AgentIdentity agent,
      MessageCodec codec,
      Outbox outbox,
      OutboxSender.Pace pace,
      Function<MqttLink.LastWill, MqttLink> makeLink) {
    this.agent = agent;
    this.codec = codec;
    this.outbox = outbox;
    this.link =
        makeLink.apply(
            number ->
                new MqttLink.Will(
                    Topics.of(agent.device(), Topics.Kind.DEATH),
                    codec.encode(death(number, DeathMessage.Cause.LOST))));
    this.sender = new OutboxSender(outbox, new Line(), pace);
  }

  private final class Line implements Uplink {
    @Override
    public boolean isConnected() {
      return link.isConnected();
    }

    @Override
    public long connection() {
      return connection;
    }

    @Override
    public boolean send(byte[] incident) {
      CompletableFuture<@Nullable Void> published =
          link.publish(
              Topics.of(agent.device(), Topics.Kind.INCIDENT),
              incident,
              MqttLink.QualityOfService.AT_LEAST_ONCE);
      // The broker's word is not waited for: it proves nothing, the monitor's does.
      return !published.isCompletedExceptionally();
    }
  }

  /** Starts in the background, since the birth says where the outbox's numbers stand. */
  void start() {
    starter.setDaemon(true);
    starter.start();
  }

  private void begin() {
    try {
      if (!outbox.awaitOpened(OUTBOX_SECONDS, TimeUnit.SECONDS)) {
        log.error("the outbox is not open after {} s; the monitor is told so", OUTBOX_SECONDS);
      }
      firstSequence = outbox.firstSequence();
      connect();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void connect() {
    link.addListener(
        new MqttLink.Listener() {
          @Override
          public void connected(long number) {
            connection = number;
            log.info("connected to the broker");
            say(birth(number), Topics.Kind.BIRTH, true);
            sender.wake();
          }

          @Override
          public void disconnected(String problem) {
            if (!closing) {
              log.warn("no connection to the broker, trying again: {}", problem);
            }
          }
        });
    link.subscribe(
        Topics.of(agent.device(), Topics.Kind.ACKNOWLEDGEMENT),
        MqttLink.QualityOfService.AT_LEAST_ONCE,
        (topic, payload) -> acknowledged(payload));
    sender.start();
    link.start();
  }

  private void acknowledged(byte[] payload) {
    try {
      Acknowledgement answer = codec.decode(Acknowledgement.class, payload);
      if (!answer.device().equals(agent.device())) {
        log.warn("an acknowledgement for device '{}' came here; ignored", answer.device());
        return;
      }
      answer.stored().forEach(sender::stored);
      answer.refused().forEach(refusal -> sender.refused(refusal.id(), refusal.reason()));
    } catch (MalformedMessageException e) {
      log.warn("an acknowledgement cannot be read and is ignored: {}", e.getMessage());
    }
  }

  /** Says that the outbox has something new. */
  void wake() {
    sender.wake();
  }

  void health(HealthMessage message) {
    if (link.isConnected()) {
      say(message, Topics.Kind.HEALTH, false);
    }
  }

  MqttLink.Status status() {
    return link.status();
  }

  OutboxSender.Counters counters() {
    return sender.counters();
  }

  /** For how long incidents have been sent without any answer, ms; 0 if none waits for one. */
  long unansweredMillis() {
    return sender.unansweredMillis();
  }

  private CompletableFuture<@Nullable Void> publish(
      TelemetryMessage message, Topics.Kind kind, boolean retain) {
    try {
      return link.publish(
          Topics.of(agent.device(), kind),
          codec.encode(message),
          MqttLink.QualityOfService.AT_LEAST_ONCE,
          retain);
    } catch (IllegalArgumentException e) {
      log.error("a {} message is not valid and was not sent: {}", kind, e.getMessage());
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Publishes; a failure is only logged, since a lost connection brings a new birth and health. */
  private void say(TelemetryMessage message, Topics.Kind kind, boolean retain) {
    CompletableFuture<?> unused =
        publish(message, kind, retain)
            .whenComplete(
                (done, problem) -> {
                  if (problem != null) {
                    log.warn("a {} message was not confirmed: {}", kind, problem.getMessage());
                  }
                });
  }

  private BirthMessage birth(long number) {
    return new BirthMessage(
        TelemetryMessage.SCHEMA_VERSION,
        agent.device(),
        agent.session(),
        number,
        agent.startedAt(),
        Instant.now(),
        agent.version(),
        agent.bundle(),
        agent.delegates(),
        firstSequence);
  }

  private DeathMessage death(long number, DeathMessage.Cause cause) {
    return new DeathMessage(
        TelemetryMessage.SCHEMA_VERSION, agent.device(), agent.session(), number, cause);
  }

  /** Says farewell and disconnects; takes at most some seconds. */
  @Override
  public void close() {
    closing = true;
    starter.interrupt();
    try {
      starter.join(1_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    sender.close();
    if (link.isConnected()) {
      try {
        publish(death(connection, DeathMessage.Cause.STOPPED), Topics.Kind.DEATH, true)
            .get(1, TimeUnit.SECONDS);
      } catch (ExecutionException | TimeoutException e) {
        log.warn("the farewell may not have reached the broker: {}", e.toString());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    link.close();
  }
}
