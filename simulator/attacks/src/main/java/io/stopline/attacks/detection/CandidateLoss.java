package io.stopline.attacks.detection;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The loss of one image's candidates under a goal, with its derivatives. Candidates are chosen by
 * where their boxes are at this moment; the choice has no gradient.
 */
final class CandidateLoss {

  /** Candidates count from a smaller overlap on: one that moves a little must not be left. */
  private static final double LOOSER = 0.6;

  /** Where fewer overlap a place at which nothing is, so many of the nearest are taken. */
  private static final int LEAST_CANDIDATES = 8;

  /** What a box that is not there costs, in logits a box size. */
  private static final double BOX_WEIGHT = 6;

  private final DetectionGoal goal;
  private final Box place;
  private final int firstLabel;
  private final int labels;
  private final int candidates;
  private final boolean votes;

  /** Logits that are to be passed below for the own label, above for the wanted one. */
  private final double low;

  private final double high;
  private final int[] chosen;
  private final double[] weights;

  /**
   * @param place of the goal in the input, px
   * @param firstLabel label of the first score
   * @param votes whether candidates are votes, which count where they lie
   * @param threshold logit from which a candidate is a detection
   * @param reserve how many logits beyond the threshold are still worth something
   * @throws IllegalArgumentException if the goal's labels are none of the detector's
   */
  CandidateLoss(
      DetectionGoal goal,
      Box place,
      int candidates,
      int labels,
      int firstLabel,
      boolean votes,
      double threshold,
      double reserve) {
    this.goal = goal;
    this.place = place;
    this.candidates = candidates;
    this.labels = labels;
    this.firstLabel = firstLabel;
    this.votes = votes;
    this.low = threshold - reserve;
    this.high = threshold + reserve;
    this.chosen = new int[candidates];
    this.weights = new double[labels];
    check(goal.label());
    check(goal.wanted());
  }

  private void check(int label) {
    if (label != DetectionGoal.ANY && (label < firstLabel || label >= firstLabel + labels)) {
      throw new IllegalArgumentException(
          "the goal names label %d; the detector has scores for labels %d to %d"
              .formatted(label, firstLabel, firstLabel + labels - 1));
    }
  }

  /**
   * @param boxes N × 4 from {@code 4 · N · image} on
   * @param scores N × C from {@code N · C · image} on
   * @param boxCotangent is added to, as {@code boxes}
   * @param scoreCotangent is added to, as {@code scores}
   * @return the loss; more is better for the attacker
   */
  double evaluate(
      float[] boxes, float[] scores, int image, float[] boxCotangent, float[] scoreCotangent) {
    int box = 4 * candidates * image;
    int score = labels * candidates * image;
    int count = choose(boxes, box);
    double loss = 0;
    if (goal.kind() != DetectionGoal.Kind.CREATE) {
      loss -= silence(scores, score, count, scoreCotangent);
    }
    if (votes && goal.kind() != DetectionGoal.Kind.HIDE) {
      loss -= raiseAll(scores, score, count, scoreCotangent);
    } else if (goal.kind() != DetectionGoal.Kind.HIDE) {
      loss -= raise(boxes, box, scores, score, count, boxCotangent, scoreCotangent);
    }
    return loss;
  }

