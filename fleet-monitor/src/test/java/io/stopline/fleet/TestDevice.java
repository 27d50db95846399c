package io.stopline.fleet;

import io.stopline.telemetry.Acknowledgement;
import io.stopline.telemetry.BirthMessage;
import io.stopline.telemetry.BundleIdentity;
import io.stopline.telemetry.DeathMessage;
import io.stopline.telemetry.DelegateReport;
import io.stopline.telemetry.HealthMessage;
import io.stopline.telemetry.IncidentMessage;
import io.stopline.telemetry.MalformedMessageException;
import io.stopline.telemetry.MessageCodec;
import io.stopline.telemetry.MqttLink;
import io.stopline.telemetry.MqttLink.QualityOfService;
import io.stopline.telemetry.MqttSettings;
import io.stopline.telemetry.PahoMqttLink;
import io.stopline.telemetry.PngBytes;
import io.stopline.telemetry.TlsSettings;
import io.stopline.telemetry.Topics;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Polygon;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/** A device as the monitor sees one: a real link, real messages. */
final class TestDevice implements AutoCloseable {

  static final MessageCodec CODEC = new MessageCodec();

  final String id;
  final UUID session = UUID.randomUUID();
  final MqttLink link;
  final BlockingQueue<String> connections = new LinkedBlockingQueue<>();
  final Map<UUID, Integer> stored = new ConcurrentHashMap<>();
  final BlockingQueue<Acknowledgement> acknowledgements = new LinkedBlockingQueue<>();

  TestDevice(URI broker, String id, @Nullable String password, @Nullable TlsSettings tls) {
    this(broker, id, id, id, password, tls);
  }

