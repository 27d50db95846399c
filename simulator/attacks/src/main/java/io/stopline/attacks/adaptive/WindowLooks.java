package io.stopline.attacks.adaptive;

import io.stopline.sdk.certificate.Groups;
import io.stopline.sdk.certificate.Windows;
import java.util.Arrays;

/**
 * The check certified-windows as an attacker has it: all windows of a map of local scores by sums,
 * the exact score going forward. Going back, windows count by how near they are to deciding
 * (softmax of their leads): who raises the one that decides alone goes in circles. In each window
 * the best class of the label's group and the best one of all others have the gradient. Belongs to
 * one thread.
 */
final class WindowLooks implements CheckForm {

  /** Windows behind the one that decides count less by a factor e for each so many logits. */
  static final double SOFTNESS = 0.2;

  private final LocalTwin twin;
  private final Windows windows;
  private final double threshold;
  private final int[] groupOf;
  private final int groups;
  private final int height;
  private final int width;
  private final int classes;

  /** Sums of all cells above and to the left. */
  private final double[] integral;

  /** Of each window, of each group: the best class of what is left, and its mean score. */
  private final int[] bestClass;

  private final double[] best;

  private final double[] share;
  private final int[] rival;

  /**
   * @param patchSide of the square that windows hide, px of the model's input
   * @param threshold a label that scores above it is refused
   */
  WindowLooks(LocalTwin twin, int patchSide, Groups groups, double threshold) {
    this.twin = twin;
    this.windows = Windows.covering(twin.model(), twin.scores(), patchSide);
    this.threshold = threshold;
    this.groupOf = groups.of().stream().mapToInt(Integer::intValue).toArray();
    this.groups = groups.count();
    height = twin.scores().height();
    width = twin.scores().width();
    classes = twin.scores().classes();
    integral = new double[(height + 1) * (width + 1) * classes];
    bestClass = new int[windows.count() * this.groups];
    best = new double[windows.count() * this.groups];
    share = new double[windows.count()];
    rival = new int[windows.count()];
  }

  @Override
  public LocalTwin local() {
    return twin;
  }

  @Override
  public boolean looksItself() {
    return true;
  }

  @Override
  public void lookAtMap(float[] maps, int from) {
    int line = (width + 1) * classes;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int cell = from + (y * width + x) * classes;
        int at = (y + 1) * line + (x + 1) * classes;
        for (int c = 0; c < classes; c++) {
          integral[at + c] =
              maps[cell + c]
                  + integral[at - line + c]
                  + integral[at - classes + c]
                  - integral[at - line - classes + c];
        }
      }
    }
    double unit = 1.0 / (height * width);
    Arrays.fill(best, Double.NEGATIVE_INFINITY);
    for (int w = 0; w < windows.count(); w++) {
      int top = windows.top(w);
      int left = windows.left(w);
      int all = corner(height, width);
      int a = corner(top, left);
      int b = corner(top, left + windows.width());
      int d = corner(top + windows.height(), left);
      int e = corner(top + windows.height(), left + windows.width());
      for (int c = 0; c < classes; c++) {
        double kept =
            unit
                * (integral[all + c]
                    - integral[e + c]
                    + integral[b + c]
                    + integral[d + c]
                    - integral[a + c]);
        int g = w * groups + groupOf[c];
        if (kept > best[g]) {
          best[g] = kept;
          bestClass[g] = c;
        }
      }
    }
  }

  private int corner(int row, int column) {
    return (row * (width + 1) + column) * classes;
  }

  /** The best group but this one. */
  private int rival(int w, int group) {
    int other = -1;
    for (int g = 0; g < groups; g++) {
      other =
          g != group && (other < 0 || best[w * groups + g] > best[w * groups + other]) ? g : other;
    }
    return other;
  }

  /** The lead that another group has over this one without a window. */
  private double lead(int w, int group) {
    return best[w * groups + rival(w, group)] - best[w * groups + group];
  }

  /** The check's score of a label, logits: the largest lead of another group over all windows. */
  double score(int label) {
    double most = Double.NEGATIVE_INFINITY;
    for (int w = 0; w < windows.count(); w++) {
      most = Math.max(most, lead(w, groupOf[label]));
    }
    return most;
  }

  /** What {@link #mapBackward} is the derivative of: above the score by at most some tenths. */
  double softScore(int label) {
    double most = score(label);
    double sum = 0;
    for (int w = 0; w < windows.count(); w++) {
      sum += Math.exp((lead(w, groupOf[label]) - most) / SOFTNESS);
    }
    return most + SOFTNESS * Math.log(sum);
  }

  @Override
  public double nonconformity(Said said, int label) {
    return 1 / (1 + Math.exp(-score(label)));
  }

  @Override
  public double refusal(int label) {
    return score(label) - threshold;
  }

  @Override
  public void mapBackward(
      int label, double byRefusal, double byNonconformity, float[] cotangents, int to) {
    double n = 1 / (1 + Math.exp(-score(label)));
    double scale = byRefusal + byNonconformity * n * (1 - n);
    if (scale == 0) {
      return;
    }
    int group = groupOf[label];
    double most = score(label);
    double sum = 0;
    for (int w = 0; w < share.length; w++) {
      rival[w] = rival(w, group);
      share[w] = Math.exp((lead(w, group) - most) / SOFTNESS);
      sum += share[w];
    }
    double unit = scale / sum / (height * width);
    for (int w = 0; w < share.length; w++) {
      double pull = unit * share[w];
      if (share[w] < 1e-4) {
        continue;
      }
      int mine = bestClass[w * groups + group];
      int other = bestClass[w * groups + rival[w]];
      for (int y = 0; y < height; y++) {
        boolean rowHidden = y >= windows.top(w) && y < windows.top(w) + windows.height();
        for (int x = 0; x < width; x++) {
          if (rowHidden && x >= windows.left(w) && x < windows.left(w) + windows.width()) {
            continue;
          }
          int at = to + (y * width + x) * classes;
          cotangents[at + other] += (float) pull;
          cotangents[at + mine] -= (float) pull;
        }
      }
    }
  }
}
