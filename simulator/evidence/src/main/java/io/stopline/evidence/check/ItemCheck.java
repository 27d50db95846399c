package io.stopline.evidence.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.evidence.format.PackFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cyclonedx.Version;
import org.cyclonedx.exception.ParseException;
import org.cyclonedx.parsers.JsonParser;

/**
 * Whether manifest, bundle list and bill of materials tell of the same item: the bundle's own list
 * has the hash that the manifest names, and has each model's.
 */
final class ItemCheck {

  private static final int MAX_BOM = 64 << 20;
  private static final int MAX_BUNDLE = 4 << 20;
  private static final Pattern LISTED = Pattern.compile("\"([^\"]+)\": \"([0-9a-f]{64})\"");

  private final EvidenceCheck check;

  ItemCheck(EvidenceCheck check) {
    this.check = check;
  }

  void run(JsonNode manifest) {
    JsonNode item = manifest.path("item");
    String bundle = check.listed().get(PackFormat.BUNDLE);
    if (bundle == null) {
      check.find("the list of the bundle's files is missing", PackFormat.BUNDLE, again());
      return;
    }
    if (!bundle.equals(item.path("bundleSha256").asText())) {
      check.find(
          "its hash is not the one that the manifest gives the bundle", PackFormat.BUNDLE, again());
    }
    hashes(item);
    bom(item);
  }

  private void hashes(JsonNode item) {
    byte[] bytes = check.bytes(PackFormat.BUNDLE, MAX_BUNDLE);
    if (bytes == null) {
      return;
    }
    Set<String> hashes = new HashSet<>();
    Matcher matcher = LISTED.matcher(new String(bytes, StandardCharsets.UTF_8));
    while (matcher.find()) {
      hashes.add(matcher.group(2));
      String copy = check.listed().get("bundle/" + matcher.group(1));
      if (copy != null && !copy.equals(matcher.group(2))) {
        check.find(
            "its hash is not the one in " + PackFormat.BUNDLE,
            "bundle/" + matcher.group(1),
            again());
      }
    }
    for (Map.Entry<String, JsonNode> model : item.path("models").properties()) {
      if (!hashes.contains(model.getValue().asText())) {
        check.find(
            "model '%s' has a hash that the bundle does not list".formatted(model.getKey()),
            PackFormat.MANIFEST + "#/item/models",
            again());
      }
    }
    if (!hashes.contains(item.path("policySha256").asText())) {
      check.find(
          "the policy has a hash that the bundle does not list",
          PackFormat.MANIFEST + "#/item/policySha256",
          again());
    }
  }

  private void bom(JsonNode item) {
    byte[] bytes = check.bytes(PackFormat.BOM, MAX_BOM);
    JsonNode bom = check.document(PackFormat.BOM);
    if (bytes == null || bom.isMissingNode() || !check.isSound(PackFormat.BOM)) {
      return;
    }
    try {
      for (ParseException problem :
          new JsonParser().validate(bytes, Version.VERSION_16).stream().limit(10).toList()) {
        check.find("it is no CycloneDX 1.6: " + problem.getMessage(), PackFormat.BOM, again());
      }
    } catch (IOException | RuntimeException e) {
      check.find("it cannot be held against CycloneDX 1.6", PackFormat.BOM, again());
    }
    Set<String> named = new HashSet<>();
    for (JsonNode component : bom.path("components")) {
      if (component.path("type").asText().equals("machine-learning-model")) {
        String name = component.path("name").asText();
        String hash = component.at("/hashes/0/content").asText();
        named.add(name);
        if (!item.path("models").path(name).asText().equals(hash)) {
          check.find(
              "model '%s' has another hash than in the manifest".formatted(name),
              PackFormat.BOM,
              again());
        }
      }
    }
    item.path("models")
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!named.contains(name)) {
                check.find("model '%s' is not in it".formatted(name), PackFormat.BOM, again());
              }
            });
  }

  private static String again() {
    return EvidenceCheck.again();
  }
}
