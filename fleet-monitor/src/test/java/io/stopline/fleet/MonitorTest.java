package io.stopline.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.telemetry.Acknowledgement;
import io.stopline.telemetry.IncidentMessage;
import io.stopline.telemetry.MessageCodec;
import io.stopline.telemetry.MqttLink.QualityOfService;
import io.stopline.telemetry.PngBytes;
import io.stopline.telemetry.Topics;
import io.stopline.testing.Browser;
import io.stopline.testing.FaultTable;
import io.stopline.testing.ListeningSockets;
import java.io.ByteArrayInputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole monitor, its real broker, database and page; each test has a device of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class MonitorTest {

  private static final List<String> DEVICES =
      List.of(
          "burst", "twice", "rude", "thief", "gaps", "liar", "judge", "script", "will", "picture",
          "chunks");

  private final Path data;
  private final Monitor monitor;
  private final PageClient page;

  @BeforeAll
  static void announce() {
    System.setProperty("java.awt.headless", "true");
  }

  MonitorTest(@TempDir Path folder) throws Exception {
    data = folder.resolve("data");
    Map<String, Path> provision = new java.util.HashMap<>();
    DEVICES.forEach(device -> provision.put(device, folder.resolve(device + ".secret")));
    monitor =
        Monitor.start(
            new MonitorSettings(
                data, 0, new MonitorSettings.BrokerSettings.Embedded(0, null), "Ada", provision));
    page = new PageClient(monitor.page());
  }

  @AfterAll
  void end() {
    monitor.close();
  }

  private TestDevice device(String id) throws Exception {
    String password = Files.readString(data.resolveSibling(id + ".secret")).strip();
    return new TestDevice(monitor.broker(), id, password, null);
  }

  private long rows(String sql) throws SQLException {
    try (Connection database =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("incidents.db"));
        Statement statement = database.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void aBurstIsStoredOnceEachAndAcknowledgedOnlyAfterItsCommit() throws Exception {
    try (TestDevice device = device("burst").connect()) {
      List<IncidentMessage> incidents = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        incidents.add(device.incident(i));
      }
      List<CompletableFuture<@Nullable Void>> window = new ArrayList<>();
      for (IncidentMessage incident : incidents) {
        window.add(device.send(incident));
        if (window.size() == 50) {
          CompletableFuture.allOf(window.toArray(new CompletableFuture<?>[0]))
              .get(60, TimeUnit.SECONDS);
          window.clear();
        }
      }
      while (device.stored.size() < 200) {
        Acknowledgement next = device.acknowledgements.poll(60, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        for (UUID id : next.stored()) {
          // Another connection sees committed rows only.
          assertThat(rows("SELECT count(*) FROM incident WHERE id = '" + id + "'")).isEqualTo(1);
        }
      }

      assertThat(device.stored.keySet())
          .containsExactlyInAnyOrderElementsOf(
              incidents.stream().map(IncidentMessage::id).toList());
      assertThat(rows("SELECT count(*) FROM incident WHERE device = 'burst'")).isEqualTo(200);
    }
  }

  @Test
  void whatArrivesAgainIsStoredOnceAndAcknowledgedAgain() throws Exception {
    try (TestDevice device = device("twice").connect()) {
      IncidentMessage incident = device.incident(1);
      for (int round = 1; round <= 3; round++) {
        device.send(incident).get(60, TimeUnit.SECONDS);
        Acknowledgement answer = device.acknowledgements.poll(60, TimeUnit.SECONDS);
        assertThat(answer).isNotNull();
        assertThat(answer.stored()).containsExactly(incident.id());
      }
      assertThat(rows("SELECT count(*) FROM incident WHERE device = 'twice'")).isEqualTo(1);
      assertThat(page.json("/api/health").path("duplicates").asLong()).isGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void malformedAndOversizeTelemetryIsCountedWithItsReasonAndNotKept() throws Exception {
    try (TestDevice device = device("rude").connect()) {
      String valid = new String(TestDevice.CODEC.encode(device.incident(1)), UTF_8);
      List<byte[]> bad =
          List.of(
              new byte[0],
              "{".getBytes(UTF_8),
              "[[[[[[[[[[[[[[[[[[[[[[".getBytes(UTF_8),
              valid.replace("\"track\":41", "\"track\":-41").getBytes(UTF_8),
              valid.replace("\"track\":41", "\"track\":41,\"extra\":1").getBytes(UTF_8),
              new byte[MessageCodec.MAX_INCIDENT_BYTES + 100]);
      for (byte[] payload : bad) {
        device.publish(Topics.Kind.INCIDENT, payload).get(60, TimeUnit.SECONDS);
      }
      device
          .publish(Topics.Kind.HEALTH, new byte[MessageCodec.MAX_CONTROL_BYTES + 1])
          .get(60, TimeUnit.SECONDS);
      JsonNode devices =
          page.await("/api/devices", all -> of(all, "rude").path("rejected").asLong() == 7);

      assertThat(of(devices, "rude").path("incidents").asLong()).isZero();
      assertThat(page.json("/api/rejections").toString())
          .contains("$.track")
          .contains("extra")
          .contains("at most");
      device.send(device.incident(2)).get(60, TimeUnit.SECONDS);
      assertThat(device.acknowledgements.poll(60, TimeUnit.SECONDS)).isNotNull();
    }
  }

  @Test
  void aCropThatIsNoPlainPngIsRefusedForGood() throws Exception {
    byte[] sign = TestDevice.sign(48, 1);
    byte[] tail = java.util.Arrays.copyOf(sign, sign.length + 20);
    byte[] cut = java.util.Arrays.copyOf(sign, sign.length / 2);
    byte[] huge = sign.clone();
    huge[18] = 0x4e;
    huge[22] = 0x4e;
    try (TestDevice device = device("picture").connect()) {
      for (byte[] crop : List.of("<svg/onload=alert(1)>".getBytes(UTF_8), tail, cut, huge)) {
        IncidentMessage incident = withCrop(device.incident(1), crop);
        device.send(incident).get(60, TimeUnit.SECONDS);
        Acknowledgement answer = device.acknowledgements.poll(60, TimeUnit.SECONDS);
        assertThat(answer).isNotNull();
        assertThat(answer.stored()).isEmpty();
        assertThat(answer.refused()).hasSize(1);
        assertThat(answer.refused().get(0).id()).isEqualTo(incident.id());
        assertThat(answer.refused().get(0).reason()).startsWith("$.evidence[0].crop ");
      }
      assertThat(rows("SELECT count(*) FROM incident WHERE device = 'picture'")).isZero();
    }
  }

  private static IncidentMessage withCrop(IncidentMessage m, byte[] crop) {
    IncidentMessage.Evidence e = m.evidence().get(0);
    IncidentMessage.Evidence changed =
        new IncidentMessage.Evidence(
            e.frame(),
            e.capturedAt(),
            e.region(),
            PngBytes.of(crop),
            e.trackScoreBefore(),
            e.firstCheck(),
            e.passes(),
            e.seed(),
            e.score(),
            e.complete(),
            e.checks(),
            e.label(),
            e.labelName(),
            e.probability(),
            e.decision(),
            e.pValue(),
            e.reasons(),
            e.sign(),
            e.sighting());
    return new IncidentMessage(
        1,
        m.id(),
        m.device(),
        m.session(),
        m.sequence(),
        m.kind(),
        m.level(),
        m.source(),
        m.track(),
        m.firstSeen(),
        m.raisedAt(),
        m.frames(),
        m.place(),
        m.label(),
        m.labelName(),
        m.probability(),
        m.decision(),
        m.pValue(),
        m.trackScore(),
        m.reasons(),
        List.of(changed),
        m.guard());
  }

  @Test
  void aDeviceCannotSpeakOrListenInAnothersName() throws Exception {
    try (TestDevice thief = device("thief").connect()) {
      IncidentMessage foreign;
      try (TestDevice judge = device("judge")) {
        foreign = judge.incident(77);
      }
      thief
          .publish(Topics.Kind.INCIDENT, TestDevice.CODEC.encode(foreign))
          .get(60, TimeUnit.SECONDS);
      page.await("/api/rejections", all -> all.toString().contains("speaks for device 'judge'"));

      assertThatThrownBy(
              () ->
                  thief
                      .link
                      .publish(
                          Topics.of("judge", Topics.Kind.INCIDENT),
                          TestDevice.CODEC.encode(foreign),
                          QualityOfService.AT_LEAST_ONCE)
                      .get(60, TimeUnit.SECONDS))
          .isInstanceOf(java.util.concurrent.ExecutionException.class);
      thief.link.subscribe(
          Topics.of("judge", Topics.Kind.ACKNOWLEDGEMENT),
          QualityOfService.AT_LEAST_ONCE,
          (t, p) -> {});
      String news = thief.connections.poll(60, TimeUnit.SECONDS);
      while (news != null && !news.contains("refused the subscription")) {
        news = thief.connections.poll(60, TimeUnit.SECONDS);
      }
      assertThat(news).isNotNull();
    }
    assertThat(rows("SELECT count(*) FROM incident WHERE sequence = 77")).isZero();
  }

  @Test
  void whoHasNoPasswordOrAnothersNameIsNotLetIn() throws Exception {
    String password = Files.readString(data.resolveSibling("thief.secret")).strip();
    List<TestDevice> strangers =
        List.of(
            new TestDevice(monitor.broker(), "thief", null, null),
            new TestDevice(monitor.broker(), "thief", "wrong", null),
            new TestDevice(monitor.broker(), "nobody", password, null),
            new TestDevice(monitor.broker(), "judge", "judge", "thief", password, null),
            new TestDevice(monitor.broker(), "judge", "~monitor", "~monitor", password, null));
    for (TestDevice stranger : strangers) {
      try (stranger) {
        assertThat(stranger.first()).startsWith("disconnected");
      }
    }
    assertThat(Files.readString(data.resolve("credentials"))).doesNotContain(password);
  }

  @Test
  void gapsInTheSequenceAreShownAndCloseWhenTheMissingArrive() throws Exception {
    try (TestDevice device = device("gaps").connect()) {
      device.birth(1, 1);
      for (long sequence : new long[] {2, 3, 6}) {
        device.send(device.incident(sequence)).get(60, TimeUnit.SECONDS);
      }
      device.health(9);
      JsonNode seen =
          page.await("/api/devices", all -> of(all, "gaps").path("missing").asLong() == 5);
      List<String> ranges = new ArrayList<>();
      of(seen, "gaps").path("gaps").forEach(g -> ranges.add(g.path("from") + "-" + g.path("to")));
      assertThat(ranges).containsExactly("1-1", "4-5", "7-8");

      for (long sequence : new long[] {1, 4, 5, 7, 8}) {
        device.send(device.incident(sequence)).get(60, TimeUnit.SECONDS);
      }
      page.await("/api/devices", all -> of(all, "gaps").path("missing").asLong() == 0);
    }
  }

  @Tag("faults")
  @Test
  void aNumberThatCannotBeTrueIsShownAndNotCountedAsMissing() throws Exception {
    try (TestDevice device = device("liar").connect()) {
      device.birth(1, 1);
      String huge = "\"sequence\":" + ((1L << 53) - 1);
      String lie =
          new String(TestDevice.CODEC.encode(device.incident(5)), UTF_8)
              .replace("\"sequence\":5", huge);
      device.publish(Topics.Kind.INCIDENT, lie.getBytes(UTF_8)).get(60, TimeUnit.SECONDS);
      for (long sequence : new long[] {1, 2, 4}) {
        device.send(device.incident(sequence)).get(60, TimeUnit.SECONDS);
      }
      device.health(8);
      // 3, and 5 to 7, which the health message says were given away.
      JsonNode seen =
          of(
              page.await("/api/devices", all -> of(all, "liar").path("missing").asLong() == 4),
              "liar");
      assertThat(seen.path("gaps")).hasSize(3);
      assertThat(seen.path("gaps").get(2).path("plausible").asBoolean()).isFalse();
      assertThat(seen.path("gaps").get(1).path("plausible").asBoolean()).isTrue();
      // Nor does what a device says of its next number: the next message corrects it.
      device.health((1L << 53) - 1);
      device.health(9);
      page.await("/api/devices", all -> of(all, "liar").path("missing").asLong() == 5);
    }
    FaultTable.add(
        "monitor",
        "one message with sequence 2^53-1",
        "nine quadrillion missing",
        "shown as impossible, 4 missing as they are");
  }

  @Test
  void aDeviceIsOnlineFromItsBirthToItsDeath() throws Exception {
    TestDevice device = device("will").connect();
    device.birth(1, 1);
    page.await("/api/devices", all -> of(all, "will").path("state").asText().equals("ONLINE"));
    // A second client of the same name makes the broker drop the first, whose will speaks.
    try (TestDevice other = device("will").connect()) {
      page.await("/api/devices", all -> of(all, "will").path("state").asText().equals("LOST"));
      device.close();
      other.birth(2, 1);
      page.await("/api/devices", all -> of(all, "will").path("state").asText().equals("ONLINE"));
    }
  }

  @Test
  void aReviewIsKeptWithWhoAndWhenAndCannotBeChanged() throws Exception {
    try (TestDevice device = device("judge").connect()) {
      IncidentMessage incident = device.incident(1);
      device.send(incident).get(60, TimeUnit.SECONDS);
      assertThat(device.acknowledgements.poll(60, TimeUnit.SECONDS)).isNotNull();
      String path = "/api/incidents/" + incident.id();
      String[] token = {"X-Stopline-Token", page.token()};

      assertThat(page.post(path + "/review", "{\"verdict\":\"CONFIRM\",\"reason\":\"\"}", token))
          .isEqualTo(400);
      assertThat(page.post(path + "/review", "{\"verdict\":\"MAYBE\",\"reason\":\"x\"}", token))
          .isEqualTo(400);
      assertThat(page.post(path + "/review", "no json", token)).isEqualTo(400);
      assertThat(page.post(path + "/review", "{\"reason\":\"" + "x".repeat(9000) + "\"}", token))
          .isEqualTo(413);
      assertThat(
              page.post(
                  "/api/incidents/999999/review",
                  "{\"verdict\":\"CONFIRM\",\"reason\":\"x\"}",
                  token))
          .isEqualTo(404);
      assertThat(
              page.post(
                  path + "/review", "{\"verdict\":\"CONFIRM\",\"reason\":\"stickers\"}", token))
          .isEqualTo(201);
      assertThat(
              page.post(
                  path + "/review",
                  "{\"verdict\":\"DISMISS\",\"reason\":\"snow\",\"reviewer\":\"Grace\"}",
                  token))
          .as("Grace did not see Ada's decision")
          .isEqualTo(409);
      assertThat(page.json(path).path("reviews")).hasSize(1);
      long version = page.json(path).path("version").asLong();
      assertThat(
              page.post(
                  path + "/review",
                  "{\"verdict\":\"DISMISS\",\"reason\":\"snow\",\"reviewer\":\"Grace\",\"version\":"
                      + version
                      + "}",
                  token))
          .isEqualTo(201);

      JsonNode detail = page.json(path);
      assertThat(detail.path("reviews")).hasSize(2);
      assertThat(detail.path("reviews").get(0).path("reviewer").asText()).isEqualTo("Ada");
      assertThat(detail.path("review").path("verdict").asText()).isEqualTo("DISMISSED");
      assertThat(detail.path("review").path("reviewer").asText()).isEqualTo("Grace");
      assertThatThrownBy(() -> rows("DELETE FROM review RETURNING 1")).hasMessageContaining("kept");
      assertThatThrownBy(() -> rows("UPDATE review SET reason = 'x' RETURNING 1"))
          .hasMessageContaining("not changed");

      HttpResponse<byte[]> download = page.get(path + "/incident.json");
      assertThat(TestDevice.CODEC.decode(IncidentMessage.class, download.body()))
          .isEqualTo(incident);
      assertThat(download.headers().firstValue("Content-Disposition").orElse(""))
          .startsWith("attachment");
    }
  }

  @Tag("faults")
  @Test
  void aBodyThatIsDamagedOrSlowIsRefusedAndHoldsUpNobody() throws Exception {
    try (TestDevice device = device("chunks").connect()) {
      IncidentMessage incident = device.incident(1);
      device.send(incident).get(60, TimeUnit.SECONDS);
      assertThat(device.acknowledgements.poll(60, TimeUnit.SECONDS)).isNotNull();
      long key = page.json("/api/incidents/" + incident.id()).path("key").asLong();
      assertThat(page.rawReview(key, 0, "zz\r\nx\r\n0\r\n\r\n")).contains(" 400 ");
      assertThat(page.rawReview(key, 0, "5\r\n{\"ver\r\n-1\r\n")).contains(" 400 ");
      assertThat(page.rawReview(key, 0, "5\r\n{\"verXX7\r\n")).contains(" 400 ");
      // 50 s, if it were waited for to its end.
      String[] slow = new String[100];
      java.util.Arrays.fill(slow, "1\r\n \r\n");
      long begun = System.nanoTime();
      assertThat(page.rawReview(key, 500, slow)).contains(" 408 ");
      assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun)).isLessThan(40);
      assertThat(page.json("/api/incidents/" + key).path("reviews")).isEmpty();
      String whole = "{\"verdict\":\"CONFIRM\",\"reason\":\"stickers\"}";
      assertThat(
              page.rawReview(
                  key, 0, Integer.toHexString(whole.length()) + "\r\n", whole, "\r\n0\r\n\r\n"))
          .contains(" 201 ");
    }
    FaultTable.add("page", "a broken chunk, a slow body", "500, or held for ever", "400, 408");
  }

  @Test
  void scriptFromADeviceIsDataOnly() throws Exception {
    String script =
        "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">";
    try (TestDevice device = device("script").connect()) {
      IncidentMessage incident = device.incident(1, script, script, script);
      device.send(incident).get(60, TimeUnit.SECONDS);
      assertThat(device.acknowledgements.poll(60, TimeUnit.SECONDS)).isNotNull();
      for (String path :
          List.of("/", "/app.js", "/api/incidents", "/api/incidents/" + incident.id())) {
        HttpResponse<byte[]> response = page.get(path);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Content-Security-Policy"))
            .contains("default-src 'none'")
            .contains("script-src 'self'")
            .doesNotContain("unsafe");
        assertThat(header(response, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(header(response, "Access-Control-Allow-Origin")).isEmpty();
      }
      assertThat(header(page.get("/api/incidents"), "Content-Type")).startsWith("application/json");
      HttpResponse<byte[]> crop = page.get("/api/incidents/" + incident.id() + "/evidence/0.png");
      assertThat(header(crop, "Content-Type")).startsWith("image/png");
      assertThat(ImageIO.read(new ByteArrayInputStream(crop.body())).getWidth()).isEqualTo(40);

      Browser.assumePresent();
      String key = page.json("/api/incidents/" + incident.id()).path("key").asText();
      try (Browser browser =
          new Browser(monitor.page().resolve("?still#incident-" + key), 1280, 900)) {
        browser.await("document.querySelector('.title h1').innerText.includes('<script>')");
        String dom = browser.evaluate("document.documentElement.outerHTML");
        assertThat(dom).contains("&lt;script&gt;document.title='owned'&lt;/script&gt;");
        assertThat(dom).contains("<title>Stopline").doesNotContain("<title>owned");
      }
    }
  }

  @Test
  void whatTheMonitorWritesOfSecretsIsPrivate() throws Exception {
    List<Path> secrets =
        new ArrayList<>(
            List.of(data.resolve("credentials"), data.resolve("broker/conf/config.xml")));
    DEVICES.forEach(device -> secrets.add(data.resolveSibling(device + ".secret")));
    for (Path secret : secrets) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
          .as("mode of %s", secret)
          .isEqualTo("rw-------");
    }
  }

  @Test
  void pageAndBrokerListenOnLoopbackOnly() throws Exception {
    assumeTrue(ListeningSockets.canBeSeen(), "this system has no /proc/net/tcp");
    try (ServerSocket open = new ServerSocket(0)) {
      assertThat(ListeningSockets.ofThisProcess())
          .anyMatch(at -> at.getPort() == open.getLocalPort() && isOpenToOthers(at));
    }
    List<InetSocketAddress> listening = ListeningSockets.ofThisProcess();
    assertThat(listening)
        .extracting(InetSocketAddress::getPort)
        .contains(monitor.page().getPort(), monitor.broker().getPort());
    assertThat(listening).noneMatch(MonitorTest::isOpenToOthers);
  }

  private static boolean isOpenToOthers(InetSocketAddress address) {
    return !address.getAddress().isLoopbackAddress();
  }

  @Test
  void requestsOfOtherSitesAndForeignHostsAreRefused() throws Exception {
    String here = "127.0.0.1:" + monitor.page().getPort();
    assertThat(page.raw(here, "/api/health")).contains("200");
    assertThat(page.raw("localhost:" + monitor.page().getPort(), "/")).contains("200");
    for (String host :
        Set.of(
            "evil.example",
            "evil.example:80",
            "127.0.0.1",
            "127.0.0.1:1",
            "localhost.evil.example:" + monitor.page().getPort())) {
      assertThat(page.raw(host, "/api/health")).contains("403");
      assertThat(page.raw(host, "/")).contains("403");
    }
    assertThat(page.get("/api/session", "Origin", "http://evil.example").statusCode())
        .isEqualTo(403);
    assertThat(page.get("/api/session", "Sec-Fetch-Site", "cross-site").statusCode())
        .isEqualTo(403);
    assertThat(page.get("/api/session", "Sec-Fetch-Site", "same-site").statusCode()).isEqualTo(403);
    assertThat(
            page.get("/", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate")
                .statusCode())
        .isEqualTo(200);
    String body = "{\"verdict\":\"CONFIRM\",\"reason\":\"x\"}";
    String path = "/api/incidents/1/review";
    assertThat(page.post(path, body)).isEqualTo(403);
    assertThat(page.post(path, body, "X-Stopline-Token", "0")).isEqualTo(403);
    assertThat(
            page.post(
                path, body, "X-Stopline-Token", page.token(), "Origin", "http://evil.example"))
        .isEqualTo(403);
    assertThat(page.post(path, body, "X-Stopline-Token", page.token(), "Origin", "null"))
        .isEqualTo(403);
    assertThat(
            page.post(path, body, "X-Stopline-Token", page.token(), "Sec-Fetch-Site", "cross-site"))
        .isEqualTo(403);
    assertThat(page.get("/../credentials").statusCode()).isIn(400, 403, 404);
    assertThat(page.get("/api/incidents/abc").statusCode()).isEqualTo(400);
    assertThat(page.get("/nothing").statusCode()).isEqualTo(404);
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  private static JsonNode of(JsonNode devices, String id) {
    for (JsonNode device : devices.path("devices")) {
      if (device.path("device").asText().equals(id)) {
        return device;
      }
    }
    return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
  }
}
