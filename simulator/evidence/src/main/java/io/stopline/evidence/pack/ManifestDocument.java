package io.stopline.evidence.pack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Sha256;
import io.stopline.evidence.format.PackFormat;
import io.stopline.evidence.result.ItemUnderTest;
import java.util.Collection;
import java.util.List;

/** {@code manifest.json}: what is missing, then every file with its hash. */
final class ManifestDocument {

  private ManifestDocument() {}

  /**
   * @param files all files of the pack but this one and its signature, by path
   */
  static JsonNode of(Inventory inventory, List<Missing> missing, Collection<PackFile> files) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ArrayNode gaps = node.putArray("missing");
    missing.forEach(m -> gaps.add(m.toJson()));
    ArrayNode out = node.putArray("leftOut");
    inventory
        .leftOut()
        .forEach(
            left ->
                out.addObject()
                    .put("file", left.file())
                    .put("why", left.why())
                    .put("belongsElsewhere", left.foreign()));
    node.put("format", PackFormat.VERSION);
    node.put("wording", "evidence for; this pack claims no compliance with anything");
    node.put("date", inventory.date().toString());
    node.put("software", inventory.item().software());
    node.set("item", item(inventory.item()));
    node.putObject("key")
        .put("id", inventory.keyId())
        .put("file", PackFormat.KEY)
        .put("madeForThisPack", inventory.keyMadeForThisPack());
    ArrayNode items = node.putArray("files");
    for (PackFile file : files) {
      items
          .addObject()
          .put("path", file.path())
          .put("sha256", Sha256.of(file.bytes().array()))
          .put("bytes", file.bytes().array().length)
          .put("mediaType", file.mediaType())
          .put("role", file.role());
    }
    node.putObject("figures")
        .put("file", PackFormat.FIGURES)
        .put("count", inventory.figures().size());
    return node;
  }

  static ObjectNode item(ItemUnderTest item) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("bundle", item.bundle())
        .put("bundleVersion", item.bundleVersion())
        .put("bundleSha256", item.bundleSha256())
        .put("policy", item.policy())
        .put("policySha256", item.policySha256())
        .put("calibrationSha256", item.calibrationSha256());
    ObjectNode models = node.putObject("models");
    item.models().forEach(models::put);
    return node;
  }
}
