package io.stopline.studio.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.testing.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Agent, broker and monitor as real processes, each killed with SIGKILL again and again while 200
 * suspect tracks become incidents: 200 must be stored, once each.
 *
 * <p>The agent reads tracks from a folder, one incident a track. After each kill the test reads
 * from the dead agent's outbox how many incidents it had accepted (the number that it gave last),
 * deletes the tracks of those and gives the next agent some more. A track whose incident was not
 * accepted before the kill is thus seen again, as a sign that is still there.
 *
 * <p>Few kills by default; {@code -Dstopline.chaos.kills=20} kills each process 20 times. {@code
 * -Dstopline.chaos.seed} repeats a run's choices, {@code -Dstopline.chaos.broker} is {@code
 * mosquitto} or {@code hivemq} (default: Mosquitto where it is installed).
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class ChaosTest {

  private static final int INCIDENTS = 200;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private final int kills = Integer.getInteger("stopline.chaos.kills", 2);
  private final long seed = Long.getLong("stopline.chaos.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final HttpClient http = HttpClient.newHttpClient();
  private int life;

  @Test
  void everyAcceptedIncidentIsStoredOnceWhoeverIsKilled() throws Exception {
    System.out.println("chaos: " + kills + " kills each, seed " + seed);
    Path bundle = SuspiciousBundle.make(folder.resolve("bundle"));
    Path images = Files.createDirectories(folder.resolve("images"));
    Path state = folder.resolve("state");
    int port = FreePort.find();
    Path ready = folder.resolve("monitor-ready.json");
    List<Integer> acceptedAtKills = new ArrayList<>();

    try (Victim broker = Broker.of(folder, port);
        Victim monitor =
            new Victim(
                "monitor",
                folder.resolve("monitor.log"),
                () -> {
                  delete(ready);
                  return Victim.java(
                      "-Xmx256m",
                      "io.stopline.fleet.MonitorMain",
                      "--data=" + folder.resolve("monitor"),
                      "--port=0",
                      "--broker=tcp://127.0.0.1:" + port,
                      "--ready-file=" + ready);
                },
                () -> Files.exists(ready));
        Victim agent =
            new Victim(
                "agent",
                folder.resolve("agent.log"),
                () -> {
                  life++;
                  List<String> command =
                      Victim.java(
                          "-Xmx256m",
                          "io.stopline.agent.AgentMain",
                          "--bundle=" + bundle,
                          "--source=" + images,
                          "--whole-image",
                          "--fps=0",
                          "--gpio=none",
                          "--device-id=chaos-car",
                          "--broker=tcp://127.0.0.1:" + port,
                          "--state=" + state,
                          "--events=" + events());
                  if (life > kills) {
                    command.add("--exit-when-done");
                    command.add("--drain-seconds=300");
                  }
                  return command;
                },
                () -> events("ready") > 0)) {
      broker.start();
      monitor.start();
      int given = 0;
      int accepted = 0;
      for (int round = 0; round <= kills; round++) {
        // Some more tracks; what the last agent did not get to is still there.
        int upTo = INCIDENTS * (round + 1) / (kills + 1);
        while (given < upTo) {
          SuspiciousBundle.addTrack(images, given++);
        }
        broker.awaitReady();
        monitor.awaitReady();
        agent.start();
        agent.awaitReady();
        if (round == kills) {
          break;
        }
        List<Victim> order = new ArrayList<>(List.of(agent, broker, monitor));
        Collections.shuffle(order, random);
        for (Victim victim : order) {
          if (victim == agent) {
            int enough = random.nextInt(given - accepted + 1);
            while (events("accepted") < enough) {
              assertThat(agent.process().isAlive()).as(agent.log()).isTrue();
              TimeUnit.MILLISECONDS.sleep(1);
            }
            agent.kill();
            accepted = acceptedSoFar(state.resolve("outbox.db"));
            acceptedAtKills.add(accepted);
            deleteTracks(images, accepted);
          } else {
            TimeUnit.MILLISECONDS.sleep(random.nextInt(400));
            victim.kill();
            victim.start();
          }
        }
      }
      assertThat(agent.process().waitFor(6, TimeUnit.MINUTES)).as(agent.log()).isTrue();
      assertThat(agent.process().exitValue()).as(agent.log()).isZero();
      assertThat(acceptedSoFar(state.resolve("outbox.db"))).isEqualTo(INCIDENTS);
      assertThat(waiting(state.resolve("outbox.db"))).isZero();
      for (Victim victim : List.of(agent, broker, monitor)) {
        assertThat(victim.kills()).isEqualTo(kills);
      }
      assertThat(acceptedAtKills).as("kills in the middle").allMatch(n -> n < INCIDENTS);
      System.out.println("chaos: accepted at the agent's kills: " + acceptedAtKills);

      // A monitor that was killed once more shows what is on the disk, not what it remembers.
      monitor.kill();
      monitor.start();
      monitor.awaitReady();
      checkStored(URI.create(JSON.readTree(ready.toFile()).get("page").asText()));
    }
  }

  private void checkStored(URI page) throws Exception {
    JsonNode answer = get(page.resolve("/api/incidents?limit=500"));
    assertThat(answer.get("total").asInt()).isEqualTo(INCIDENTS);
    Set<String> ids = new HashSet<>();
    Set<Long> sequences = new HashSet<>();
    for (JsonNode incident : answer.get("incidents")) {
      ids.add(incident.get("id").asText());
      sequences.add(incident.get("sequence").asLong());
    }
    assertThat(ids).hasSize(INCIDENTS);
    assertThat(sequences).hasSize(INCIDENTS);
    assertThat(Collections.min(sequences)).isEqualTo(1);
    assertThat(Collections.max(sequences)).isEqualTo(INCIDENTS);
    JsonNode device = get(page.resolve("/api/devices")).get("devices").get(0);
    assertThat(device.get("incidents").asInt()).isEqualTo(INCIDENTS);
    assertThat(device.get("missing").asInt()).as("gaps: %s", device.get("gaps")).isZero();
    assertThat(device.get("rejected").asInt()).isZero();
  }

  private JsonNode get(URI uri) throws Exception {
    HttpResponse<String> response =
        http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  private Path events() {
    return folder.resolve("events-" + life + ".jsonl");
  }

  /** How many events of a type the present agent has written. */
  private int events(String type) throws IOException {
    if (!Files.exists(events())) {
      return 0;
    }
    int count = 0;
    for (String line : Files.readAllLines(events())) {
      if (line.contains("\"type\":\"" + type + "\"")) {
        count++;
      }
    }
    return count;
  }

  private static int acceptedSoFar(Path outbox) throws SQLException {
    // Number, session, checksum.
    String value = query(outbox, "SELECT value FROM meta WHERE name = 'counter'");
    return value == null ? 0 : Integer.parseInt(value.substring(0, value.indexOf(' ')));
  }

  private static int waiting(Path outbox) throws SQLException {
    String count = query(outbox, "SELECT count(*) FROM incident");
    return count == null ? 0 : Integer.parseInt(count);
  }

  private static @Nullable String query(Path database, String sql) throws SQLException {
    if (!Files.exists(database)) {
      return null;
    }
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : null;
    } catch (SQLException e) {
      // Killed before the first table was made.
      if (String.valueOf(e.getMessage()).contains("no such table")) {
        return null;
      }
      throw e;
    }
  }

  /** Deletes the first tracks. */
  private static void deleteTracks(Path images, int count) throws IOException {
    for (int track = 0; track < count; track++) {
      Path whole = images.resolve("track%03d".formatted(track));
      if (Files.exists(whole)) {
        for (int frame = 0; frame < SuspiciousBundle.FRAMES_PER_TRACK; frame++) {
          Files.delete(whole.resolve(frame + ".png"));
        }
        Files.delete(whole);
      }
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
