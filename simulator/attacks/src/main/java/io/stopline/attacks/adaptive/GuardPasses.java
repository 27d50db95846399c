package io.stopline.attacks.adaptive;

import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.GuardPolicy.CheckSetting;
import io.stopline.sdk.transform.TransformChain;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The model runs of one inspection and what each check makes of them, as the guard plans them: the
 * same runs in the same order, so that the same seed gives the same draws.
 *
 * @param passes plain ones of all members first
 * @param terms one a check that takes part
 */
record GuardPasses(List<Pass> passes, List<Term> terms) {

  /** One model run. */
  record Pass(int member, String view, int draw) {}

  /**
   * A check that takes part.
   *
   * @param weight its share of the fused score; shares sum to 1
   * @param needs numbers of the passes that it looks at, the plain ones apart
   */
  @SuppressWarnings("ArrayRecordComponent") // never changed
  record Term(CheckSetting setting, double weight, int[] needs) {}

  /**
   * Plans.
   *
   * @param active names of the checks that take part
   * @param draws of a randomised view for consistency; 0 for as many as the policy has
   */
  static GuardPasses of(GuardPolicy policy, Set<String> active, int draws) {
    Map<Pass, Integer> passes = new LinkedHashMap<>();
    for (int m = 0; m < policy.members().size(); m++) {
      number(passes, new Pass(m, TransformChain.identity().name(), 0));
    }
    double total = 0;
    for (CheckSetting setting : policy.checks()) {
      total += active.contains(setting.create().name()) ? setting.weight() : 0;
    }
    List<Term> terms = new ArrayList<>();
    for (CheckSetting setting : policy.checks()) {
      if (!active.contains(setting.create().name())) {
        continue;
      }
      List<Integer> needs = new ArrayList<>();
      if (setting instanceof CheckSetting.Consistency c) {
        for (int d = 0; d < (draws > 0 ? draws : c.draws()); d++) {
          for (int member : c.members()) {
            needs.add(number(passes, new Pass(member, c.view(), d)));
          }
        }
      } else if (setting instanceof CheckSetting.Squeezing s) {
        for (String view : s.views()) {
          for (int member : s.members()) {
            needs.add(number(passes, new Pass(member, view, 0)));
          }
        }
      } else if (setting instanceof CheckSetting.CertifiedWindows) {
        throw new IllegalArgumentException(
            "policy '%s' has check '%s', of which there is no differentiable form; leave it out of the active checks: the guard that judges asks it all the same"
                .formatted(policy.name(), setting.create().name()));
      } else if (setting instanceof CheckSetting.Custom) {
        throw new IllegalArgumentException(
            "policy '%s' has check '%s', which is somebody's own: there is no differentiable twin of it; leave it out of the active checks"
                .formatted(policy.name(), setting.create().name()));
      }
      terms.add(
          new Term(
              setting,
              total > 0 ? setting.weight() / total : 0,
              needs.stream().mapToInt(Integer::intValue).toArray()));
    }
    return new GuardPasses(List.copyOf(passes.keySet()), terms);
  }

  private static int number(Map<Pass, Integer> passes, Pass pass) {
    Integer known = passes.putIfAbsent(pass, passes.size());
    return known == null ? passes.size() - 1 : known;
  }
}
