package io.stopline.evaluation.road;

import io.stopline.evaluation.Rate;
import io.stopline.evaluation.TrackBootstrap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * What a finder finds on the frames of a data set, by the threshold on its score. Signs of one
 * frame are not independent, so intervals come from resampling frames. Immutable.
 */
public final class FinderCurve {

  /** A threshold that lets every find pass. */
  public static final double ALL = Double.NEGATIVE_INFINITY;

  /** A frame's signs and the finds in it. */
  private record Frame(List<SignBox> signs, List<MatchedFind> finds) {}

  private final List<Frame> frames = new ArrayList<>();
  private final SignMatcher matcher;
  private final long seed;

  /** Scores of false finds, the highest first. */
  private final double[] falseScores;

  /** All scores, the highest first. */
  private final double[] scores;

  /**
   * @param frames with their signs
   * @param finds one list a frame, matched by {@code matcher}
   * @param seed decides the resampling
   * @throws IllegalArgumentException if there are not as many lists as frames
   */
  public FinderCurve(
      List<RoadFrame> frames, List<List<MatchedFind>> finds, SignMatcher matcher, long seed) {
    if (frames.size() != finds.size()) {
      throw new IllegalArgumentException(
          "%d lists of finds for %d frames".formatted(finds.size(), frames.size()));
    }
    for (int f = 0; f < frames.size(); f++) {
      this.frames.add(new Frame(frames.get(f).signs(), List.copyOf(finds.get(f))));
    }
    this.matcher = matcher;
    this.seed = seed;
    this.scores = descending(find -> true);
    this.falseScores = descending(find -> find.kind().isFalse());
  }

  private double[] descending(Predicate<MatchedFind> choice) {
    return frames.stream()
        .flatMap(f -> f.finds.stream())
        .filter(choice)
        .mapToDouble(f -> -f.score())
        .sorted()
        .map(s -> -s)
        .toArray();
  }

  /** Share of the signs that are to be found which are found with at least this score. */
  public Rate recall(double threshold) {
    return recall(threshold, matcher::counts);
  }

  /**
   * Share of labelled signs of a size that are found, be they to be found or not.
   *
   * @param from smaller side, px
   * @param to smaller side, px, exclusive
   */
  public Rate recall(double threshold, int from, int to) {
    return recall(threshold, sign -> sign.known() && sign.side() >= from && sign.side() < to);
  }

  /** Share of the signs of a class that are to be found which are found. */
  public Rate recallOfClass(double threshold, int label) {
    return recall(threshold, sign -> matcher.counts(sign) && sign.label() == label);
  }

  private Rate recall(double threshold, Predicate<SignBox> choice) {
    int[] found = new int[frames.size()];
    int[] signs = new int[frames.size()];
    int used = 0;
    for (Frame frame : frames) {
      int of = (int) frame.signs.stream().filter(choice).count();
      if (of == 0) {
        continue;
      }
      signs[used] = of;
      for (MatchedFind find : frame.finds) {
        if (find.sign() >= 0
            && find.score() >= threshold
            && choice.test(frame.signs.get(find.sign()))) {
          found[used]++;
        }
      }
      used++;
    }
    return TrackBootstrap.rate(Arrays.copyOf(found, used), Arrays.copyOf(signs, used), seed);
  }

  /** False finds a frame with at least this score. */
  public FrameMean falseFinds(double threshold) {
    return count(threshold, find -> find.kind().isFalse());
  }

  /** Finds of a kind a frame with at least this score. */
  public FrameMean finds(double threshold, FindKind kind) {
    return count(threshold, find -> find.kind() == kind);
  }

  private FrameMean count(double threshold, Predicate<MatchedFind> choice) {
    return FrameMean.of(
        frames.stream()
            .mapToInt(
                f ->
                    (int)
                        f.finds.stream()
                            .filter(find -> find.score() >= threshold && choice.test(find))
                            .count())
            .toArray(),
        seed);
  }

  /**
   * The lowest threshold with at most so many false finds a frame, so that no other threshold that
   * keeps to that has a higher recall.
   *
   * @param falseFinds a frame, at least 0
   * @return a score; {@link #ALL} if all finds together are no more; above every score if already
   *     the best-scoring ones are more
   */
  public double thresholdAt(double falseFinds) {
    int allowed = (int) Math.floor(falseFinds * frames.size() + 1e-9);
    if (falseScores.length <= allowed) {
      return ALL;
    }
    // Every find above the first false one that is too many passes, and none that equals it.
    double tooMany = falseScores[allowed];
    double threshold = Double.POSITIVE_INFINITY;
    for (double score : scores) {
      if (score <= tooMany) {
        break;
      }
      threshold = score;
    }
    return threshold;
  }

  /** How many signs are to be found. */
  public int signs() {
    return (int) frames.stream().flatMap(f -> f.signs.stream()).filter(matcher::counts).count();
  }
}
