package io.stopline.evaluation.road;

import io.stopline.evaluation.Rate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How good a finder is.
 *
 * @param name {@code detector}, {@code detector+verifier} or {@code colour-shape}
 * @param recall share of the signs that are to be found which are found
 * @param falseFinds a frame
 * @param background false finds a frame that are on no sign at all
 * @param misplaced false finds a frame that touch a sign, but are too badly placed
 * @param doubles false finds a frame on signs that a better find has
 * @param bySize recall of labelled signs by their smaller side
 * @param byClass recall of classes of which signs are to be found
 * @param levels recall at given false finds a frame, by moving the threshold; empty for a finder
 *     that gives no scores
 * @param threshold on the score as the policy has it; NaN for a finder that gives no scores
 * @param meanMillis a frame, or NaN if it was not measured apart
 */
public record FinderFigures(
    String name,
    Rate recall,
    FrameMean falseFinds,
    FrameMean background,
    FrameMean misplaced,
    FrameMean doubles,
    List<SizeRecall> bySize,
    List<ClassRecall> byClass,
    List<Level> levels,
    double threshold,
    double meanMillis) {

  /** False finds a frame at which finders are compared. */
  static final double[] LEVELS = {0.03, 0.1, 0.3, 1};

  /** Limits of the sizes, px of the smaller side. */
  static final int[] SIZES = {16, 24, 32, 64, Integer.MAX_VALUE};

  public FinderFigures {
    bySize = List.copyOf(bySize);
    byClass = List.copyOf(byClass);
    levels = List.copyOf(levels);
  }

  /**
   * Recall of signs of a size.
   *
   * @param from smaller side, px
   * @param to smaller side, px, exclusive; {@link Integer#MAX_VALUE} for no limit
   */
  public record SizeRecall(int from, int to, Rate recall) {}

  /**
   * Recall of signs of a class.
   *
   * @param label its index
   */
  public record ClassRecall(int label, String name, Rate recall) {}

  /**
   * A point of the curve.
   *
   * @param falseFindsAllowed a frame
   * @param falseFinds that the threshold gives
   * @param threshold the lowest that keeps to what is allowed; NaN where every find together keeps
   *     to it
   * @param bySize recall by size there
   */
  public record Level(
      double falseFindsAllowed,
      FrameMean falseFinds,
      double threshold,
      Rate recall,
      List<SizeRecall> bySize) {

    public Level {
      bySize = List.copyOf(bySize);
    }
  }

  /**
   * Measures.
   *
   * @param asSet the finds that pass as the policy is set
   * @param all finds down to a threshold as low as possible; null for a finder without scores
   */
  static FinderFigures of(
      String name,
      FinderCurve asSet,
      @Nullable FinderCurve all,
      double threshold,
      List<String> labels,
      double meanMillis) {
    List<ClassRecall> byClass = new ArrayList<>();
    for (int label = 0; label < labels.size(); label++) {
      Rate recall = asSet.recallOfClass(FinderCurve.ALL, label);
      if (recall.of() > 0) {
        byClass.add(new ClassRecall(label, labels.get(label), recall));
      }
    }
    List<Level> levels = new ArrayList<>();
    if (all != null) {
      for (double level : LEVELS) {
        double at = all.thresholdAt(level);
        levels.add(
            new Level(
                level,
                all.falseFinds(at),
                at == FinderCurve.ALL ? Double.NaN : at,
                all.recall(at),
                bySize(all, at)));
      }
    }
    return new FinderFigures(
        name,
        asSet.recall(FinderCurve.ALL),
        asSet.falseFinds(FinderCurve.ALL),
        asSet.finds(FinderCurve.ALL, FindKind.BACKGROUND),
        asSet.finds(FinderCurve.ALL, FindKind.MISPLACED),
        asSet.finds(FinderCurve.ALL, FindKind.DOUBLE),
        bySize(asSet, FinderCurve.ALL),
        byClass,
        levels,
        threshold,
        meanMillis);
  }

  private static List<SizeRecall> bySize(FinderCurve curve, double threshold) {
    List<SizeRecall> sizes = new ArrayList<>();
    for (int i = 0; i + 1 < SIZES.length; i++) {
      sizes.add(
          new SizeRecall(SIZES[i], SIZES[i + 1], curve.recall(threshold, SIZES[i], SIZES[i + 1])));
    }
    return sizes;
  }
}
