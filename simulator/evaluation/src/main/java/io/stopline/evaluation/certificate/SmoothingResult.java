package io.stopline.evaluation.certificate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.robustness.Threat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Certificates of a smoothed classifier against any change of bounded length in L2 (Cohen,
 * Rosenfeld and Kolter 2019): share of inputs that are right and provably stay so, by radius.
 *
 * @param sigma standard deviation of the noise, over pixels 0..1
 * @param samples noisy copies a certificate
 * @param alpha chance that a certificate does not hold
 * @param plain accuracy of the model itself, without noise
 * @param byRadius certified accuracy by radius, over pixels 0..1; at 0 the accuracy of what is
 *     smoothed
 * @param abstained inputs of which nothing is said
 * @param seconds for all inputs, on this machine
 */
public record SmoothingResult(
    String model,
    Level level,
    double sigma,
    int samples,
    double alpha,
    Rate plain,
    SortedMap<Double, Rate> byRadius,
    Rate abstained,
    double seconds)
    implements CertificateResult {

  public SmoothingResult {
    byRadius = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(byRadius));
  }

  @Override
  public ObjectNode toJson() {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("model", model)
            .put("kind", "smoothing")
            .put("method", "randomised smoothing")
            .put("level", level.id())
            .put("unit", "frame")
            .put("norm", "l2")
            .put("sigma", sigma)
            .put("samples", samples)
            .put("alpha", alpha);
    node.set("cleanAccuracy", plain.toJson());
    node.set("abstained", abstained.toJson());
    ArrayNode curve = node.putArray("certifiedAccuracy");
    byRadius.forEach((radius, rate) -> curve.add(rate.toJson().put("radius", radius)));
    return node.put("seconds", seconds);
  }

  @Override
  public Threat threat() {
    return ProvedThreat.of(
        level,
        "all pixels, within the radius certified for the input",
        JsonNodeFactory.instance.objectNode().put("norm", "l2").put("epsilon", byRadius.lastKey()));
  }

  @Override
  public List<String> heads() {
    return List.of(
        "Model", "Level", "Noise", "Right when clean", "Abstained", "Certified by radius");
  }

  @Override
  public List<String> cells() {
    return List.of(
        model,
        level.id(),
        String.format(Locale.ROOT, "σ %.3f, %d copies, α %s", sigma, samples, alpha),
        plain.toString(),
        abstained.toString(),
        curve());
  }

  private String curve() {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<Double, Rate> point : byRadius.entrySet()) {
      text.append(text.isEmpty() ? "" : "; ")
          .append(
              String.format(
                  Locale.ROOT, "%.2f: %.1f %%", point.getKey(), 100 * point.getValue().value()));
    }
    return text.toString();
  }

  @Override
  public String attackedWords() {
    return "%s level".formatted(level.id());
  }

  @Override
  public String line() {
    return String.format(
        Locale.ROOT,
        "%-14s %-5s σ %.3f  abstained %s  certified by radius %s  %.0f s",
        model,
        level.id(),
        sigma,
        abstained,
        curve(),
        seconds);
  }
}
