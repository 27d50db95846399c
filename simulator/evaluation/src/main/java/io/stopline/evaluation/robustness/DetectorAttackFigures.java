package io.stopline.evaluation.robustness;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.detection.Estimate;
import java.util.List;
import java.util.Optional;

/**
 * What an attack did to a detector, on the file that ships.
 *
 * @param success what reaching the goal is called: {@code hidden}, {@code created} or {@code
 *     mislabelled}
 * @param clean average precision when nothing is done
 * @param attacked average precision with every attacked object's painting in its frame
 * @param found share of the listed objects that are found when clean and so attacked; of places,
 *     those where nothing was seen before
 * @param won share of the attacked objects with which the goal is reached
 * @param mislabelled the same, and a box of another label lies on the object
 * @param misplaced share of the attacked objects that a box of the right label only touches: no
 *     success
 * @param draws the same over fresh draws
 * @param controls what was tried beside; may be empty
 * @param violations paintings that were larger than allowed; they do not count
 * @param gradients forward and backward passes of all searches
 * @param seconds that they took
 */
public record DetectorAttackFigures(
    String success,
    Estimate clean,
    Estimate attacked,
    Rate found,
    Rate won,
    Rate mislabelled,
    Rate misplaced,
    Draws draws,
    List<DetectorControl> controls,
    long violations,
    long gradients,
    double seconds) {

  /**
   * Over fresh draws of place, size and light.
   *
   * @param draws how many each painting was judged in
   * @param mean share of all draws of all objects
   * @param every share of the objects with which the goal is reached as painted and in every draw
   * @param any share of the objects with which it is reached as painted or in some draw
   */
  public record Draws(int draws, Rate mean, Rate every, Rate any) {}

  public DetectorAttackFigures {
    controls = List.copyOf(controls);
  }

  /** A control by its name. */
  public Optional<DetectorControl> control(String name) {
    return controls.stream().filter(c -> c.name().equals(name)).findFirst();
  }

  /** Adds them to a report. */
  void fill(ObjectNode fields) {
    ObjectNode precision = fields.putObject("averagePrecision");
    precision.set("clean", clean.toJson());
    precision.set("attacked", attacked.toJson());
    fields.set("found", found.toJson());
    fields.set(success, won.toJson());
    if (!success.equals("mislabelled") && !success.equals("created")) {
      fields.set("mislabelled", mislabelled.toJson());
    }
    fields.set("misplaced", misplaced.toJson());
    ObjectNode over = fields.putObject("overDraws").put("draws", draws.draws());
    over.set("mean", draws.mean().toJson());
    over.set("every", draws.every().toJson());
    over.set("any", draws.any().toJson());
    ObjectNode all = fields.putObject("controls");
    for (DetectorControl control : controls) {
      ObjectNode one = all.putObject(control.name());
      one.set("success", control.success().toJson());
      one.set("attack", control.attack().toJson());
    }
    fields.put("budgetViolations", violations).put("gradients", gradients).put("seconds", seconds);
  }
}
