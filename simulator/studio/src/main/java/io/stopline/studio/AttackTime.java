package io.stopline.studio;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.Objective;
import io.stopline.attacks.StagedProgress;
import io.stopline.attacks.Victim;
import io.stopline.attacks.gradient.Losses;
import java.util.List;
import java.util.stream.IntStream;

/** Foretells how long attacks take here, from a few forward passes that it times. Stateless. */
final class AttackTime {

  private static final int TRIED = 16;

  private AttackTime() {}

  /**
   * Seconds that attacks take at most: as if no input fell before the end. Sanity runs come on top.
   *
   * @param inputs all that are attacked, at least one
   */
  static double mostSeconds(Victim victim, Inputs inputs, List<Attack> attacks) {
    int tried = Math.min(TRIED, inputs.count());
    int[] rows = IntStream.range(0, tried).toArray();
    Inputs few = inputs.rows(rows);
    Objective objective = victim.objective(few, Losses.MARGIN, null);
    Objective.Answers answers = Objective.Answers.room(tried, inputs.shape(), false);
    // The first pass also loads and compiles.
    objective.evaluate(rows, few.images(), answers);
    long begin = System.nanoTime();
    objective.evaluate(rows, few.images(), answers);
    double pass = (System.nanoTime() - begin) / 1e9 / tried;
    double passes = attacks.stream().mapToDouble(StagedProgress::cost).sum();
    return pass * passes * inputs.count();
  }
}
