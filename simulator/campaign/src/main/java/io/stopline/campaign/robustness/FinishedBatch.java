package io.stopline.campaign.robustness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.attacks.Attack;
import io.stopline.campaign.robustness.InputRecord.Trial;
import io.stopline.campaign.robustness.Judge.Ruling;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that is kept of a batch: one line of a run folder.
 *
 * @param costs one an attack
 * @param examples the smallest successful changes of the batch
 */
record FinishedBatch(List<InputRecord> inputs, List<Cost> costs, List<Example> examples) {

  /** What one attack on the batch cost, and how it got there if it is made of several. */
  record Cost(double seconds, long queries, List<Attack.Stage> stages) {}

  FinishedBatch {
    inputs = List.copyOf(inputs);
    costs = List.copyOf(costs);
    examples = List.copyOf(examples);
  }

  ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ArrayNode all = node.putArray("inputs");
    for (InputRecord input : inputs) {
      ObjectNode one = all.addObject().put("id", input.id()).put("label", input.label());
      one.set("clean", ruling(input.clean()));
      ArrayNode trials = one.putArray("trials");
      for (Trial trial : input.trials()) {
        if (trial == null) {
          trials.addNull();
        } else {
          ObjectNode each =
              trials
                  .addObject()
                  .put("claimed", trial.claimed())
                  .put("violation", trial.violation())
                  .put("counts", trial.counts())
                  .put("change", trial.change());
          each.set("ruling", ruling(trial.ruling()));
          ObjectNode figures = each.putObject("figures");
          trial.figures().forEach(figures::put);
        }
      }
    }
    ArrayNode money = node.putArray("costs");
    for (Cost cost : costs) {
      ObjectNode one =
          money.addObject().put("seconds", cost.seconds()).put("queries", cost.queries());
      ArrayNode stages = one.putArray("stages");
      for (Attack.Stage stage : cost.stages()) {
        ObjectNode part =
            stages
                .addObject()
                .put("attack", stage.attack())
                .put("before", stage.before())
                .put("queries", stage.queries())
                .put("seconds", stage.seconds());
        ArrayNode broken = part.putArray("broken");
        stage.broken().forEach(broken::add);
      }
    }
    ArrayNode pictures = node.putArray("examples");
    for (Example example : examples) {
      pictures
          .addObject()
          .put("id", example.id())
          .put("attack", example.attack())
          .put("label", example.label())
          .put("change", example.change())
          .put("pixels", text(example.pixels()));
    }
    return node;
  }

  static FinishedBatch of(JsonNode node) {
    List<InputRecord> inputs = new ArrayList<>();
    for (JsonNode one : node.get("inputs")) {
      List<@Nullable Trial> trials = new ArrayList<>();
      for (JsonNode t : one.get("trials")) {
        trials.add(t.isNull() ? null : trial(t));
      }
      inputs.add(
          new InputRecord(
              one.get("id").asInt(), one.get("label").asInt(), ruling(one.get("clean")), trials));
    }
    List<Cost> costs = new ArrayList<>();
    for (JsonNode c : node.get("costs")) {
      List<Attack.Stage> stages = new ArrayList<>();
      for (JsonNode s : c.get("stages")) {
        List<Long> broken = new ArrayList<>();
        s.get("broken").forEach(id -> broken.add(id.asLong()));
        stages.add(
            new Attack.Stage(
                s.get("attack").asText(),
                s.get("before").asInt(),
                broken,
                s.get("queries").asLong(),
                s.get("seconds").asDouble()));
      }
      costs.add(new Cost(c.get("seconds").asDouble(), c.get("queries").asLong(), stages));
    }
    List<Example> examples = new ArrayList<>();
    for (JsonNode e : node.get("examples")) {
      examples.add(
          new Example(
              e.get("id").asInt(),
              e.get("attack").asInt(),
              e.get("label").asInt(),
              e.get("change").asDouble(),
              pixels(e.get("pixels").asText())));
    }
    return new FinishedBatch(inputs, costs, examples);
  }

  private static Trial trial(JsonNode node) {
    Map<String, Double> figures = new TreeMap<>();
    node.get("figures").properties().forEach(f -> figures.put(f.getKey(), f.getValue().asDouble()));
    return new Trial(
        node.get("claimed").asBoolean(),
        node.get("violation").asText(),
        node.get("counts").asBoolean(),
        ruling(node.get("ruling")),
        node.get("change").asDouble(),
        figures);
  }

  private static ArrayNode ruling(Ruling r) {
    return JsonNodeFactory.instance
        .arrayNode()
        .add(r.label())
        .add(r.looks())
        .add(r.wrong())
        .add(r.right())
        .add(r.refused());
  }

  private static Ruling ruling(JsonNode node) {
    return new Ruling(
        node.get(0).asInt(),
        node.get(1).asInt(),
        node.get(2).asInt(),
        node.get(3).asInt(),
        node.get(4).asInt());
  }

  private static String text(float[] pixels) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * pixels.length);
    for (float pixel : pixels) {
      bytes.putFloat(pixel);
    }
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private static float[] pixels(String text) {
    ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(text));
    float[] pixels = new float[bytes.remaining() / 4];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = bytes.getFloat();
    }
    return pixels;
  }
}
