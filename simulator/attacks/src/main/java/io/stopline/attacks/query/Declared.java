package io.stopline.attacks.query;

import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.ThreatModel;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What the attacks of this package declare alike. */
final class Declared {

  private Declared() {}

  /** Changes any pixel of an image; knows nothing of a guard. */
  static ThreatModel digital(
      ThreatModel.Knowledge knowledge, PixelBudget budget, OptionalInt target, long queries) {
    return new ThreatModel(
        target.isPresent() ? ThreatModel.Goal.TARGETED : ThreatModel.Goal.UNTARGETED,
        knowledge,
        ThreatModel.GuardKnowledge.NONE,
        ThreatModel.Capability.DIGITAL,
        budget.declared(queries, 1));
  }

  /** Budget and goal by name; more may be put after them. */
  static Map<String, Object> settings(PixelBudget budget, OptionalInt target) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("norm", budget.norm().name().toLowerCase(Locale.ROOT));
    settings.put("eps", budget.epsilon());
    settings.put("rounding", budget.rounding());
    target.ifPresent(value -> settings.put("targeted", value));
    return settings;
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
