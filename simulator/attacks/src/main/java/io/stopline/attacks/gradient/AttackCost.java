package io.stopline.attacks.gradient;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Norm;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.autodiff.BatchModel;
import io.stopline.autodiff.DifferentiableModel;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * What projected gradient costs beside the bare passes that it is made of, measured in one run:
 * batch by batch the one after the other, in alternating order, so that a machine that slows down
 * slows both.
 */
public final class AttackCost {

  private AttackCost() {}

  /**
   * What was measured.
   *
   * @param images how many were attacked
   * @param steps forward-backward passes an image
   * @param attackSeconds of the attack: these passes, its own work, and two more forward passes an
   *     image that judge the clean image and the last iterate
   * @param bareSeconds of these passes alone
   */
  public record Figure(int images, int steps, double attackSeconds, double bareSeconds) {

    /** Cost of the attack over the cost of its passes. */
    public double ratio() {
      return attackSeconds / bareSeconds;
    }
  }

  /**
   * Runs PGD in L∞ 8/255 without early stop, so that no pass is saved.
   *
   * @param model gives the gradients
   * @param scores judges what needs no gradient
   * @param batch images at once, at least 1
   * @param steps at least 1
   */
  public static Figure measure(
      DifferentiableModel model, BatchModel scores, Inputs inputs, int batch, int steps) {
    if (batch < 1 || steps < 1) {
      throw new IllegalArgumentException(
          "batches of %d, %d steps; both must be at least 1".formatted(batch, steps));
    }
    PixelBudget budget = new PixelBudget(Norm.LINF, 8.0 / 255, false);
    ProjectedGradient attack =
        new ProjectedGradient(
            "pgd",
            new ProjectedGradient.Settings(
                budget,
                Losses.CROSS_ENTROPY,
                OptionalInt.empty(),
                steps,
                2.5 * budget.epsilon() / steps,
                true,
                1,
                0,
                1,
                false));
    ModelVictim victim = ModelVictim.of(model, scores);
    Inputs first = some(inputs, 0, batch);
    // Not measured: engines prepare themselves at the first passes of a batch size.
    attack.attack(victim, first, Run.of(0));
    double attackSeconds = 0;
    double bareSeconds = 0;
    for (int from = 0; from < inputs.count(); from += batch) {
      Inputs part = some(inputs, from, batch);
      boolean bareFirst = from / batch % 2 == 0;
      bareSeconds += bareFirst ? bare(model, part, steps) : 0;
      long start = System.nanoTime();
      attack.attack(victim, part, Run.of(from));
      attackSeconds += (System.nanoTime() - start) / 1e9;
      bareSeconds += bareFirst ? 0 : bare(model, part, steps);
    }
    return new Figure(inputs.count(), steps, attackSeconds, bareSeconds);
  }

  private static double bare(DifferentiableModel model, Inputs inputs, int steps) {
    float[] cotangent = new float[inputs.count() * model.classes()];
    Arrays.fill(cotangent, 1);
    float[] gradient = new float[inputs.images().length];
    long start = System.nanoTime();
    for (int step = 0; step < steps; step++) {
      try (DifferentiableModel.Recording recording =
          model.record(inputs.images(), inputs.count())) {
        recording.backward(cotangent, gradient);
      }
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private static Inputs some(Inputs inputs, int from, int batch) {
    int[] rows = new int[Math.min(batch, inputs.count() - from)];
    Arrays.setAll(rows, i -> from + i);
    return inputs.rows(rows);
  }
}
