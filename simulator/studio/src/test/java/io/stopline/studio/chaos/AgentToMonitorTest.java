package io.stopline.studio.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.testing.Certificates;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real agent at the real monitor's own broker: who is let in, and as whom. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class AgentToMonitorTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private Path bundle;
  private Path images;

  @BeforeEach
  void make() throws Exception {
    bundle = SuspiciousBundle.make(folder.resolve("bundle"));
    images = Files.createDirectories(folder.resolve("images"));
    SuspiciousBundle.addTrack(images, 1);
    SuspiciousBundle.addTrack(images, 2);
  }

  private Victim monitor(String... more) {
    Path ready = folder.resolve("ready.json");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "io.stopline.fleet.MonitorMain",
                "--data=" + folder.resolve("monitor"),
                "--port=0",
                "--mqtt-port=0",
                "--ready-file=" + ready));
    arguments.addAll(List.of(more));
    return new Victim(
        "monitor",
        folder.resolve("monitor.log"),
        () -> Victim.java("-Xmx512m", arguments.toArray(String[]::new)),
        () -> Files.exists(ready));
  }

  private JsonNode ready() throws Exception {
    return JSON.readTree(folder.resolve("ready.json").toFile());
  }

  /** Runs an agent to its end and returns its exit code. */
  private int agent(String device, int drainSeconds, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "io.stopline.agent.AgentMain",
                "--bundle=" + bundle,
                "--source=" + images,
                "--whole-image",
                "--fps=0",
                "--gpio=none",
                "--device-id=" + device,
                "--broker=" + ready().get("broker").asText(),
                "--state=" + folder.resolve("state-" + device),
                "--exit-when-done",
                "--drain-seconds=" + drainSeconds));
    arguments.addAll(List.of(more));
    try (Victim agent =
        new Victim(
            "agent",
            folder.resolve(device + ".log"),
            () -> Victim.java("-Xmx256m", arguments.toArray(String[]::new)),
            () -> true)) {
      agent.start();
      assertThat(agent.process().waitFor(2, TimeUnit.MINUTES)).as(agent.log()).isTrue();
      return agent.process().exitValue();
    }
  }

  private long stored() throws Exception {
    URI uri = URI.create(ready().get("page").asText()).resolve("/api/incidents");
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    return JSON.readTree(response.body()).get("total").asLong();
  }

  @Test
  void byCertificateOnlyTheDeviceThatItNamesIsLetIn() throws Exception {
    Certificates fleet = new Certificates(folder.resolve("fleet"), "fleet");
    fleet.issue("broker", "san=ip:127.0.0.1");
    for (String name : List.of("car-1", "car-2")) {
      fleet.issue(name);
      Files.setPosixFilePermissions(fleet.key(name), PosixFilePermissions.fromString("rw-------"));
    }
    try (Victim monitor =
        monitor(
            "--tls-certificate=" + fleet.certificate("broker"),
            "--tls-key=" + fleet.key("broker"),
            "--tls-device-authority=" + fleet.authority())) {
      monitor.start();
      monitor.awaitReady();
      String authority = "--ca=" + fleet.authority();
      String ownCertificate = "--cert=" + fleet.certificate("car-1");
      String ownKey = "--key=" + fleet.key("car-1");
      assertThat(agent("car-1", 60, authority, ownCertificate, ownKey)).isZero();
      assertThat(stored()).isEqualTo(2);
      assertThat(agent("car-2", 3, authority, ownCertificate, ownKey))
          .as("another's certificate: incidents wait")
          .isEqualTo(1);
      assertThat(agent("car-3", 3, authority)).as("no certificate: incidents wait").isEqualTo(1);
      assertThat(stored()).isEqualTo(2);
      assertThat(
              agent(
                  "car-2",
                  60,
                  authority,
                  "--cert=" + fleet.certificate("car-2"),
                  "--key=" + fleet.key("car-2")))
          .isZero();
      assertThat(stored()).as("what waited is sent, and the second run's own").isEqualTo(6);
    }
  }

  @Test
  void byPasswordTheFileThatTheMonitorWroteIsEnough() throws Exception {
    Path secret = folder.resolve("car-1.secret");
    try (Victim monitor = monitor("--provision=car-1=" + secret)) {
      monitor.start();
      monitor.awaitReady();
      assertThat(agent("car-1", 60, "--credentials=" + secret)).isZero();
      assertThat(stored()).isEqualTo(2);
      Path wrong = Files.writeString(folder.resolve("wrong.secret"), "not it\n");
      Files.setPosixFilePermissions(wrong, PosixFilePermissions.fromString("rw-------"));
      assertThat(agent("car-1", 3, "--credentials=" + wrong)).isEqualTo(1);
      assertThat(stored()).isEqualTo(2);
    }
  }
}
