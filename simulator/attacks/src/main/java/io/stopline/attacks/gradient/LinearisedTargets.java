package io.stopline.attacks.gradient;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.Norm;
import io.stopline.attacks.Objective;
import io.stopline.attacks.Victim;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Which wrong classes to go towards: those whose boundary is nearest where the model is taken for
 * linear about the clean image (Melamed et al. 2024, "MALT Powers Up Adversarial Attacks"). The
 * distance is what the loss towards a class lacks to 0, over the norm of its slope. Networks are
 * nearly linear over such changes, so this tells more than the order of the scores: a class with a
 * high score may have a boundary that is far away.
 *
 * @param targets by rank, from the nearest, the class of each input
 * @param slopes by rank, the slope of the loss towards that class at each clean image, NHWC
 */
@SuppressWarnings("ArrayRecordComponent") // a batch is too large to copy
public record LinearisedTargets(int[][] targets, float[][] slopes) {

  /**
   * Ranks classes. Costs one gradient a candidate.
   *
   * @param norm of the change; slopes are measured in its dual norm: L1 for L∞, L2 for L2
   * @param candidates wrong classes that are looked at, the likeliest by {@link Victim#nearness}
   * @param most how many are kept, at least 1; no more than the candidates
   * @throws UnsupportedOperationException if the victim has no gradients
   */
  public static LinearisedTargets rank(
      Victim victim, Inputs inputs, Norm norm, int candidates, int most) {
    int classes = victim.classes();
    if (candidates < 1 || most < 1 || most > candidates) {
      throw new IllegalArgumentException(
          "%d of %d candidates; at least 1, and no more than there are candidates"
              .formatted(most, candidates));
    }
    int looked = Math.min(candidates, classes - 1);
    int count = inputs.count();
    int size = inputs.shape().size();
    int[][] likely = likely(victim, inputs, looked);
    double[][] distances = new double[looked][count];
    float[][] gradients = new float[looked][];
    int[] rows = IntStream.range(0, count).toArray();
    for (int c = 0; c < looked; c++) {
      Objective objective = victim.objective(inputs, Losses.towards(Losses.GAP), likely[c]);
      Objective.Answers answers = Objective.Answers.room(count, inputs.shape(), true);
      objective.evaluate(rows, inputs.images(), answers);
      float[] gradient = answers.gradient();
      if (gradient == null) {
        throw new IllegalStateException("no gradient in an answer that has room for one");
      }
      gradients[c] = gradient;
      for (int i = 0; i < count; i++) {
        double steepness = Boundary.steepness(norm, gradient, i * size, size);
        double distance = -answers.loss()[i] / steepness;
        distances[c][i] = Double.isNaN(distance) ? Double.POSITIVE_INFINITY : distance;
      }
    }
    int kept = Math.min(most, looked);
    LinearisedTargets ranked =
        new LinearisedTargets(new int[kept][count], new float[kept][count * size]);
    for (int i = 0; i < count; i++) {
      int input = i;
      int[] order =
          IntStream.range(0, looked)
              .boxed()
              .sorted(Comparator.comparingDouble(c -> distances[c][input]))
              .mapToInt(Integer::intValue)
              .toArray();
      for (int rank = 0; rank < kept; rank++) {
        ranked.targets[rank][i] = likely[order[rank]][i];
        System.arraycopy(gradients[order[rank]], i * size, ranked.slopes[rank], i * size, size);
      }
    }
    return ranked;
  }

  /** By rank, the wrong classes that are likeliest. */
  private static int[][] likely(Victim victim, Inputs inputs, int most) {
    int classes = victim.classes();
    float[] near = new float[inputs.count() * classes];
    victim.nearness(inputs, near);
    return Targets.highest(near, classes, inputs.labels(), most);
  }
}
