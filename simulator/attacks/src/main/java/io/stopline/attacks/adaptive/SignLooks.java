package io.stopline.attacks.adaptive;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.check.AppearanceTable;
import io.stopline.sdk.check.CellFeatures;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The check of sign plausibility as an attacker has it: the exact score going forward, and going
 * back soft ferns (BPDA): each question is answered yes with a probability, the logistic function
 * of how far it is from its threshold, and a fern's vote is the expected one. Of the other groups
 * each counts by how close it is to leading. Cells, quantiles and ratios of colours are
 * differentiated as they are. Looks at one whole image at a time, which is the sign and its margin;
 * belongs to one thread.
 */
final class SignLooks implements CheckForm {

  /** Groups behind the leader count less by a factor e for each so many votes. */
  private static final double VOTES = 150;

  private final AppearanceTable table;
  private final @Nullable List<Integer> classOf;
  private final double softness;
  private final int side;

  /** Index of the red value of the pixel at each place, places row by row. */
  private final int[] places;

  /** What it is a place of. */
  private final int[] cellOf;

  private final float[] red;
  private final float[] green;
  private final float[] blue;
  private final float[] ordered;
  private final float[] features;
  private final int[] words;
  private final int[] scores;
  private float dark;
  private float light;
  private int darkCell;
  private int lightCell;

  // For the way back.
  private final double[] featureGradient;
  private final double[] cellGradient;
  private final double[] tree;
  private final double[] yes;

  /**
   * @param classOf the table's class for each of the models' labels, −1 for what is no sign; null:
   *     the models' labels are the table's classes
   * @param softness how far from its threshold a question is answered with probability 0.73
   */
  SignLooks(
      AppearanceTable table, @Nullable List<Integer> classOf, ImageShape shape, double softness) {
    this.table = table;
    this.classOf = classOf;
    this.softness = softness;
    side = table.side();
    int across = CellFeatures.PLACES * side;
    places = new int[across * across];
    cellOf = new int[places.length];
    for (int j = 0, i = 0; j < across; j++) {
      int y = (int) ((2 * j + 1) * (long) shape.height() / (2L * across));
      for (int k = 0; k < across; k++, i++) {
        int x = (int) ((2 * k + 1) * (long) shape.width() / (2L * across));
        places[i] = 3 * (y * shape.width() + x);
        cellOf[i] = j / CellFeatures.PLACES * side + k / CellFeatures.PLACES;
      }
    }
    int cells = side * side;
    red = new float[cells];
    green = new float[cells];
    blue = new float[cells];
    ordered = new float[cells];
    features = new float[CellFeatures.FEATURES * cells];
    words = new int[table.ferns()];
    scores = new int[table.groups().size()];
    featureGradient = new double[features.length];
    cellGradient = new double[3 * cells];
    tree = new double[2 * table.words()];
    yes = new double[table.questionsPerFern()];
  }

  /**
   * Looks at an image, as the check does: in 8 bits.
   *
   * @param images 0..1, the image's values from index {@code from} on
   */
  @Override
  public void look(float[] images, int from) {
    Arrays.fill(red, 0);
    Arrays.fill(green, 0);
    Arrays.fill(blue, 0);
    for (int i = 0; i < places.length; i++) {
      int at = from + places[i];
      red[cellOf[i]] += Pixels.whole(images[at]);
      green[cellOf[i]] += Pixels.whole(images[at + 1]);
      blue[cellOf[i]] += Pixels.whole(images[at + 2]);
    }
    for (int i = 0; i < ordered.length; i++) {
      ordered[i] = (red[i] + green[i] + blue[i]) / 3;
    }
    Arrays.sort(ordered);
    dark = ordered[(int) (CellFeatures.DARK_QUANTILE * (ordered.length - 1))];
    light = ordered[(int) (CellFeatures.LIGHT_QUANTILE * (ordered.length - 1))];
    float range = light - dark + 0.1f * light + 1e-3f;
    float noise = 3 * CellFeatures.NOISE * light + 1e-3f;
    for (int i = 0, o = 0; i < red.length; i++, o += CellFeatures.FEATURES) {
      float r = red[i];
      float g = green[i];
      float b = blue[i];
      float sum = r + g + b;
      if (sum / 3 == dark) {
        darkCell = i;
      }
      if (sum / 3 == light) {
        lightCell = i;
      }
      features[o + CellFeatures.LIGHT] = Math.max(-0.5f, Math.min(1.5f, (sum / 3 - dark) / range));
      features[o + CellFeatures.RED] = 2 * (r - 0.5f * (g + b)) / (sum + noise);
      features[o + CellFeatures.BLUE] = 2 * (b - 0.5f * (r + g)) / (sum + noise);
    }
    table.read(features, words);
    table.score(words, scores);
  }

  /** Of the image that was looked at. */
  @Override
  public double nonconformity(Said said, int label) {
    return nonconformity(label);
  }

  private double nonconformity(int label) {
    int sign = sign(label);
    return sign < 0 ? 0 : table.nonconformity(table.lead(scores, sign));
  }

  private int sign(int label) {
    return classOf == null ? label : classOf.get(label);
  }

  @Override
  public boolean looksItself() {
    return true;
  }

