package io.stopline.evaluation.road;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Says which finds of a frame are right. The best find goes first and takes the free sign that it
 * overlaps most, if that is at least {@value #RIGHT_OVERLAP} (intersection over union); so what a
 * find is does not depend on finds with a lower score, and a threshold can be moved afterwards.
 * Immutable.
 */
public final class SignMatcher {

  /** From this overlap on a find is on a sign. */
  public static final double RIGHT_OVERLAP = 0.5;

  /** Below this overlap a find has nothing to do with a sign. */
  public static final double TOUCHING_OVERLAP = 0.1;

  private final int minimumSide;

  /**
   * @param minimumSide signs whose smaller side is below this, px, need not be found
   */
  public SignMatcher(int minimumSide) {
    this.minimumSide = minimumSide;
  }

  /** Whether a sign is to be found. */
  public boolean counts(SignBox sign) {
    return sign.known() && sign.side() >= minimumSide;
  }

  /**
   * Matches the finds of a frame.
   *
   * @param scores one a find
   * @return one a find, in the order of the finds
   */
  public List<MatchedFind> match(List<SignBox> signs, List<Find> finds, double[] scores) {
    List<Integer> order =
        IntStream.range(0, finds.size())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -scores[i]))
            .toList();
    MatchedFind[] matched = new MatchedFind[finds.size()];
    boolean[] taken = new boolean[signs.size()];
    for (int i : order) {
      matched[i] = match(signs, taken, finds.get(i), scores[i]);
    }
    return new ArrayList<>(List.of(matched));
  }

  private MatchedFind match(List<SignBox> signs, boolean[] taken, Find find, double score) {
    int free = best(signs, find, s -> !taken[s] && counts(signs.get(s)));
    double overlap = overlap(signs, find, free);
    if (overlap >= RIGHT_OVERLAP) {
      taken[free] = true;
      return new MatchedFind(find, score, FindKind.RIGHT, free, overlap);
    }
    int small = best(signs, find, s -> !taken[s] && signs.get(s).known() && !counts(signs.get(s)));
    overlap = overlap(signs, find, small);
    if (overlap >= RIGHT_OVERLAP) {
      taken[small] = true;
      return new MatchedFind(find, score, FindKind.SMALL, small, overlap);
    }
    int nearest = best(signs, find, s -> true);
    overlap = overlap(signs, find, nearest);
    return new MatchedFind(find, score, kind(signs, nearest, overlap), -1, overlap);
  }

  /** What a find is that has found no sign anew. */
  private FindKind kind(List<SignBox> signs, int nearest, double overlap) {
    if (overlap < TOUCHING_OVERLAP) {
      return FindKind.BACKGROUND;
    }
    SignBox sign = signs.get(nearest);
    if (!sign.known()) {
      return FindKind.OTHER_SIGN;
    }
    if (!counts(sign)) {
      return FindKind.SMALL;
    }
    return overlap >= RIGHT_OVERLAP ? FindKind.DOUBLE : FindKind.MISPLACED;
  }

  private interface Choice {
    boolean of(int sign);
  }

  /** The chosen sign that the find overlaps most; −1 if none is chosen. */
  private static int best(List<SignBox> signs, Find find, Choice choice) {
    int best = -1;
    for (int s = 0; s < signs.size(); s++) {
      if (choice.of(s) && (best < 0 || overlap(signs, find, s) > overlap(signs, find, best))) {
        best = s;
      }
    }
    return best;
  }

  private static double overlap(List<SignBox> signs, Find find, int sign) {
    return sign < 0 ? 0 : signs.get(sign).region().intersectionOverUnion(find.box());
  }
}
