package io.stopline.evaluation.road;

import io.stopline.evaluation.Rate;
import io.stopline.evaluation.TrackBootstrap;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * What the guard makes of what the policy's finder proposes, each find a track of one frame. Rates
 * of signs count all signs that are to be found: one that was not found is neither accepted nor
 * suspected. Numbers a frame are of proposals.
 *
 * @param acceptedRight accepted with the right label
 * @param acceptedWrong accepted with another label
 * @param suspected odd enough to be suspect by themselves
 * @param abstained found, and neither accepted, suspected nor dropped
 * @param dropped found, and taken for no sign
 * @param notFound not proposed
 * @param nonSignsSuspected a frame, of proposals that are on no sign
 * @param nonSignsAccepted a frame
 * @param nonSignsAbstained a frame
 * @param nonSignsDropped a frame
 * @param misplacedSuspected a frame, of proposals that are on a sign, but badly placed or not the
 *     best one there
 * @param misplacedAcceptedWrong a frame, accepted with another label than the nearest sign's
 */
public record RoadGuardFigures(
    Rate acceptedRight,
    Rate acceptedWrong,
    Rate suspected,
    Rate abstained,
    Rate dropped,
    Rate notFound,
    FrameMean nonSignsSuspected,
    FrameMean nonSignsAccepted,
    FrameMean nonSignsAbstained,
    FrameMean nonSignsDropped,
    FrameMean misplacedSuspected,
    FrameMean misplacedAcceptedWrong) {

  /** Counts the finds of frames. */
  static final class Counter {
    private final List<JudgedFrame> frames;
    private final SignMatcher matcher;
    private final long seed;

    Counter(List<JudgedFrame> frames, SignMatcher matcher, long seed) {
      this.frames = frames;
      this.matcher = matcher;
      this.seed = seed;
    }

    RoadGuardFigures count() {
      return new RoadGuardFigures(
          ofSigns((frame, f) -> accepted(f) && right(frame, f)),
          ofSigns((frame, f) -> accepted(f) && !right(frame, f)),
          ofSigns((frame, f) -> decided(f, Decision.SUSPECT)),
          ofSigns((frame, f) -> decided(f, Decision.ABSTAIN)),
          ofSigns((frame, f) -> decided(f, Decision.NO_SIGN)),
          notFound(),
          aFrame(FindKind.BACKGROUND, (frame, f) -> decided(f, Decision.SUSPECT)),
          aFrame(FindKind.BACKGROUND, (frame, f) -> accepted(f)),
          aFrame(FindKind.BACKGROUND, (frame, f) -> decided(f, Decision.ABSTAIN)),
          aFrame(FindKind.BACKGROUND, (frame, f) -> decided(f, Decision.NO_SIGN)),
          onASign((frame, f) -> decided(f, Decision.SUSPECT)),
          onASign((frame, f) -> accepted(f) && !labelOfTouched(frame, f)));
    }

    private interface Test {
      boolean of(JudgedFrame frame, JudgedFrame.Entry find);
    }

    private static boolean decided(JudgedFrame.Entry find, Decision decision) {
      Verdict verdict = find.judged().verdict();
      // A policy may ask for several odd frames; here a find has one only, and that one counts.
      return (verdict.odd() ? Decision.SUSPECT : verdict.decision()) == decision;
    }

    private static boolean accepted(JudgedFrame.Entry find) {
      return decided(find, Decision.ACCEPT);
    }

    private static boolean right(JudgedFrame frame, JudgedFrame.Entry find) {
      return find.judged().verdict().label()
          == frame.frame().signs().get(find.matched().sign()).label();
    }

    /** Whether any sign that the find touches has its label. */
    private static boolean labelOfTouched(JudgedFrame frame, JudgedFrame.Entry find) {
      return frame.frame().signs().stream()
          .anyMatch(
              s ->
                  s.label() == find.judged().verdict().label()
                      && s.region().intersectionOverUnion(find.matched().find().box())
                          >= SignMatcher.TOUCHING_OVERLAP);
    }

    private Rate ofSigns(Test test) {
      return rate(
          frame ->
              (int)
                  frame.proposed().stream()
                      .filter(f -> f.matched().kind() == FindKind.RIGHT && test.of(frame, f))
                      .count());
    }

    private Rate notFound() {
      return rate(
          frame ->
              signs(frame)
                  - (int)
                      frame.proposed().stream()
                          .filter(f -> f.matched().kind() == FindKind.RIGHT)
                          .count());
    }

    private interface Count {
      int of(JudgedFrame frame);
    }

    private Rate rate(Count hits) {
      List<JudgedFrame> with = frames.stream().filter(f -> signs(f) > 0).toList();
      return TrackBootstrap.rate(
          with.stream().mapToInt(hits::of).toArray(),
          with.stream().mapToInt(this::signs).toArray(),
          seed);
    }

    private int signs(JudgedFrame frame) {
      return (int) frame.frame().signs().stream().filter(matcher::counts).count();
    }

    private FrameMean aFrame(FindKind kind, Test test) {
      return mean(k -> k == kind, test);
    }

    private FrameMean onASign(Test test) {
      return mean(k -> k == FindKind.MISPLACED || k == FindKind.DOUBLE, test);
    }

    private FrameMean mean(Predicate<FindKind> kinds, Test test) {
      int[] counts = new int[frames.size()];
      Arrays.setAll(
          counts,
          i ->
              (int)
                  frames.get(i).proposed().stream()
                      .filter(f -> kinds.test(f.matched().kind()) && test.of(frames.get(i), f))
                      .count());
      return FrameMean.of(counts, seed);
    }
  }
}
