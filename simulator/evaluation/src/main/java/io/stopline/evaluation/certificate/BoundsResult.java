package io.stopline.evaluation.certificate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.robustness.Threat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Certificates by bounds of all that a float model can compute within an L∞ budget.
 *
 * @param method {@code interval} or {@code linear}
 * @param epsilon budget, over pixels 0..1
 * @param clean right when nothing is done
 * @param certified right, and provably so within the budget
 * @param attacked null if the certificates were not attacked; there is no control
 * @param seconds an input, on this machine
 */
public record BoundsResult(
    String model,
    String method,
    Level level,
    double epsilon,
    Rate clean,
    Rate certified,
    @Nullable Attacked attacked,
    double seconds)
    implements CertificateResult {

  @Override
  public ObjectNode toJson() {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("model", model)
            .put("kind", "bounds")
            .put("method", method)
            .put("level", level.id())
            .put("unit", "frame")
            .put("norm", "linf")
            .put("epsilon", epsilon);
    node.set("cleanAccuracy", clean.toJson());
    node.set("certifiedAccuracy", certified.toJson());
    if (attacked != null) {
      node.set("attacked", attacked.toJson());
    }
    return node.put("secondsAnInput", seconds);
  }

  @Override
  public Threat threat() {
    return ProvedThreat.of(
        level,
        "all pixels",
        JsonNodeFactory.instance.objectNode().put("norm", "linf").put("epsilon", epsilon));
  }

  @Override
  public List<String> heads() {
    return List.of(
        "Model", "Bounds", "Level", "Budget", "Right when clean", "Certified", "Seconds");
  }

  @Override
  public List<String> cells() {
    return List.of(
        model,
        method,
        level.id(),
        budget(),
        clean.toString(),
        certified.toString(),
        String.format(Locale.ROOT, "%.3f", seconds));
  }

  private String budget() {
    return String.format(Locale.ROOT, "L∞ %.2f/255", 255 * epsilon);
  }

  @Override
  public String attackedWords() {
    return "%s bounds, %s level, %s".formatted(method, level.id(), budget());
  }

  @Override
  public String line() {
    return String.format(
        Locale.ROOT,
        "%-14s %-8s %-5s %s  certified %s  %.3f s an input",
        model,
        method,
        level.id(),
        budget(),
        certified,
        seconds);
  }
}
