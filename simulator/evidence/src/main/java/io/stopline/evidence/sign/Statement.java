package io.stopline.evidence.sign;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** In-toto statements, version 1 (in-toto attestation framework, spec/v1/statement.md). */
public final class Statement {

  /** What every statement says it is. */
  public static final String TYPE = "https://in-toto.io/Statement/v1";

  /** Results of tests (spec/predicates/test-result.md). */
  public static final String TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1";

  /** Of a pack's manifest: our own predicate, which only names the format's version. */
  public static final String MANIFEST = "https://example.org/stopline/evidence-manifest/v1";

  private Statement() {}

  /**
   * A statement about files.
   *
   * @param subjects SHA-256 by name, in their order
   */
  public static ObjectNode of(Map<String, String> subjects, String type, JsonNode predicate) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("_type", TYPE);
    ArrayNode subject = node.putArray("subject");
    subjects.forEach(
        (name, sha256) ->
            subject.addObject().put("name", name).putObject("digest").put("sha256", sha256));
    node.put("predicateType", type);
    node.set("predicate", predicate);
    return node;
  }
}
