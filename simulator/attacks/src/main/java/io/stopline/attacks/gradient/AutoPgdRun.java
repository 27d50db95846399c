package io.stopline.attacks.gradient;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.PixelBudget;
import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;

/**
 * One run of Auto-PGD (Croce and Hein 2020, algorithm 1) over inputs that are not broken yet;
 * arrays hold one entry each. Belongs to one thread.
 */
final class AutoPgdRun {

  /** Weight of the new step against the last one's (section 3.1). */
  private static final double MOMENTUM = 0.75;

  /** Of the budget (section 3.1, the first step). */
  private static final double FIRST_STEP = 2;

  private final PixelBudget budget;
  private final int steps;
  private final double rho;
  private final Inputs inputs;
  private final int size;
  private int[] rows;
  private final float[] images;
  private final float[] previous;
  private final float[] bestImages;
  private final float[] bestGradient;
  private final float[] bestLoss;
  private final float[] lastLoss;
  private final float[] bestLossAtCheckpoint;
  private final float[] stepSize;
  private final int[] rises;
  private final boolean[] halved;
  private final float[] ahead;

  private int interval;
  private int sinceCheckpoint;

  /**
   * @param budget L∞ or L2, of finite size
   * @param steps at least 1
   * @param rho share of steps that must raise the loss between two checkpoints, 0..1
   * @param rows of the inputs that the run is for
   */
  AutoPgdRun(PixelBudget budget, int steps, double rho, Inputs inputs, int[] rows) {
    this.budget = budget;
    this.steps = steps;
    this.rho = rho;
    this.inputs = inputs;
    this.rows = rows;
    interval = Math.max((int) (0.22 * steps), 1);
    size = inputs.shape().size();
    images = inputs.rows(rows).images();
    previous = new float[images.length];
    bestImages = new float[images.length];
    bestGradient = new float[images.length];
    bestLoss = new float[rows.length];
    lastLoss = new float[rows.length];
    bestLossAtCheckpoint = new float[rows.length];
    stepSize = new float[rows.length];
    rises = new int[rows.length];
    halved = new boolean[rows.length];
    ahead = new float[size];
    Arrays.fill(stepSize, (float) (FIRST_STEP * budget.epsilon()));
    // So that the first checkpoint looks at the share of rises alone.
    Arrays.fill(halved, true);
  }

  /** Starts at random points of the ball's surface, before the box cuts it. */
  void startOnSphere(long seed) {
    for (int i = 0; i < rows.length; i++) {
      RandomStream random = new RandomStream(RandomStream.derive(seed, inputs.ids()[rows[i]]));
      Steps.addOnSphere(budget.norm(), images, i * size, size, budget.epsilon(), random);
      project(images, i);
    }
    System.arraycopy(images, 0, previous, 0, images.length);
  }

  /**
   * Starts where a linear model would be highest: a whole budget along slopes at the clean images.
   *
   * @param slopes of all inputs of the batch, one beside the other
   */
  void startAlong(float[] slopes) {
    for (int i = 0; i < rows.length; i++) {
      Steps.ascend(budget.norm(), images, i * size, slopes, rows[i] * size, size, budget.epsilon());
      project(images, i);
    }
    System.arraycopy(images, 0, previous, 0, images.length);
  }

  /**
   * Climbs to the end, or until no input is left: what succeeds in every draw leaves the run.
   *
   * @param best receives every candidate
   * @param progress is told the share that is done, 0..1
   */
  void go(Candidates candidates, Best best, DoubleConsumer progress, BooleanSupplier cancelled) {
    for (int step = 0; step <= steps && rows.length > 0; step++) {
      progress.accept(step / (steps + 1.0));
      boolean last = step == steps || cancelled.getAsBoolean();
      if (step > 0) {
        move(candidates.gradient(), step == 1 ? 1 : MOMENTUM);
      }
      float[] judged = candidates.evaluate(rows, images, !last);
      best.offer(rows, judged, candidates.loss(), candidates.share());
      if (last) {
        for (int i = 0; i < rows.length; i++) {
          bestLoss[i] =
              step == 0 ? candidates.loss()[i] : Math.max(bestLoss[i], candidates.loss()[i]);
        }
        keep(Rows.kept(rows, best::done), candidates);
        return;
      }
      keep(Rows.kept(rows, best::done), candidates);
      remember(candidates, step == 0);
      checkpoint(step, candidates.gradient());
    }
  }

