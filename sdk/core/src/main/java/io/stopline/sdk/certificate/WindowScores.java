package io.stopline.sdk.certificate;

import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InferenceException;
import io.stopline.sdk.model.LocalScores;
import io.stopline.sdk.model.TensorSpec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

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
 * <p>Maps of bytes are summed four classes at a time ({@link PackedSums}), others one by one
 * ({@link PlainSums}); what comes out is the same to the bit. Nothing is computed before it is
 * asked for, and then once for each group.
 *
 * <p>Belongs to one thread at a time. Allocates nothing after construction, but once when it is
 * first asked for pairs of windows; time is windows × classes, for pairs windows² × classes.
 */
public final class WindowScores {

  /** Local scores of float maps beyond this count as this. */
  static final int LIMIT = 512;

  private final Windows windows;
  private final TensorSpec map;
  private final Groups grouping;
  private final int classes;
  private final int groups;
  private final int[] groupOf;
  private final double unit;
  private final WindowSums sums;

  /** By how much each group leads outside each window, where {@link #known}. */
  private final int[][] leads;

  private final boolean[] known;

  /** The groups whose leads are known, in the order in which they were asked for. */
  private final int[] asked;

  private int asks;

  private final int[] separations;

  /** Of which group {@link #separations} are; −1 for none. */
  private int separated = -1;

  private final int[] scratch;
  private final int[] scratchGroups;

  /** For pairs of windows; null before anybody asks. */
  private @Nullable PlainSums pairs;

  private boolean pairsAreRead;

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
    this.grouping = groups;
    this.classes = scores.classes();
    this.groups = groups.count();
    this.groupOf = groups.of().stream().mapToInt(Integer::intValue).toArray();
    int area = scores.height() * scores.width();
    unit =
        map.type() == ElementType.FLOAT32
            ? 1 / (double) PlainSums.perUnit(map.type(), area) / area
            : map.scale() / area;
    if (PackedSums.fits(windows, map.type())) {
      sums = new PackedSums(windows, map.type(), groups);
    } else {
      PlainSums plain = new PlainSums(windows, map, groups);
      sums = plain;
      pairs = plain;
    }
    leads = new int[this.groups][windows.count()];
    known = new boolean[this.groups];
    asked = new int[this.groups];
    separations = new int[windows.count()];
    scratch = new int[classes];
    scratchGroups = new int[this.groups];
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
    sums.read(local);
    Arrays.fill(known, false);
    asks = 0;
    separated = -1;
    pairsAreRead = false;
  }

  /** By how much a group leads outside each window. */
  private int[] leads(int group) {
    if (!known[group]) {
      sums.leads(group, leads[group]);
      known[group] = true;
      asked[asks++] = group;
    }
    return leads[group];
  }

  /** What each window contributes to the margin of a group. */
  private int[] separations(int group) {
    if (separated != group) {
      int[] lead = leads(group);
      for (int w = 0; w < separations.length; w++) {
        separations[w] = lead[w] >= 0 ? lead[w] : -leads[leading(w)][w];
      }
      separated = group;
    }
    return separations;
  }

  /** A group that leads without a window, and is known then. */
  private int leading(int window) {
    // A few groups lead outside most windows, and asking all classes takes longer.
    for (int i = asks - 1; i >= 0; i--) {
      if (leads[asked[i]][window] >= 0) {
        return asked[i];
      }
    }
    int group = leader(window);
    leads(group);
    return group;
  }

  /** The sums that know of pairs, with the same picture. */
  private PlainSums pairs() {
    PlainSums plain = pairs == null ? new PlainSums(windows, map, grouping) : pairs;
    pairs = plain;
    if (sums instanceof PackedSums packed && !pairsAreRead) {
      plain.read(packed.picture());
      pairsAreRead = true;
    }
    return plain;
  }

  /**
   * How odd a label is: an alarm is raised above a threshold.
   *
   * @return in units of the mean local score (logits)
   */
  public double score(int label) {
    return unit * -leads(groupOf[label])[oddest(label)];
  }

  /** The window without which the label looks worst: where its evidence hangs. */
  public int oddest(int label) {
    return indexOfLeast(leads(groupOf[label]));
  }

  /**
   * Thresholds below this are certified, if this is the picture before the attack and the label's
   * group is the true one: no patch that the windows cover makes a label of another group pass.
   *
   * @return in units of the mean local score (logits)
   */
  public double margin(int label) {
    return unit * separations(groupOf[label])[weakest(label)];
  }

  /** The window that decides the margin. */
  public int weakest(int label) {
    return indexOfLeast(separations(groupOf[label]));
  }

  /** The first of equals. */
  private static int indexOfLeast(int[] values) {
    int least = 0;
    for (int i = 1; i < values.length; i++) {
      least = values[i] < values[least] ? i : least;
    }
    return least;
  }

  /** The group that leads without a window, the first of equals. */
  public int leader(int window) {
    return sums.leader(window);
  }

  /**
   * Above 0: {@link #recovered} gives the label's group whatever a patch that the windows cover
   * does to this picture.
   *
   * @return the least lead of the label's group over all pairs of hidden windows, in units of the
   *     mean local score (logits)
   */
  public double pairMargin(int label) {
    PlainSums pair = pairs();
    int group = groupOf[label];
    int least = Integer.MAX_VALUE;
    for (int w = 0; w < windows.count(); w++) {
      for (int v = w; v < windows.count(); v++) {
        rankWithout(pair, w, v);
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
    PlainSums pair = pairs();
    for (int w = 0; w < windows.count(); w++) {
      int group = leader(w);
      if (leads(group)[w] == 0) {
        continue;
      }
      boolean all = true;
      for (int v = 0; v < windows.count() && all; v++) {
        rankWithout(pair, w, v);
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

  /** What is left of each group without both windows: its largest sum. */
  private void rankWithout(PlainSums pair, int w, int v) {
    pair.keptWithout(w, v, scratch);
    Arrays.fill(scratchGroups, Integer.MIN_VALUE);
    for (int c = 0; c < classes; c++) {
      scratchGroups[groupOf[c]] = Math.max(scratchGroups[groupOf[c]], scratch[c]);
    }
  }
}
