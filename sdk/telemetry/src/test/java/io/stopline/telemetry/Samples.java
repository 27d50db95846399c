package io.stopline.telemetry;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import javax.imageio.ImageIO;

/** Messages as an agent would send them. */
final class Samples {

  static final UUID SESSION = UUID.fromString("0b5f3f5c-8d70-4f4a-9a55-3f5a1f6c2b10");
  static final Instant NOW = Instant.parse("2026-03-04T05:06:07.123456789Z");

  private Samples() {}

  static IncidentMessage incident(long sequence, long seed, double score) {
    return new IncidentMessage(
        1,
        new UUID(0x1234_5678_9abc_4defL, sequence),
        "car-1",
        SESSION,
        sequence,
        IncidentMessage.Kind.ALTERED_SIGN,
        IncidentMessage.Level.NOTICE,
        "front camera",
        7,
        NOW,
        NOW.plusMillis(400),
        12,
        new IncidentMessage.Place(48.137154, 11.576124, 4.5),
        14,
        "stop",
        0.1 + 0.2,
        IncidentMessage.Decision.SUSPECT,
        Math.ulp(1.0),
        score,
        List.of("views disagree", "„Größe“ <b>& more"),
        List.of(evidence(seed, score), evidence(~seed, score)),
        new IncidentMessage.GuardIdentity(
            "default",
            "a".repeat(64),
            "b".repeat(64),
            List.of(new IncidentMessage.Model("float", "c".repeat(64), "xnnpack")),
            new IncidentMessage.Model("find", "e".repeat(64), "xnnpack"),
            new IncidentMessage.Model("is-sign", "f".repeat(64), "xnnpack"),
            new BundleIdentity("traffic-signs", "d".repeat(64)),
            "0.1.0"));
  }

  static IncidentMessage.Evidence evidence(long seed, double score) {
    return new IncidentMessage.Evidence(
        412,
        NOW,
        new IncidentMessage.Region(10, 20, 48, 48),
        PngBytes.of(png(48, 48)),
        score / 3,
        1,
        9,
        seed,
        score,
        false,
        List.of(
            new IncidentMessage.CheckScore("consistency", score),
            new IncidentMessage.CheckScore("squeezing", null)),
        14,
        "stop",
        1.0,
        IncidentMessage.Decision.ACCEPT,
        1.0,
        List.of(),
        new IncidentMessage.SignLook((double) 0.3f, score, 4, 2),
        new IncidentMessage.Sighting(
            12,
            "stop sign",
            new IncidentMessage.Region(8, 8, 30, 31),
            new IncidentMessage.Course((double) 0.1f, null, 9, 2, false)),
        new IncidentMessage.Certificate(
            "windows",
            "frame",
            "group",
            "red octagon",
            "local-int8",
            5,
            32,
            32,
            0.25,
            -score,
            score,
            true,
            false,
            new IncidentMessage.Region(8, 0, 6, 8),
            "one patch cannot have another label accepted"),
        List.of(0.125, score),
        new IncidentMessage.Cascade(1, "odd", true, false, true, score / 2));
  }

  static BirthMessage birth(long connection) {
    return new BirthMessage(
        1,
        "car-1",
        SESSION,
        connection,
        NOW,
        NOW,
        "0.1.0",
        new BundleIdentity("traffic-signs", "d".repeat(64)),
        List.of(
            new DelegateReport(
                "float",
                "xnnpack",
                List.of(new DelegateReport.PassedOver("gpu", "no such library")))),
        1);
  }

  static HealthMessage health() {
    return new HealthMessage(
        1,
        "car-1",
        SESSION,
        NOW,
        new HealthMessage.Frames(100, 90, 10),
        new HealthMessage.Component(HealthMessage.State.DEGRADED, "stalls"),
        new HealthMessage.Component(HealthMessage.State.OFF, ""),
        new HealthMessage.Outbox(3, 4096, 0),
        List.of(),
        new HealthMessage.Sightings(17, 1),
        3,
        4);
  }

  static byte[] png(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(1);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, random.nextInt(0x1000000));
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