  TestDevice(
      URI broker,
      String id,
      String clientId,
      String user,
      @Nullable String password,
      @Nullable TlsSettings tls) {
    this.id = id;
    MqttSettings.Builder settings =
        MqttSettings.to(broker, clientId)
            .backoff(Duration.ofMillis(50), Duration.ofMillis(500))
            .maxInFlight(100);
    if (password != null) {
      settings.credential(user, password.toCharArray());
    }
    if (tls != null) {
      settings.tls(tls);
    }
    link =
        new PahoMqttLink(
            settings.build(),
            connection ->
                new MqttLink.Will(
                    Topics.of(id, Topics.Kind.DEATH),
                    CODEC.encode(
                        new DeathMessage(1, id, session, connection, DeathMessage.Cause.LOST))));
    link.addListener(
        new MqttLink.Listener() {
          @Override
          public void connected(long connection) {
            connections.add("connected " + connection);
          }

          @Override
          public void disconnected(String problem) {
            connections.add("disconnected: " + problem);
          }
        });
    link.subscribe(
        Topics.of(id, Topics.Kind.ACKNOWLEDGEMENT),
        QualityOfService.AT_LEAST_ONCE,
        (topic, payload) -> {
          try {
            Acknowledgement acknowledgement = CODEC.decode(Acknowledgement.class, payload);
            acknowledgement.stored().forEach(i -> stored.merge(i, 1, Integer::sum));
            acknowledgements.add(acknowledgement);
          } catch (MalformedMessageException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  TestDevice connect() throws InterruptedException {
    String news = first();
    if (!news.startsWith("connected")) {
      throw new IllegalStateException(news);
    }
    return this;
  }

  /** What the first attempt to connect came to. */
  String first() throws InterruptedException {
    link.start();
    String news = connections.poll(60, TimeUnit.SECONDS);
    return news == null ? "nothing" : news;
  }

  CompletableFuture<@Nullable Void> send(IncidentMessage incident) {
    return publish(Topics.Kind.INCIDENT, CODEC.encode(incident));
  }

  CompletableFuture<@Nullable Void> publish(Topics.Kind kind, byte[] payload) {
    return link.publish(Topics.of(id, kind), payload, QualityOfService.AT_LEAST_ONCE);
  }

  void birth(long connection, long firstSequence) throws InterruptedException {
    BirthMessage birth =
        new BirthMessage(
            1,
            id,
            session,
            connection,
            Instant.now(),
            Instant.now(),
            "0.1.0",
            new BundleIdentity("traffic-signs", "d".repeat(64)),
            List.of(),
            firstSequence);
    while (true) {
      try {
        link.publish(
                Topics.of(id, Topics.Kind.BIRTH),
                CODEC.encode(birth),
                QualityOfService.AT_LEAST_ONCE,
                true)
            .join();
        return;
      } catch (CompletionException e) {
        // Another client of the same name may have had this one dropped; it comes back.
        if (connections.poll(60, TimeUnit.SECONDS) == null) {
          throw e;
        }
      }
    }
  }

  void health(long nextSequence) {
    health(nextSequence, null);
  }

  /**
   * @param components null for an agent that does not tell its parts apart
   */
  void health(long nextSequence, HealthMessage.@Nullable Components components) {
    HealthMessage health =
        new HealthMessage(
            1,
            id,
            session,
            Instant.now(),
            new HealthMessage.Frames(9120, 9096, 24),
            new HealthMessage.Component(HealthMessage.State.OK, ""),
            new HealthMessage.Component(HealthMessage.State.OFF, ""),
            new HealthMessage.Outbox(0, 0, 0),
            List.of(
                new DelegateReport(
                    "signs-float",
                    "xnnpack",
                    List.of(new DelegateReport.PassedOver("gpu", "no library on this board")))),
            new HealthMessage.Sightings(211, 2),
            3,
            nextSequence,
            components);
    publish(Topics.Kind.HEALTH, CODEC.encode(health)).join();
  }

  IncidentMessage incident(long sequence) {
    return incident(sequence, "Stop", "front camera", "randomised views disagree with the label");
  }

  IncidentMessage incident(long sequence, String label, String source, String reason) {
    Random random = new Random(sequence);
    List<IncidentMessage.Evidence> evidence = new ArrayList<>();
    double before = 0;
    for (int i = 0; i < 4; i++) {
      double score = 0.3 + 0.15 * i + 0.1 * random.nextDouble();
      evidence.add(
          new IncidentMessage.Evidence(
              100 + i,
              Instant.now(),
              new IncidentMessage.Region(600, 200, 40 + 8 * i, 40 + 8 * i),
              PngBytes.of(sign(40 + 8 * i, sequence)),
              before,
              i % 3,
              12,
              random.nextLong(),
              score,
              i > 0,
              List.of(
                  new IncidentMessage.CheckScore("transform consistency", score),
                  new IncidentMessage.CheckScore("ensemble agreement", score * 0.8),
                  new IncidentMessage.CheckScore("feature squeezing", i > 0 ? score / 2 : null)),
              14,
              label,
              0.913,
              i < 3 ? IncidentMessage.Decision.ACCEPT : IncidentMessage.Decision.SUSPECT,
              i < 3 ? 0.31 / (i + 1) : 0.0041,
              i < 3 ? List.of() : List.of(reason),
              i == 0 ? null : new IncidentMessage.SignLook(0.75, 0.8, i, 0),
              null));
      before = Math.max(before, score);
    }
    return new IncidentMessage(
        1,
        UUID.randomUUID(),
        id,
        session,
        sequence,
        IncidentMessage.Kind.ALTERED_SIGN,
        IncidentMessage.Level.ALERT,
        source,
        sequence + 40,
        Instant.now().minusSeconds(2),
        Instant.now(),
        17,
        new IncidentMessage.Place(48.137154 + sequence / 5000.0, 11.576124, 4.5),
        14,
        label,
        0.913,
        IncidentMessage.Decision.SUSPECT,
        0.0041,
        before,
        List.of(reason, "two models disagree with the third"),
        evidence,
        new IncidentMessage.GuardIdentity(
            "standard",
            "a".repeat(64),
            "b".repeat(64),
            List.of(
                new IncidentMessage.Model("signs-float", "c".repeat(64), "xnnpack"),
                new IncidentMessage.Model("signs-int8", "e".repeat(64), "xnnpack")),
            null,
            new IncidentMessage.Model("is-sign", "f".repeat(64), "xnnpack"),
            new BundleIdentity("traffic-signs", "d".repeat(64)),
            "0.1.0"));
  }

  /** The same as a guard of somebody's detector reports it: another kind, and what was found. */
  static IncidentMessage ofDetector(IncidentMessage m, IncidentMessage.Kind kind, String found) {
    List<IncidentMessage.Evidence> evidence = new ArrayList<>();
    for (IncidentMessage.Evidence e : m.evidence()) {
      int side = e.region().width();
      evidence.add(
          new IncidentMessage.Evidence(
              e.frame(),
              e.capturedAt(),
              e.region(),
              e.crop(),
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
              new IncidentMessage.SignLook(0.75, 1, 0, 0),
              new IncidentMessage.Sighting(
                  12,
                  found,
                  new IncidentMessage.Region(side / 4, side / 8, side / 2, side / 2),
                  new IncidentMessage.Course(0.05, 0.2, 9, 1, false)),
              new IncidentMessage.Certificate(
                  "windows",
                  "frame",
                  "group",
                  "red octagon",
                  "signs-int8",
                  5,
                  32,
                  32,
                  0,
                  -0.5,
                  0.5,
                  true,
                  false,
                  new IncidentMessage.Region(8, 16, 8, 12),
                  "in this frame, one patch cannot have another label accepted"),
              null,
              new IncidentMessage.Cascade(1, "odd", true, false, false, 0.1)));
    }
    return new IncidentMessage(
        m.schemaVersion(),
        m.id(),
        m.device(),
        m.session(),
        m.sequence(),
        kind,
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
        evidence,
        m.guard());
  }

  /** A stop sign with two stickers on it. */
  static byte[] sign(int side, long seed) {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    Random random = new Random(seed);
    g.setColor(new Color(120 + random.nextInt(60), 150 + random.nextInt(50), 190));
    g.fillRect(0, 0, side, side);
    Polygon octagon = new Polygon();
    for (int i = 0; i < 8; i++) {
      double angle = Math.PI / 8 + i * Math.PI / 4;
      octagon.addPoint(
          (int) (side / 2.0 + side * 0.45 * Math.cos(angle)),
          (int) (side / 2.0 + side * 0.45 * Math.sin(angle)));
    }
    g.setColor(new Color(190, 30, 40));
    g.fillPolygon(octagon);
    g.setColor(Color.WHITE);
    g.setStroke(new BasicStroke(side / 24f));
    g.drawPolygon(octagon);
    g.setFont(new Font(Font.SANS_SERIF, Font.BOLD, (int) (side * 0.27)));
    int width = g.getFontMetrics().stringWidth("STOP");
    g.drawString("STOP", (side - width) / 2, (int) (side * 0.6));
    g.setColor(Color.BLACK);
    g.fillRect((int) (side * (0.2 + 0.3 * random.nextDouble())), side / 4, side / 4, side / 9);
    g.setColor(Color.WHITE);
    g.fillRect(side / 2, (int) (side * (0.62 + 0.1 * random.nextDouble())), side / 5, side / 8);
    g.dispose();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  @Override
  public void close() {
    link.close();
  }
}
