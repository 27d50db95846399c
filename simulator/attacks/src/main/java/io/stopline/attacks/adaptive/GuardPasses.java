package io.stopline.attacks.adaptive;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.GuardPolicy.CheckSetting;
import io.stopline.sdk.transform.TransformChain;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The model runs of one inspection and what each check makes of them, as the guard plans them: the
 * same runs in the same order, so that the same seed gives the same draws.
 *
 * @param passes plain ones of all models first
 * @param terms one a check that takes part
 */
record GuardPasses(List<Pass> passes, List<Term> terms) {

  /** One model run. */
  record Pass(int member, String view, int draw) {}

  /**
   * A check that takes part.
   *
   * @param weight its share of the fused score; shares sum to 1, or are 0
   * @param needs numbers of the passes that it looks at, the plain ones apart
   * @param form makes what scores it for images of a size
   */
  record Term(double weight, List<Integer> needs, Function<ImageShape, CheckForm> form) {}

  /**
   * Plans.
   *
   * @param active names of the checks that take part
   * @param locals maps of local scores of the models that checks look at
   * @param draws of a randomised view for consistency; 0 for as many as the policy has
   * @param seenAs the finder's label of what is inspected; −1 where none has found it
   * @throws IllegalArgumentException naming a check of which there is no differentiable form
   */
  static GuardPasses of(
      GuardPolicy policy, Set<String> active, List<LocalTwin> locals, int draws, int seenAs) {
    Map<Pass, Integer> passes = new LinkedHashMap<>();
    for (int m = 0; m < policy.models().size(); m++) {
      number(passes, new Pass(m, TransformChain.identity().name(), 0));
    }
    List<CheckSetting> checks =
        policy.checks().stream().filter(c -> active.contains(c.create().name())).toList();
    double total = checks.stream().mapToDouble(CheckSetting::weight).sum();
    CheckForms forms = new CheckForms(policy, locals, draws, seenAs, pass -> number(passes, pass));
    List<Term> terms = new ArrayList<>();
    for (CheckSetting setting : checks) {
      CheckForms.Plan plan = setting.choose(forms);
      terms.add(new Term(total > 0 ? setting.weight() / total : 0, plan.needs(), plan.form()));
    }
    return new GuardPasses(List.copyOf(passes.keySet()), terms);
  }

  /** Whether the checks that take part give a score at all. */
  boolean scores() {
    return terms.stream().anyMatch(term -> term.weight() > 0);
  }

  private static int number(Map<Pass, Integer> passes, Pass pass) {
    Integer known = passes.putIfAbsent(pass, passes.size());
    return known == null ? passes.size() - 1 : known;
  }
}
