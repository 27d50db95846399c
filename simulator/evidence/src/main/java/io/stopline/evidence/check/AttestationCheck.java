package io.stopline.evidence.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.evidence.format.PackFormat;
import io.stopline.evidence.sign.BadSignatureException;
import io.stopline.evidence.sign.Envelope;
import io.stopline.evidence.sign.Statement;
import io.stopline.evidence.sign.VerifyingKey;
import java.util.HashSet;
import java.util.Set;

/**
 * Whether each test result is signed by the pack's key, is about the item of the manifest, and
 * about a report of the pack; and whether each report has one.
 */
final class AttestationCheck {

  private static final int MAX_BYTES = 16 << 20;

  private final EvidenceCheck check;
  private final VerifyingKey key;

  AttestationCheck(EvidenceCheck check, VerifyingKey key) {
    this.check = check;
    this.key = key;
  }

  /** Returns how many hold. */
  int run(JsonNode manifest) {
    int held = 0;
    Set<String> attested = new HashSet<>();
    for (String path : check.listed().keySet()) {
      if (!path.startsWith(PackFormat.ATTESTATIONS) || !path.endsWith(".dsse.json")) {
        continue;
      }
      byte[] bytes = check.bytes(path, MAX_BYTES);
      if (bytes == null) {
        continue;
      }
      try {
        JsonNode statement = Envelope.open(bytes, key);
        held += isSound(manifest, path, statement, attested) ? 1 : 0;
      } catch (BadSignatureException e) {
        find("foreign signature: " + e.getMessage(), path);
      }
    }
    for (JsonNode figure : check.document(PackFormat.FIGURES).path("figures")) {
      String file = figure.path("file").asText();
      if (attested.add(file)) {
        find("no signed test result is about it", file);
      }
    }
    return held;
  }

  private boolean isSound(
      JsonNode manifest, String path, JsonNode statement, Set<String> attested) {
    JsonNode item = manifest.path("item");
    boolean sound = true;
    if (!statement.path("_type").asText().equals(Statement.TYPE)
        || !statement.path("predicateType").asText().equals(Statement.TEST_RESULT)) {
      find("it is no test result", path);
      return false;
    }
    if (!statement.at("/predicate/result").asText().matches("PASSED|WARNED|FAILED")) {
      find("its result is none of PASSED, WARNED and FAILED", path);
      sound = false;
    }
    for (JsonNode subject : statement.path("subject")) {
      String name = subject.path("name").asText();
      if (!subject.at("/digest/sha256").asText().equals(hash(item, name))) {
        find("its subject '%s' is not the manifest's".formatted(name), path);
        sound = false;
      }
    }
    if (statement.path("subject").isEmpty()) {
      find("it is about nothing", path);
      sound = false;
    }
    for (JsonNode part : statement.at("/predicate/configuration")) {
      String file = part.path("name").asText();
      attested.add(file);
      if (!part.at("/digest/sha256").asText().equals(check.listed().get(file))) {
        find("it is about another '%s' than the pack has".formatted(file), path);
        sound = false;
      }
    }
    return sound;
  }

  private static String hash(JsonNode item, String name) {
    if (name.equals(PackFormat.BUNDLE)) {
      return item.path("bundleSha256").asText();
    }
    if (name.equals("policy:" + item.path("policy").asText())) {
      return item.path("policySha256").asText();
    }
    return name.startsWith("model:")
        ? item.path("models").path(name.substring("model:".length())).asText("none")
        : "none";
  }

  private void find(String thing, String place) {
    check.find(thing, place, EvidenceCheck.again());
  }
}
