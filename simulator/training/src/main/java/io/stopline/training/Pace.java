package io.stopline.training;

import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;

/**
 * Finds out before training how many epochs a time limit leaves room for, so that the learning rate
 * comes down within it. Changes neither the model nor what the method remembers.
 */
final class Pace {

  /** Steps while the virtual machine still compiles, and steps that are timed. */
  private static final int WARM = 4;

  private static final int TIMED = 8;

  /** Share of the limit that is planned for; the rest is for checkpoints and other programs. */
  private static final double PLANNED = 0.95;

  private final TrainingTask task;

  Pace(TrainingTask task) {
    this.task = task;
  }

  /**
   * The number of epochs to train: the plan's, or fewer if the plan is to be fitted to its limit.
   *
   * @param listener is told if they are fewer
   */
  int fit(TrainingListener listener) {
    TrainingPlan plan = task.plan();
    if (!plan.fit() || plan.limit().compareTo(TrainingPlan.UNLIMITED) >= 0) {
      return plan.epochs();
    }
    long start = System.nanoTime();
    double epoch =
        task.batches() * task.method().replays() * step() + look() / plan.validation().every();
    double spent = (System.nanoTime() - start) / 1e9;
    double limit = plan.limit().toMillis() / 1e3;
    int room = (int) Math.max(1, Math.min(plan.epochs(), (PLANNED * limit - spent) / epoch));
    if (room < plan.epochs()) {
      listener.note(
          "%d epochs would take about %.1f min; the limit of %.1f min leaves room for %d, so the learning rate comes down within %d (fit=false keeps the plan and stops in its midst)"
              .formatted(plan.epochs(), plan.epochs() * epoch / 60, limit / 60, room, room));
    }
    return room;
  }

  /** Seconds that a step of the optimiser takes, the median of several. */
  private double step() {
    float[] remembered = task.method().memory();
    float[] gradient = new float[task.model().weights()];
    float[] free = new float[task.parametrization().size()];
    float[] freeGradient = new float[free.length];
    float[] weights = new float[gradient.length];
    task.model().read(weights);
    task.parametrization().free(weights, free);
    Optimiser optimiser = new Optimiser(task.plan().optimisation(), task.parametrization());
    double[] seconds = new double[TIMED];
    try (BatchFeeder feeder = task.feeder(Integer.MAX_VALUE, 0, 0)) {
      for (int s = -WARM; s < TIMED; s++) {
        long start = System.nanoTime();
        Batch batch = feeder.next();
        Arrays.fill(gradient, 0);
        RandomStream random = new RandomStream(task.stepSeed(s + WARM));
        task.method().gradient(task.model(), batch, random, gradient);
        task.parametrization().pullBack(free, gradient, freeGradient);
        optimiser.step(free, freeGradient, Double.MIN_NORMAL, s + WARM);
        seconds[Math.max(0, s)] = (System.nanoTime() - start) / 1e9;
      }
    }
    task.method().restore(remembered);
    Arrays.sort(seconds);
    return seconds[TIMED / 2];
  }

  private double look() {
    long start = System.nanoTime();
    TrainingSource.Judge judge = task.judge();
    judge.clean(task.model());
    judge.robust(task.model());
    return (System.nanoTime() - start) / 1e9;
  }
}