  private int choose(float[] boxes, int at) {
    double least = LOOSER * goal.overlap();
    int count = 0;
    for (int i = 0; i < candidates; i++) {
      boolean there =
          votes ? place.holdsMiddle(boxes, at + 4 * i) : place.overlap(boxes, at + 4 * i) >= least;
      if (there) {
        chosen[count++] = i;
      }
    }
    if (count >= LEAST_CANDIDATES || goal.kind() == DetectionGoal.Kind.HIDE) {
      return count;
    }
    int[] nearest =
        IntStream.range(0, candidates)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> distance(boxes, at + 4 * i)))
            .limit(LEAST_CANDIDATES)
            .mapToInt(i -> i)
            .toArray();
    System.arraycopy(nearest, 0, chosen, 0, nearest.length);
    return nearest.length;
  }

  /** Mean distance of the edges, in sizes of the place. */
  private double distance(float[] boxes, int at) {
    double sum =
        (Math.abs(boxes[at] - place.left()) + Math.abs(boxes[at + 2] - place.right()))
                / place.width()
            + (Math.abs(boxes[at + 1] - place.top()) + Math.abs(boxes[at + 3] - place.bottom()))
                / place.height();
    return Double.isNaN(sum) ? Double.POSITIVE_INFINITY : sum / 4;
  }

  /** What each chosen candidate has of the object's own label, counted smoothly from below. */
  private double silence(float[] scores, int at, int count, float[] cotangent) {
    double sum = 0;
    for (int n = 0; n < count; n++) {
      int i = at + labels * chosen[n] + goal.label() - firstLabel;
      double over = scores[i] - low;
      sum += softplus(over);
      cotangent[i] -= (float) logistic(over);
    }
    return sum;
  }

  /** What the chosen candidates lack of a wanted label, in the mean. */
  private double raiseAll(float[] scores, int at, int count, float[] cotangent) {
    double sum = 0;
    for (int n = 0; n < count; n++) {
      int first = at + labels * chosen[n];
      double lacks = high - wantedScore(scores, first);
      sum += softplus(lacks) / count;
      for (int k = 0; k < labels; k++) {
        cotangent[first + k] += (float) (logistic(lacks) * weights[k] / count);
      }
    }
    return sum;
  }

  /**
   * How much the best of the chosen candidates lacks of a wanted label, and its box of the place.
   */
  private double raise(
      float[] boxes,
      int box,
      float[] scores,
      int score,
      int count,
      float[] boxCotangent,
      float[] scoreCotangent) {
    // A soft maximum over candidates, each with its distance taken off; labels likewise.
    double[] values = new double[count];
    double most = Double.NEGATIVE_INFINITY;
    for (int n = 0; n < count; n++) {
      values[n] =
          wantedScore(scores, score + labels * chosen[n])
              - BOX_WEIGHT * distance(boxes, box + 4 * chosen[n]);
      most = Math.max(most, values[n]);
    }
    double sum = 0;
    for (double value : values) {
      sum += Math.exp(value - most);
    }
    double lacks = high - (most + Math.log(sum));
    double slope = logistic(lacks);
    for (int n = 0; n < count; n++) {
      double share = slope * Math.exp(values[n] - most) / sum;
      int first = score + labels * chosen[n];
      wantedScore(scores, first); // Fills the weights.
      for (int k = 0; k < labels; k++) {
        scoreCotangent[first + k] += (float) (share * weights[k]);
      }
      pull(boxes, box + 4 * chosen[n], BOX_WEIGHT * share / 4, boxCotangent);
    }
    return softplus(lacks);
  }

  private double wantedScore(float[] scores, int at) {
    Arrays.fill(weights, 0);
    double most = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < labels; k++) {
      if (goal.isWanted(firstLabel + k)) {
        most = Math.max(most, scores[at + k]);
      }
    }
    double sum = 0;
    for (int k = 0; k < labels; k++) {
      if (goal.isWanted(firstLabel + k)) {
        weights[k] = Math.exp(scores[at + k] - most);
        sum += weights[k];
      }
    }
    for (int k = 0; k < labels; k++) {
      weights[k] /= sum;
    }
    return most + Math.log(sum);
  }

  private void pull(float[] boxes, int at, double weight, float[] cotangent) {
    cotangent[at] -= (float) (weight * Math.signum(boxes[at] - place.left()) / place.width());
    cotangent[at + 1] -=
        (float) (weight * Math.signum(boxes[at + 1] - place.top()) / place.height());
    cotangent[at + 2] -=
        (float) (weight * Math.signum(boxes[at + 2] - place.right()) / place.width());
    cotangent[at + 3] -=
        (float) (weight * Math.signum(boxes[at + 3] - place.bottom()) / place.height());
  }

  private static double softplus(double x) {
    return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
  }

  private static double logistic(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
