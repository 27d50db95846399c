package io.stopline.evaluation.detection;

import io.stopline.sdk.model.DetectorFormat.SsdPostProcess;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Whether the names of a detector's labels stand in the detector's own order, by what it calls the
 * labelled objects that it finds. Orders that people get wrong in a known way (one line too early
 * or late, the alphabet, the data's numbers, lines for numbers that are not used) are held against
 * all labels together; any other order is told label by label. A claim needs three standard
 * deviations of the frames that speak for and against it. Immutable.
 */
final class LabelOrder {

  /** In standard deviations of the frames that change sides. */
  private static final double DEVIATIONS = 3;

  /** By how many lines names are off where a line for the background is missing or too many. */
  private static final int[] SHIFTS = {1, -1};

  /** Labels that are named in a message. */
  private static final int NAMED = 3;

  private static final int LISTED = 8;

  private final List<String> names;
  private final LabelVotes votes;

  /** The label that is meant by the label that was read; −1 if none. */
  @SuppressWarnings("ArrayRecordComponent") // not compared
  private record Order(String words, String cure, int[] meant, List<String> corrected) {}

  LabelOrder(List<String> names, LabelVotes votes) {
    this.names = names;
    this.votes = votes;
  }

  /**
   * Looks at the order.
   *
   * @param reading whose labels are looked at
   * @param dataNames names of the data's classes, in their order
   */
  static LabelFigures of(DetectorReading reading, List<String> dataNames, LabelVotes votes) {
    if (reading.labels().size() < 2) {
      return LabelFigures.NONE;
    }
    List<String> shifts = new ArrayList<>();
    for (int shift : SHIFTS) {
      shifts.add(
          reading.format() instanceof SsdPostProcess ssd
                  && NamesForScores.of(reading).allows(ssd.firstLabel() + shift)
              ? "--first-label " + (ssd.firstLabel() + shift)
              : "");
    }
    return new LabelOrder(reading.labels(), votes).figures(dataNames, shifts);
  }

  /**
   * @param shifts the options that move the labels by one line on or back; empty texts if none does
   */
  LabelFigures figures(List<String> dataNames, List<String> shifts) {
    Map<Integer, Integer> claims = claims();
    List<Order> fitting = new ArrayList<>();
    for (Order order : orders(dataNames, shifts)) {
      if (fits(order.meant, claims)
          && fitting.stream().noneMatch(o -> sameWhereSeen(o.meant, order.meant))) {
        fitting.add(order);
      }
    }
    // Where several explain what is seen, the one that explains most; of those the plainest.
    fitting.sort(Comparator.comparingInt(order -> -right(order.meant)));
    List<String> doubts = doubts(claims, !fitting.isEmpty());
    if (fitting.isEmpty() && claims.isEmpty()) {
      return new LabelFigures("", "", List.of(), doubts, checked());
    }
    long seen = votes.labels().stream().filter(l -> votes.most(l) != l).count();
    if (!fitting.isEmpty() && seen > 1) {
      Order order = fitting.get(0);
      return new LabelFigures(
          "has its labels in another order than its names: %s (%s)"
              .formatted(order.words, examples(order.meant)),
          order.cure,
          order.corrected,
          doubts,
          checked());
    }
    List<String> corrected = matched(claims);
    String told = examples(claims);
    if (seen == 1 && !fitting.isEmpty()) {
      // One label may have been moved by any order.
      return new LabelFigures(
          "has its labels in another order than its names: %s; one label alone does not tell the order of the others (%s would do)"
              .formatted(
                  told.isEmpty() ? examples(fitting.get(0).meant) : told,
                  fitting.stream().map(o -> o.words).collect(Collectors.joining("; "))),
          "give its names in the order in which it was trained with --labels"
              + (fitting.get(0).cure.startsWith("--first-label")
                  ? ", or add " + fitting.get(0).cure
                  : ""),
          List.of(),
          doubts,
          checked());
    }
    return new LabelFigures(
        "has its labels in another order than its names: "
            + told
            + (claims.size() > 1 ? "" : "; one label alone does not tell the order of the others"),
        "give its names in the order in which it was trained with --labels",
        corrected,
        doubts,
        checked());
  }

  /** What it calls so is labelled otherwise, beyond chance: the label that is meant by name. */
  private Map<Integer, Integer> claims() {
    Map<Integer, Integer> meant = new TreeMap<>();
    for (int label : votes.labels()) {
      int name = votes.most(label);
      int gained = votes.of(label, name);
      int lost = votes.of(label, label);
      if (name != label
          && 2 * gained >= votes.of(label)
          && isBeyondChance(gained, lost)
          // A detector that takes trucks for cars, and cars for cars, is wrong, not out of order.
          && !votes.isRight(name)
          && gained > votes.of(meant.getOrDefault(name, -1), name)) {
        meant.put(name, label);
      }
    }
    return meant;
  }

  private static boolean isBeyondChance(int gained, int lost) {
    return gained - lost > DEVIATIONS * Math.sqrt(gained + lost);
  }

  // Orders that people get wrong in a known way.

  private List<Order> orders(List<String> dataNames, List<String> shifts) {
    int n = names.size();
    List<Order> orders = new ArrayList<>();
    for (int s = 0; s < SHIFTS.length; s++) {
      int shift = SHIFTS[s];
      orders.add(
          order(
              shift > 0
                  ? "each name stands one line too late"
                  : "each name stands one line too early",
              shifts.get(s),
              IntStream.range(0, n).map(i -> within(i + shift)).toArray()));
    }
    int[] used = IntStream.range(0, n).filter(i -> !CocoNumbers.isUnused(names.get(i))).toArray();
    if (used.length < n) {
      orders.add(
          order(
              "lines for numbers that are not used do not count",
              "",
              IntStream.range(0, n).map(i -> i < used.length ? used[i] : -1).toArray()));
    }
    orders.add(order("its labels are in the order of the alphabet", "", alphabetical()));
    int[] data = dataOrder(dataNames);
    if (data.length == n) {
      orders.add(order("its labels are in the order of the data's classes", "", data));
    }
    return orders;
  }

  private int within(int label) {
    return label >= 0 && label < names.size() ? label : -1;
  }

  private Order order(String words, String option, int[] meant) {
    List<String> corrected = new ArrayList<>();
    for (int i = 0; i < meant.length; i++) {
      corrected.add(meant[i] < 0 ? "unknown-" + i : names.get(meant[i]));
    }
    return new Order(
        words,
        option.isEmpty() ? "give its names in its own order with --labels" : option,
        meant,
        option.isEmpty() ? corrected : List.of());
  }

  private int[] alphabetical() {
    List<Integer> sorted = new ArrayList<>(IntStream.range(0, names.size()).boxed().toList());
    sorted.sort((a, b) -> names.get(a).compareTo(names.get(b)));
    return sorted.stream().mapToInt(i -> i).toArray();
  }

  private int[] dataOrder(List<String> dataNames) {
    Map<String, Integer> byForm = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      byForm.putIfAbsent(LabelledFrames.form(names.get(i)), i);
    }
    return dataNames.stream()
        .mapToInt(name -> byForm.getOrDefault(LabelledFrames.form(name), -1))
        .filter(i -> i >= 0)
        .distinct()
        .toArray();
  }

  /** Whether an order is clearly better, explains every claim and spoils nothing. */
  private boolean fits(int[] meant, Map<Integer, Integer> claims) {
    int[] sides = new int[4];
    votes.forEach(
        (label, name, n) -> {
          boolean before = label == name;
          boolean after = meant[name] == label;
          sides[0] += after && !before ? n : 0;
          sides[1] += before && !after ? n : 0;
          sides[2] += after ? n : 0;
          sides[3] += n;
        });
    return isBeyondChance(sides[0], sides[1])
        && 2 * sides[2] >= sides[3]
        && claims.entrySet().stream().allMatch(c -> meant[c.getKey()] == c.getValue())
        && votes.labels().stream().noneMatch(l -> votes.isRight(l) && meant[l] != l);
  }

  private int right(int[] meant) {
    int[] right = new int[1];
    votes.forEach((label, name, n) -> right[0] += meant[name] == label ? n : 0);
    return right[0];
  }

  private boolean sameWhereSeen(int[] one, int[] other) {
    boolean[] same = {true};
    votes.forEach((label, name, n) -> same[0] &= one[name] == other[name]);
    return same[0];
  }

  // Any other order.

  /**
   * The names by what objects are labelled. Where nothing tells, the name stays if it is not taken;
   * none if a single label is all that tells.
   */
  private List<String> matched(Map<Integer, Integer> claims) {
    if (claims.size() < 2) {
      return List.of();
    }
    List<String> corrected = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Integer label = claims.get(i);
      corrected.add(
          label != null
              ? names.get(label)
              : claims.containsValue(i) ? "unknown-" + i : names.get(i));
    }
    return corrected;
  }

  // Words.

  private String examples(Map<Integer, Integer> claims) {
    int[] meant = IntStream.range(0, names.size()).toArray();
    claims.forEach((name, label) -> meant[name] = label);
    return examples(meant);
  }

  /** What it calls so, and what that is. */
  private String examples(int[] meant) {
    List<String> examples = new ArrayList<>();
    int[] more = {0};
    votes.forEach(
        (label, name, n) -> {
          if (label != name && meant[name] == label && 2 * n >= votes.of(label)) {
            if (examples.size() < NAMED) {
              examples.add(
                  "what it calls '%s' is labelled '%s' in %d of %d frames"
                      .formatted(names.get(name), names.get(label), n, votes.of(label)));
            } else {
              more[0]++;
            }
          }
        });
    if (more[0] > 0) {
      examples.add("%d more".formatted(more[0]));
    }
    return String.join(", ", examples);
  }

  /** Labels that are mostly called otherwise, which proves nothing yet. */
  private List<String> doubts(Map<Integer, Integer> claims, boolean explained) {
    List<String> doubts = new ArrayList<>();
    for (int label : votes.labels()) {
      int name = votes.most(label);
      if (!explained && name != label && !Integer.valueOf(label).equals(claims.get(name))) {
        doubts.add(
            String.format(
                Locale.ROOT,
                "what is labelled '%s' it calls '%s' in %d of %d frames, %s",
                names.get(label),
                names.get(name),
                votes.of(label, name),
                votes.of(label),
                votes.isRight(name)
                    ? "and '%s' too: it takes one for the other".formatted(names.get(name))
                    : "which may be chance in so few"));
      }
    }
    return doubts.size() > LISTED ? doubts.subList(0, LISTED) : doubts;
  }

  /** Of which labels frames show that their names are right. */
  private String checked() {
    List<String> right =
        votes.labels().stream()
            .filter(votes::isRight)
            .map(l -> "'%s'".formatted(names.get(l)))
            .toList();
    int unused = (int) names.stream().filter(CocoNumbers::isUnused).count();
    int others = names.size() - unused - right.size();
    String some =
        right.stream().limit(LISTED).collect(Collectors.joining(", "))
            + (right.size() > LISTED ? " and %d more".formatted(right.size() - LISTED) : "");
    if (right.isEmpty()) {
      return "nobody has checked the order of its labels: no label is found and called by its name in three frames or more";
    }
    return others == 0
        ? "these frames show that every name is right"
        : "these frames show that the name is right of %s; nobody has checked the other %d"
            .formatted(some, others);
  }
}
