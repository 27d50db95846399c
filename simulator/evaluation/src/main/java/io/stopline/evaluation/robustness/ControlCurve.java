package io.stopline.evaluation.robustness;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.stopline.evaluation.Rate;
import java.util.List;

/**
 * A positive control: what an attack leaves standing of a defence that is known to be broken, over
 * the budget.
 *
 * @param name for people, for example {@code adaptive}
 */
public record ControlCurve(String name, List<Point> points) {

  /** Share of all inputs that are right after the attack at one budget. */
  public record Point(double epsilon, Rate robustAccuracy) {}

  public ControlCurve {
    points = List.copyOf(points);
  }

  /** As the report has it. */
  static ArrayNode toJson(List<ControlCurve> curves) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    for (ControlCurve curve : curves) {
      ArrayNode points = array.addObject().put("name", curve.name()).putArray("points");
      for (Point point : curve.points()) {
        points
            .addObject()
            .put("epsilon", point.epsilon())
            .set("robustAccuracy", point.robustAccuracy().toJson());
      }
    }
    return array;
  }
}
