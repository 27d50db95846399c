package io.stopline.sdk.certificate;

import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InferenceException;
import io.stopline.sdk.model.LocalScores;
import io.stopline.sdk.model.TensorSpec;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Certified windows on one map of local scores. With {@code E} the map, {@code w} a window, {@code
 * M_w[c]} the sum of {@code E[·,·,c]} outside of w, and {@code G_w[k]} the largest {@code M_w[c]}
 * of the classes c of group k:
 *
 * <ul>
 *   <li>{@link #score score}(x, l) = the largest lead, over all windows, that another group has
 *       over the group of l;
 *   <li>{@link #margin margin}(x, l) = the least over all windows of G_w's first less its second,
 *       negative where another group than that of l leads.
 * </ul>
 *
 * <p><b>Detection.</b> Let x' differ from x in one patch that the windows cover. If margin(x, y) >
 * τ, then score(x', l') > τ for every label l' of another group than y's. <i>Proof.</i> Some window
 * w holds every cell that the patch changes, so G_w is the same for x and x'. Hence score(x', l') ≥
 * max over k ≠ g(l') of G_w[k] − G_w[g(l')]. If y's group leads in G_w, this is at least the first
 * less the second; if not, it is least for the leading group, and there the negative of that. Both
 * are what w contributes to margin(x, y), and so above τ. ∎ As x is such a neighbour of x' as well,
 * it reads backwards too: if x was made of an untouched x₀ of another group than y's, then x₀'s own
 * true label scored above τ.
 *
 * <p><b>Recovery.</b> If y's group leads in G of the map without both windows, for all pairs of
 * windows, a window with itself too ({@link #pairMargin} > 0), then {@link #recovered} gives y's
 * group for every such x'. <i>Proof.</i> {@code recovered} looks for a window w with which all
 * pairs (w, v) have the same leader. Hiding the patch's window w* beside any v gives the same for x
 * and x', so w* is such a window and its leader is y's group. Any other such window w has the pair
 * (w, w*), whose leader is y's group. ∎ (The double masking of PatchCleanser, Xiang et al. 2022,
 * with sums in place of masked pictures.)
 *
 * <p>Both need sums that do not depend on what is hidden, to the bit. Quantised maps are summed as
 * the integers that they are. A float map is rounded first, cell by cell, to multiples of a power
 * of two (±{@value #LIMIT}, and beyond it the limit), whose sums are integers as well.
 *
 * <p>Belongs to one thread at a time. Allocates nothing after construction; time is windows ×
 * classes, for pairs windows² × classes.
 */
public final class WindowScores {

  /** Local scores of float maps beyond this count as this. */
  static final int LIMIT = 512;

  /** Sums stay below this, so that a difference of two fits an int. */
  private static final long MOST = 1L << 29;

  private final Windows windows;
  private final TensorSpec map;
  private final int height;
  private final int width;
  private final int classes;
  private final int groups;
  private final int[] groupOf;
  private final float perUnit;
  private final double unit;
  private final int[] cells;
  private final int[] integral;
  private final int[] kept;
  private final int[] ofGroup;
  private final int[] first;
  private final int[] second;
  private final int[] leader;
  private final int[] scratch;
  private final int[] scratchGroups;

  /**
   * @param map the tensor of the local scores, 1×h×w×C, float32, int8 or uint8
   * @throws IllegalArgumentException if the tensor or the groups do not fit the windows
   */
  public WindowScores(Windows windows, TensorSpec map, Groups groups) {
    LocalScores scores = windows.scores();
    if (map.elements() != scores.height() * scores.width() * scores.classes()
        || groups.classes() != scores.classes()) {
      throw new IllegalArgumentException(
          "a map %s and groups of %d classes do not fit %d×%d local scores of %d classes"
              .formatted(
                  TensorSpec.words(map.shape()),
                  groups.classes(),
                  scores.height(),
                  scores.width(),
                  scores.classes()));
    }
    this.windows = windows;
    this.map = map;
    this.height = scores.height();
    this.width = scores.width();
    this.classes = scores.classes();
    this.groups = groups.count();
    this.groupOf = groups.of().stream().mapToInt(Integer::intValue).toArray();
    int area = height * width;
    if (map.type() == ElementType.FLOAT32) {
      perUnit = Math.scalb(1f, 29 - 9 - bits(area));
      unit = 1 / (double) perUnit / area;
    } else {
      perUnit = 1;
      unit = map.scale() / area;
    }
    cells = new int[area * classes];
    integral = new int[(height + 1) * (width + 1) * classes];
    int count = windows.count();
    kept = new int[count * classes];
    ofGroup = new int[count * this.groups];
    first = new int[count];
    second = new int[count];
    leader = new int[count];
    scratch = new int[classes];
    scratchGroups = new int[this.groups];
    if (area > MOST / LIMIT) {
      throw new IllegalArgumentException(
          "a map of %d×%d cells is too large for sums in 32 bits".formatted(height, width));
    }
  }

  /** The least b with area ≤ 2^b. */
  private static int bits(int area) {
    return 32 - Integer.numberOfLeadingZeros(area - 1);
  }

  /** Which windows are left out in turn. */
  public Windows windows() {
    return windows;
  }

  /**
   * Takes the scores of one picture.
   *
   * @param local the map's memory, in native byte order; read from its beginning
   * @throws InferenceException if a local score is not a number
   */
  public void read(ByteBuffer local) {
    copy(local);
    integrate();
    for (int w = 0; w < windows.count(); w++) {
      keep(w);
      rank(kept, w * classes, ofGroup, w * groups);
      judge(w);
    }
  }

  private void copy(ByteBuffer local) {
    switch (map.type()) {
      case INT8 -> {
        for (int i = 0; i < cells.length; i++) {
          cells[i] = local.get(i) - map.zeroPoint();
        }
      }
      case UINT8 -> {
        for (int i = 0; i < cells.length; i++) {
          cells[i] = (local.get(i) & 0xff) - map.zeroPoint();
        }
      }
      case FLOAT32 -> {
        for (int i = 0; i < cells.length; i++) {
          float value = local.getFloat(4 * i);
          if (Float.isNaN(value)) {
            throw new InferenceException("a local score of the map is not a number");
          }
          cells[i] = Math.round(Math.min((float) LIMIT, Math.max((float) -LIMIT, value)) * perUnit);
        }
      }
    }
  }

  /** Sums of all cells above and to the left; the first row and column stay 0. */
  private void integrate() {
    int line = (width + 1) * classes;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int cell = (y * width + x) * classes;
        int at = (y + 1) * line + (x + 1) * classes;
        for (int c = 0; c < classes; c++) {
          integral[at + c] =
              cells[cell + c]
                  + integral[at - line + c]
                  + integral[at - classes + c]
                  - integral[at - line - classes + c];
        }
      }
    }
  }

  /** Where the sums of all cells above and to the left stand. */
  private int corner(int row, int column) {
    return (row * (width + 1) + column) * classes;
  }

  /** What is left without a window. */
  private void keep(int w) {
    int all = corner(height, width);
    int top = windows.top(w);
    int left = windows.left(w);
    int a = corner(top, left);
    int b = corner(top, left + windows.width());
    int d = corner(top + windows.height(), left);
    int e = corner(top + windows.height(), left + windows.width());
    int to = w * classes;
    for (int c = 0; c < classes; c++) {
      kept[to + c] =
          integral[all + c] - integral[e + c] + integral[b + c] + integral[d + c] - integral[a + c];
    }
  }

  /** The largest of each group. */
  private void rank(int[] sums, int from, int[] result, int to) {
    Arrays.fill(result, to, to + groups, Integer.MIN_VALUE);
    for (int c = 0; c < classes; c++) {
      int g = to + groupOf[c];
      result[g] = Math.max(result[g], sums[from + c]);
    }
  }

  private void judge(int w) {
    int best = 0;
    int most = ofGroup[w * groups];
    int next = Integer.MIN_VALUE;
    for (int g = 1; g < groups; g++) {
      int value = ofGroup[w * groups + g];
      if (value > most) {
        next = most;
        most = value;
        best = g;
      } else if (value > next) {
        next = value;
      }
    }
    first[w] = most;
    second[w] = next;
    leader[w] = best;
  }

  /** The lead that another group has over a group without a window; negative if that one leads. */
  private int lead(int w, int group) {
    return leader[w] == group ? second[w] - first[w] : first[w] - ofGroup[w * groups + group];
  }

  /** What a window contributes to the margin of a group. */
  private int separation(int w, int group) {
    return leader[w] == group ? first[w] - second[w] : second[w] - first[w];
  }

  /**
   * How odd a label is: an alarm is raised above a threshold.
   *
   * @return in units of the mean local score (logits)
   */
  public double score(int label) {
    return unit * lead(oddest(label), groupOf[label]);
  }

  /** The window without which the label looks worst: where its evidence hangs. */
  public int oddest(int label) {
    int worst = 0;
    for (int w = 1; w < first.length; w++) {
      worst = lead(w, groupOf[label]) > lead(worst, groupOf[label]) ? w : worst;
    }
    return worst;
  }

  /**
   * Thresholds below this are certified, if this is the picture before the attack and the label's
   * group is the true one: no patch that the windows cover makes a label of another group pass.
   *
   * @return in units of the mean local score (logits)
   */
  public double margin(int label) {
    return unit * separation(weakest(label), groupOf[label]);
  }

  /** The window that decides the margin. */
  public int weakest(int label) {
    int worst = 0;
    for (int w = 1; w < first.length; w++) {
      worst = separation(w, groupOf[label]) < separation(worst, groupOf[label]) ? w : worst;
    }
    return worst;
  }

  /** The group that leads without a window. */
  public int leader(int window) {
    return leader[window];
  }

  /**
   * Above 0: {@link #recovered} gives the label's group whatever a patch that the windows cover
   * does to this picture.
   *
   * @return the least lead of the label's group over all pairs of hidden windows, in units of the
   *     mean local score (logits)
   */
  public double pairMargin(int label) {
    int group = groupOf[label];
    int least = Integer.MAX_VALUE;
    for (int w = 0; w < first.length; w++) {
      for (int v = w; v < first.length; v++) {
        keepWithout(w, v);
        int others = Integer.MIN_VALUE;
        for (int g = 0; g < groups; g++) {
          others = g == group ? others : Math.max(others, scratchGroups[g]);
        }
        least = Math.min(least, scratchGroups[group] - others);
      }
    }
    return unit * least;
  }

  /**
   * The group that is left whatever one patch did, by pairs of windows.
   *
   * @return a group, or −1 if the windows do not agree on one
   */
  public int recovered() {
    for (int w = 0; w < first.length; w++) {
      if (first[w] == second[w]) {
        continue;
      }
      int group = leader[w];
      boolean all = true;
      for (int v = 0; v < first.length && all; v++) {
        keepWithout(w, v);
        for (int g = 0; g < groups; g++) {
          all &= g == group || scratchGroups[g] < scratchGroups[group];
        }
      }
      if (all) {
        return group;
      }
    }
    return -1;
  }

  /** What is left of each group without both windows. */
  private void keepWithout(int w, int v) {
    int all = corner(height, width);
    int top = Math.max(windows.top(w), windows.top(v));
    int left = Math.max(windows.left(w), windows.left(v));
    int bottom = Math.min(windows.top(w), windows.top(v)) + windows.height();
    int right = Math.min(windows.left(w), windows.left(v)) + windows.width();
    boolean meet = top < bottom && left < right;
    int a = meet ? corner(top, left) : 0;
    int b = meet ? corner(top, right) : 0;
    int d = meet ? corner(bottom, left) : 0;
    int e = meet ? corner(bottom, right) : 0;
    for (int c = 0; c < classes; c++) {
      int both = integral[e + c] - integral[b + c] - integral[d + c] + integral[a + c];
      scratch[c] = kept[w * classes + c] + kept[v * classes + c] - integral[all + c] + both;
    }
    rank(scratch, 0, scratchGroups, 0);
  }
}
