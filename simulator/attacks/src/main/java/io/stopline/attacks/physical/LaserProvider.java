package io.stopline.attacks.physical;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.Options;
import io.stopline.attacks.ThreatModel;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes lines of laser light. */
public final class LaserProvider implements AttackProvider {

  private static final SearchPlan PLAN =
      new SearchPlan(24, 20, 60, 0.03, 1, 4, 12, 50, 0.95, Viewing.DRIVE);

  @Override
  public String name() {
    return "laser";
  }

  @Override
  public String summary() {
    return "lines of laser light (AdvLB, Duan et al. 2021)";
  }

  @Override
  public Attack create(Map<String, String> given) {
    Options options = new Options(name(), given);
    int lines = options.integer("lines", 1, 1, 100);
    double power = options.number("power", 1.5, 0, 100);
    double width = options.number("width", 0.05, 0.012, 1);
    double darkest = options.number("darkest", 1, 0, 1);
    PhysicalAttack.Common common = PhysicalAttack.Common.of(options, false);
    SearchPlan plan = SearchPlan.of(options, PLAN);
    options.end();
    Map<String, Object> own = new LinkedHashMap<>();
    own.put("lines", lines);
    own.put("power", power);
    own.put("width", width);
    own.put("darkest", darkest);
    return new PhysicalAttack(
        name(),
        ThreatModel.Capability.PROJECTED_LIGHT,
        1,
        own,
        shape -> new LaserPainter(shape, lines, power, width, darkest),
        plan,
        common);
  }
}
