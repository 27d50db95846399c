package io.stopline.attacks.detection;

import io.stopline.attacks.Objective;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the crop behind the detector: a classifier's loss, a guard's joint loss, or
 * whatever else is an {@link Objective} over crops. The objective makes its own random draws.
 */
public final class ObjectiveTerm implements LossTerm {
  private final Objective objective;
  private final int row;
  private final WindowView view;
  private final int windowSize;
  private final double weight;
  private final List<WindowView.Look> looks = new ArrayList<>();

  /**
   * @param row which input of the objective the crop is
   * @param view from the window to the objective's images
   * @param windowSize values of the window: width × height × 3
   * @param weight of this term among others, above 0
   * @throws IllegalArgumentException if the view does not fit the objective
   */
  public ObjectiveTerm(
      Objective objective, int row, WindowView view, int windowSize, double weight) {
    if (!view.input().equals(objective.shape())) {
      throw new IllegalArgumentException(
          "a view of %s for an objective over %s".formatted(view.input(), objective.shape()));
    }
    this.objective = objective;
    this.row = row;
    this.view = view;
    this.windowSize = windowSize;
    this.weight = weight;
  }

  @Override
  public void evaluate(
      float[] windows, int count, long[] seeds, double[] losses, float @Nullable [] gradient) {
    int size = objective.shape().size();
    float[] images = new float[count * size];
    int[] rows = new int[count];
    while (looks.size() < count) {
      looks.add(view.look());
    }
    for (int n = 0; n < count; n++) {
      rows[n] = row;
      looks.get(n).forward(windows, n * windowSize, seeds[n], images, n * size);
    }
    Objective.Answers answers = Objective.Answers.room(count, objective.shape(), gradient != null);
    objective.evaluate(rows, images, answers);
    for (int n = 0; n < count; n++) {
      losses[n] += weight * answers.loss()[n];
      if (gradient != null && answers.gradient() != null) {
        looks.get(n).backward(answers.gradient(), n * size, weight, gradient, n * windowSize);
      }
    }
  }
}
