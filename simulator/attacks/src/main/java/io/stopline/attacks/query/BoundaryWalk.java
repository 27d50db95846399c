package io.stopline.attacks.query;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.Norm;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;

/** One input of {@link HopSkipJump}: from a wrong image to the nearest wrong one that is found. */
final class BoundaryWalk {

  /** How far the points of the first estimate lie from the boundary, over the range of a pixel. */
  private static final double FIRST_REACH = 0.1;

  private static final int CHUNK = 128;

  /** Random starts that are tried together. */
  private static final int STARTS = 16;

  private final Oracle oracle;
  private final PixelBudget budget;
  private final HopSkipJump.Settings settings;
  private final Run run;
  private final RandomStream random;
  private final ImageShape shape;
  private final int size;
  private final boolean euclidean;

  /** Where the search for the boundary stops. */
  private final double theta;

  private final float[] clean;

  /** Where the walk is: wrong. */
  private final float[] wrong;

  /** The nearest wrong image so far: a step may lead farther away. */
  private final float[] nearest;

  private final float[] between;
  private final float[] points;
  private final double[] update;
  private double distance = Double.POSITIVE_INFINITY;
  private double smallest = Double.POSITIVE_INFINITY;
  private boolean found;

  /** What is handed out: within the budget if that can be. */
  private final float[] result;

  BoundaryWalk(
      Oracle oracle,
      Inputs inputs,
      int row,
      PixelBudget budget,
      HopSkipJump.Settings settings,
      Run run) {
    this.oracle = oracle;
    this.shape = inputs.shape();
    this.size = shape.size();
    this.budget = budget;
    this.settings = settings;
    this.run = run;
    this.random = new RandomStream(RandomStream.derive(run.seed(), inputs.ids()[row]));
    this.euclidean = budget.norm() == Norm.L2;
    this.theta = settings.gamma() / (euclidean ? Math.sqrt(size) * size : (double) size * size);
    this.clean = new float[size];
    System.arraycopy(inputs.images(), row * size, clean, 0, size);
    this.wrong = clean.clone();
    this.nearest = clean.clone();
    this.result = clean.clone();
    this.between = new float[size];
    this.points = new float[CHUNK * size];
    this.update = new double[size];
  }

  float[] result() {
    return result;
  }

  /** Whether a wrong image within the budget was found. */
  boolean walk() {
    if (oracle.falls(clean)) {
      return true;
    }
    if (!start()) {
      return false;
    }
    double before = distance();
    approach(before);
    double smoothing = FIRST_REACH;
    for (int step = 1; step <= settings.steps() && !done(); step++) {
      int wanted =
          (int) Math.min(settings.firstSamples() * Math.sqrt(step), settings.mostSamples());
      int samples = (int) Math.min(wanted, oracle.left());
      if (samples < 1 || !direction(samples, smoothing)) {
        break;
      }
      double length = jump(distance / Math.sqrt(step));
      before = distance();
      if (length > 0) {
        approach(before);
      }
      smoothing = (euclidean ? Math.sqrt(size) : size) * theta * before;
    }
    finish();
    return found;
  }

  /** A random image that is taken for something else; false if none was found. */
  private boolean start() {
    int tried = 0;
    while (tried < settings.startTries() && oracle.left() > 0 && !run.cancelled().getAsBoolean()) {
      // One at first, since mostly the first will do; then some together, which is faster.
      int some = tried == 0 ? 1 : Math.min(STARTS, settings.startTries() - tried);
      some = (int) Math.min(some, oracle.left());
      for (int k = 0; k < some * size; k++) {
        points[k] = (float) random.nextDouble();
      }
      boolean[] fell = oracle.ask(points, some).success();
      for (int p = 0; p < some; p++) {
        if (fell[p]) {
          System.arraycopy(points, p * size, wrong, 0, size);
          return true;
        }
      }
      tried += some;
    }
    return false;
  }

  /** Out of queries, cancelled, or near enough. */
  private boolean done() {
    if (oracle.left() <= 0 || run.cancelled().getAsBoolean()) {
      return true;
    }
    if (budget.epsilon() < Double.POSITIVE_INFINITY && smallest <= budget.epsilon()) {
      finish();
      return found;
    }
    return false;
  }

