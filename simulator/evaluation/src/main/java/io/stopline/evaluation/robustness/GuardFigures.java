package io.stopline.evaluation.robustness;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.robustness.Evidence.DrawPoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a guard did about the attacks, and what it did without any. All of it is of one policy.
 *
 * @param policy its name
 * @param knowledge of the attacker, in words
 * @param adaptive whether the attack aimed at the whole guard
 * @param draws over which the attack averaged
 * @param looks fresh draws that each candidate was judged by
 * @param undetected attacked inputs with a wrong label accepted, over all looks
 * @param undetectedOnce attacked inputs with a wrong label accepted in any look: the worst case
 * @param recovery attacked inputs whose label is right nonetheless, over all looks
 * @param falseAlarms clean inputs that are not accepted, over the same inputs
 * @param guardedAccuracy clean inputs accepted with the right label
 * @param layers the same attack against parts of the guard
 * @param drawCurve success over the draws of the attack
 * @param benign what harmless corruptions of the same inputs do
 * @param thresholds where they come from: a split's name
 * @param floor what the members do by themselves at half the budget; null if it was not measured
 */
public record GuardFigures(
    String policy,
    String knowledge,
    boolean adaptive,
    int draws,
    int looks,
    Rate undetected,
    Rate undetectedOnce,
    Rate recovery,
    Rate falseAlarms,
    Rate guardedAccuracy,
    List<Layer> layers,
    List<DrawPoint> drawCurve,
    List<Benign> benign,
    String thresholds,
    @Nullable Floor floor) {

  /**
   * One part of the guard by itself.
   *
   * @param name for people
   * @param undetected success of the attack against it
   * @param falseAlarms of it on the same clean inputs
   */
  public record Layer(String name, Rate undetected, Rate falseAlarms) {}

  /**
   * One harmless corruption.
   *
   * @param kind for people
   * @param strength 1..5
   * @param refused inputs that are not accepted
   * @param wrongAccepted inputs with a wrong label accepted
   */
  public record Benign(String kind, int strength, Rate refused, Rate wrongAccepted) {}

  public GuardFigures {
    layers = List.copyOf(layers);
    drawCurve = List.copyOf(drawCurve);
    benign = List.copyOf(benign);
  }

  /** What the fallacy guard judges by. */
  public Evidence.GuardEvidence evidence() {
    return new Evidence.GuardEvidence(
        adaptive, thresholds, drawCurve, undetected, falseAlarms, floor);
  }

  /** Puts the names that gates read, and the rest below {@code guard}. */
  void put(ObjectNode fields) {
    fields.set("undetectedAttackSuccessRate", undetected.toJson());
    fields.set("recoveryRate", recovery.toJson());
    fields.set("falseAlarmRate", falseAlarms.toJson());
    if (floor != null) {
      fields.set("floor", floor.toJson());
    }
    fields.put("adaptive", adaptive).put("draws", draws);
    ObjectNode guard = fields.putObject("guard");
    guard.put("policy", policy).put("knowledge", knowledge).put("looks", looks);
    guard.put("thresholds", thresholds);
    guard.set("undetectedInAnyLook", undetectedOnce.toJson());
    guard.set("guardedAccuracy", guardedAccuracy.toJson());
    ArrayNode parts = guard.putArray("layers");
    for (Layer layer : layers) {
      ObjectNode node = parts.addObject().put("name", layer.name());
      node.set("undetectedAttackSuccessRate", layer.undetected().toJson());
      node.set("falseAlarmRate", layer.falseAlarms().toJson());
    }
    ArrayNode curve = guard.putArray("drawCurve");
    for (DrawPoint point : drawCurve) {
      curve
          .addObject()
          .put("draws", point.draws())
          .set("undetectedAttackSuccessRate", point.success().toJson());
    }
    ArrayNode harmless = guard.putArray("benign");
    for (Benign each : benign) {
      ObjectNode node =
          harmless.addObject().put("kind", each.kind()).put("strength", each.strength());
      node.set("falseAlarmRate", each.refused().toJson());
      node.set("wrongAccepted", each.wrongAccepted().toJson());
    }
  }
}
