package io.stopline.attacks.gradient;

import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.Victim;
import io.stopline.autodiff.DifferentiableModel;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What the attacks of this package declare alike. */
final class Declared {

  private Declared() {}

  /** Knows weights and gradients of the model, nothing of a guard; changes any pixel. */
  static ThreatModel whiteBox(PixelBudget budget, boolean targeted, long queries, int draws) {
    return new ThreatModel(
        targeted ? ThreatModel.Goal.TARGETED : ThreatModel.Goal.UNTARGETED,
        ThreatModel.Knowledge.WHITE_BOX,
        ThreatModel.GuardKnowledge.NONE,
        ThreatModel.Capability.DIGITAL,
        budget.declared(queries, draws));
  }

  /** Budget and goal by name; more may be put after them. */
  static Map<String, Object> settings(PixelBudget budget, OptionalInt target) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("norm", budget.norm().name().toLowerCase(Locale.ROOT));
    map.put("eps", budget.epsilon());
    map.put("rounding", budget.rounding());
    target.ifPresent(value -> map.put("targeted", value));
    return map;
  }

  /**
   * For attacks that need the scores' own gradients.
   *
   * @throws UnsupportedOperationException if the victim has none
   */
  static DifferentiableModel gradients(Victim victim, String attack) {
    return victim
        .gradients()
        .orElseThrow(
            () ->
                new UnsupportedOperationException(
                    "attack '%s' needs gradients, and this victim has none; use an attack that only asks for scores or labels: square, spsa, nes, hopskipjump"
                        .formatted(attack)));
  }

  /** The same target for each input; null if there is none. */
  static int @Nullable [] targets(OptionalInt target, int count) {
    if (target.isEmpty()) {
      return null;
    }
    int[] targets = new int[count];
    Arrays.fill(targets, target.getAsInt());
    return targets;
  }
}
