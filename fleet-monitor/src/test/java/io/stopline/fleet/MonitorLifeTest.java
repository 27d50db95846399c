package io.stopline.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stopline.fleet.MonitorSettings.BrokerSettings;
import io.stopline.telemetry.IncidentMessage;
import io.stopline.telemetry.TlsSettings;
import io.stopline.testing.Certificates;
import io.stopline.testing.FreePort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Starts, ends, kills and restarts. */
@Timeout(180)
class MonitorLifeTest {

  @TempDir Path folder;

  private MonitorSettings settings() {
    return new MonitorSettings(
        folder.resolve("data"),
        0,
        new BrokerSettings.Embedded(0, null),
        "Ada",
        Map.of("car-1", folder.resolve("secret")));
  }

  private TestDevice device(URI broker) throws IOException {
    return new TestDevice(
        broker, "car-1", Files.readString(folder.resolve("secret")).strip(), null);
  }

  @Test
  void aRestartLosesNothingAndADamagedDatabaseIsMovedAside() throws Exception {
    IncidentMessage incident;
    try (Monitor monitor = Monitor.start(settings());
        TestDevice device = device(monitor.broker()).connect()) {
      assertThatThrownBy(() -> Monitor.start(settings()))
          .isInstanceOf(MonitorException.class)
          .hasMessageContaining("in use by another monitor");
      incident = device.incident(1);
      device.birth(1, 1);
      device.send(incident).get(60, TimeUnit.SECONDS);
      assertThat(device.acknowledgements.poll(60, TimeUnit.SECONDS)).isNotNull();
      PageClient page = new PageClient(monitor.page());
      assertThat(
              page.post(
                  "/api/incidents/" + incident.id() + "/review",
                  "{\"verdict\":\"CONFIRM\",\"reason\":\"stickers\"}",
                  "X-Stopline-Token",
                  page.token()))
          .isEqualTo(201);
    }

    try (Monitor monitor = Monitor.start(settings());
        TestDevice device = device(monitor.broker()).connect()) {
      JsonNode kept = new PageClient(monitor.page()).json("/api/incidents/" + incident.id());
      assertThat(kept.path("reviews").get(0).path("reason").asText()).isEqualTo("stickers");
      assertThat(kept.path("evidence")).hasSize(4);
      assertThat(device.link.isConnected()).isTrue();
    }

    byte[] garbage = new byte[20_000];
    java.util.Arrays.fill(garbage, (byte) 'x');
    Files.write(folder.resolve("data/incidents.db"), garbage);
    try (Monitor monitor = Monitor.start(settings())) {
      PageClient page = new PageClient(monitor.page());
      assertThat(page.json("/api/health").path("warnings").toString()).contains("damaged");
      assertThat(page.json("/api/incidents").path("total").asLong()).isZero();
    }
    try (Stream<Path> files = Files.list(folder.resolve("data"))) {
      List<Path> aside =
          files
              .filter(f -> f.getFileName().toString().matches("incidents\\.db\\.damaged-[0-9T]+"))
              .toList();
      assertThat(aside).hasSize(1);
      assertThat(Files.readAllBytes(aside.get(0))).isEqualTo(garbage);
    }
  }

  @Test
  void aMonitorKilledDuringABurstHasEveryIncidentOnceInTheEnd() throws Exception {
    int count = 60;
    int mqttPort = FreePort.find();
    List<IncidentMessage> incidents = new ArrayList<>();
    JsonNode ready = null;
    Process process = null;
    TestDevice device = null;
    try {
      process = launch(mqttPort);
      ready = ready(process);
      device = device(URI.create(ready.path("broker").asText())).connect();
      for (int i = 0; i < count; i++) {
        incidents.add(device.incident(i));
      }
      for (int kills = 0; kills < 2; kills++) {
        sendUntilStored(device, incidents, (kills + 1) * count / 3);
        process.destroyForcibly().waitFor();
        process = launch(mqttPort);
        ready = ready(process);
      }
      sendUntilStored(device, incidents, count);

      JsonNode stored =
          new PageClient(URI.create(ready.path("page").asText())).json("/api/incidents?limit=500");
      List<UUID> ids = new ArrayList<>();
      stored.path("incidents").forEach(i -> ids.add(UUID.fromString(i.path("id").asText())));
      assertThat(ids)
          .containsExactlyInAnyOrderElementsOf(
              incidents.stream().map(IncidentMessage::id).toList());

      process.destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      if (device != null) {
        device.close();
      }
      if (process != null) {
        process.destroyForcibly();
      }
    }
  }