  /**
   * Adds the derivative of the soft nonconformity of a label, where it is above 0, with respect to
   * the image that was looked at.
   *
   * @param gradients receives it from index {@code to} on
   */
  @Override
  public void backward(int label, double scale, float[] gradients, int to) {
    if (nonconformity(label) <= 0) {
      return;
    }
    Arrays.fill(featureGradient, 0);
    double[] share = shares(table.groupOf(sign(label)));
    int perFern = table.questionsPerFern();
    int count = table.words();
    double unit = scale / (table.ceiling() - table.floor());
    for (int fern = 0; fern < table.ferns(); fern++) {
      int first = fern * perFern;
      for (int q = 0; q < perFern; q++) {
        double seen = features[table.feature(first + q)];
        int other = table.subtracted(first + q);
        seen -= other < 0 ? 0 : features[other];
        yes[q] = 1 / (1 + Math.exp((table.threshold(first + q) - seen) / softness));
      }
      // A heap: leaves are the words' leads, each node the mean of its two by its question.
      for (int w = 0; w < count; w++) {
        double lead = 0;
        for (int g = 0; g < share.length; g++) {
          lead += share[g] * table.vote(fern, w, g);
        }
        tree[count + w] = lead;
      }
      for (int q = perFern - 1; q >= 0; q--) {
        for (int node = 1 << q; node < 2 << q; node++) {
          tree[node] = (1 - yes[q]) * tree[2 * node] + yes[q] * tree[2 * node + 1];
        }
      }
      descend(first, perFern, unit);
    }
    toPixels(gradients, to);
  }

  /** The weight of each group in the lead: −1 for the label's own, 1 in all for the others. */
  private double[] shares(int own) {
    double[] share = new double[scores.length];
    int best = Integer.MIN_VALUE;
    for (int g = 0; g < share.length; g++) {
      best = g == own ? best : Math.max(best, scores[g]);
    }
    double sum = 0;
    for (int g = 0; g < share.length; g++) {
      share[g] = g == own ? 0 : Math.exp((scores[g] - best) / VOTES);
      sum += share[g];
    }
    for (int g = 0; g < share.length; g++) {
      share[g] = g == own ? -1 : share[g] / sum;
    }
    return share;
  }

  /** From the root of a fern's tree to the questions' features. */
  private void descend(int first, int perFern, double unit) {
    double[] reach = new double[1 << perFern];
    reach[0] = 1;
    // reach[i] is the probability to come to node 2^q + i.
    for (int q = 0; q < perFern; q++) {
      double slope = 0;
      for (int i = (1 << q) - 1; i >= 0; i--) {
        int node = (1 << q) + i;
        slope += reach[i] * (tree[2 * node + 1] - tree[2 * node]);
        double here = reach[i];
        if (2 * i + 1 < reach.length) {
          reach[2 * i + 1] = here * yes[q];
          reach[2 * i] = here * (1 - yes[q]);
        }
      }
      double change = unit * slope * yes[q] * (1 - yes[q]) / softness;
      featureGradient[table.feature(first + q)] += change;
      int other = table.subtracted(first + q);
      if (other >= 0) {
        featureGradient[other] -= change;
      }
    }
  }

  private void toPixels(float[] gradients, int to) {
    Arrays.fill(cellGradient, 0);
    double range = light - dark + 0.1 * light + 1e-3;
    double noise = 3 * CellFeatures.NOISE * light + 1e-3;
    double byDark = 0;
    double byLight = 0;
    for (int i = 0, o = 0; i < red.length; i++, o += CellFeatures.FEATURES) {
      double r = red[i];
      double g = green[i];
      double b = blue[i];
      double sum = r + g + b;
      double above = sum / 3 - dark;
      double ratio = above / range;
      double byRed = 0;
      double byGreen = 0;
      double byBlue = 0;
      if (ratio > -0.5 && ratio < 1.5) {
        double up = featureGradient[o + CellFeatures.LIGHT];
        byRed = byGreen = byBlue = up / (3 * range);
        byDark += up * (above / range - 1) / range;
        byLight -= up * 1.1 * above / (range * range);
      }
      double whole = sum + noise;
      double upRed = featureGradient[o + CellFeatures.RED];
      double upBlue = featureGradient[o + CellFeatures.BLUE];
      double shrink =
          2 * (upRed * (r - 0.5 * (g + b)) + upBlue * (b - 0.5 * (r + g))) / (whole * whole);
      byRed += (2 * upRed - upBlue) / whole - shrink;
      byGreen += -(upRed + upBlue) / whole - shrink;
      byBlue += (2 * upBlue - upRed) / whole - shrink;
      byLight -= 3 * CellFeatures.NOISE * shrink;
      cellGradient[3 * i] += byRed;
      cellGradient[3 * i + 1] += byGreen;
      cellGradient[3 * i + 2] += byBlue;
    }
    for (int c = 0; c < 3; c++) {
      cellGradient[3 * darkCell + c] += byDark / 3;
      cellGradient[3 * lightCell + c] += byLight / 3;
    }
    for (int i = 0; i < places.length; i++) {
      for (int c = 0; c < 3; c++) {
        gradients[to + places[i] + c] += (float) (255 * cellGradient[3 * cellOf[i] + c]);
      }
    }
  }
}
