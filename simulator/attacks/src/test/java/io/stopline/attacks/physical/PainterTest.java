package io.stopline.attacks.physical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PainterTest {

  private static final ImageShape SHAPE = Adjoints.SHAPE;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void adjointsOfShadowsAgreeWithFiniteDifferences(long seed) {
    Adjoints.check(new ShadowPainter(SHAPE, 3, 0.8, 0.15, 1), seed, 0);
    // A pixel as far from one edge as from another is a kink, for the corner between them.
    Adjoints.check(new ShadowPainter(SHAPE, 4, 0.6, 0.3, 1), seed, 0.25);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void adjointsOfProjectedLightAgreeWithFiniteDifferences(long seed) {
    // Pixels that saturate within a step are kinks.
    Adjoints.check(new ProjectorPainter(SHAPE, 5, 0.8, 0.05), seed, 0.05);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void adjointsOfLaserLinesAgreeWithFiniteDifferences(long seed) {
    Adjoints.check(new LaserPainter(SHAPE, 2, 0.3, 0.08, 0.5), seed, 0);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void adjointsOfLensDotsAgreeWithFiniteDifferences(long seed) {
    Adjoints.check(new LensDotsPainter(SHAPE, 4, 0.1, 0.3, 0.7), seed, 0);
  }

  @Test
  void aShadowTakesItsShareOfLinearLightAndNoMoreThanItsArea() {
    ShadowPainter painter = new ShadowPainter(SHAPE, 3, 0.6, 0.05, 0.25);
    RandomStream random = new RandomStream(2);
    double[] theta = new double[painter.parameters()];
    for (int trial = 0; trial < 20; trial++) {
      painter.start(theta, random);
      painter.project(theta);
      assertThat(painter.covered(theta)).isLessThanOrEqualTo(0.25 + 1e-9);
      theta[6] = 1;
      Canvas canvas = Adjoints.canvas(trial);
      float[] image = new float[SHAPE.size()];
      painter.paint(canvas, theta, 0, image, 0);
      double least = 1;
      for (int i = 0; i < image.length; i++) {
        double left = LinearLight.decode(image[i]) / canvas.light[i];
        assertThat(left).isBetween(0.4 - 1e-4, 1 + 1e-4);
        least = Math.min(least, left);
      }
      assertThat(least).isLessThan(0.95);
    }
  }

  @Test
  void aProjectorOnlyAddsAndNotMoreThanItsPowerTimesWhatTheSurfaceSendsBack() {
    ProjectorPainter painter = new ProjectorPainter(SHAPE, 4, 0.5, 0);
    Canvas canvas = Adjoints.canvas(1);
    double[] theta = new double[painter.parameters()];
    java.util.Arrays.fill(theta, 1);
    float[] image = new float[SHAPE.size()];
    painter.paint(canvas, theta, 0, image, 0);
    for (int i = 0; i < image.length; i++) {
      double light = Math.min(1, 1.5 * canvas.light[i]);
      assertThat(LinearLight.decode(image[i])).isCloseTo(light, within(1e-4));
    }
    assertThat(painter.covered(theta)).isEqualTo(1);
    assertThat(painter.covered(new double[theta.length])).isZero();
  }

  @Test
  void aGreenLaserLineIsGreenAndLeavesWhatIsFarFromItAlone() {
    LaserPainter painter = new LaserPainter(SHAPE, 1, 1, 0.03, 1);
    Canvas canvas = Adjoints.canvas(1);
    // 532 nm, upright, through the middle.
    double[] theta = {(532 - 380) / 370.0, 0, 0.5, 0.5, 1};
    float[] image = new float[SHAPE.size()];
    painter.paint(canvas, theta, 0, image, 0);
    int middle = (10 * SHAPE.width() + 12) * 3;
    assertThat(image[middle + 1] - canvas.values[middle + 1]).isGreaterThan(0.2f);
    assertThat(image[middle + 2]).isEqualTo(canvas.values[middle + 2]);
    for (int y = 0; y < SHAPE.height(); y++) {
      int far = (y * SHAPE.width() + 2) * 3;
      assertThat(image[far + 1]).isEqualTo(canvas.values[far + 1]);
    }
    assertThat(painter.covered(theta)).isBetween(0.05, 0.2);
  }

  @Test
  void lensDotsStayInTheirPlaceAndMixTowardsTheirColour() {
    LensDotsPainter painter = new LensDotsPainter(SHAPE, 1, 0.1, 0.2, 0.5);
    Canvas canvas = Adjoints.canvas(1);
    double[] theta = {0.5, 0.5, 1, 1, 0, 0, 1};
    float[] image = new float[SHAPE.size()];
    painter.paint(canvas, theta, 0, image, 0);
    int middle = (10 * SHAPE.width() + 12) * 3;
    double half = 0.5 * canvas.light[middle] + 0.5 * canvas.white[0];
    assertThat(LinearLight.decode(image[middle])).isCloseTo(half, within(0.01));
    assertThat(LinearLight.decode(image[middle + 1]))
        .isCloseTo(0.5 * canvas.light[middle + 1], within(0.01));
    assertThat(image[0]).isEqualTo(canvas.values[0]);
    assertThat(painter.onLens()).isTrue();
    double bound = Math.PI * Math.pow(LensDotsPainter.REACH * 0.2, 2);
    assertThat(painter.covered(theta)).isCloseTo(bound, within(0.04));
  }
}
