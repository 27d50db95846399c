package io.stopline.evaluation.road;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Figures of road frames as reports have them. */
public final class RoadJson {

  private RoadJson() {}

  /** {@code road}, but for {@code stills}. */
  public static ObjectNode of(RoadEvaluation result) {
    ObjectNode road =
        JsonNodeFactory.instance
            .objectNode()
            .put("frames", result.frames().size())
            .put("signs", result.signs())
            .put("minimumSide", result.minimumSide());
    ArrayNode finders = road.putArray("finders");
    result.finders().forEach(f -> finders.add(finder(f)));
    road.set("boxes", boxes(result.boxes()));
    road.set("guard", guard(result));
    return road;
  }

  private static ObjectNode finder(FinderFigures f) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("name", f.name());
    node.set("recall", f.recall().toJson());
    node.set("falseFindsPerFrame", f.falseFinds().toJson());
    number(node, "threshold", f.threshold());
    number(node, "meanMillis", f.meanMillis());
    ObjectNode kinds = node.putObject("falseFinds");
    kinds.set("backgroundPerFrame", f.background().toJson());
    kinds.set("misplacedPerFrame", f.misplaced().toJson());
    kinds.set("doublesPerFrame", f.doubles().toJson());
    node.set("bySize", sizes(f.bySize()));
    ArrayNode classes = node.putArray("byClass");
    for (FinderFigures.ClassRecall c : f.byClass()) {
      classes
          .addObject()
          .put("label", c.label())
          .put("name", c.name())
          .set("recall", c.recall().toJson());
    }
    ArrayNode levels = node.putArray("atFalseFindsPerFrame");
    for (FinderFigures.Level l : f.levels()) {
      ObjectNode level = levels.addObject().put("allowed", l.falseFindsAllowed());
      level.set("falseFindsPerFrame", l.falseFinds().toJson());
      number(level, "threshold", Double.isInfinite(l.threshold()) ? Double.NaN : l.threshold());
      level.put("everyFindPasses", Double.isNaN(l.threshold()));
      level.set("recall", l.recall().toJson());
      level.set("bySize", sizes(l.bySize()));
    }
    return node;
  }

  private static ArrayNode sizes(List<FinderFigures.SizeRecall> sizes) {
    ArrayNode nodes = JsonNodeFactory.instance.arrayNode();
    for (FinderFigures.SizeRecall s : sizes) {
      ObjectNode node = nodes.addObject().put("from", s.from());
      if (s.to() == Integer.MAX_VALUE) {
        node.putNull("to");
      } else {
        node.put("to", s.to());
      }
      node.set("recall", s.recall().toJson());
    }
    return nodes;
  }

  private static ObjectNode boxes(BoxFit b) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("finds", b.finds());
    number(node, "shiftMedian", b.shiftMedian());
    number(node, "shift95", b.shift95());
    number(node, "scaleMedian", b.scaleMedian());
    number(node, "scale95", b.scale95());
    number(node, "overlapMedian", b.overlapMedian());
    return node;
  }

  private static ObjectNode guard(RoadEvaluation result) {
    RoadGuardFigures g = result.guard();
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("finder", result.finder());
    node.set("acceptedRight", g.acceptedRight().toJson());
    node.set("acceptedWrong", g.acceptedWrong().toJson());
    node.set("suspected", g.suspected().toJson());
    node.set("abstained", g.abstained().toJson());
    node.set("dropped", g.dropped().toJson());
    node.set("notFound", g.notFound().toJson());
    node.set("nonSignsSuspectedPerFrame", g.nonSignsSuspected().toJson());
    node.set("nonSignsAcceptedPerFrame", g.nonSignsAccepted().toJson());
    node.set("nonSignsAbstainedPerFrame", g.nonSignsAbstained().toJson());
    node.set("nonSignsDroppedPerFrame", g.nonSignsDropped().toJson());
    node.set("misplacedSuspectedPerFrame", g.misplacedSuspected().toJson());
    node.set("misplacedAcceptedWrongPerFrame", g.misplacedAcceptedWrong().toJson());
    return node;
  }

  private static void number(ObjectNode node, String name, double value) {
    if (Double.isNaN(value)) {
      node.putNull(name);
    } else {
      node.put(name, value);
    }
  }
}
