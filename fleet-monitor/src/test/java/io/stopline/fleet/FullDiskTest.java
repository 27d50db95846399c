package io.stopline.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.fleet.MonitorSettings.BrokerSettings;
import io.stopline.telemetry.IncidentMessage;
import io.stopline.testing.FaultTable;
import io.stopline.testing.SmallDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole monitor, its data on a disk of 64 MiB that fills and empties. */
@Timeout(300)
@Tag("faults")
class FullDiskTest {

  private static final int MEBIBYTES = 64;
  private static final int GROUP = 12;

  @TempDir Path folder;

  private MonitorSettings settings(SmallDisk disk) {
    return new MonitorSettings(
        disk.folder().resolve("data"),
        0,
        new BrokerSettings.Embedded(0, null),
        "Ada",
        Map.of("car-1", folder.resolve("secret")));
  }

  private TestDevice device(Monitor monitor) throws Exception {
    return new TestDevice(
            monitor.broker(), "car-1", Files.readString(folder.resolve("secret")).strip(), null)
        .connect();
  }

  private static PageClient page(Monitor monitor) {
    return new PageClient(monitor.page());
  }

  @Test
  void whatIsAcceptedIsStoredAlthoughTheDiskFillsFiveTimes() throws Exception {
    int rounds = FaultTable.inFull() ? 5 : 2;
    int refusedDecisions = 0;
    int keptDecisions = 0;
    try (SmallDisk disk = SmallDisk.tmpfs(folder.resolve("disk"), "size=" + MEBIBYTES + "m");
        Monitor monitor = Monitor.start(settings(disk));
        TestDevice device = device(monitor);
        Reader reader = new Reader(monitor)) {
      PageClient page = page(monitor);
      List<IncidentMessage> incidents = new ArrayList<>();
      Set<UUID> confirmed = new HashSet<>();
      for (int round = 1; round <= rounds; round++) {
        add(device, incidents);
        sendUntilStored(device, incidents);
        IncidentMessage known = incidents.get(incidents.size() - 1);

        disk.fill();
        int before = device.stored.size();
        add(device, incidents);
        JsonNode health = sendUntilDegraded(device, page, incidents);
        assertThat(health.path("store").path("problem").asText())
            .contains("the disk is full")
            .contains(disk.folder().toString())
            .contains("free some, and storing goes on by itself");
        assertThat(health.path("store").path("freeBytes").asLong()).isLessThan(64 * 1024);
        assertThat(health.path("status").asText()).isEqualTo("degraded");
        // What is said to be stored is there, and what is said to have failed is not.
        int answer = confirm(page, known);
        assertThat(answer).isIn(201, 503);
        if (answer == 201) {
          confirmed.add(known.id());
          keptDecisions++;
        } else {
          refusedDecisions++;
        }
        JsonNode open = page.json("/api/incidents/" + known.id());
        assertThat(open.path("evidence")).hasSize(4);
        assertThat(open.path("reviews")).hasSize(answer == 201 ? 1 : 0);
        assertThat(stored(page)).containsAll(device.stored.keySet());
        assertThat(before).isLessThanOrEqualTo(device.stored.size());

        disk.free();
        page.await("/api/health", h -> h.path("status").asText().equals("ok"));
        sendUntilStored(device, incidents);
        if (confirmed.add(known.id())) {
          assertThat(confirm(page, known)).isEqualTo(201);
        }
      }

      Set<UUID> sent = new HashSet<>();
      incidents.forEach(incident -> sent.add(incident.id()));
      assertThat(stored(page)).isEqualTo(sent);
      assertThat(device.stored.keySet()).isEqualTo(sent);
      for (UUID id : confirmed) {
        assertThat(page.json("/api/incidents/" + id).path("reviews")).hasSize(1);
      }
      FaultTable.add(
          "monitor",
          "disk of %d MiB filled and freed %d times".formatted(MEBIBYTES, rounds),
          "503 until a restart; false reports of failed writes",
          "sent "
              + sent.size()
              + ", acknowledged "
              + device.stored.size()
              + ", stored "
              + stored(page).size()
              + "; decisions while full: kept "
              + keptDecisions
              + ", refused "
              + refusedDecisions
              + "; page asked "
              + reader.asked.get()
              + " times, failed "
              + reader.failed.get()
              + "; restarts 0");
      assertThat(reader.failed.get()).as("%s", reader.failure).isZero();
    }
  }

