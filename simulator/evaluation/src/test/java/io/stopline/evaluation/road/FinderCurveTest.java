package io.stopline.evaluation.road;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.RandomStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Counting, on frames that were made by hand and on random ones. */
final class FinderCurveTest {

  private static final SignMatcher MATCHER = new SignMatcher(24);

  @Test
  void aFindIsRightFromHalfOverlapOn() {
    List<SignBox> signs = List.of(new SignBox(new Region(100, 100, 30, 30), 14));
    // 30×30 and 30×20 within it: 600 / 900. Shifted by 11: 570 / 1230.
    assertThat(kinds(signs, box(100, 100, 30, 20))).containsExactly(FindKind.RIGHT);
    assertThat(kinds(signs, box(111, 100, 30, 30))).containsExactly(FindKind.MISPLACED);
    assertThat(kinds(signs, box(129, 100, 30, 30))).containsExactly(FindKind.BACKGROUND);
    assertThat(kinds(signs, box(200, 100, 30, 30))).containsExactly(FindKind.BACKGROUND);
  }

  @Test
  void aSignIsFoundOnceByTheBestFind() {
    List<SignBox> signs = List.of(new SignBox(new Region(100, 100, 30, 30), 14));
    List<Find> finds = List.of(find(box(101, 100, 30, 30), 0.4), find(box(100, 100, 30, 30), 0.9));

    List<MatchedFind> matched = MATCHER.match(signs, finds, new double[] {0.4, 0.9});

    assertThat(matched)
        .extracting(MatchedFind::kind)
        .containsExactly(FindKind.DOUBLE, FindKind.RIGHT);
    assertThat(matched.get(1).sign()).isZero();
    assertThat(matched.get(0).sign()).isEqualTo(-1);
  }

  @Test
  void twoSignsOnOnePoleAreFoundByTwoFinds() {
    List<SignBox> signs =
        List.of(
            new SignBox(new Region(100, 100, 30, 30), 14),
            new SignBox(new Region(100, 131, 30, 30), 9));

    assertThat(kinds(signs, box(100, 101, 30, 30), box(100, 130, 30, 30)))
        .containsExactly(FindKind.RIGHT, FindKind.RIGHT);
    // One box around both is on neither: half of it is the other.
    assertThat(kinds(signs, box(98, 98, 34, 65))).containsExactly(FindKind.MISPLACED);
  }

  @Test
  void smallOtherAndIgnoredSignsAreNeitherRightNorFalse() {
    List<SignBox> signs =
        List.of(
            new SignBox(new Region(100, 100, 23, 40), 14),
            new SignBox(new Region(300, 100, 60, 60), SignBox.OTHER));

    assertThat(kinds(signs, box(100, 100, 23, 40), box(300, 100, 60, 60), box(305, 100, 30, 30)))
        .containsExactly(FindKind.SMALL, FindKind.OTHER_SIGN, FindKind.OTHER_SIGN);
    FinderCurve curve =
        curve(List.of(signs), List.of(List.of(box(100, 100, 23, 40), box(300, 100, 60, 60))));
    assertThat(curve.signs()).isZero();
    assertThat(curve.falseFinds(FinderCurve.ALL).count()).isZero();
    assertThat(curve.recall(FinderCurve.ALL, 16, 24).value()).isEqualTo(1);
  }

  @Test
  void ratesCountSignsAndFrames() {
    SignBox sign = new SignBox(new Region(100, 100, 30, 30), 14);
    SignBox other = new SignBox(new Region(200, 100, 40, 40), 9);
    FinderCurve curve =
        curve(
            List.of(List.of(sign, other), List.of(sign), List.of(), List.of()),
            List.of(
                List.of(sign.region(), box(500, 50, 20, 20), box(600, 50, 20, 20)),
                List.of(),
                List.of(box(10, 10, 30, 30)),
                List.of()));

    assertThat(curve.signs()).isEqualTo(3);
    assertThat(curve.recall(FinderCurve.ALL).count()).isEqualTo(1);
    assertThat(curve.recall(FinderCurve.ALL).of()).isEqualTo(3);
    assertThat(curve.recallOfClass(FinderCurve.ALL, 14).of()).isEqualTo(2);
    assertThat(curve.recall(FinderCurve.ALL, 32, 64).of()).isEqualTo(1);
    FrameMean falseFinds = curve.falseFinds(FinderCurve.ALL);
    assertThat(falseFinds.value()).isEqualTo(0.75);
    assertThat(falseFinds.count()).isEqualTo(3);
    assertThat(falseFinds.of()).isEqualTo(4);
    assertThat(falseFinds.low()).isLessThan(0.75);
    assertThat(falseFinds.high()).isGreaterThan(0.75);
  }

