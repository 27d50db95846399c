package io.stopline.agent;

import io.stopline.sdk.certificate.Certificate;
import io.stopline.sdk.check.Course;
import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.guard.CascadeStep;
import io.stopline.sdk.guard.CheckScore;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.GuardIdentity;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Region;
import io.stopline.telemetry.BundleIdentity;
import io.stopline.telemetry.DelegateReport;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Made-up verdicts and identities. */
final class Verdicts {

  private Verdicts() {}

  /** A stop sign in the middle of its crop, found by a detector that knows more than signs. */
  static final Sighting SEEN =
      new Sighting(
          12, "stop sign", 0.7f, new Region(4, 5, 8, 7), new Course(0.1f, 0.25f, 9, 2, true));

  static final Certificate CERTIFIED =
      new Certificate(
          Certificate.WINDOWS,
          "local",
          5,
          32,
          32,
          Certificate.Level.GROUP,
          "red octagon",
          0,
          -0.4,
          0.4,
          new Region(8, 0, 6, 8));

  static final String HASH = "0123456789abcdef".repeat(4);

  static Verdict of(Decision decision, double score) {
    return of(decision, score, null);
  }

  static Verdict of(Decision decision, double score, @Nullable CascadeStep step) {
    return new Verdict(
        14,
        "Stop",
        0.9,
        true,
        decision == Decision.SUSPECT,
        decision,
        decision == Decision.SUSPECT ? 0.01 : 0.5,
        score,
        score,
        true,
        List.of(new CheckScore("agreement", score), new CheckScore("late", Double.NaN)),
        0.81,
        SEEN,
        0.9f,
        decision == Decision.ACCEPT ? List.of() : List.of("the models\u0000disagree"),
        11,
        0,
        0xfedcba9876543210L,
        1000,
        new GuardIdentity(
            "int8",
            HASH,
            HASH,
            List.of(new GuardIdentity.Member("m", HASH, "xnnpack")),
            new GuardIdentity.Member("find", HASH, "xnnpack"),
            new GuardIdentity.Member("is-sign", HASH, "xnnpack")),
        CERTIFIED,
        step);
  }

  /** Of a guard whose figures are no numbers. */
  static Verdict broken() {
    return new Verdict(
        14,
        "Stop",
        Double.NaN,
        true,
        true,
        Decision.SUSPECT,
        Double.NaN,
        Double.NaN,
        Double.NEGATIVE_INFINITY,
        true,
        List.of(
            new CheckScore("agreement", Double.POSITIVE_INFINITY),
            new CheckScore("late", Double.NaN)),
        Double.NaN,
        SEEN,
        0.9f,
        List.of(),
        11,
        0,
        1,
        1000,
        of(Decision.SUSPECT, 1).guard(),
        null,
        null);
  }

  static AgentIdentity agent() {
    return new AgentIdentity(
        "car-1",
        UUID.randomUUID(),
        Instant.now(),
        "test",
        new BundleIdentity("b", HASH),
        List.of(new DelegateReport("m", "xnnpack", List.of())),
        new io.stopline.config.DeviceProfile.Place(48.1, 11.5));
  }
}
