package io.stopline.attacks.physical;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.Options;
import io.stopline.attacks.ThreatModel;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes translucent dots on the lens. */
public final class LensDotsProvider implements AttackProvider {

  private static final SearchPlan PLAN =
      new SearchPlan(8, 0, 120, 0.04, 1, 4, 12, 50, 0.95, Viewing.DRIVE);

  @Override
  public String name() {
    return "lens-dots";
  }

  @Override
  public String summary() {
    return "translucent dots on the lens, the same over all inputs (Li et al. 2019)";
  }

  @Override
  public Attack create(Map<String, String> given) {
    Options options = new Options(name(), given);
    int dots = options.integer("dots", 6, 1, 1000);
    double smallest = options.number("smallest", 0.05, 0.005, 1);
    double largest = options.number("largest", 0.13, smallest, 1);
    double opacity = options.number("opacity", 0.5, 0, 1);
    PhysicalAttack.Common common = PhysicalAttack.Common.of(options, true);
    SearchPlan plan = SearchPlan.of(options, PLAN);
    options.end();
    Map<String, Object> own = new LinkedHashMap<>();
    own.put("dots", dots);
    own.put("smallest", smallest);
    own.put("largest", largest);
    own.put("opacity", opacity);
    return new PhysicalAttack(
        name(),
        ThreatModel.Capability.CAMERA_LENS,
        Math.min(1, dots * Math.PI * Math.pow(LensDotsPainter.REACH * largest, 2)),
        own,
        shape -> new LensDotsPainter(shape, dots, smallest, largest, opacity),
        plan,
        common);
  }
}
