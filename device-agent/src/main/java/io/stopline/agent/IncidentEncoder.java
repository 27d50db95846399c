package io.stopline.agent;

import io.stopline.agent.outbox.Draft;
import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.certificate.Certificate;
import io.stopline.sdk.check.Course;
import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.guard.CascadeStep;
import io.stopline.sdk.guard.CheckScore;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.GuardIdentity;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.pipeline.Incident;
import io.stopline.telemetry.IncidentMessage;
import io.stopline.telemetry.MessageCodec;
import io.stopline.telemetry.PngBytes;
import io.stopline.telemetry.TelemetryMessage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Turns the pipeline's incidents into messages. Compressing the crops takes milliseconds, so it is
 * done where the outbox asks for the bytes, off the frame loop. Thread-safe.
 */
public final class IncidentEncoder {

  private static final int MAX_REASONS = 32;

  /** Room for everything in a message but its crops. */
  private static final int HEADROOM_BYTES = 256 << 10;

  private final AgentIdentity agent;
  private final MessageCodec codec;

  public IncidentEncoder(AgentIdentity agent, MessageCodec codec) {
    this.agent = agent;
    this.codec = codec;
  }

  /** What the outbox takes. */
  Draft draft(Incident incident) {
    long bytes = 4096;
    for (Incident.Evidence evidence : incident.evidence()) {
      bytes += 3L * evidence.crop().width() * evidence.crop().height() + 4096;
    }
    return new Draft(
        UUID.fromString(incident.id()),
        bytes,
        sequence -> codec.encode(message(incident, sequence)));
  }

  /**
   * The message.
   *
   * @param sequence its number within the session
   */
  public IncidentMessage message(Incident incident, long sequence) {
    Verdict latest = incident.evidence().get(incident.evidence().size() - 1).verdict();
    WireNumbers numbers = new WireNumbers();
    double probability = numbers.unit("probability", latest.probability(), 0);
    double pValue = numbers.unit("p-value", latest.pValue(), 0);
    double trackScore = numbers.unit("track score", latest.trackScore(), 1);
    // First: whoever reads the figures must know which of them are none.
    Set<String> reasons = new LinkedHashSet<>(numbers.reasons());
    reasons.addAll(incident.reasons());
    for (Incident.Evidence evidence : incident.evidence()) {
      reasons.addAll(evidence.verdict().reasons());
    }
    List<IncidentMessage.Evidence> evidence = evidence(incident.evidence(), reasons);
    return new IncidentMessage(
        TelemetryMessage.SCHEMA_VERSION,
        UUID.fromString(incident.id()),
        agent.device(),
        agent.session(),
        sequence,
        kind(incident.kind()),
        level(incident.level()),
        Texts.required(incident.source(), 256),
        incident.track(),
        incident.firstSeen(),
        incident.raisedAt(),
        incident.frames(),
        place(),
        latest.label(),
        Texts.limited(latest.labelName(), 128),
        probability,
        decision(latest.decision()),
        pValue,
        trackScore,
        reasons(List.copyOf(reasons)),
        evidence,
        guard(incident.guard()));
  }

  private IncidentMessage.@Nullable Place place() {
    // A mounted device's place is as good as the map it was read from.
    return agent.place() == null
        ? null
        : new IncidentMessage.Place(agent.place().latitude(), agent.place().longitude(), 10);
  }

  /**
   * The frames that fit the message, the latest first choice; crops stay exact if at all possible.
   */
  private static List<IncidentMessage.Evidence> evidence(
      List<Incident.Evidence> all, Set<String> reasons) {
    List<IncidentMessage.Evidence> fitting = new ArrayList<>();
    long left = MessageCodec.MAX_INCIDENT_BYTES - HEADROOM_BYTES;
    int dropped = 0;
    for (int i = all.size() - 1; i >= 0; i--) {
      Incident.Evidence one = all.get(i);
      byte[] png = ImageFiles.encodePng(one.crop());
      long size = png.length * 4L / 3 + 4;
      if (png.length > PngBytes.MAX_BYTES
          || size > left
          || fitting.size() == IncidentMessage.MAX_EVIDENCE) {
        dropped++;
        continue;
      }
      left -= size;
      fitting.add(0, evidence(one, png));
    }
    if (fitting.isEmpty()) {
      Incident.Evidence one = all.get(all.size() - 1);
      Image crop = one.crop();
      byte[] png = ImageFiles.encodePng(crop);
      int shrink = 1;
      while (png.length > PngBytes.MAX_BYTES) {
        shrink *= 2;
        png = ImageFiles.encodePng(shrunk(crop, shrink));
      }
      fitting.add(evidence(one, png));
      reasons.add(
          "the crop of %d×%d px was too large for a message and is shown at 1/%d of its size: this incident cannot be replayed exactly"
              .formatted(crop.width(), crop.height(), shrink));
    } else if (dropped > 0) {
      reasons.add(dropped + " evidence frames were too large for the message and left out");
    }
    return fitting;
  }