  @Test
  void aMonitorStartsOnAFullDiskShowsWhatItHasAndGoesOnWhenThereIsRoom() throws Exception {
    try (SmallDisk disk = SmallDisk.tmpfs(folder.resolve("disk"), "size=16m")) {
      IncidentMessage first;
      try (Monitor monitor = Monitor.start(settings(disk));
          TestDevice device = device(monitor)) {
        first = device.incident(1);
        sendUntilStored(device, List.of(first));
        assertThat(page(monitor).json("/api/health").path("store").path("brokerBytes").asLong())
            .isBetween(1L, 64L * 1024);
        disk.fill();
      }
      try (Monitor monitor = Monitor.start(settings(disk));
          TestDevice device = device(monitor)) {
        PageClient page = page(monitor);
        assertThat(page.json("/api/incidents/" + first.id()).path("evidence")).hasSize(4);
        List<IncidentMessage> more = new ArrayList<>(List.of(device.incident(2)));
        assertThat(sendUntilDegraded(device, page, more).path("status").asText())
            .isEqualTo("degraded");
        assertThat(stored(page)).contains(first.id()).hasSize(1 + device.stored.size());

        disk.free();
        sendUntilStored(device, more);
        assertThat(stored(page)).hasSize(1 + more.size());
        page.await("/api/health", h -> h.path("status").asText().equals("ok"));
      }
    }
  }

  /** Asks for the page's lists all the time, as an open page does. */
  private static final class Reader implements AutoCloseable {

    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Thread thread;
    private volatile String failure = "";

    Reader(Monitor monitor) {
      PageClient page = page(monitor);
      thread =
          new Thread(
              () -> {
                while (!ended.get()) {
                  for (String path : List.of("/api/incidents", "/api/devices", "/api/health")) {
                    asked.incrementAndGet();
                    try {
                      page.json(path);
                    } catch (Exception e) {
                      failed.incrementAndGet();
                      failure = e.toString();
                    }
                  }
                }
              });
      thread.start();
    }

    @Override
    public void close() {
      ended.set(true);
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void add(TestDevice device, List<IncidentMessage> incidents) {
    for (int i = 0; i < GROUP; i++) {
      incidents.add(device.incident(incidents.size() + 1L));
    }
  }

  private static int confirm(PageClient page, IncidentMessage incident) throws Exception {
    return page.post(
        "/api/incidents/" + incident.id() + "/review",
        "{\"verdict\":\"CONFIRM\",\"reason\":\"stickers\",\"version\":0}",
        "X-Stopline-Token",
        page.token());
  }

  private static Set<UUID> stored(PageClient page) throws Exception {
    Set<UUID> ids = new HashSet<>();
    page.json("/api/incidents?limit=500")
        .path("incidents")
        .forEach(incident -> ids.add(UUID.fromString(incident.path("id").asText())));
    return ids;
  }

  private static void send(TestDevice device, List<IncidentMessage> incidents) {
    for (IncidentMessage incident : incidents) {
      if (!device.stored.containsKey(incident.id())) {
        CompletableFuture<?> unused = device.send(incident);
      }
    }
  }

  /** As an outbox does: again and again, until the monitor's own word. */
  private static void sendUntilStored(TestDevice device, List<IncidentMessage> incidents)
      throws InterruptedException {
    Set<UUID> ids = new HashSet<>();
    incidents.forEach(incident -> ids.add(incident.id()));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!device.stored.keySet().containsAll(ids)) {
      assertThat(System.nanoTime()).as("all acknowledged").isLessThan(deadline);
      send(device, incidents);
      while (device.acknowledgements.poll(1, TimeUnit.SECONDS) != null
          && !device.stored.keySet().containsAll(ids)) {
        // Only after some silence, or every answer would bring the whole group again.
      }
    }
  }

  /** The log may have room for some more; then the monitor says what is wrong. */
  private static JsonNode sendUntilDegraded(
      TestDevice device, PageClient page, List<IncidentMessage> incidents) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      assertThat(System.nanoTime()).as("health degraded").isLessThan(deadline);
      send(device, incidents);
      if (incidents.stream().allMatch(i -> device.stored.containsKey(i.id()))) {
        add(device, incidents);
      }
      JsonNode health = page.json("/api/health");
      if (!health.path("store").path("problem").isNull()) {
        return health;
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }
}
