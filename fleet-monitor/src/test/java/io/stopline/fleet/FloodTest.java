package io.stopline.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.telemetry.IncidentMessage;
import io.stopline.telemetry.MqttLink.QualityOfService;
import io.stopline.telemetry.Topics;
import io.stopline.testing.FaultTable;
import io.stopline.testing.Mosquitto;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One device that sends without end beside one that reports now and then, through the real broker.
 * {@code -Dstopline.faults=all} floods for a minute.
 */
@Timeout(300)
@Tag("faults")
class FloodTest {

  private static final boolean LONG = FaultTable.inFull();
  private static final Duration FLOOD = Duration.ofSeconds(LONG ? 60 : 3);
  // Below these a processor that others use too decides, and not the monitor.
  private static final double NOISE_MILLIS = 20;

  private static final int SAMPLES = LONG ? 200 : 25;
  private static final int TRIES = 3;

  @TempDir Path folder;

  private TestDevice device(Monitor monitor, String id) throws Exception {
    String password = Files.readString(folder.resolve(id + ".secret")).strip();
    return new TestDevice(monitor.broker(), id, password, null);
  }

  private Monitor monitor(long deviceQuota) throws MonitorException {
    return Monitor.start(
        new MonitorSettings(
            folder.resolve("data"),
            0,
            new MonitorSettings.BrokerSettings.Embedded(0, null),
            "Ada",
            Map.of(
                "steady", folder.resolve("steady.secret"),
                "flood", folder.resolve("flood.secret")),
            deviceQuota));
  }

  @Test
  void aDeviceThatFloodsDoesNotHoldUpAnother() throws Exception {
    try (Monitor monitor = monitor(MonitorSettings.DEFAULT_DEVICE_QUOTA);
        TestDevice steady = device(monitor, "steady").connect();
        TestDevice flood = device(monitor, "flood").connect()) {
      floods("own broker", monitor, steady, flood, Manner.values());
      JsonNode health =
          new PageClient(monitor.page())
              .await("/api/health", h -> load(h, "flood").path("slowed").asLong() > 0);
      assertThat(health.path("status").asText()).isEqualTo("degraded");
    }
  }

  /** A broker that limits nobody: what holds then is the monitor's own. */
  @Test
  void behindAnExternalBrokerNeither() throws Exception {
    Assumptions.assumeTrue(LONG, "an external broker is flooded with -Dstopline.faults=all");
    try (Mosquitto broker =
        new Mosquitto(folder, "allow_anonymous true", "max_queued_messages 4000")) {
      broker.start();
      MonitorSettings settings =
          new MonitorSettings(
              folder.resolve("data"),
              0,
              new MonitorSettings.BrokerSettings.External(broker.uri(), null, null, null, false),
              "Ada",
              Map.of());
      try (Monitor monitor = Monitor.start(settings);
          TestDevice steady = new TestDevice(broker.uri(), "steady", null, null).connect();
          TestDevice flood = new TestDevice(broker.uri(), "flood", null, null).connect()) {
        new PageClient(monitor.page())
            .await("/api/health", h -> h.path("broker").path("state").asText().equals("CONNECTED"));
        // What asks for no confirmation such a broker drops by itself, of whomever.
        floods("Mosquitto", monitor, steady, flood, Manner.CONFIRMED);
      }
    }
  }

  private void floods(
      String broker, Monitor monitor, TestDevice steady, TestDevice flood, Manner... manners)
      throws Exception {
    PageClient page = new PageClient(monitor.page());
    AtomicLong sequence = new AtomicLong(1);
    acknowledgementMillis(steady, sequence, 30, () -> true);
    for (Manner manner : manners) {
      // A machine that others use too may get slower meanwhile: only what is too slow three times
      // is the monitor's doing.
      for (int tries = 1; !holds(broker, page, steady, flood, manner, sequence); tries++) {
        assertThat(tries).as("%s held up the other device", manner).isLessThan(TRIES);
      }
    }
    JsonNode health = page.json("/api/health");
    assertThat(load(health, "steady").isMissingNode()).isTrue();
    assertThat(load(health, "flood").path("dropped").asLong()).isPositive();
    assertThat(health.path("broker").path("overflowed").asLong()).isZero();
    // Thousands were read and refused; what is kept of it does not grow.
    assertThat(kept("flood")).isLessThanOrEqualTo(50);
    assertThat(health.path("rejected").asLong()).isGreaterThan(kept("flood"));
  }

