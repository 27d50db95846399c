package io.stopline.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hivemq.embedded.EmbeddedHiveMQ;
import io.stopline.telemetry.MqttLink.QualityOfService;
import io.stopline.testing.Certificates;
import io.stopline.testing.FreePort;
import io.stopline.testing.Mosquitto;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class PahoMqttLinkTest {

  private static final String TOPIC = "stopline/v1/car-1/incident";

  @TempDir Path folder;

  /** Turns a link's news into something that can be waited for. */
  private static final class News implements MqttLink.Listener {
    final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @Override
    public void connected(long connection) {
      heard.add("connected");
    }

    @Override
    public void disconnected(String problem) {
      heard.add("disconnected: " + problem);
    }

    String await(String beginning) throws InterruptedException, TimeoutException {
      while (true) {
        String next = heard.poll(60, TimeUnit.SECONDS);
        if (next == null) {
          throw new TimeoutException("never heard '" + beginning + "'");
        }
        if (next.startsWith(beginning)) {
          return next;
        }
      }
    }
  }

  private static MqttSettings.Builder plain(int port, String client) {
    return MqttSettings.to(URI.create("tcp://127.0.0.1:" + port), client)
        .timeout(Duration.ofSeconds(20))
        .backoff(Duration.ofMillis(20), Duration.ofMillis(200));
  }

  @Test
  void aBurstArrivesThroughTheEmbeddedBroker() throws Exception {
    Path config = Files.createDirectories(folder.resolve("config"));
    int port = FreePort.find();
    Files.writeString(
        config.resolve("config.xml"),
        """
        <?xml version="1.0"?>
        <hivemq>
          <listeners><tcp-listener><port>%d</port><bind-address>127.0.0.1</bind-address></tcp-listener></listeners>
          <mqtt><queued-messages><max-queue-size>100000</max-queue-size></queued-messages>
          <receive-maximum><server-receive-maximum>1000</server-receive-maximum></receive-maximum></mqtt>
          <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
        </hivemq>
        """
            .formatted(port));
    EmbeddedHiveMQ broker =
        EmbeddedHiveMQ.builder()
            .withConfigurationFolder(config)
            .withDataFolder(Files.createDirectories(folder.resolve("data")))
            .withExtensionsFolder(Files.createDirectories(folder.resolve("extensions")))
            .withoutLoggingBootstrap()
            .build();
    try {
      broker.start().join();
      burst(port);
    } finally {
      broker.stop().join();
    }
  }

  @Test
  void aBurstArrivesThroughMosquitto() throws Exception {
    try (Mosquitto broker = new Mosquitto(folder, "allow_anonymous true")) {
      broker.start();
      burst(broker.port());
    }
  }

  private static void burst(int port) throws Exception {
    int count = 2000;
    Set<String> arrived = ConcurrentHashMap.newKeySet();
    CountDownLatch all = new CountDownLatch(count);
    News hearing = new News();
    News speaking = new News();
    try (MqttLink receiver = new PahoMqttLink(plain(port, "monitor").maxQueued(5000).build());
        MqttLink sender = new PahoMqttLink(plain(port, "car-1").maxInFlight(50).build())) {
      receiver.addListener(hearing);
      receiver.subscribe(
          Topics.ofAllDevices(Topics.Kind.INCIDENT),
          QualityOfService.AT_LEAST_ONCE,
          (topic, payload) -> {
            if (arrived.add(new String(payload, UTF_8))) {
              all.countDown();
            }
          });
      receiver.start();
      sender.addListener(speaking);
      sender.start();
      hearing.await("connected");
      speaking.await("connected");

      // 20 is what Mosquitto allows.
      List<CompletableFuture<@Nullable Void>> window = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        window.add(
            sender.publish(
                TOPIC, ("message " + i).getBytes(UTF_8), QualityOfService.AT_LEAST_ONCE));
        if (window.size() == 20) {
          CompletableFuture.allOf(window.toArray(new CompletableFuture<?>[0]))
              .get(60, TimeUnit.SECONDS);
          window.clear();
        }
      }

      assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(receiver.status().overflowed()).isZero();
      assertThat(sender.status().inFlight()).isZero();
    }
  }

  @Test
  void withoutABrokerItTriesAgainAndAgainAndPublishesNothing() throws Exception {
    News news = new News();
    try (MqttLink link = new PahoMqttLink(plain(FreePort.find(), "car-1").build())) {
      link.addListener(news);
      link.start();
      for (int i = 0; i < 4; i++) {
        news.await("disconnected");
      }

      assertThat(link.status().attempts()).isGreaterThanOrEqualTo(4);
      assertThat(link.status().problem()).isNotBlank();
      assertThatThrownBy(
              () -> link.publish(TOPIC, new byte[1], QualityOfService.AT_LEAST_ONCE).get())
          .hasCauseInstanceOf(MqttLinkException.class)
          .hasMessageContaining("not connected");
    }
  }

  @Test
  void aBrokerThatAcceptsAndStaysSilentIsGivenUpAndTriedAgain() throws Exception {
    News news = new News();
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        MqttLink link =
            new PahoMqttLink(
                plain(silent.getLocalPort(), "car-1").timeout(Duration.ofSeconds(1)).build())) {
      link.addListener(news);
      link.start();
      news.await("disconnected");
      news.await("disconnected");
    }
  }

  @Test
  void aKilledBrokerIsFoundAgainAndSubscriptionsHold() throws Exception {
    BlockingQueue<String> arrived = new LinkedBlockingQueue<>();
    News news = new News();
    try (Mosquitto broker = new Mosquitto(folder, "allow_anonymous true");
        MqttLink link = new PahoMqttLink(plain(broker.port(), "car-1").build())) {
      broker.start();
      link.addListener(news);
      link.subscribe(
          TOPIC, QualityOfService.AT_LEAST_ONCE, (t, p) -> arrived.add(new String(p, UTF_8)));
      link.start();
      for (int round = 0; round < 3; round++) {
        news.await("connected");
        link.publish(TOPIC, ("round " + round).getBytes(UTF_8), QualityOfService.AT_LEAST_ONCE)
            .get(60, TimeUnit.SECONDS);
        assertThat(arrived.poll(60, TimeUnit.SECONDS)).isEqualTo("round " + round);
        broker.kill();
        news.await("disconnected");
        broker.start();
      }
      assertThat(link.status().inFlight()).isZero();
    }
  }

  @Test
  void publishesBeyondTheLimitAreRefusedAtOnceAndThoseOpenFailWithTheConnection() throws Exception {
    News news = new News();
    try (Mosquitto broker = new Mosquitto(folder, "allow_anonymous true");
        MqttLink link = new PahoMqttLink(plain(broker.port(), "car-1").maxInFlight(1).build())) {
      broker.start();
      link.addListener(news);
      link.start();
      news.await("connected");
      List<CompletableFuture<@Nullable Void>> all = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        all.add(link.publish(TOPIC, new byte[200_000], QualityOfService.AT_LEAST_ONCE));
      }
      broker.kill();
      int refused = 0;
      for (CompletableFuture<@Nullable Void> one : all) {
        try {
          one.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
          if (e.getCause() instanceof MqttLinkException failure
              && failure.reason() == MqttLinkException.Cause.TOO_MANY_IN_FLIGHT) {
            refused++;
          }
        }
      }
      assertThat(refused).isPositive();
      news.await("disconnected");
      assertThat(link.status().inFlight()).isZero();
    }
  }

  @Test
  void aSlowHandlerBoundsWhatWaitsByItsBytes() throws Exception {
    News news = new News();
    CountDownLatch handling = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (Mosquitto broker = new Mosquitto(folder, "allow_anonymous true");
        MqttLink link =
            new PahoMqttLink(plain(broker.port(), "car-1").maxQueuedBytes(50_000).build())) {
      broker.start();
      link.addListener(news);
      link.subscribe(
          TOPIC,
          QualityOfService.AT_LEAST_ONCE,
          (t, p) -> {
            handling.countDown();
            try {
              goOn.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      link.start();
      news.await("connected");
      for (int i = 0; i < 12; i++) {
        link.publish(TOPIC, new byte[10_000], QualityOfService.AT_LEAST_ONCE)
            .get(60, TimeUnit.SECONDS);
        assertThat(handling.await(60, TimeUnit.SECONDS)).isTrue();
      }
      // One is being handled, five wait, the others had no room.
      while (link.status().overflowed() < 6) {
        Thread.onSpinWait();
      }
      goOn.countDown();
    }
  }

  @Test
  void theLastWillSpeaksOfALostLinkAndIsSilentAfterAFarewell() throws Exception {
    BlockingQueue<String> wills = new LinkedBlockingQueue<>();
    News watching = new News();
    News news = new News();
    String death = Topics.of("car-1", Topics.Kind.DEATH);
    try (Mosquitto broker = new Mosquitto(folder, "allow_anonymous true");
        MqttLink watcher = new PahoMqttLink(plain(broker.port(), "monitor").build())) {
      broker.start();
      watcher.addListener(watching);
      watcher.subscribe(
          death, QualityOfService.AT_LEAST_ONCE, (t, p) -> wills.add(new String(p, UTF_8)));
      watcher.start();
      watching.await("connected");
      MqttLink.LastWill lastWill =
          connection -> new MqttLink.Will(death, ("lost " + connection).getBytes(UTF_8));

      MqttLink first = new PahoMqttLink(plain(broker.port(), "car-1").build(), lastWill);
      first.addListener(news);
      first.start();
      news.await("connected");
      // Another client of the same name takes the connection over, so the broker loses the first.
      try (MqttLink second = new PahoMqttLink(plain(broker.port(), "car-1").build())) {
        second.start();
        assertThat(wills.poll(60, TimeUnit.SECONDS)).startsWith("lost");
        first.close();
      }
      MqttLink polite =
          new PahoMqttLink(
              plain(broker.port(), "car-2").build(),
              connection -> new MqttLink.Will(death, "impolite".getBytes(UTF_8)));
      News politeNews = new News();
      polite.addListener(politeNews);
      polite.start();
      politeNews.await("connected");
      polite.close();
      watcher.publish(death, "after".getBytes(UTF_8), QualityOfService.AT_LEAST_ONCE).get();
      String next = wills.poll(60, TimeUnit.SECONDS);
      while (next != null && next.startsWith("lost")) {
        next = wills.poll(60, TimeUnit.SECONDS);
      }
      assertThat(next).isEqualTo("after");
    }
  }

  @Test
  void mutualTlsLetsInWhoHoldsACertificateAndNobodyElse() throws Exception {
    Certificates fleet = new Certificates(folder.resolve("fleet"), "fleet");
    fleet.issue("broker", "san=ip:127.0.0.1,dns:localhost");
    fleet.issue("elsewhere", "san=dns:elsewhere.example");
    fleet.issue("car-1");
    Certificates stranger = new Certificates(folder.resolve("stranger"), "stranger");
    stranger.issue("car-1");
    TlsSettings good =
        new TlsSettings(fleet.authority(), fleet.certificate("car-1"), fleet.key("car-1"));
    TlsSettings without = new TlsSettings(fleet.authority(), null, null);
    TlsSettings forged =
        new TlsSettings(fleet.authority(), stranger.certificate("car-1"), stranger.key("car-1"));
    TlsSettings deceived =
        new TlsSettings(stranger.authority(), fleet.certificate("car-1"), fleet.key("car-1"));

    try (Mosquitto broker = new Mosquitto(folder, tls(fleet, "broker"))) {
      broker.start();
      assertThat(connects(broker.port(), good)).isEqualTo("connected");
      assertThat(connects(broker.port(), without)).startsWith("disconnected");
      assertThat(connects(broker.port(), forged)).startsWith("disconnected");
      assertThat(connects(broker.port(), deceived)).startsWith("disconnected").contains("PKIX");
    }
    try (Mosquitto broker = new Mosquitto(folder, tls(fleet, "elsewhere"))) {
      broker.start();
      assertThat(connects(broker.port(), good))
          .startsWith("disconnected")
          .contains("subject alternative");
    }
  }

  private static String[] tls(Certificates authority, String name) {
    return new String[] {
      "cafile " + authority.authority(),
      "certfile " + authority.certificate(name),
      "keyfile " + authority.key(name),
      "require_certificate true",
      "use_identity_as_username true",
      "allow_anonymous false"
    };
  }

  private static String connects(int port, TlsSettings tls) throws Exception {
    News news = new News();
    MqttSettings settings =
        MqttSettings.to(URI.create("ssl://127.0.0.1:" + port), "car-1")
            .tls(tls)
            .timeout(Duration.ofSeconds(20))
            .build();
    try (MqttLink link = new PahoMqttLink(settings)) {
      link.addListener(news);
      link.start();
      return news.await("");
    }
  }

  @Test
  void aMissingOrOldKeyFileIsNamedWithItsCure() throws Exception {
    Certificates fleet = new Certificates(folder.resolve("fleet"), "fleet");
    fleet.issue("car-1");
    Path old = folder.resolve("old.key");
    Files.writeString(old, "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
    Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rw-------"));

    assertThatThrownBy(() -> new TlsSettings(null, fleet.certificate("car-1"), old).context())
        .isInstanceOf(PemException.class)
        .hasMessageContaining("old.key")
        .hasMessageContaining("openssl pkcs8");
    assertThatThrownBy(() -> new TlsSettings(folder.resolve("none.pem"), null, null).context())
        .isInstanceOf(PemException.class)
        .hasMessageContaining("none.pem");
    assertThatThrownBy(() -> new TlsSettings(old, null, null).context())
        .isInstanceOf(PemException.class)
        .hasMessageContaining("no certificate");
  }

  @Test
  void settingsShowNoSecret() {
    assertThat(plain(1883, "car-1").credential("car-1", "hunter2".toCharArray()).build())
        .hasToString("MQTT tcp://127.0.0.1:1883 as 'car-1', user 'car-1'");
    assertThatThrownBy(() -> MqttSettings.to(URI.create("tcp://me:hunter2@host:1883"), "car-1"))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("hunter2");
  }
}
