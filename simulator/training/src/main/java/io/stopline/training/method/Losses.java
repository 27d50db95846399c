package io.stopline.training.method;

/**
 * Losses of rows of scores, with their gradients. Every loss is a mean over rows; its gradient
 * times a weight is <em>added</em> to a cotangent of the same layout as the scores, so that several
 * losses make a sum. Rows may be any part of an array ({@code first} counts rows): where clean and
 * attacked images went through the model together, both are named by their rows. Arithmetic is in
 * double precision, so confident scores keep their slope. Stateless and thread-safe.
 */
public final class Losses {

  /** What Wang et al. 2020 add so that a logarithm of 0 cannot occur (their implementation). */
  private static final double MARGIN_SLACK = 1.0001 - 1;

  private Losses() {}

  /**
   * Where the scores of some images stand.
   *
   * @param logits rows of {@code classes} scores
   * @param first row of the first image
   * @param count rows, at least 1
   * @param classes at least 2
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Rows(float[] logits, int first, int count, int classes) {

    /** All of a pass over {@code count} images. */
    public static Rows of(float[] logits, int count, int classes) {
      return new Rows(logits, 0, count, classes);
    }

    private int offset(int row) {
      return (first + row) * classes;
    }

    /** {@code log Σ exp(logits / temperature)} of a row. */
    private double logSum(int row, double temperature) {
      int offset = offset(row);
      double top = logits[offset];
      for (int k = 1; k < classes; k++) {
        top = Math.max(top, logits[offset + k]);
      }
      double sum = 0;
      for (int k = 0; k < classes; k++) {
        sum += Math.exp((logits[offset + k] - top) / temperature);
      }
      return top / temperature + Math.log(sum);
    }
  }

  /**
   * Mean cross-entropy with smoothed labels (Szegedy et al. 2016, section 7): the label counts
   * {@code 1 − smoothing} and every class {@code smoothing / classes} more.
   *
   * @param smoothing 0..1; 0: the label alone
   * @param weight of the gradient that is added
   * @return the loss, without the weight
   */
  public static double crossEntropy(
      Rows rows, int[] labels, double smoothing, double weight, float[] cotangent) {
    double off = smoothing / rows.classes;
    double scale = weight / rows.count;
    double loss = 0;
    for (int row = 0; row < rows.count; row++) {
      int offset = rows.offset(row);
      double logSum = rows.logSum(row, 1);
      for (int k = 0; k < rows.classes; k++) {
        double log = rows.logits[offset + k] - logSum;
        double target = off + (k == labels[row] ? 1 - smoothing : 0);
        if (target != 0) {
          loss -= target * log;
        }
        cotangent[offset + k] += (float) (scale * (Math.exp(log) - target));
      }
    }
    return loss / rows.count;
  }

  /**
   * Mean Kullback-Leibler divergence {@code KL(p ‖ q)} of what two rows say, as TRADES takes it
   * (Zhang et al. 2019, equation 5): {@code p} of the clean image, {@code q} of the attacked one.
   * Both may stand in one array or in two.
   *
   * @param from rows of {@code p}
   * @param fromCotangent receives the gradient with respect to {@code from}'s scores
   * @param to rows of {@code q}, as many
   * @param toCotangent receives the gradient with respect to {@code to}'s scores
   * @return the divergence, without the weight
   */
  public static double divergence(
      Rows from, float[] fromCotangent, Rows to, float[] toCotangent, double weight) {
    int classes = from.classes;
    double scale = weight / from.count;
    double sum = 0;
    for (int row = 0; row < from.count; row++) {
      int p = from.offset(row);
      int q = to.offset(row);
      double logSumP = from.logSum(row, 1);
      double logSumQ = to.logSum(row, 1);
      double divergence = divergence(from, p, logSumP, to, q, logSumQ);
      sum += divergence;
      for (int k = 0; k < classes; k++) {
        double logP = from.logits[p + k] - logSumP;
        double logQ = to.logits[q + k] - logSumQ;
        double probability = Math.exp(logP);
        fromCotangent[p + k] += (float) (scale * probability * (logP - logQ - divergence));
        toCotangent[q + k] += (float) (scale * (Math.exp(logQ) - probability));
      }
    }
    return sum / from.count;
  }

  private static double divergence(
      Rows from, int p, double logSumP, Rows to, int q, double logSumQ) {
    double divergence = 0;
    for (int k = 0; k < from.classes; k++) {
      double logP = from.logits[p + k] - logSumP;
      divergence += Math.exp(logP) * (logP - (to.logits[q + k] - logSumQ));
    }
    return divergence;
  }

  /**
   * Mean Kullback-Leibler divergence {@code KL(t ‖ q)} from probabilities that stay as they are,
   * such as a teacher's or those of a clean image under attack.
   *
   * @param targets probabilities, rows of {@code classes} values from row 0 on
   * @param temperature that the scores are divided by, above 0; the gradient is that of the loss as
   *     it stands, smaller by the temperature (distillation multiplies it by temperature²)
   * @return the divergence, without the weight
   */
  public static double towards(
      float[] targets, Rows rows, double temperature, double weight, float[] cotangent) {
    double scale = weight / rows.count / temperature;
    double sum = 0;
    for (int row = 0; row < rows.count; row++) {
      int offset = rows.offset(row);
      double logSum = rows.logSum(row, temperature);
      for (int k = 0; k < rows.classes; k++) {
        double log = rows.logits[offset + k] / temperature - logSum;
        double target = targets[row * rows.classes + k];
        if (target > 0) {
          sum += target * (Math.log(target) - log);
        }
        cotangent[offset + k] += (float) (scale * (Math.exp(log) - target));
      }
    }
    return sum / rows.count;
  }

  /**
   * The loss of MART (Wang et al. 2020, equation 10): boosted cross-entropy of the attacked image,
   * {@code −log q_y − log(1 − max of the other q_k)}, and {@code λ · KL(p ‖ q) · (1 − p_y)} with
   * {@code p} of the clean image. The gradient goes through all of it, as in the authors' program.
   *
   * @param clean rows of {@code p}
   * @param cleanCotangent receives the gradient with respect to {@code clean}'s scores
   * @param attacked rows of {@code q}, as many
   * @param attackedCotangent receives the gradient with respect to {@code attacked}'s scores
   * @param lambda of the divergence, 0 or more
   * @return the loss, without the weight
   */
  public static double mart(
      Rows clean,
      float[] cleanCotangent,
      Rows attacked,
      float[] attackedCotangent,
      int[] labels,
      double lambda,
      double weight) {
    int classes = clean.classes;
    double scale = weight / clean.count;
    double loss = 0;
    for (int row = 0; row < clean.count; row++) {
      int p = clean.offset(row);
      int q = attacked.offset(row);
      int label = labels[row];
      double logSumP = clean.logSum(row, 1);
      double logSumQ = attacked.logSum(row, 1);
      int rival = rival(attacked, q, label);
      double rivalQ = Math.exp(attacked.logits[q + rival] - logSumQ);
      double rest = 1 + MARGIN_SLACK - rivalQ;
      double labelP = Math.exp(clean.logits[p + label] - logSumP);
      double divergence = divergence(clean, p, logSumP, attacked, q, logSumQ);
      loss +=
          -(attacked.logits[q + label] - logSumQ)
              - Math.log(rest)
              + lambda * divergence * (1 - labelP);
      for (int k = 0; k < classes; k++) {
        double logP = clean.logits[p + k] - logSumP;
        double logQ = attacked.logits[q + k] - logSumQ;
        double probabilityP = Math.exp(logP);
        double probabilityQ = Math.exp(logQ);
        double toQ = probabilityQ - (k == label ? 1 : 0);
        toQ += rivalQ / rest * ((k == rival ? 1 : 0) - probabilityQ);
        toQ += lambda * (1 - labelP) * (probabilityQ - probabilityP);
        double toP = (1 - labelP) * probabilityP * (logP - logQ - divergence);
        toP -= divergence * labelP * ((k == label ? 1 : 0) - probabilityP);
        attackedCotangent[q + k] += (float) (scale * toQ);
        cleanCotangent[p + k] += (float) (scale * lambda * toP);
      }
    }
    return loss / clean.count;
  }

  /** The class with the highest score but the label; the first of equals. */
  private static int rival(Rows rows, int offset, int label) {
    int best = label == 0 ? 1 : 0;
    for (int k = best + 1; k < rows.classes; k++) {
      if (k != label && rows.logits[offset + k] > rows.logits[offset + best]) {
        best = k;
      }
    }
    return best;
  }

  /**
   * What the rows say at a temperature.
   *
   * @param probabilities receives {@code count × classes} values from 0 on
   */
  public static void softmax(Rows rows, double temperature, float[] probabilities) {
    for (int row = 0; row < rows.count; row++) {
      int offset = rows.offset(row);
      double logSum = rows.logSum(row, temperature);
      for (int k = 0; k < rows.classes; k++) {
        probabilities[row * rows.classes + k] =
            (float) Math.exp(rows.logits[offset + k] / temperature - logSum);
      }
    }
  }

  /** How many rows have their highest score at the label; a tie with another class is wrong. */
  public static int right(Rows rows, int[] labels) {
    int right = 0;
    for (int row = 0; row < rows.count; row++) {
      int offset = rows.offset(row);
      int rival = rival(rows, offset, labels[row]);
      right += rows.logits[offset + labels[row]] > rows.logits[offset + rival] ? 1 : 0;
    }
    return right;
  }
}
