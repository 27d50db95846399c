package io.stopline.attacks.physical;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.Options;
import io.stopline.attacks.ThreatModel;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes pictures of projected light. */
public final class LightProvider implements AttackProvider {

  private static final SearchPlan PLAN =
      new SearchPlan(1, 0, 120, 0.06, 1, 4, 12, 50, 0.95, Viewing.DRIVE);

  @Override
  public String name() {
    return "light";
  }

  @Override
  public String summary() {
    return "coloured light of a projector, which can only add (Gnanasambandam et al. 2021)";
  }

  @Override
  public Attack create(Map<String, String> given) {
    Options options = new Options(name(), given);
    int cells = options.integer("cells", 8, 2, 256);
    double power = options.number("power", 1, 0, 100);
    double darkest = options.number("darkest", 0.05, 0, 1);
    PhysicalAttack.Common common = PhysicalAttack.Common.of(options, false);
    SearchPlan plan = SearchPlan.of(options, PLAN);
    options.end();
    Map<String, Object> own = new LinkedHashMap<>();
    own.put("cells", cells);
    own.put("power", power);
    own.put("darkest", darkest);
    return new PhysicalAttack(
        name(),
        ThreatModel.Capability.PROJECTED_LIGHT,
        1,
        own,
        shape -> new ProjectorPainter(shape, cells, power, darkest),
        plan,
        common);
  }
}