  /** Every n-th pixel. */
  private static Image shrunk(Image image, int n) {
    int width = Math.max(1, image.width() / n);
    int height = Math.max(1, image.height() / n);
    Image small = Image.black(width, height);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        System.arraycopy(
            image.data(), image.index(x * n, y * n), small.data(), small.index(x, y), 3);
      }
    }
    return small;
  }

  private static IncidentMessage.Evidence evidence(Incident.Evidence e, byte[] png) {
    Verdict v = e.verdict();
    Region r = e.region();
    List<IncidentMessage.CheckScore> checks = new ArrayList<>();
    WireNumbers numbers = new WireNumbers();
    for (CheckScore check : v.checks()) {
      String name = Texts.required(check.check(), 128);
      double value = check.nonconformity();
      // NaN is what a check that did not get to look has.
      checks.add(
          new IncidentMessage.CheckScore(
              name,
              Double.isNaN(value) ? null : numbers.unit("score of '" + name + "'", value, 1)));
    }
    double before = numbers.unit("track score before", e.before().trackScore(), 1);
    List<Double> lastScores =
        e.before().lastScores().isEmpty()
            ? null
            : e.before().lastScores().stream()
                .map(s -> numbers.unit("score of an earlier frame", s, 1))
                .toList();
    double score = numbers.unit("score", v.score(), 1);
    double probability = numbers.unit("probability", v.probability(), 0);
    double pValue = numbers.unit("p-value", v.pValue(), 0);
    double signScore = numbers.unit("sign score", v.signScore(), 1);
    List<String> reasons = new ArrayList<>(numbers.reasons());
    reasons.addAll(v.reasons());
    return new IncidentMessage.Evidence(
        e.frame(),
        e.capturedAt(),
        new IncidentMessage.Region(r.x(), r.y(), r.width(), r.height()),
        PngBytes.of(png),
        before,
        v.firstCheck(),
        v.passes(),
        v.seed(),
        score,
        v.complete(),
        checks,
        v.label(),
        Texts.limited(v.labelName(), 128),
        probability,
        decision(v.decision()),
        pValue,
        reasons(reasons),
        new IncidentMessage.SignLook(
            Float.isNaN(v.finderProbability()) ? null : (double) v.finderProbability(),
            signScore,
            e.before().signs(),
            e.before().consecutiveLows()),
        sighting(v.sighting()),
        certificate(v.certificate()),
        lastScores,
        cascade(v.cascade(), numbers));
  }

  private static IncidentMessage.@Nullable Cascade cascade(
      @Nullable CascadeStep step, WireNumbers numbers) {
    return step == null
        ? null
        : new IncidentMessage.Cascade(
            step.stage(),
            step.cause().name().toLowerCase(Locale.ROOT),
            step.watched(),
            step.denied(),
            step.accepted(),
            numbers.unit("held score", step.held(), 1));
  }

  private static IncidentMessage.@Nullable Certificate certificate(@Nullable Certificate c) {
    if (c == null) {
      return null;
    }
    Region window = c.window();
    return new IncidentMessage.Certificate(
        c.method(),
        Certificate.UNIT,
        c.level().name().toLowerCase(Locale.ROOT),
        Texts.required(c.group(), 128),
        Texts.required(c.model(), 128),
        c.patchSide(),
        c.inputWidth(),
        c.inputHeight(),
        c.threshold(),
        c.score(),
        c.margin(),
        c.holds(),
        c.alarms(),
        new IncidentMessage.Region(window.x(), window.y(), window.width(), window.height()),
        Texts.required(c.claim(), 512));
  }

  private static IncidentMessage.@Nullable Sighting sighting(Sighting s) {
    Region box = s.box();
    Course course = s.course();
    if (!s.isLabelled() && box == null && course.sightings() == 0) {
      return null;
    }
    return new IncidentMessage.Sighting(
        s.label(),
        Texts.limited(s.labelName(), 128),
        box == null
            ? null
            : new IncidentMessage.Region(box.x(), box.y(), box.width(), box.height()),
        new IncidentMessage.Course(
            share(course.birthSide()),
            share(course.birthInset()),
            course.sightings(),
            course.otherLabels(),
            course.oddMotion()));
  }

  private static @Nullable Double share(float value) {
    return Float.isNaN(value) ? null : (double) value;
  }

  private IncidentMessage.GuardIdentity guard(GuardIdentity guard) {
    List<IncidentMessage.Model> models = new ArrayList<>();
    for (GuardIdentity.Member member : guard.models()) {
      models.add(model(member));
    }
    return new IncidentMessage.GuardIdentity(
        Texts.required(guard.policy(), 128),
        guard.policySha256(),
        guard.calibrationSha256(),
        models,
        guard.finder() == null ? null : model(guard.finder()),
        guard.verifier() == null ? null : model(guard.verifier()),
        agent.bundle(),
        agent.version());
  }

  private static IncidentMessage.Model model(GuardIdentity.Member member) {
    return new IncidentMessage.Model(
        Texts.required(member.name(), 128),
        member.sha256(),
        Texts.required(member.delegate(), 128));
  }

  private static IncidentMessage.Kind kind(Incident.Kind kind) {
    return switch (kind) {
      case ALTERED_SIGN -> IncidentMessage.Kind.ALTERED_SIGN;
      case HIDDEN_SIGN -> IncidentMessage.Kind.HIDDEN_SIGN;
      case PHANTOM -> IncidentMessage.Kind.PHANTOM;
      case HIDDEN_OBJECT -> IncidentMessage.Kind.HIDDEN_OBJECT;
      case VANISHED -> IncidentMessage.Kind.VANISHED;
    };
  }

  private static IncidentMessage.Level level(Incident.Level level) {
    return switch (level) {
      case ALERT -> IncidentMessage.Level.ALERT;
      case NOTICE -> IncidentMessage.Level.NOTICE;
    };
  }

  private static List<String> reasons(List<String> reasons) {
    return reasons.stream().limit(MAX_REASONS).map(r -> Texts.limited(r, 512)).toList();
  }

  private static IncidentMessage.Decision decision(Decision decision) {
    return switch (decision) {
      case ACCEPT -> IncidentMessage.Decision.ACCEPT;
      case SUSPECT -> IncidentMessage.Decision.SUSPECT;
      case ABSTAIN -> IncidentMessage.Decision.ABSTAIN;
      case NO_SIGN -> IncidentMessage.Decision.NO_SIGN;
    };
  }
}
