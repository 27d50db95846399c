package io.stopline.evidence.pack;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Sha256;
import java.util.Map;

/** {@code training/index.json}: which files tell how the models were made. */
final class TrainingIndex {

  static final String FILE = "training/index.json";

  private TrainingIndex() {}

  static PackFile of(Inventory inventory) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put(
        "meaning",
        "a card says how a model was made and what was measured then; a recipe repeats the training"
            + " (harden --recipe), with the data and the starting weights that it names");
    ObjectNode cards = node.putObject("cards");
    inventory
        .item()
        .models()
        .keySet()
        .forEach(
            model -> {
              String card = "models/" + model + ".md";
              cards.put(
                  model, inventory.bundle().files().containsKey(card) ? "bundle/" + card : null);
            });
    ArrayNode recipes = node.putArray("recipes");
    for (Map.Entry<String, byte[]> recipe : inventory.recipes().entrySet()) {
      recipes.addObject().put("file", recipe.getKey()).put("sha256", Sha256.of(recipe.getValue()));
    }
    return PackFile.json(FILE, node, "how the models were made");
  }
}
