package io.stopline.attacks.physical;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.Options;
import io.stopline.attacks.ThreatModel;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes shadows of polygons. */
public final class ShadowProvider implements AttackProvider {

  private static final SearchPlan PLAN =
      new SearchPlan(24, 20, 60, 0.03, 1, 4, 12, 50, 0.95, Viewing.DRIVE);

  @Override
  public String name() {
    return "shadow";
  }

  @Override
  public String summary() {
    return "shadow of a polygon, in linear light (Zhong et al. 2022)";
  }

  @Override
  public Attack create(Map<String, String> given) {
    Options options = new Options(name(), given);
    int corners = options.integer("corners", 3, 3, 12);
    double strength = options.number("strength", 0.8, 0, 1);
    double softness = options.number("softness", 0.02, 0, 1);
    double area = options.number("area", 1, 0.01, 1);
    PhysicalAttack.Common common = PhysicalAttack.Common.of(options, false);
    SearchPlan plan = SearchPlan.of(options, PLAN);
    options.end();
    Map<String, Object> own = new LinkedHashMap<>();
    own.put("corners", corners);
    own.put("strength", strength);
    own.put("softness", softness);
    own.put("area", area);
    return new PhysicalAttack(
        name(),
        ThreatModel.Capability.SHADOW,
        area,
        own,
        shape -> new ShadowPainter(shape, corners, strength, softness, area),
        plan,
        common);
  }
}
