package io.stopline.sdk.check;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * What groups of signs look like, learnt from photographs, as local evidence with bounded votes. A
 * fern (Özuysal et al. 2010) asks a few yes-or-no questions about cells that lie close together;
 * the answers are its word, and for each word it has a vote for every group. A group's score is the
 * sum of its votes.
 *
 * <p>What covers a part of a sign reaches only the ferns that look there. If the words of k ferns
 * change, the lead of one group over another changes by at most k · {@link #influence()}, whatever
 * is shown (bounded local evidence as in Brendel and Bethge 2019 and Xiang et al. 2021, section 3).
 * Cells are measured relative to how light the picture is as a whole, so that a large alteration
 * can also turn a few words elsewhere; those count among the k. Immutable and thread-safe.
 */
public final class AppearanceTable {

  /** Most cells a side of the grid. */
  public static final int LARGEST_SIDE = 64;

  /** Most questions a fern. */
  public static final int MOST_QUESTIONS = 10;

  /** Most ferns. */
  public static final int MOST_FERNS = 4096;

  /** Most groups. */
  public static final int MOST_GROUPS = 256;

  /** Thresholds of questions are multiples of 1/{@value}. */
  public static final int THRESHOLD_UNIT = 4096;

  /** Bytes of a question in a table's data. */
  public static final int QUESTION_BYTES = 6;

  /** Stands for no second feature in a table's data. */
  public static final int NOTHING = 0xffff;

  private final int side;
  private final int perFern;
  private final int ferns;
  private final int[] first;
  private final int[] second;
  private final float[] thresholds;
  private final List<String> groups;
  private final int[] groupOf;
  private final byte[] votes;
  private final int floor;
  private final int ceiling;
  private final int influence;

  /**
   * @param side cells a side of the grid, 1..{@value #LARGEST_SIDE}
   * @param ferns how many, at least 1
   * @param perFern questions a fern, 1..{@value #MOST_QUESTIONS}
   * @param groups names, for people; 2..{@value #MOST_GROUPS}
   * @param groupOf the group of each class
   * @param floor a lead of another group over the label's of this much or less is as clean data are
   * @param ceiling a lead of this much or more is as odd as can be
   * @param data big-endian: for each question of each fern the index of a feature (16 bits), of the
   *     one that is taken from it or {@link #NOTHING} (16 bits), and the threshold that the
   *     difference must exceed, in 1/{@value #THRESHOLD_UNIT} (signed 16 bits); then the votes (8
   *     bits, signed) by fern, word and group, the group fastest; a word's first answer is its
   *     highest bit
   * @throws IllegalArgumentException if the parts do not fit together
   */
  public AppearanceTable(
      int side,
      int ferns,
      int perFern,
      List<String> groups,
      int[] groupOf,
      int floor,
      int ceiling,
      byte[] data) {
    this.side = side;
    this.ferns = ferns;
    this.perFern = perFern;
    this.groups = List.copyOf(groups);
    this.groupOf = groupOf.clone();
    this.floor = floor;
    this.ceiling = ceiling;
    check(side >= 1 && side <= LARGEST_SIDE, "a grid of %d cells a side", side);
    check(perFern >= 1 && perFern <= MOST_QUESTIONS, "%d questions a fern", perFern);
    check(ferns >= 1 && ferns <= MOST_FERNS, "%d ferns", ferns);
    check(groups.size() >= 2 && groups.size() <= MOST_GROUPS, "%d groups", groups.size());
    check(floor < ceiling, "a floor of %d, which is not below the ceiling", floor);
    check(groupOf.length > 0, "%d classes", groupOf.length);
    for (int g : groupOf) {
      check(g >= 0 && g < groups.size(), "a class of group %d", g);
    }
    long needed = bytes(ferns, perFern, groups.size());
    if (data.length != needed) {
      throw new IllegalArgumentException(
          "an appearance table with %d ferns of %d questions and %d groups has %d bytes, not %d"
              .formatted(ferns, perFern, groups.size(), needed, data.length));
    }
    int questions = ferns * perFern;
    first = new int[questions];
    second = new int[questions];
    thresholds = new float[questions];
    int features = side * side * CellFeatures.FEATURES;
    ByteBuffer in = ByteBuffer.wrap(data);
    for (int i = 0; i < questions; i++) {
      first[i] = in.getShort() & 0xffff;
      int other = in.getShort() & 0xffff;
      second[i] = other == NOTHING ? -1 : other;
      thresholds[i] = in.getShort() / (float) THRESHOLD_UNIT;
      check(first[i] < features, "a question about feature %d", first[i]);
      check(second[i] < features, "a question about feature %d", second[i]);
    }
    votes = new byte[in.remaining()];
    in.get(votes);
    influence = largestInfluence();
  }

  private static void check(boolean fits, String what, int number) {
    if (!fits) {
      throw new IllegalArgumentException(
          "an appearance table cannot have " + what.formatted(number));
    }
  }

  /** How long a table's data are. */
  public static long bytes(int ferns, int perFern, int groups) {
    return (long) ferns * (QUESTION_BYTES * (long) perFern + (1L << perFern) * groups);
  }

  /** The most that one fern's word can change the lead of one group over another. */
  private int largestInfluence() {
    int n = groups.size();
    int words = 1 << perFern;
    int largest = 0;
    for (int fern = 0; fern < ferns; fern++) {
      for (int g = 0; g < n; g++) {
        for (int h = 0; h < g; h++) {
          int low = Integer.MAX_VALUE;
          int high = Integer.MIN_VALUE;
          for (int w = 0; w < words; w++) {
            int at = (fern * words + w) * n;
            int lead = votes[at + g] - votes[at + h];
            low = Math.min(low, lead);
            high = Math.max(high, lead);
          }
          largest = Math.max(largest, high - low);
        }
      }
    }
    return largest;
  }

  /** Cells a side of the grid. */
  public int side() {
    return side;
  }

  /** Number of ferns. */
  public int ferns() {
    return ferns;
  }

  /** Questions a fern. */
  public int questionsPerFern() {
    return perFern;
  }

  /**
   * The feature that a question looks at.
   *
   * @param question 0..{@link #ferns()} · {@link #questionsPerFern()} − 1, fern by fern
   */
  public int feature(int question) {
    return first[question];
  }

  /** The feature that a question takes from it, or −1 for none. */
  public int subtracted(int question) {
    return second[question];
  }

  /** What the difference must exceed for a yes. */
  public float threshold(int question) {
    return thresholds[question];
  }

  /** What a fern that answers a word says for a group. */
  public int vote(int fern, int word, int group) {
    return votes[(fern << perFern | word) * groups.size() + group];
  }

  /** Words a fern can answer. */
  public int words() {
    return 1 << perFern;
  }

  /** Names of the groups. */
  public List<String> groups() {
    return groups;
  }

  /** Number of classes. */
  public int classes() {
    return groupOf.length;
  }

  /**
   * The group of a class.
   *
   * @param label 0..{@link #classes()}−1
   */
  public int groupOf(int label) {
    return groupOf[label];
  }

  /** Up to which lead of another group a label is as clean data are, in votes. */
  public int floor() {
    return floor;
  }

  /** From which lead of another group on a label is as odd as can be, in votes. */
  public int ceiling() {
    return ceiling;
  }

  /** The most that one fern can change the lead of one group over another, in votes. */
  public int influence() {
    return influence;
  }

  /** The most that k ferns can change the nonconformity, 0..1. */
  public double influenceOnNonconformity(int k) {
    return Math.min(1, k * (double) influence / (ceiling - floor));
  }

  /** How many ferns look at a cell of a rectangle of cells (far edges exclusive). */
  public int fernsThatSee(int left, int top, int right, int bottom) {
    int count = 0;
    for (int fern = 0; fern < ferns; fern++) {
      boolean sees = false;
      for (int q = fern * perFern; q < (fern + 1) * perFern; q++) {
        sees |= lies(first[q], left, top, right, bottom);
        sees |= second[q] >= 0 && lies(second[q], left, top, right, bottom);
      }
      count += sees ? 1 : 0;
    }
    return count;
  }

  private boolean lies(int feature, int left, int top, int right, int bottom) {
    int cell = feature / CellFeatures.FEATURES;
    int x = cell % side;
    int y = cell / side;
    return x >= left && x < right && y >= top && y < bottom;
  }

  /**
   * Has the ferns answer. Allocates nothing.
   *
   * @param features from {@link CellFeatures#measure}
   * @param words receives one a fern
   */
  public void read(float[] features, int[] words) {
    for (int fern = 0, q = 0; fern < ferns; fern++) {
      int word = 0;
      for (int end = q + perFern; q < end; q++) {
        float seen = features[first[q]];
        if (second[q] >= 0) {
          seen -= features[second[q]];
        }
        word = word << 1 | (seen > thresholds[q] ? 1 : 0);
      }
      words[fern] = word;
    }
  }

  /**
   * Adds up the votes. Allocates nothing.
   *
   * @param words one a fern
   * @param scores receives one a group
   */
  public void score(int[] words, int[] scores) {
    int n = scores.length;
    Arrays.fill(scores, 0);
    for (int fern = 0; fern < ferns; fern++) {
      int at = (fern << perFern | words[fern]) * n;
      for (int g = 0; g < n; g++) {
        scores[g] += votes[at + g];
      }
    }
  }

  /** How far the best other group leads before a label's own; negative if the own one leads. */
  public int lead(int[] scores, int label) {
    int own = groupOf[label];
    int other = Integer.MIN_VALUE;
    for (int g = 0; g < scores.length; g++) {
      other = g == own ? other : Math.max(other, scores[g]);
    }
    return other - scores[own];
  }

  /** A lead as nonconformity: 0 at the floor, 1 at the ceiling. */
  public double nonconformity(int lead) {
    return Math.max(0, Math.min(1, (lead - floor) / (double) (ceiling - floor)));
  }
}
