package io.stopline.campaign.robustness;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.Norm;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.adaptive.NearestTargets;
import io.stopline.attacks.gradient.Losses;
import io.stopline.attacks.gradient.ProjectedGradient;
import io.stopline.evaluation.robustness.ControlCurve;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The positive control: gradient attacks on a broken defence over the budget, once by an attacker
 * who knows it and once by one who does not.
 */
public final class ControlRuns {

  /** In steps of 8 bits. */
  private static final List<Integer> BUDGETS = List.of(1, 2, 3, 4, 6, 8);

  private static final int STEPS = 40;
  private static final int ADAPTIVE_STEPS = 100;
  private static final int TARGETS = 9;

  private ControlRuns() {}

  /**
   * Runs both curves.
   *
   * @param draws that the adaptive attacker averages over
   */
  public static List<ControlCurve> run(
      DefendedTarget target, int draws, Inputs inputs, long seed, AttackRunner.Listener listener) {
    List<ControlCurve> curves = new ArrayList<>();
    double work = 2.0 * BUDGETS.size();
    int done = 0;
    for (boolean adaptive : new boolean[] {false, true}) {
      DefendedTarget attacker = target.as(adaptive, draws);
      try {
        List<ControlCurve.Point> points = new ArrayList<>();
        for (int steps : BUDGETS) {
          AttackRunner.Plan plan =
              new AttackRunner.Plan(
                  List.of(attack(adaptive, steps / 255.0)),
                  Double.POSITIVE_INFINITY,
                  -1,
                  false,
                  inputs.count(),
                  seed,
                  () -> false);
          AttackRun run =
              new AttackRunner(
                      attacker.victim(), attacker.judge(), plan, null, AttackRunner.Listener.none())
                  .run(inputs);
          points.add(new ControlCurve.Point(steps / 255.0, run.robustAccuracy()));
          listener.progress(++done / work);
        }
        curves.add(
            new ControlCurve(
                adaptive ? "attacker knows the defence" : "attacker does not", points));
      } finally {
        attacker.closeButModel();
      }
    }
    return curves;
  }

  /**
   * Who knows the defence tries the nearest classes one by one. Who does not goes on after a first
   * success: the deeper a wrong label, the likelier it survives what he does not know of.
   */
  private static Attack attack(boolean adaptive, double epsilon) {
    PixelBudget budget = new PixelBudget(Norm.LINF, epsilon, true);
    return adaptive
        ? NearestTargets.standard(budget, ADAPTIVE_STEPS, TARGETS)
        : new ProjectedGradient(
            "pgd",
            new ProjectedGradient.Settings(
                budget,
                Losses.MARGIN,
                OptionalInt.empty(),
                STEPS,
                2.5 * epsilon / STEPS,
                true,
                1,
                0,
                1,
                false));
  }
}