  /** As an outbox does: again and again, until the monitor's own word. */
  private static void sendUntilStored(TestDevice device, List<IncidentMessage> incidents, int least)
      throws InterruptedException {
    while (device.stored.size() < least) {
      for (IncidentMessage incident : incidents) {
        if (!device.stored.containsKey(incident.id()) && device.link.isConnected()) {
          CompletableFuture<?> unused = device.send(incident);
        }
      }
      // Only after some silence, or every answer would bring the whole burst again.
      boolean heard = true;
      while (heard && device.stored.size() < least) {
        heard = device.acknowledgements.poll(2, TimeUnit.SECONDS) != null;
      }
    }
  }

  private Process launch(int mqttPort) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            "-Dlogback.configurationFile=io/stopline/fleet/logback.xml",
            MonitorMain.class.getName(),
            "--data=" + folder.resolve("data"),
            "--port=0",
            "--mqtt-port=" + mqttPort,
            "--provision=car-1=" + folder.resolve("secret"))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static JsonNode ready(Process process) throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    if (line == null) {
      throw new IOException("the monitor ended before it was ready");
    }
    return new ObjectMapper().readTree(line);
  }

  @Test
  void underTlsADeviceIsWhoItsCertificateSays() throws Exception {
    Certificates fleet = new Certificates(folder.resolve("fleet"), "fleet");
    fleet.issue("broker", "san=ip:127.0.0.1");
    fleet.issue("car-1");
    fleet.issue("car-2");
    MonitorSettings tls =
        new MonitorSettings(
            folder.resolve("data"),
            0,
            new BrokerSettings.Embedded(
                0,
                new TlsSettings(
                    fleet.authority(), fleet.certificate("broker"), fleet.key("broker"))),
            "Ada",
            Map.of("car-1", folder.resolve("secret")));
    TlsSettings one =
        new TlsSettings(fleet.authority(), fleet.certificate("car-1"), fleet.key("car-1"));
    TlsSettings two =
        new TlsSettings(fleet.authority(), fleet.certificate("car-2"), fleet.key("car-2"));
    TlsSettings none = new TlsSettings(fleet.authority(), null, null);
    String password;
    try (Monitor monitor = Monitor.start(tls)) {
      assertThat(monitor.broker().getScheme()).isEqualTo("ssl");
      password = Files.readString(folder.resolve("secret")).strip();
      try (TestDevice device = new TestDevice(monitor.broker(), "car-1", null, one).connect()) {
        device.send(device.incident(1)).get(60, TimeUnit.SECONDS);
        assertThat(device.acknowledgements.poll(60, TimeUnit.SECONDS)).isNotNull();
      }
      for (TestDevice stranger :
          List.of(
              new TestDevice(monitor.broker(), "car-1", null, two),
              new TestDevice(monitor.broker(), "car-1", password, two),
              new TestDevice(monitor.broker(), "car-1", password, none))) {
        try (stranger) {
          assertThat(stranger.first()).startsWith("disconnected");
        }
      }
    }
  }

  @Test
  void wrongUsageAndTakenPortsAreToldApart() throws Exception {
    String data = "--data=" + folder.resolve("data");
    assertThat(run(data, "--port=-1")).isEqualTo(2);
    assertThat(run(data, "--nonsense")).isEqualTo(2);
    assertThat(run(data, "--broker-user=me")).isEqualTo(2);
    assertThat(run(data, "--tls-key=x")).isEqualTo(2);
    assertThat(run(data, "--broker=http://host")).isEqualTo(1);
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(run(data, "--port=0", "--mqtt-port=" + taken.getLocalPort())).isEqualTo(1);
    }
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThat(run("--data=" + file.resolve("below"))).isEqualTo(1);
    assertThat(run("--help")).isZero();
    assertThat(run("credential", "add", "<script>", data)).isEqualTo(1);
    Path secret = folder.resolve("car-9");
    assertThat(run("credential", "add", "car-9", "--secret-file=" + secret, data)).isZero();
    assertThat(Files.readString(secret).strip()).hasSize(43);
    assertThat(Files.readString(folder.resolve("data/credentials"))).startsWith("car-9:");
    assertThat(run("credential", "remove", "car-9", data)).isZero();
    assertThat(run("credential", "remove", "car-9", data)).isEqualTo(1);
  }

  private static int run(String... arguments) {
    return new CommandLine(new MonitorMain()).execute(arguments);
  }
}