  private static boolean holds(
      String broker,
      PageClient page,
      TestDevice steady,
      TestDevice flood,
      Manner manner,
      AtomicLong sequence)
      throws Exception {
    List<Double> quiet = acknowledgementMillis(steady, sequence, SAMPLES, () -> true);

    long end = System.nanoTime() + FLOOD.toNanos();
    BooleanSupplier going = () -> System.nanoTime() - end < 0;
    AtomicLong sent = new AtomicLong();
    Thread flooder = new Thread(() -> flood(flood, manner, going, sent), "flooder");
    flooder.start();
    List<Double> flooded = acknowledgementMillis(steady, sequence, Integer.MAX_VALUE, going);
    flooder.join();

    FaultTable.add(
        "monitor",
        "one device floods for %d s (%s, %s)".formatted(FLOOD.toSeconds(), broker, manner),
        "others lose 61,328 of 100,000 and wait 0.07 to 4.1 s",
        String.format(
            Locale.ROOT,
            "another's acknowledgement: %.1f ms quiet (median of %d), %.1f ms flooded (median of %d;"
                + " 95 %%: %.1f ms, longest %.1f ms); the flooder sent %d: %s",
            quantile(quiet, 0.5),
            quiet.size(),
            quantile(flooded, 0.5),
            flooded.size(),
            quantile(flooded, 0.95),
            quantile(flooded, 1),
            sent.get(),
            load(page.json("/api/health"), "flood")));
    return quantile(flooded, 0.5) <= Math.max(2 * quantile(quiet, 0.5), NOISE_MILLIS);
  }

  private long kept(String device) throws SQLException {
    try (Connection database =
            DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("data/incidents.db"));
        PreparedStatement query =
            database.prepareStatement("SELECT count(*) FROM rejection WHERE device = ?")) {
      query.setString(1, device);
      try (ResultSet row = query.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    }
  }

  /** Ways to send too much. */
  private enum Manner {
    /** Junk, small and large, and valid messages, each confirmed by the broker. */
    CONFIRMED,
    /** Junk that asks for no confirmation, so that nothing slows the sender down. */
    UNCONFIRMED
  }

  private static void flood(
      TestDevice device, Manner manner, BooleanSupplier going, AtomicLong sent) {
    byte[] junk = "{\"junk\":true}".getBytes(StandardCharsets.UTF_8);
    byte[] big = new byte[60_000];
    byte[] valid = TestDevice.CODEC.encode(device.incident(1));
    String topic = Topics.of(device.id, Topics.Kind.INCIDENT);
    QualityOfService quality =
        manner == Manner.CONFIRMED ? QualityOfService.AT_LEAST_ONCE : QualityOfService.AT_MOST_ONCE;
    for (int i = 0; going.getAsBoolean(); i++) {
      byte[] payload = i % 50 == 0 ? valid : i % 10 == 0 ? big : junk;
      CompletableFuture<?> published = device.link.publish(topic, payload, quality);
      if (published.isCompletedExceptionally()) {
        LockSupport.parkNanos(1_000_000);
      } else {
        sent.incrementAndGet();
      }
    }
  }

  private static List<Double> acknowledgementMillis(
      TestDevice device, AtomicLong sequence, int most, BooleanSupplier going) throws Exception {
    List<Double> millis = new ArrayList<>();
    while (millis.size() < most && going.getAsBoolean()) {
      IncidentMessage incident = device.incident(sequence.getAndIncrement());
      long begun = System.nanoTime();
      device.send(incident).get(60, TimeUnit.SECONDS);
      assertThat(device.acknowledgements.poll(60, TimeUnit.SECONDS)).isNotNull();
      millis.add((System.nanoTime() - begun) / 1e6);
      Thread.sleep(5);
    }
    return millis;
  }

  private static double quantile(List<Double> values, double share) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get((int) Math.min(sorted.size() - 1, Math.floor(share * sorted.size())));
  }

  private static JsonNode load(JsonNode health, String device) {
    for (JsonNode load : health.path("loads")) {
      if (load.path("device").asText().equals(device)) {
        return load;
      }
    }
    return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
  }

  @Test
  void aDeviceFillsItsShareOfTheDiskAndNoMoreAndLosesNothing() throws Exception {
    try (Monitor monitor = monitor(200_000);
        TestDevice steady = device(monitor, "steady").connect();
        TestDevice flood = device(monitor, "flood").connect()) {
      PageClient page = new PageClient(monitor.page());
      List<IncidentMessage> incidents = new ArrayList<>();
      int bytes = 0;
      for (int i = 0; bytes < 400_000; i++) {
        incidents.add(flood.incident(i));
        bytes += TestDevice.CODEC.encode(incidents.get(i)).length;
      }
      for (IncidentMessage incident : incidents) {
        flood.send(incident).get(60, TimeUnit.SECONDS);
      }
      page.await("/api/health", h -> load(h, "flood").path("overQuota").asLong() > 0);
      IncidentMessage other = steady.incident(1);
      steady.send(other).get(60, TimeUnit.SECONDS);
      assertThat(steady.acknowledgements.poll(60, TimeUnit.SECONDS)).isNotNull();

      int stored = flood.stored.size();
      assertThat(stored).isBetween(incidents.size() / 4, incidents.size() * 3 / 4);
      // What did not fit was neither stored nor refused for good.
      assertThat(flood.acknowledgements).allMatch(answer -> answer.refused().isEmpty());
      page.await("/api/rejections", r -> r.toString().contains("share of the disk"));
      // What is stored already is acknowledged still.
      flood.stored.clear();
      flood.send(incidents.get(0)).get(60, TimeUnit.SECONDS);
      while (!flood.stored.containsKey(incidents.get(0).id())) {
        assertThat(flood.acknowledgements.poll(60, TimeUnit.SECONDS)).isNotNull();
      }
    }
  }
}
