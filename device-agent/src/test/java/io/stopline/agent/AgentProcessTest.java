package io.stopline.agent;

import static io.stopline.testing.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.agent.source.TestCamera;
import io.stopline.agent.source.TestPictures;
import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.image.Image;
import io.stopline.telemetry.DeathMessage;
import io.stopline.telemetry.HealthMessage;
import io.stopline.telemetry.IncidentMessage;
import io.stopline.telemetry.MessageCodec;
import io.stopline.telemetry.TelemetryMessage;
import io.stopline.testing.DetectorBundle;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The agent as a process of its own, with real models, real brokers and a real camera's wire. */
@Timeout(300)
class AgentProcessTest {

  @TempDir static Path shared;
  private static Path suspicious;

  @TempDir Path folder;

  @BeforeAll
  static void makeBundle() throws Exception {
    suspicious = TestBundle.suspicious(shared.resolve("suspicious"));
  }

  private String[] onTracks(Path images, String... more) {
    return java.util.stream.Stream.concat(
            java.util.stream.Stream.of(
                "--bundle=" + suspicious,
                "--source=" + images,
                "--whole-image",
                "--fps=0",
                "--device-id=car-7"),
            java.util.stream.Stream.of(more))
        .toArray(String[]::new);
  }

  @Test
  void suspectTracksReachTheMonitorOnceEachAndAreForgottenAfterItsWord() throws Exception {
    Path images = TestTracks.make(folder, 3, 4);
    try (TestBroker broker = TestBroker.hiveMq(folder)) {
      broker.start();
      try (TestMonitor monitor = new TestMonitor(broker.uri());
          AgentProcess agent =
              new AgentProcess(
                  folder.resolve("a"),
                  onTracks(
                      images,
                      "--broker=" + broker.uri(),
                      "--latitude=48.1",
                      "--longitude=11.5",
                      "--exit-when-done"))) {
        assertThat(agent.awaitExit()).as(agent.log()).isZero();
        assertThat(monitor.incidents).hasSize(3);
        IncidentMessage incident = monitor.incidents.values().iterator().next();
        assertThat(incident.device()).isEqualTo("car-7");
        assertThat(incident.place()).isEqualTo(new IncidentMessage.Place(48.1, 11.5, 10));
        assertThat(incident.guard().models()).hasSize(4);
        IncidentMessage.Evidence evidence = incident.evidence().get(0);
        Image crop = ImageFiles.decode(evidence.crop().toByteArray(), "crop");
        Image original =
            ImageFiles.read(TestTracks.picture(images, evidence.frame() / 4, evidence.frame() % 4));
        assertThat(crop.copy().data()).as("the crop is lossless").isEqualTo(original.copy().data());
        assertThat(monitor.incidents.values())
            .extracting(IncidentMessage::sequence)
            .containsExactlyInAnyOrder(1L, 2L, 3L);
        assertThat(monitor.births).isNotEmpty();
        assertThat(monitor.births.get(0).firstSequence()).isEqualTo(1);
        await("farewell", () -> !monitor.deaths.isEmpty());
        assertThat(monitor.deaths.get(0).cause()).isEqualTo(DeathMessage.Cause.STOPPED);
        assertThat(monitor.malformed).isEmpty();

        assertThat(agent.events("ready")).hasSize(1);
        assertThat(agent.events("frame")).hasSize(12);
        assertThat(agent.events("accepted")).hasSize(3);
        JsonNode frame = agent.events("frame").get(0);
        assertThat(frame.at("/tracks/0/decision").asText()).isEqualTo("SUSPECT");
        JsonNode end = agent.events("end").get(0);
        assertThat(end.at("/outbox/depth").asLong()).isZero();
        assertThat(end.at("/broker/acknowledged").asLong()).isEqualTo(3);
        assertThat(end.at("/incidents").asLong()).isEqualTo(3);
        assertThat(evidence.seed()).isNotZero();
        theKeyOfTheSeedsIsToldToNobody(agent, monitor);
      }
    }
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("a/state/seed.key"))))
        .isEqualTo("rw-------");
  }

  private void theKeyOfTheSeedsIsToldToNobody(AgentProcess agent, TestMonitor monitor)
      throws Exception {
    byte[] key = Files.readAllBytes(folder.resolve("a/state/seed.key"));
    MessageCodec codec = new MessageCodec();
    StringBuilder told = new StringBuilder(agent.everythingWritten());
    for (List<? extends TelemetryMessage> messages :
        List.of(List.copyOf(monitor.incidents.values()), monitor.births, monitor.healths)) {
      assertThat(messages).isNotEmpty();
      messages.forEach(m -> told.append(new String(codec.encode(m), StandardCharsets.UTF_8)));
    }
    String all = told.toString();
    assertThat(all).contains("seed").doesNotContainIgnoringCase(HexFormat.of().formatHex(key));
    for (Base64.Encoder base64 : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
      assertThat(all).doesNotContain(base64.withoutPadding().encodeToString(key));
    }
  }

  /** A grey road with a red disc and one that is hardly red. */
  private Path road(int frames) throws Exception {
    Path images = Files.createDirectories(folder.resolve("road"));
    Image image = Image.black(768, 512);
    Arrays.fill(image.data(), (byte) 110);
    disc(image, 200, 200, 20, 30);
    disc(image, 560, 139, 95, 96);
    for (int f = 0; f < frames; f++) {
      ImageFiles.writePng(image, images.resolve("%02d.png".formatted(f)));
    }
    return images;
  }

  private static void disc(Image image, int centreX, int red, int green, int blue) {
    for (int y = 192; y < 288; y++) {
      for (int x = centreX - 48; x < centreX + 48; x++) {
        if (Math.hypot(x + 0.5 - centreX, y + 0.5 - 240) < 48) {
          int i = image.index(x, y);
          image.data()[i] = (byte) red;
          image.data()[i + 1] = (byte) green;
          image.data()[i + 2] = (byte) blue;
        }
      }
    }
  }

  @Test
  void theBundlesFinderFindsAndWhatIsNoSignIsDroppedAndCounted() throws Exception {
    Path bundle = TestBundle.suspiciousWithFinder(folder.resolve("bundle"));
    try (TestBroker broker = TestBroker.hiveMq(folder)) {
      broker.start();
      try (TestMonitor monitor = new TestMonitor(broker.uri());
          AgentProcess agent =
              new AgentProcess(
                  folder.resolve("a"),
                  "--bundle=" + bundle,
                  "--source=" + road(20),
                  "--fps=0",
                  "--device-id=car-7",
                  "--broker=" + broker.uri(),
                  "--exit-when-done")) {
        assertThat(agent.awaitExit()).as(agent.log()).isZero();
        List<JsonNode> frames = agent.events("frame");
        JsonNode last = frames.get(frames.size() - 1);
        assertThat(last.at("/tracks")).hasSize(2);
        for (JsonNode track : last.at("/tracks")) {
          boolean red = track.at("/region/0").asInt() < 384;
          assertThat(track.at("/decision").asText()).isEqualTo(red ? "SUSPECT" : "NO_SIGN");
          assertThat(track.at("/signScore").asDouble()).isBetween(red ? 0.9 : 0.1, red ? 1 : 0.5);
          assertThat(track.at("/finderProbability").asDouble()).isBetween(0.3, red ? 1 : 0.6);
        }
        JsonNode end = agent.events("end").get(0);
        // Judged from the third sighting on, where the frame's time allows.
        int dropped = frames.stream().mapToInt(f -> f.at("/noSign").asInt()).sum();
        assertThat(dropped).isBetween(5, 18);
        assertThat(end.at("/sightings/noSign").asInt()).isEqualTo(dropped);
        assertThat(end.at("/sightings/discarded").asInt()).isZero();
        assertThat(end.at("/delegates")).hasSize(6);

        assertThat(monitor.malformed).isEmpty();
        assertThat(monitor.incidents).as("what is no sign raises none").hasSize(1);
        IncidentMessage incident = monitor.incidents.values().iterator().next();
        assertThat(incident.kind()).isEqualTo(IncidentMessage.Kind.ALTERED_SIGN);
        assertThat(incident.level()).isNotNull();
        IncidentMessage.Model verifier = incident.guard().verifier();
        assertThat(verifier).isNotNull();
        assertThat(verifier.name()).isEqualTo("toy-verifier");
        assertThat(incident.evidence())
            .allSatisfy(e -> assertThat(e.sign()).isNotNull())
            .extracting(e -> e.region().x())
            .allMatch(x -> x < 384);
      }
    }
  }

  @Test
  void aUsersDetectorRunsGuardedAndItsIncidentSaysWhatItFoundAndWhere() throws Exception {
    Path bundle = TestBundle.suspiciousDetector(folder.resolve("bundle"));
    Path images = Files.createDirectories(folder.resolve("drive"));
    BufferedImage photograph = DetectorBundle.photograph();
    for (int i = 0; i < 16; i++) {
      ImageIO.write(
          DetectorBundle.frame(photograph, 362, 248, 0.4 * Math.pow(1.03, i)),
          "png",
          images.resolve("%02d.png".formatted(i)).toFile());
    }
    try (TestBroker broker = TestBroker.hiveMq(folder)) {
      broker.start();
      try (TestMonitor monitor = new TestMonitor(broker.uri());
          AgentProcess agent =
              new AgentProcess(
                  folder.resolve("a"),
                  "--bundle=" + bundle,
                  "--source=" + images,
                  "--fps=0",
                  "--device-id=car-7",
                  "--broker=" + broker.uri(),
                  "--exit-when-done")) {
        assertThat(agent.awaitExit()).as(agent.log()).isZero();
        List<JsonNode> frames = agent.events("frame");
        JsonNode track = frames.get(frames.size() - 1).at("/tracks/0");
        assertThat(track.at("/labelName").asText()).isEqualTo("stop sign");
        assertThat(track.at("/finderLabel").asText()).isEqualTo("stop sign");
        assertThat(monitor.malformed).isEmpty();
        // This detector reports a near sign twice at times, in two boxes.
        assertThat(monitor.incidents).hasSizeBetween(1, 2);
        IncidentMessage incident = monitor.incidents.values().iterator().next();
        assertThat(incident.guard().models())
            .extracting(IncidentMessage.Model::name)
            .containsExactly(DetectorBundle.MODEL);
        for (IncidentMessage.Evidence e : incident.evidence()) {
          IncidentMessage.Sighting seen = e.sighting();
          assertThat(seen).isNotNull();
          assertThat(seen.labelName()).isEqualTo("stop sign");
          assertThat(seen.course()).isNotNull();
          IncidentMessage.Region box = seen.box();
          assertThat(box).isNotNull();
          assertThat(box.x() + box.width()).isLessThanOrEqualTo(e.region().width());
          assertThat(box.height()).as("surroundings").isLessThan(e.region().height() * 3 / 4);
        }
      }
    }
  }

  @Test
  void withoutTheMonitorsWordIncidentsStayAndComeAgainAfterARestart() throws Exception {
    Path images = TestTracks.make(folder, 2, 3);
    try (TestBroker broker = TestBroker.any(folder)) {
      // The broker is down at the start.
      try (AgentProcess agent =
          new AgentProcess(folder.resolve("a"), onTracks(images, "--broker=" + broker.uri()))) {
        JsonNode down =
            agent.await(
                "incidents stored, broker missing",
                s ->
                    s.at("/outbox/depth").asLong() == 2
                        && !s.at("/broker/problem").asText().isEmpty());
        assertThat(down.at("/broker/state").asText()).isEqualTo("CONNECTING");
        broker.start();
        try (TestMonitor monitor = new TestMonitor(broker.uri())) {
          monitor.acknowledging = false;
          await("both incidents arrive", () -> monitor.incidents.size() == 2);
          agent.await("PUBACK is not enough", s -> s.at("/outbox/depth").asLong() == 2);
          // The broker is killed in mid-run and comes back: what was under way is sent again.
          broker.kill();
          agent.await("loss noticed", s -> s.at("/broker/state").asText().equals("CONNECTING"));
          monitor.receipts.clear();
          broker.start();
          await("sent again", () -> monitor.receipts.size() == 2);
          int killed = agent.process.destroyForcibly().waitFor();
          assertThat(killed).isEqualTo(137);
          await("last will", () -> !monitor.deaths.isEmpty());
          assertThat(monitor.deaths.get(0).cause()).isEqualTo(DeathMessage.Cause.LOST);
        }
      }
      // A new process, a new session; the old incidents keep the old one's.
      try (TestMonitor monitor = new TestMonitor(broker.uri());
          AgentProcess agent =
              new AgentProcess(
                  folder.resolve("a"),
                  onTracks(images, "--broker=" + broker.uri(), "--exit-when-done"))) {
        assertThat(agent.awaitExit()).as(agent.log()).isZero();
        assertThat(monitor.incidents).hasSize(4);
        assertThat(monitor.incidents.values())
            .extracting(IncidentMessage::sequence)
            .containsExactlyInAnyOrder(1L, 2L, 3L, 4L);
        assertThat(monitor.incidents.values().stream().map(IncidentMessage::session).distinct())
            .hasSize(2);
        assertThat(monitor.births.get(monitor.births.size() - 1).firstSequence()).isEqualTo(3);
      }
    }
  }

  @Test
  void aBrokerThatTalksNonsenseOrHangsUpIsReportedAndRetried() throws Exception {
    Path secret = Files.writeString(folder.resolve("password"), "hunter2\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    try (ServerSocket server = new ServerSocket(0, 10, java.net.InetAddress.getLoopbackAddress())) {
      Thread refuser =
          new Thread(
              () -> {
                try {
                  while (true) {
                    try (Socket socket = server.accept()) {
                      socket
                          .getOutputStream()
                          .write(
                              "HTTP/1.1 400 Bad Request\r\n\r\n"
                                  .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                    }
                  }
                } catch (java.io.IOException e) {
                  return;
                }
              });
      refuser.setDaemon(true);
      refuser.start();
      try (AgentProcess agent =
          new AgentProcess(
              folder.resolve("a"),
              onTracks(
                  TestTracks.make(folder, 1, 2),
                  "--broker=tcp://127.0.0.1:" + server.getLocalPort(),
                  "--credentials=" + secret))) {
        agent.await(
            "problem reported, incident kept",
            s ->
                !s.at("/broker/problem").asText().isEmpty() && s.at("/outbox/depth").asLong() == 1);
        assertThat(agent.stop()).isEqualTo(143);
        assertThat(agent.everythingWritten()).isNotEmpty().doesNotContain("hunter2");
      }
    }
  }

  @Test
  void aCameraThatFailsNeverEndsTheAgentAndHealthTells() throws Exception {
    CountDownLatch seenStreaming = new CountDownLatch(1);
    CountDownLatch seenFailed = new CountDownLatch(1);
    byte[] scene = TestPictures.encode(TestPictures.image(320, 240, Color.GRAY), "jpg");
    try (TestBroker broker = TestBroker.any(folder);
        TestCamera camera =
            new TestCamera(
                wire -> {
                  wire.multipart();
                  // A slow machine may write its first status late: stream until it was seen.
                  while (seenStreaming.getCount() > 0) {
                    wire.part(scene);
                    TimeUnit.MILLISECONDS.sleep(20);
                  }
                  wire.stall();
                },
                wire -> {
                  if (seenFailed.getCount() > 0) {
                    wire.text("HTTP/1.0 503 Busy\r\n\r\n");
                    return;
                  }
                  wire.multipart();
                  byte[] garbage = new byte[4000];
                  new Random(1).nextBytes(garbage);
                  wire.part(garbage).part(TestPictures.jpegClaiming(20_000, 20_000));
                  byte[] other = TestPictures.jpeg(200, 100);
                  while (true) {
                    wire.part(other);
                    TimeUnit.MILLISECONDS.sleep(20);
                  }
                })) {
      broker.start();
      try (TestMonitor monitor = new TestMonitor(broker.uri());
          AgentProcess agent =
              new AgentProcess(
                  folder.resolve("a"),
                  "--bundle=" + suspicious,
                  "--source=" + camera.url(),
                  "--stall-ms=700",
                  "--device-id=car-8",
                  "--broker=" + broker.uri())) {
        agent.await("streaming", s -> s.at("/camera/state").asText().equals("OK"));
        seenStreaming.countDown();
        agent.await("stall seen", s -> s.at("/camera/state").asText().equals("FAILED"));
        await(
            "health told of the stall",
            () ->
                monitor.healths.stream()
                    .anyMatch(h -> h.camera().state() == HealthMessage.State.FAILED));
        seenFailed.countDown();
        agent.await(
            "streaming again, another size",
            s ->
                s.at("/camera/state").asText().equals("OK")
                    && s.at("/frames/inspected").asLong() > 25);
        HealthMessage last = monitor.healths.get(monitor.healths.size() - 1);
        assertThat(last.gpio().detail()).contains("mock");
        assertThat(last.delegates()).hasSize(4);
        assertThat(agent.stop()).as("SIGTERM").isEqualTo(143);
        assertThat(agent.events("end")).hasSize(1);
        await(
            "farewell",
            () -> monitor.deaths.stream().anyMatch(d -> d.cause() == DeathMessage.Cause.STOPPED));
        assertThat(agent.log()).doesNotContain("secret");
      }
    }
  }

  @Test
  void wrongSettingsEndAtOnceWithTheirCure() throws Exception {
    Path open = Files.writeString(folder.resolve("secret.txt"), "hunter2\n");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    record Case(String cure, List<String> arguments) {}
    List<Case> cases =
        List.of(
            new Case(
                "chmod 600",
                List.of("--source=-", "--broker=tcp://127.0.0.1:1", "--credentials=" + open)),
            new Case("neither a folder", List.of("--source=" + folder.resolve("nowhere"))),
            new Case("--source-credentials", List.of("--source=http://me:hunter2@127.0.0.1/")),
            new Case("device id", List.of("--source=-", "--device-id=../x")),
            new Case("tcp://host:port", List.of("--source=-", "--broker=http://127.0.0.1")),
            new Case("bundle", List.of("--source=-", "--bundle=" + folder.resolve("none"))));
    for (Case c : cases) {
      StringWriter said = new StringWriter();
      CommandLine command = AgentMain.commandLine();
      command.setErr(new PrintWriter(said));
      List<String> arguments = new ArrayList<>(c.arguments());
      arguments.add("--state=" + folder.resolve("state"));
      if (arguments.stream().noneMatch(a -> a.startsWith("--bundle="))) {
        arguments.add("--bundle=" + suspicious);
      }
      int exit = command.execute(arguments.toArray(String[]::new));
      assertThat(exit).as("%s: %s", c, said).isEqualTo(2);
      assertThat(said.toString()).contains(c.cure()).doesNotContain("hunter2");
    }
  }
}
