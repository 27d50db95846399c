package io.stopline.evaluation.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.certificate.Groups;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How frames become tracks, and tracks figures that were not fitted to them. */
final class TrackFiguresTest {

  private static final Groups PAIRS = new Groups(List.of("a", "b"), List.of(0, 0, 1));

  @Test
  void theStatisticIsAboveAThresholdExactlyIfEnoughOfTheLastFramesAre() {
    TrackRule twoOfThree = new TrackRule(2, 3, 0);
    double[] scores = {9, 9, 1, 5, 3};

    assertThat(twoOfThree.largest(scores)).isEqualTo(3);
    assertThat(twoOfThree.smallest(scores)).isEqualTo(3);
    assertThat(new TrackRule(2, 3, 3).largest(scores)).isEqualTo(9);
    assertThat(new TrackRule(2, 3, 3).smallest(scores)).isEqualTo(3);
    assertThat(twoOfThree.largest(new double[] {9})).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(new TrackRule(2, 3, 7).largest(scores)).isEqualTo(3);
  }

  @Test
  void halvesKeepTheirPromiseOnTracksThatAreAlike() {
    RandomStream random = new RandomStream(3);
    double[] alarms = new double[101];
    double[] margins = new double[101];
    for (int i = 0; i < alarms.length; i++) {
      alarms[i] = random.nextGaussian();
      margins[i] = 2 + random.nextGaussian();
    }

    SplitHalves halves = SplitHalves.run(alarms, margins, 0.1, 1);

    assertThat(halves.promised()).isEqualTo(0.1);
    assertThat(halves.falseAlarms().value()).isCloseTo(5.0 / 51, within(0.01));
    assertThat(halves.certified().value()).isBetween(0.6, 0.9);
    // Fifty tracks cannot promise less than one in fifty-one.
    assertThat(SplitHalves.run(alarms, margins, 0.001, 1).promised()).isEqualTo(1.0 / 51);
  }

  @Test
  void figuresCountWhatTheMarginsSay() {
    List<CertifiedFrame> frames = new ArrayList<>();
    // Named right and certified; of the right group alone; alarmed; wrong.
    frames.add(frame(0, "s", 0, 0, 0, margins(1, -1, 2), margins(2, -2, 3)));
    frames.add(frame(1, "s", 1, 0, 1, margins(-1, 1, -1), margins(1, -1, -1)));
    frames.add(frame(2, "t", 0, 2, 2, margins(-1, 0.5, -1), margins(-1, 0.5, -1)));
    frames.add(frame(3, "t", 1, 2, 0, margins(-1, 0, -1), margins(-1, 0, -1)));
    PatchFigures figures = new PatchFigures("m", "windows", PAIRS, 100, frames, 1);

    PatchResult ofClass = figures.ofFrames(Level.CLASS, 5, 0, null);
    PatchResult ofGroup = figures.ofFrames(Level.GROUP, 5, 0, null);

    assertThat(ofClass.clean().count()).isEqualTo(2);
    assertThat(ofGroup.clean().count()).isEqualTo(3);
    assertThat(ofClass.detection().count()).isEqualTo(1);
    assertThat(ofGroup.detection().count()).isEqualTo(2);
    assertThat(ofGroup.recovery()).isNotNull().satisfies(r -> assertThat(r.count()).isEqualTo(1));
    assertThat(ofClass.falseAlarms().count()).isEqualTo(2);
    assertThat(ofGroup.areaFraction()).isEqualTo(0.25);
    // A threshold above the margin takes the certificate away, and the alarms with it.
    assertThat(figures.ofFrames(Level.GROUP, 5, 1, null).detection().count()).isEqualTo(1);
    assertThat(figures.ofFrames(Level.GROUP, 5, 1, null).falseAlarms().count()).isZero();
    assertThat(CertifiedFrame.of(frames.get(0).toJson())).isEqualTo(frames.get(0));
  }

  private static double[] margins(double detection, double alarm, double recovery) {
    return new double[] {detection, alarm, recovery};
  }

  private static CertifiedFrame frame(
      int id, String track, int number, int label, int named, double[] ofClass, double[] ofGroup) {
    return new CertifiedFrame(
        id,
        track,
        number,
        label,
        named,
        1,
        List.of(
            new Margins(Level.CLASS, 5, ofClass[1], ofClass[0], ofClass[2]),
            new Margins(Level.GROUP, 5, ofGroup[1], ofGroup[0], ofGroup[2])));
  }
}
