package io.stopline.fleet.internal.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.fleet.internal.rate.DeviceLoads;
import io.stopline.fleet.internal.rate.DeviceLoads.Measure;
import io.stopline.fleet.internal.store.IncidentQueries;
import io.stopline.fleet.internal.store.IncidentStore;
import io.stopline.fleet.internal.store.IncidentStore.Latest;
import io.stopline.fleet.internal.store.IncidentStore.LatestMessage;
import io.stopline.fleet.internal.store.IncidentStore.NewIncident;
import io.stopline.telemetry.Acknowledgement;
import io.stopline.telemetry.BirthMessage;
import io.stopline.telemetry.DeathMessage;
import io.stopline.telemetry.HealthMessage;
import io.stopline.telemetry.IncidentMessage;
import io.stopline.telemetry.MalformedMessageException;
import io.stopline.telemetry.MessageCodec;
import io.stopline.telemetry.MqttLink;
import io.stopline.telemetry.MqttLink.QualityOfService;
import io.stopline.telemetry.MqttLinkException;
import io.stopline.telemetry.TelemetryMessage;
import io.stopline.telemetry.Topics;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what devices publish: put into a queue of its own for each device on the link's handler
 * thread, read on a second thread, each device in its turn, committed on a third, acknowledged only
 * then. A message that is not valid, or speaks in another device's name, is counted with its reason
 * and not kept. A message that is dropped because its device sends too many is not acknowledged, so
 * the device sends it again.
 */
