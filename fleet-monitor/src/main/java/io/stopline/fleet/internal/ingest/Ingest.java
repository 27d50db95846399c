package io.stopline.fleet.internal.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.fleet.internal.store.IncidentStore;
import io.stopline.fleet.internal.store.IncidentStore.Insertion;
import io.stopline.fleet.internal.store.IncidentStore.Latest;
import io.stopline.fleet.internal.store.IncidentStore.NewIncident;
import io.stopline.fleet.internal.store.StoreException;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what devices publish: decoded on the link's handler thread, committed in groups on a thread
 * of its own, acknowledged only then. A message that is not valid, or speaks in another device's
 * name, is counted with its reason and not kept.
 */
public final class Ingest implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Ingest.class);
  private static final int MAX_GROUP = 64;
  private static final int MAX_SEND_ATTEMPTS = 100;
  private static final long SEND_PAUSE_MILLIS = 20;

  private final MqttLink link;
  private final IncidentStore store;
  private final News news;
  private final MessageCodec codec = new MessageCodec();
  private final ObjectMapper mapper = new ObjectMapper();
  // Small, so that a flood waits in the link's bounded queue and not here.
  private final BlockingQueue<NewIncident> accepted = new ArrayBlockingQueue<>(MAX_GROUP);
  private final Thread writer;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong duplicates = new AtomicLong();
  private volatile boolean closed;
  private volatile @Nullable String problem;

  /** Hears of what was stored; must not block. */
  public interface News {
    /** An incident was added. */
    void incident(long key);

    /** Something about a device changed. */
    void device(String device);
  }

  /** Subscribes; the link is to be started afterwards. */
  public Ingest(MqttLink link, IncidentStore store, News news) {
    this.link = link;
    this.store = store;
    this.news = news;
    this.writer = new Thread(this::write, "ingest-writer");
    this.writer.setDaemon(true);
  }

  /** Begins to take messages. */
  public void start() {
    for (Topics.Kind kind :
        List.of(Topics.Kind.BIRTH, Topics.Kind.DEATH, Topics.Kind.HEALTH, Topics.Kind.INCIDENT)) {
      link.subscribe(Topics.ofAllDevices(kind), QualityOfService.AT_LEAST_ONCE, this::arrived);
    }
    writer.start();
  }

  /** Acknowledgements of incidents sent since the start, repeated ones included. */
  public long acknowledged() {
    return acknowledged.get();
  }

  /** Incidents that arrived again after they were stored, since the start. */
  public long duplicates() {
    return duplicates.get();
  }

  /** Why nothing can be stored at the moment, in words; null if all is well. */
  public @Nullable String problem() {
    return problem;
  }

  private void arrived(String topic, byte[] payload) {
    Optional<Topics.Address> address = Topics.parse(topic);
    if (address.isEmpty()) {
      reject("", "unknown", "topic is none of ours");
      return;
    }
    String device = address.get().device();
    Topics.Kind kind = address.get().kind();
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
    } catch (MalformedMessageException e) {
      reject(device, kind.level(), String.valueOf(e.getMessage()));
    } catch (ImpostorException e) {
      reject(device, kind.level(), String.valueOf(e.getMessage()));
    } catch (StoreException e) {
      trouble(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
    return message;
  }

  private void keep(
      Latest kind,
      TelemetryMessage message,
      UUID session,
      @Nullable Long firstSequence,
      @Nullable Long nextSequence)
      throws StoreException {
    store.keepLatest(
        message.device(),
        kind,
        new String(codec.encode(message), UTF_8),
        session,
        firstSequence,
        nextSequence);
    problem = null;
    news.device(message.device());
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
    NewIncident accepting =
        new NewIncident(
            incident.device(),
            incident.id(),
            incident.session(),
            incident.sequence(),
            summary(message),
            message);
    while (!closed && !accepted.offer(accepting, 1, TimeUnit.SECONDS)) {
      LOG.debug("waiting for the writer");
    }
  }

  private String summary(String message) {
    try {
      ObjectNode tree = (ObjectNode) mapper.readTree(message);
      int frames = tree.path("evidence").size();
      tree.remove(List.of("evidence", "guard", "schemaVersion"));
      tree.put("evidenceFrames", frames);
      return mapper.writeValueAsString(tree);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("our own JSON cannot be read", e);
    }
  }

  private void write() {
    List<NewIncident> group = new ArrayList<>();
    try {
      while (!closed) {
        group.clear();
        NewIncident first = accepted.poll(1, TimeUnit.SECONDS);
        if (first == null) {
          continue;
        }
        group.add(first);
        accepted.drainTo(group, MAX_GROUP - 1);
        try {
          List<Insertion> done = store.insert(group);
          problem = null;
          committed(group, done);
        } catch (StoreException e) {
          // Not acknowledged, so the devices keep these and send them again.
          trouble(e);
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void committed(List<NewIncident> group, List<Insertion> done) {
    Map<String, List<UUID>> byDevice = new LinkedHashMap<>();
    for (NewIncident incident : group) {
      byDevice.computeIfAbsent(incident.device(), d -> new ArrayList<>()).add(incident.id());
    }
    byDevice.forEach(
        (device, ids) ->
            send(new Acknowledgement(TelemetryMessage.SCHEMA_VERSION, device, ids, List.of())));
    for (int i = 0; i < done.size(); i++) {
      if (done.get(i).added()) {
        news.incident(done.get(i).key());
      } else {
        duplicates.incrementAndGet();
      }
    }
    byDevice.keySet().forEach(news::device);
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
    LOG.info("rejected {} of '{}': {}", kind, device, reason);
    try {
      store.reject(device, kind, reason.length() > 500 ? reason.substring(0, 500) : reason);
    } catch (StoreException e) {
      trouble(e);
    }
    news.device(device);
  }

  private void trouble(StoreException e) {
    String message = String.valueOf(e.getMessage());
    if (!message.equals(problem)) {
      LOG.error("nothing can be stored: {}", message);
    }
    problem = message;
  }

  @Override
  public void close() {
    closed = true;
    writer.interrupt();
    try {
      writer.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
