package io.stopline.agent;

import io.stopline.telemetry.Acknowledgement;
import io.stopline.telemetry.BirthMessage;
import io.stopline.telemetry.DeathMessage;
import io.stopline.telemetry.HealthMessage;
import io.stopline.telemetry.IncidentMessage;
import io.stopline.telemetry.MalformedMessageException;
import io.stopline.telemetry.MessageCodec;
import io.stopline.telemetry.MqttLink;
import io.stopline.telemetry.MqttSettings;
import io.stopline.telemetry.PahoMqttLink;
import io.stopline.telemetry.TelemetryMessage;
import io.stopline.telemetry.Topics;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands at the other end of a real broker: keeps what comes, and acknowledges if told to. */
final class TestMonitor implements AutoCloseable {

  final Map<UUID, IncidentMessage> incidents = new ConcurrentHashMap<>();
  final Map<UUID, Integer> receipts = new ConcurrentHashMap<>();
  final List<BirthMessage> births = new CopyOnWriteArrayList<>();
  final List<DeathMessage> deaths = new CopyOnWriteArrayList<>();
  final List<HealthMessage> healths = new CopyOnWriteArrayList<>();
  final List<String> malformed = new CopyOnWriteArrayList<>();
  volatile boolean acknowledging = true;

  private final MessageCodec codec = new MessageCodec();
  private final MqttLink link;

  TestMonitor(URI broker) {
    link =
        new PahoMqttLink(
            MqttSettings.to(broker, "test-monitor-" + UUID.randomUUID())
                .backoff(Duration.ofMillis(50), Duration.ofMillis(200))
                .build());
    for (Topics.Kind kind : Topics.Kind.values()) {
      if (kind != Topics.Kind.ACKNOWLEDGEMENT) {
        link.subscribe(
            Topics.ofAllDevices(kind),
            MqttLink.QualityOfService.AT_LEAST_ONCE,
            (topic, payload) -> take(kind, payload));
      }
    }
    link.start();
  }

  private void take(Topics.Kind kind, byte[] payload) {
    try {
      switch (kind) {
        case BIRTH -> births.add(codec.decode(BirthMessage.class, payload));
        case DEATH -> deaths.add(codec.decode(DeathMessage.class, payload));
        case HEALTH -> healths.add(codec.decode(HealthMessage.class, payload));
        case INCIDENT -> incident(codec.decode(IncidentMessage.class, payload));
        case ACKNOWLEDGEMENT -> throw new IllegalStateException("not subscribed");
      }
    } catch (MalformedMessageException e) {
      malformed.add(e.getMessage());
    }
  }

  private void incident(IncidentMessage incident) {
    incidents.put(incident.id(), incident);
    receipts.merge(incident.id(), 1, Integer::sum);
    if (acknowledging) {
      CompletableFuture<?> unused =
          link.publish(
              Topics.of(incident.device(), Topics.Kind.ACKNOWLEDGEMENT),
              codec.encode(
                  new Acknowledgement(
                      TelemetryMessage.SCHEMA_VERSION,
                      incident.device(),
                      List.of(incident.id()),
                      List.of())),
              MqttLink.QualityOfService.AT_LEAST_ONCE);
    }
  }

  boolean isConnected() {
    return link.isConnected();
  }

  @Override
  public void close() {
    link.close();
  }
}
