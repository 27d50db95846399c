package io.stopline.evidence.pack;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evidence.format.PackFormat;
import io.stopline.evidence.result.FigureDigest;

/** {@code figures.json}: every figure with its place, its command and its data. */
final class FiguresDocument {

  private FiguresDocument() {}

  static PackFile of(Inventory inventory) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put(
        "meaning",
        "each figure stands at 'pointer' (RFC 6901) of 'file'; 'command' repeats the run, 'seed'"
            + " decides its draws, 'dataSha256' are the pixels it was measured on; a run that is repeated gives the same"
            + " 'figuresSha256' ('evidence digest' tells it of any report), null where times were"
            + " measured");
    ArrayNode runs = node.putArray("runs");
    inventory
        .reports()
        .forEach(
            (path, report) ->
                runs.addObject()
                    .put("file", path)
                    .put("command", report.command())
                    .put("figuresSha256", FigureDigest.of(report.kind(), report.json())));
    ArrayNode all = node.putArray("figures");
    inventory.figures().forEach(figure -> all.add(figure.toJson()));
    return PackFile.json(
        PackFormat.FIGURES, node, "every figure with its interval, command, seed and place");
  }
}
