package io.stopline.evaluation.certificate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.robustness.Fallacy;
import io.stopline.evaluation.robustness.Fallacy.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a certificate holds for: files, the runtime that computes them, and the table of groups. A
 * proof about one says nothing about another.
 *
 * @param models SHA-256 of each file by its name
 * @param runtime library with its version, and delegate, for example {@code TensorFlow Lite 2.15.0,
 *     XNNPACK, x86_64}
 * @param groups SHA-256 of the group table; empty if no certificate is about groups
 */
public record CertificateIdentity(Map<String, String> models, String runtime, String groups) {

  public CertificateIdentity {
    models = Map.copyOf(models);
  }

  /** As a report has it. */
  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ObjectNode files = node.putObject("models");
    new TreeMap<>(models).forEach(files::put);
    return node.put("runtime", runtime).put("groups", groups);
  }

  /**
   * Of a report that {@code stopline certify} wrote.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static CertificateIdentity of(JsonNode report) {
    JsonNode identity = report.path("identity");
    if (!report.path("command").asText().equals("certify") || !identity.path("models").isObject()) {
      throw new IllegalArgumentException(
          "this is no report of 'stopline certify': it has no 'identity'; name the JSON that --json wrote");
    }
    Map<String, String> models = new TreeMap<>();
    for (Map.Entry<String, JsonNode> model : identity.path("models").properties()) {
      models.put(model.getKey(), model.getValue().asText());
    }
    return new CertificateIdentity(
        models, identity.path("runtime").asText(), identity.path("groups").asText());
  }

  /**
   * Why certificates of this identity say nothing about another.
   *
   * @param here what is looked at now; its models are the ones that the certificates should cover
   * @return empty if they hold for it
   */
  public List<Fallacy> against(CertificateIdentity here) {
    List<Fallacy> found = new ArrayList<>();
    for (Map.Entry<String, String> model : new TreeMap<>(here.models).entrySet()) {
      if (!models.containsValue(model.getValue())) {
        found.add(
            new Fallacy(
                Rule.FOREIGN_CERTIFICATE,
                "the certificates are of other files (%s), not of '%s' with SHA-256 %s: they say nothing about it and are left out"
                    .formatted(
                        String.join(", ", new TreeMap<>(models).keySet()),
                        model.getKey(),
                        model.getValue())));
      }
    }
    if (!runtime.equals(here.runtime)) {
      found.add(
          new Fallacy(
              Rule.FOREIGN_CERTIFICATE,
              "the certificates hold for '%s', here runs '%s': another kernel may round otherwise, so they are left out; certify with the runtime of the field"
                  .formatted(runtime, here.runtime)));
    }
    if (!groups.isEmpty() && !here.groups.isEmpty() && !groups.equals(here.groups)) {
      found.add(
          new Fallacy(
              Rule.FOREIGN_CERTIFICATE,
              "the certificates were made for another group table (SHA-256 %s, here %s): what they call one group is another here, so they are left out"
                  .formatted(groups, here.groups)));
    }
    return List.copyOf(found);
  }
}
