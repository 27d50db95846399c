package io.stopline.attacks.detection;

import io.stopline.attacks.detection.PatchConditions.Appearance;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import java.util.List;

/**
 * A patch by questions alone: random search with squares of one colour, smaller and smaller, after
 * Andriushchenko et al. 2020 and, for patches, Croce et al. 2022 ("Sparse-RS"). Looks at nothing
 * but labels, boxes and probabilities; a detector that tells detections below its threshold, too,
 * is asked with more success. Belongs to one thread.
 */
public final class PatchQueries {

  /** Share of a patch that the first squares cover, and the last. */
  private static final double FIRST_SHARE = 0.4;

  private static final double LAST_SHARE = 0.01;

  private final PatchTarget target;
  private final PatchCanvas canvas;
  private final FrameDetections detector;
  private final DetectionGoal goal;
  private final double threshold;
  private final PatchConditions conditions;
  private final int draws;

  /**
   * @param target its terms are not looked at
   * @param threshold probability from which a detection counts
   * @param conditions that are drawn from for each question
   * @param draws questions a candidate, at least 1; the same draws for all candidates
   */
  public PatchQueries(
      PatchTarget target,
      FrameDetections detector,
      DetectionGoal goal,
      double threshold,
      PatchConditions conditions,
      int draws) {
    if (draws < 1) {
      throw new IllegalArgumentException("%d draws; give at least 1".formatted(draws));
    }
    this.target = target;
    this.canvas = new PatchCanvas(target.frame(), target.window(), target.sites(), target.sites());
    this.detector = detector;
    this.goal = goal;
    this.threshold = threshold;
    this.conditions = conditions;
    this.draws = draws;
  }

  /**
   * Searches until the goal is reached in all draws, or the questions are used.
   *
   * @param queries frames that the detector is asked about at most, at least {@code draws}
   */
  public PatchResult run(int queries, long seed) {
    RandomStream random = new RandomStream(seed);
    Appearance[] cases = new Appearance[draws];
    for (int d = 0; d < draws; d++) {
      cases[d] = conditions.draw(random);
    }
    float[] best = stripes(random);
    double bestMargin = margin(best, cases);
    long looks = draws;
    int steps = 0;
    while (looks + draws <= queries && bestMargin != Double.NEGATIVE_INFINITY) {
      float[] candidate = best.clone();
      paintSquare(candidate, share(looks / (double) queries), random);
      double margin = margin(candidate, cases);
      looks += draws;
      steps++;
      // An equal one is taken as well: where nothing is told, the search must not stand still.
      if (margin <= bestMargin) {
        bestMargin = margin;
        best = candidate;
      }
    }
    Image frame = canvas.painted(best);
    return new PatchResult(
        best, List.of(frame), goal.reached(detector.detect(frame), threshold), steps, looks);
  }

  /** Mean over the draws; minus infinity if the goal is reached in all of them. */
  private double margin(float[] patch, Appearance[] cases) {
    double sum = 0;
    int reached = 0;
    for (Appearance appearance : cases) {
      var detections = detector.detect(canvas.painted(patch, appearance));
      sum += goal.margin(detections, threshold);
      reached += goal.reached(detections, threshold) ? 1 : 0;
    }
    return reached == draws ? Double.NEGATIVE_INFINITY : sum / draws;
  }

  /** From the first share to the last, evenly on a logarithmic scale. */
  private static double share(double used) {
    return FIRST_SHARE * Math.pow(LAST_SHARE / FIRST_SHARE, used);
  }

  /** Columns of pure colours, as Square begins. */
  private float[] stripes(RandomStream random) {
    float[] patch = new float[canvas.values()];
    int first = 0;
    for (var site : target.sites()) {
      for (int x = 0; x < site.width(); x++) {
        int colour = random.nextInt(8);
        for (int y = 0; y < site.height(); y++) {
          set(patch, first, site.width(), x, y, colour);
        }
      }
      first += 3 * (int) site.area();
    }
    return patch;
  }

  private void paintSquare(float[] patch, double share, RandomStream random) {
    int chosen = random.nextInt(target.sites().size());
    int first = 0;
    for (int p = 0; p < chosen; p++) {
      first += 3 * (int) target.sites().get(p).area();
    }
    int width = target.sites().get(chosen).width();
    int height = target.sites().get(chosen).height();
    int side = (int) Math.max(1, Math.round(Math.sqrt(share * width * height)));
    int w = Math.min(side, width);
    int h = Math.min(side, height);
    int left = random.nextInt(width - w + 1);
    int top = random.nextInt(height - h + 1);
    int colour = random.nextInt(8);
    for (int y = top; y < top + h; y++) {
      for (int x = left; x < left + w; x++) {
        set(patch, first, width, x, y, colour);
      }
    }
  }

  /** One of the eight corners of the colour cube. */
  private static void set(float[] patch, int first, int width, int x, int y, int colour) {
    int at = first + 3 * (y * width + x);
    patch[at] = colour & 1;
    patch[at + 1] = colour >> 1 & 1;
    patch[at + 2] = colour >> 2;
  }
}