  /** Rows of the inputs that are left. */
  int[] rows() {
    return rows;
  }

  /** The highest loss of each input that is left, in the order of {@link #rows}. */
  float[] bestLoss() {
    return bestLoss;
  }

  /** z = P(x + ηg); x' = P(x + a(z − x) + (1 − a)(x − x_before)). */
  private void move(float[] gradient, double weight) {
    float a = (float) weight;
    for (int i = 0; i < rows.length; i++) {
      int at = i * size;
      System.arraycopy(images, at, ahead, 0, size);
      Steps.ascend(budget.norm(), ahead, 0, gradient, at, size, stepSize[i]);
      budget.project(inputs.images(), rows[i] * size, ahead, 0, inputs.shape());
      for (int j = 0; j < size; j++) {
        float x = images[at + j];
        float before = previous[at + j];
        previous[at + j] = x;
        images[at + j] = x + a * (ahead[j] - x) + (1 - a) * (x - before);
      }
      project(images, i);
    }
  }

  private void project(float[] values, int i) {
    budget.project(inputs.images(), rows[i] * size, values, i * size, inputs.shape());
  }

  /** Drops what has been broken, here and in the answers just received. */
  private void keep(int[] kept, Candidates candidates) {
    if (kept.length == rows.length) {
      return;
    }
    rows = Rows.of(rows, kept);
    for (float[] values :
        new float[][] {images, previous, bestImages, bestGradient, candidates.gradient()}) {
      Rows.close(values, size, kept);
    }
    for (float[] values :
        new float[][] {bestLoss, lastLoss, bestLossAtCheckpoint, stepSize, candidates.loss()}) {
      Rows.close(values, 1, kept);
    }
    Rows.close(rises, kept);
    Rows.close(halved, kept);
  }

  private void remember(Candidates candidates, boolean first) {
    for (int i = 0; i < rows.length; i++) {
      float loss = candidates.loss()[i];
      if (first || loss > bestLoss[i]) {
        bestLoss[i] = loss;
        System.arraycopy(images, i * size, bestImages, i * size, size);
        System.arraycopy(candidates.gradient(), i * size, bestGradient, i * size, size);
      }
      if (first) {
        bestLossAtCheckpoint[i] = loss;
      } else if (loss > lastLoss[i]) {
        rises[i]++;
      }
      lastLoss[i] = loss;
    }
  }

  /** Section 3.1: conditions 1 and 2, and the restart from the best point. */
  private void checkpoint(int step, float[] gradient) {
    if (step == 0 || ++sinceCheckpoint < interval) {
      return;
    }
    for (int i = 0; i < rows.length; i++) {
      boolean seldom = rises[i] <= rho * interval;
      boolean stuck = !halved[i] && bestLossAtCheckpoint[i] >= bestLoss[i];
      halved[i] = seldom || stuck;
      bestLossAtCheckpoint[i] = bestLoss[i];
      rises[i] = 0;
      if (halved[i]) {
        stepSize[i] /= 2;
        System.arraycopy(bestImages, i * size, images, i * size, size);
        System.arraycopy(bestGradient, i * size, gradient, i * size, size);
      }
    }
    sinceCheckpoint = 0;
    interval =
        Math.max(interval - Math.max((int) (0.03 * steps), 1), Math.max((int) (0.06 * steps), 1));
  }
}
