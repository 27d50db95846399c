package io.stopline.evidence.pack;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evidence.format.PackFormat;

/** {@code figures.json}: every figure with its place, its command and its data. */
final class FiguresDocument {

  private FiguresDocument() {}

  static PackFile of(Inventory inventory) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put(
        "meaning",
        "each figure stands at 'pointer' (RFC 6901) of 'file'; 'command' repeats the run, 'seed'"
            + " decides its draws, 'dataSha256' are the pixels it was measured on");
    ArrayNode all = node.putArray("figures");
    inventory.figures().forEach(figure -> all.add(figure.toJson()));
    return PackFile.json(
        PackFormat.FIGURES, node, "every figure with its interval, command, seed and place");
  }
}