  /** Rounds and judges what was found, if that has not been done. */
  private void finish() {
    if (found) {
      return;
    }
    System.arraycopy(nearest, 0, result, 0, size);
    boolean within = smallest <= budget.epsilon();
    if (within && !budget.rounding()) {
      found = true;
      return;
    }
    if (!within) {
      budget.project(clean, 0, result, 0, shape);
    }
    budget.round(clean, 0, result, 0, shape);
    if (oracle.left() > 0) {
      // What is cut to the budget, or rounded, may still be wrong; one question tells.
      found = oracle.falls(result);
    }
  }

  private double distance() {
    return budget.distance(clean, 0, wrong, 0, shape);
  }

  /** Bisects the way from the wrong image to the clean one, and stays on the wrong side. */
  private void approach(double before) {
    double high = euclidean ? 1 : before;
    double low = 0;
    double threshold = euclidean ? theta : Math.min(before * theta, theta);
    float[] best = wrong.clone();
    while (high - low > threshold && oracle.left() > 0) {
      double middle = (high + low) / 2;
      mix(middle);
      if (oracle.falls(between)) {
        high = middle;
        System.arraycopy(between, 0, best, 0, size);
      } else {
        low = middle;
      }
      if (middle == high && middle == low) {
        break;
      }
    }
    System.arraycopy(best, 0, wrong, 0, size);
    distance = distance();
    if (distance < smallest) {
      smallest = distance;
      System.arraycopy(wrong, 0, nearest, 0, size);
    }
  }

  /** L2: a blend; L∞: the wrong image clipped to a box around the clean one. */
  private void mix(double share) {
    for (int k = 0; k < size; k++) {
      double change = (double) wrong[k] - clean[k];
      double kept = euclidean ? share * change : Math.max(-share, Math.min(share, change));
      between[k] = (float) (clean[k] + kept);
    }
  }

  /**
   * Estimates the direction in which the answer stays wrong; false if the queries ran out.
   *
   * @param reach how far the points lie from the boundary, in L2
   */
  private boolean direction(int samples, double reach) {
    double[] sumWrong = new double[size];
    double[] sumAll = new double[size];
    int wrongs = 0;
    for (int first = 0; first < samples; first += CHUNK) {
      int some = Math.min(CHUNK, samples - first);
      for (int p = 0; p < some; p++) {
        drawPoint(p * size, reach);
      }
      boolean[] fell = oracle.ask(points, some).success();
      for (int p = 0; p < some; p++) {
        wrongs += fell[p] ? 1 : 0;
        for (int k = 0; k < size; k++) {
          // Clipping to 0..1 is part of the direction.
          double v = ((double) points[p * size + k] - wrong[k]) / reach;
          sumAll[k] += v;
          sumWrong[k] += fell[p] ? v : 0;
        }
      }
    }
    double mean = 2.0 * wrongs / samples - 1;
    double squares = 0;
    for (int k = 0; k < size; k++) {
      double signed = 2 * sumWrong[k] - sumAll[k];
      double g;
      if (wrongs == samples) {
        g = sumAll[k];
      } else if (wrongs == 0) {
        g = -sumAll[k];
      } else {
        // Subtracting the mean answer lowers the variance (section III-C-b).
        g = signed - mean * sumAll[k];
      }
      update[k] = g;
      squares += g * g;
    }
    double scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (int k = 0; k < size; k++) {
      update[k] = euclidean ? update[k] * scale : Math.signum(update[k]);
    }
    return squares > 0;
  }

  private void drawPoint(int from, double reach) {
    double squares = 0;
    for (int k = 0; k < size; k++) {
      update[k] = euclidean ? random.nextGaussian() : random.uniform(-1, 1);
      squares += update[k] * update[k];
    }
    double scale = reach / Math.sqrt(squares);
    for (int k = 0; k < size; k++) {
      points[from + k] = cut(wrong[k] + scale * update[k]);
    }
  }

  /** Goes along the update, half as far until the answer is wrong; the length, or 0. */
  private double jump(double first) {
    double length = first;
    while (oracle.left() > 0 && length > 1e-9) {
      for (int k = 0; k < size; k++) {
        between[k] = cut(wrong[k] + length * update[k]);
      }
      if (oracle.falls(between)) {
        System.arraycopy(between, 0, wrong, 0, size);
        return length;
      }
      length /= 2;
    }
    return 0;
  }

  private static float cut(double value) {
    return (float) Math.max(0, Math.min(1, value));
  }
}
