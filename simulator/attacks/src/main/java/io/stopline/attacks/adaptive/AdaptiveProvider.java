package io.stopline.attacks.adaptive;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.Norm;
import io.stopline.attacks.Options;
import io.stopline.attacks.PixelBudget;
import java.util.Locale;
import java.util.Map;

/** {@code adaptive}: what is aimed at a guard or a defence unless another attack is named. */
public final class AdaptiveProvider implements AttackProvider {

  @Override
  public String name() {
    return "adaptive";
  }

  @Override
  public String summary() {
    return "momentum steps for any wrong label, then towards each of the nearest classes: against"
        + " guards and defences";
  }

  @Override
  public Attack create(Map<String, String> given) {
    Options options = new Options(name(), given);
    PixelBudget budget = options.budget(Norm.LINF, Norm.LINF, Norm.L2);
    int steps = options.integer("steps", 40, 1, 1_000_000);
    int targets = options.integer("targets", 3, 0, 10_000);
    String order = options.choice("order", "nearness", "nearness", "malt");
    options.end();
    return NearestTargets.standard(
        budget, steps, targets, NearestTargets.Order.valueOf(order.toUpperCase(Locale.ROOT)));
  }
}
