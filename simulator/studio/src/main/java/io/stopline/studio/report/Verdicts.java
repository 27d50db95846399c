package io.stopline.studio.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.sdk.certificate.Certificate;
import io.stopline.sdk.guard.CascadeStep;
import io.stopline.sdk.guard.CheckScore;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Region;
import java.util.HexFormat;
import java.util.Locale;

/** Verdicts in reports. Stateless. */
public final class Verdicts {

  private Verdicts() {}

  /** A verdict; seeds are hexadecimal, because readers that keep numbers as doubles lose bits. */
  public static ObjectNode toJson(Verdict verdict) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("label", verdict.label())
        .put("labelName", verdict.labelName())
        .put("probability", verdict.probability())
        .put("decision", verdict.decision().name())
        .put("pValue", verdict.pValue())
        .put("score", verdict.score())
        .put("trackScore", verdict.trackScore())
        .put("complete", verdict.complete())
        .put("signScore", verdict.signScore());
    if (!Float.isNaN(verdict.finderProbability())) {
      node.put("finderProbability", verdict.finderProbability());
    }
    if (verdict.sighting().isLabelled()) {
      node.put("finderLabel", verdict.sighting().labelName());
    }
    ArrayNode checks = node.putArray("checks");
    for (CheckScore check : verdict.checks()) {
      ObjectNode entry = checks.addObject().put("name", check.check());
      if (Double.isNaN(check.nonconformity())) {
        entry.putNull("nonconformity");
      } else {
        entry.put("nonconformity", check.nonconformity());
      }
    }
    Certificate certificate = verdict.certificate();
    if (certificate != null) {
      node.set("certificate", toJson(certificate));
    }
    CascadeStep step = verdict.cascade();
    if (step != null) {
      node.putObject("cascade")
          .put("stage", step.stage())
          .put("cause", step.cause().name().toLowerCase(Locale.ROOT))
          .put("watched", step.watched())
          .put("denied", step.denied())
          .put("accepted", step.accepted())
          .put("held", step.held());
    }
    verdict.reasons().forEach(node.putArray("reasons")::add);
    return node.put("passes", verdict.passes())
        .put("seed", HexFormat.of().toHexDigits(verdict.seed()))
        .put("latencyMicros", verdict.latencyNanos() / 1000);
  }

  private static ObjectNode toJson(Certificate c) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("kind", "patch")
        .put("method", c.method())
        .put("unit", Certificate.UNIT)
        .put("level", c.level().name().toLowerCase(Locale.ROOT))
        .put("group", c.group())
        .put("model", c.model())
        .put("patchSide", c.patchSide())
        .put("patchAreaFraction", c.patchAreaFraction())
        .put("threshold", c.threshold())
        .put("score", c.score())
        .put("margin", c.margin())
        .put("holds", c.holds())
        .put("refused", c.alarms())
        .put("claim", c.claim());
    Region window = c.window();
    node.putObject("window")
        .put("x", window.x())
        .put("y", window.y())
        .put("width", window.width())
        .put("height", window.height())
        .put("ofWidth", c.inputWidth())
        .put("ofHeight", c.inputHeight());
    return node;
  }
}
