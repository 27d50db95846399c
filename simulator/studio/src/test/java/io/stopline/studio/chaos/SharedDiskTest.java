package io.stopline.studio.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.testing.FaultTable;
import io.stopline.testing.FreePort;
import io.stopline.testing.SmallDisk;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Agent and monitor as real processes on one disk of 64 MiB that something else fills and frees
 * while incidents come: what the agent has accepted is stored in the end, nobody is restarted, and
 * the page can be read all the time.
 */
@Tag("faults")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class SharedDiskTest {

  private static final int TRACKS = 200;
  private static final int ROUNDS = 5;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void whatIsAcceptedIsStoredAlthoughTheDiskOfBothFillsFiveTimes() throws Exception {
    assumeTrue(
        FaultTable.inFull(), "agent and monitor on one full disk take a minute: -Pfaults runs it");
    Path bundle = SuspiciousBundle.make(folder.resolve("bundle"));
    Path images = Files.createDirectories(folder.resolve("images"));
    for (int track = 0; track < TRACKS; track++) {
      SuspiciousBundle.addTrack(images, track);
    }
    int port = FreePort.find();
    Path ready = folder.resolve("monitor-ready.json");
    Path events = folder.resolve("events.jsonl");
    try (SmallDisk disk = SmallDisk.tmpfs(folder.resolve("disk"), "size=64m");
        Victim broker = Broker.of(folder, port);
        Victim monitor =
            new Victim(
                "monitor",
                folder.resolve("monitor.log"),
                () ->
                    Victim.java(
                        "-Xmx256m",
                        "io.stopline.fleet.MonitorMain",
                        "--data=" + disk.folder().resolve("monitor"),
                        "--port=0",
                        "--broker=tcp://127.0.0.1:" + port,
                        "--ready-file=" + ready),
                () -> Files.exists(ready));
        Victim agent =
            new Victim(
                "agent",
                folder.resolve("agent.log"),
                () ->
                    Victim.java(
                        "-Xmx256m",
                        "io.stopline.agent.AgentMain",
                        "--bundle=" + bundle,
                        "--source=" + images,
                        "--whole-image",
                        "--fps=20",
                        "--gpio=none",
                        "--device-id=car",
                        "--broker=tcp://127.0.0.1:" + port,
                        "--state=" + disk.folder().resolve("agent"),
                        "--events=" + events,
                        "--exit-when-done",
                        "--drain-seconds=120"),
                () -> Files.exists(events))) {
      broker.start();
      broker.awaitReady();
      monitor.start();
      monitor.awaitReady();
      URI page = URI.create(JSON.readTree(ready.toFile()).get("page").asText());
      try (Reader reader = new Reader(page.resolve("/api/incidents?limit=20"))) {
        agent.start();
        agent.awaitReady();
        for (int round = 0; round < ROUNDS; round++) {
          TimeUnit.SECONDS.sleep(2);
          disk.fill();
          TimeUnit.SECONDS.sleep(3);
          disk.free();
        }
        assertThat(agent.process().waitFor(3, TimeUnit.MINUTES)).as(agent.log()).isTrue();
        assertThat(agent.process().exitValue()).as(agent.log()).isZero();
        assertThat(monitor.process().isAlive()).as(monitor.log()).isTrue();

        Set<String> accepted = accepted(events);
        Set<String> stored = new HashSet<>();
        get(page.resolve("/api/incidents?limit=500"))
            .get("incidents")
            .forEach(incident -> stored.add(incident.get("id").asText()));
        FaultTable.add(
            "both",
            "agent and monitor, disk of 64 MiB filled and freed 5 times",
            "503 until a restart; the outbox drains no more",
            "tracks %d, accepted %d, stored %d, restarts 0; page asked %d times, failed %d"
                .formatted(
                    TRACKS,
                    accepted.size(),
                    stored.size(),
                    reader.asked.get(),
                    reader.failed.get()));
        assertThat(stored).isEqualTo(accepted);
        assertThat(accepted).hasSizeGreaterThan(TRACKS / 2);
        assertThat(reader.failed).hasValue(0);
      }
    }
  }

  private static Set<String> accepted(Path events) throws IOException {
    Set<String> accepted = new HashSet<>();
    try (Stream<String> lines = Files.lines(events)) {
      for (String line : (Iterable<String>) lines::iterator) {
        JsonNode event = JSON.readTree(line);
        if (event.path("type").asText().equals("accepted")) {
          accepted.add(event.path("id").asText());
        }
      }
    }
    return accepted;
  }

  private JsonNode get(URI uri) throws Exception {
    HttpResponse<String> answer =
        http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  /** Somebody who looks at the page all the time. */
  private final class Reader implements AutoCloseable {

    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicBoolean going = new AtomicBoolean(true);
    private final Thread thread;

    Reader(URI uri) {
      thread = new Thread(() -> read(uri), "reader");
      thread.start();
    }

    private void read(URI uri) {
      HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build();
      while (going.get()) {
        asked.incrementAndGet();
        try {
          int status = http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
          failed.addAndGet(status == 200 ? 0 : 1);
          TimeUnit.MILLISECONDS.sleep(50);
        } catch (IOException e) {
          failed.incrementAndGet();
        } catch (InterruptedException e) {
          return;
        }
      }
    }

    @Override
    public void close() {
      going.set(false);
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