public final class Ingest implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Ingest.class);
  private static final int MAX_SEND_ATTEMPTS = 100;
  private static final long SEND_PAUSE_MILLIS = 20;

  private final MqttLink link;
  private final DeviceLoads loads;
  private final LastHeard lastHeard;
  private final MessageCodec codec = new MessageCodec();
  private final ObjectMapper mapper = new ObjectMapper();
  private final DeviceQueues queues = new DeviceQueues();
  private final IngestWriter writer;
  private final Thread reader = new Thread(this::read, "ingest-reader");
  private final AtomicLong acknowledged = new AtomicLong();
  private volatile boolean closed;

  /** Hears of what was stored; must not block. */
  public interface News {
    /** An incident was added. */
    void incident(long key);

    /** Something about a device changed. */
    void device(String device);
  }

  /**
   * An ingest that is not started yet.
   *
   * @param deviceQuota bytes of the database that one device's incidents may fill
   * @param loads counts what is dropped
   * @param lastHeard is told of every valid message
   */
  public Ingest(
      MqttLink link,
      IncidentStore store,
      IncidentQueries queries,
      News news,
      long deviceQuota,
      DeviceLoads loads,
      LastHeard lastHeard) {
    this.link = link;
    this.loads = loads;
    this.lastHeard = lastHeard;
    this.writer = new IngestWriter(store, queries, news, deviceQuota, loads, this::stored);
    reader.setDaemon(true);
  }

  /** Subscribes and begins to take messages; the link is to be started afterwards. */
  public void start() {
    for (Topics.Kind kind :
        List.of(Topics.Kind.BIRTH, Topics.Kind.DEATH, Topics.Kind.HEALTH, Topics.Kind.INCIDENT)) {
      link.subscribe(Topics.ofAllDevices(kind), QualityOfService.AT_LEAST_ONCE, this::arrived);
    }
    writer.start();
    reader.start();
  }

  /** Acknowledgements of incidents sent since the start, repeated ones included. */
  public long acknowledged() {
    return acknowledged.get();
  }

  /** Incidents that arrived again after they were stored, since the start. */
  public long duplicates() {
    return writer.duplicates();
  }

  private void arrived(String topic, byte[] payload) {
    Optional<Topics.Address> address = Topics.parse(topic);
    String device = address.map(Topics.Address::device).orElse("");
    Topics.Kind kind = address.map(Topics.Address::kind).orElse(null);
    String dropped = queues.offer(new DeviceQueues.Message(device, kind, payload));
    if (dropped != null) {
      loads.count(dropped, Measure.DROPPED);
    }
  }

  private void read() {
    try {
      while (!closed) {
        read(queues.take());
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void read(DeviceQueues.Message message) throws InterruptedException {
    String device = message.device();
    Topics.Kind kind = message.kind();
    byte[] payload = message.payload();
    if (kind == null) {
      reject("", "unknown", "topic is none of ours");
      return;
    }
    try {
      switch (kind) {
        case BIRTH -> {
          BirthMessage birth = decode(BirthMessage.class, device, payload);
          keep(Latest.BIRTH, birth, birth.session(), birth.firstSequence(), null);
        }
        case DEATH -> {
          DeathMessage death = decode(DeathMessage.class, device, payload);
          keep(Latest.DEATH, death, death.session(), null, null);
        }
        case HEALTH -> {
          HealthMessage health = decode(HealthMessage.class, device, payload);
          keep(Latest.HEALTH, health, health.session(), null, health.nextSequence());
        }
        case INCIDENT -> accept(decode(IncidentMessage.class, device, payload));
        case ACKNOWLEDGEMENT -> reject(device, kind.level(), "acknowledgements are ours to send");
      }
    } catch (MalformedMessageException | ImpostorException e) {
      reject(device, kind.level(), String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      // One message must not end the thread that reads all of them.
      LOG.error("a message of '{}' cannot be read", device, e);
      reject(device, kind.level(), "cannot be read: " + e.getClass().getSimpleName());
    }
  }

  private static final class ImpostorException extends Exception {
    private static final long serialVersionUID = 1L;

    ImpostorException(String message) {
      super(message);
    }
  }

  private <T extends TelemetryMessage> T decode(Class<T> type, String device, byte[] payload)
      throws MalformedMessageException, ImpostorException {
    T message = codec.decode(type, payload);
    if (!message.device().equals(device)) {
      throw new ImpostorException(
          "speaks for device '" + message.device() + "' in the branch of '" + device + "'");
    }
    lastHeard.heard(device);
    return message;
  }

  private void keep(
      Latest kind,
      TelemetryMessage message,
      UUID session,
      @Nullable Long firstSequence,
      @Nullable Long nextSequence) {
    writer.latest(
        new LatestMessage(
            message.device(),
            kind,
            new String(codec.encode(message), UTF_8),
            session,
            firstSequence,
            nextSequence));
  }

  private void accept(IncidentMessage incident) throws InterruptedException {
    for (int i = 0; i < incident.evidence().size(); i++) {
      try {
        Crops.decode(incident.evidence().get(i).crop());
      } catch (Crops.BadCropException e) {
        String reason = "$.evidence[" + i + "].crop " + e.getMessage();
        reject(incident.device(), Topics.Kind.INCIDENT.level(), reason);
        send(
            new Acknowledgement(
                TelemetryMessage.SCHEMA_VERSION,
                incident.device(),
                List.of(),
                List.of(new Acknowledgement.Refusal(incident.id(), reason))));
        return;
      }
    }
    // Written anew: what is stored is our own JSON, whatever spelling arrived.
    String message = new String(codec.encode(incident), UTF_8);
    writer.incident(
        new NewIncident(
            incident.device(),
            incident.id(),
            incident.session(),
            incident.sequence(),
            summary(message),
            message));
  }

  private String summary(String message) {
    try {
      ObjectNode tree = (ObjectNode) mapper.readTree(message);
      int frames = tree.path("evidence").size();
      int deciding = DecidingFrame.of(tree.path("evidence"), tree.path("decision").asText());
      String seen = tree.path("evidence").path(deciding).at("/sighting/labelName").asText("");
      tree.remove(List.of("evidence", "guard", "schemaVersion"));
      tree.put("evidenceFrames", frames);
      tree.put("evidenceDeciding", deciding);
      if (!seen.isEmpty()) {
        tree.put("seenAs", seen);
      }
      return mapper.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("our own JSON cannot be read", e);
    }
  }

  private void stored(String device, List<UUID> incidents) {
    send(new Acknowledgement(TelemetryMessage.SCHEMA_VERSION, device, incidents, List.of()));
  }

  /** A lost acknowledgement does no harm: the device sends again, and hears again. */
  private void send(Acknowledgement acknowledgement) {
    acknowledged.addAndGet(acknowledgement.stored().size());
    send(
        Topics.of(acknowledgement.device(), Topics.Kind.ACKNOWLEDGEMENT),
        codec.encode(acknowledgement),
        MAX_SEND_ATTEMPTS);
  }

  private void send(String topic, byte[] payload, int attempts) {
    // What goes wrong is dealt with in here.
    CompletableFuture<?> unused =
        link.publish(topic, payload, QualityOfService.AT_LEAST_ONCE)
            .whenComplete(
                (nothing, failure) -> {
                  if (failure instanceof MqttLinkException full
                      && full.reason() == MqttLinkException.Cause.TOO_MANY_IN_FLIGHT
                      && attempts > 1
                      && !closed) {
                    CompletableFuture.delayedExecutor(SEND_PAUSE_MILLIS, TimeUnit.MILLISECONDS)
                        .execute(() -> send(topic, payload, attempts - 1));
                  } else if (failure != null) {
                    LOG.info("not delivered on '{}': {}", topic, failure.getMessage());
                  }
                });
  }

  private void reject(String device, String kind, String reason) {
    queues.refused(device);
    writer.refuse(device, kind, reason);
  }

  @Override
  public void close() {
    closed = true;
    reader.interrupt();
    writer.close();
    try {
      reader.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