  @Test
  void theThresholdOfALevelLetsAsManyFalseFindsPassAsItAllows() {
    // Ten frames, in each a sign that is found with 0.95 − 0.1 f and a false find with 0.9 − 0.1 f.
    SignBox sign = new SignBox(new Region(100, 100, 30, 30), 14);
    List<RoadFrame> frames = new ArrayList<>();
    List<List<MatchedFind>> finds = new ArrayList<>();
    for (int f = 0; f < 10; f++) {
      frames.add(frame(f, List.of(sign)));
      finds.add(
          MATCHER.match(
              List.of(sign),
              List.of(find(sign.region(), 1), find(box(500, 50, 20, 20), 1)),
              new double[] {0.95 - 0.1 * f, 0.9 - 0.1 * f}));
    }
    FinderCurve curve = new FinderCurve(frames, finds, MATCHER, 1);

    double strict = curve.thresholdAt(0);
    assertThat(curve.falseFinds(strict).count()).isZero();
    assertThat(curve.recall(strict).count()).isEqualTo(1);
    double three = curve.thresholdAt(0.3);
    assertThat(curve.falseFinds(three).count()).isEqualTo(3);
    assertThat(curve.recall(three).count()).isEqualTo(4);
    assertThat(curve.thresholdAt(1)).isEqualTo(FinderCurve.ALL);
    assertThat(curve.recall(curve.thresholdAt(1)).value()).isCloseTo(1, within(1e-12));
  }

  @Test
  void findsWithoutScoresCannotBeCutOff() {
    SignBox sign = new SignBox(new Region(100, 100, 30, 30), 14);
    FinderCurve curve =
        curve(List.of(List.of(sign)), List.of(List.of(sign.region(), box(500, 50, 20, 20))));

    double threshold = curve.thresholdAt(0.1);

    assertThat(threshold).isInfinite().isPositive();
    assertThat(curve.recall(threshold).count()).isZero();
  }

  @Property(tries = 100)
  void movingTheThresholdIsMonotoneAndLevelsAreKept(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int count) {
    RandomStream random = new RandomStream(seed);
    List<RoadFrame> frames = new ArrayList<>();
    List<List<MatchedFind>> finds = new ArrayList<>();
    for (int f = 0; f < count; f++) {
      List<SignBox> signs = new ArrayList<>();
      List<Find> found = new ArrayList<>();
      for (int s = random.nextInt(4); s > 0; s--) {
        int side = 16 + random.nextInt(40);
        Region place = box(random.nextInt(600), random.nextInt(400), side, side);
        signs.add(new SignBox(place, random.nextInt(3) - 1));
        if (random.nextDouble() < 0.8) {
          found.add(find(box(place.x() + random.nextInt(side), place.y(), side, side), 1));
        }
      }
      for (int n = random.nextInt(4); n > 0; n--) {
        found.add(find(box(random.nextInt(600), random.nextInt(400), 25, 25), 1));
      }
      // Few values, so that many are equal.
      double[] scores = found.stream().mapToDouble(x -> random.nextInt(6) / 5.0).toArray();
      frames.add(frame(f, signs));
      finds.add(MATCHER.match(signs, found, scores));
    }
    FinderCurve curve = new FinderCurve(frames, finds, MATCHER, 1);

    long lastFound = Long.MAX_VALUE;
    long lastFalse = Long.MAX_VALUE;
    for (double threshold : new double[] {FinderCurve.ALL, 0, 0.2, 0.4, 0.6, 0.8, 1, 1.1}) {
      long hits = curve.recall(threshold).count();
      long wrong = curve.falseFinds(threshold).count();
      assertThat(hits).isLessThanOrEqualTo(lastFound);
      assertThat(wrong).isLessThanOrEqualTo(lastFalse);
      lastFound = hits;
      lastFalse = wrong;
    }
    for (double level : new double[] {0, 0.1, 0.5, 1, 5}) {
      double threshold = curve.thresholdAt(level);
      assertThat(curve.falseFinds(threshold).value()).isLessThanOrEqualTo(level + 1e-9);
      // No other threshold that keeps to the level finds more.
      for (double other : new double[] {0, 0.2, 0.4, 0.6, 0.8, 1}) {
        if (curve.falseFinds(other).value() <= level) {
          assertThat(curve.recall(other).count())
              .isLessThanOrEqualTo(curve.recall(threshold).count());
        }
      }
    }
  }

  private static List<FindKind> kinds(List<SignBox> signs, Region... boxes) {
    List<Find> finds = new ArrayList<>();
    for (Region box : boxes) {
      finds.add(find(box, 1));
    }
    return MATCHER.match(signs, finds, new double[boxes.length]).stream()
        .map(MatchedFind::kind)
        .toList();
  }

  private static FinderCurve curve(List<List<SignBox>> signs, List<List<Region>> boxes) {
    List<RoadFrame> frames = new ArrayList<>();
    List<List<MatchedFind>> finds = new ArrayList<>();
    for (int f = 0; f < signs.size(); f++) {
      frames.add(frame(f, signs.get(f)));
      List<Find> found = boxes.get(f).stream().map(b -> find(b, 1)).toList();
      finds.add(MATCHER.match(signs.get(f), found, new double[found.size()]));
    }
    return new FinderCurve(frames, finds, MATCHER, 1);
  }

  private static RoadFrame frame(int number, List<SignBox> signs) {
    return new RoadFrame(number + ".png", Path.of(number + ".png"), 1360, 800, "", signs);
  }

  private static Find find(Region box, double probability) {
    return new Find(box, box, probability);
  }

  private static Region box(int x, int y, int width, int height) {
    return new Region(x, y, width, height);
  }
}
