package io.stopline.attacks.physical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;
import org.junit.jupiter.api.Test;

class ViewTest {

  private static final ImageShape SHAPE = Adjoints.SHAPE;

  private static float[] random(RandomStream random, double low, double high) {
    float[] values = new float[SHAPE.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.uniform(low, high);
    }
    return values;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  @Test
  void opticsAreLinearAndTheirAdjointIsTheTranspose() {
    RandomStream random = new RandomStream(3);
    for (int trial = 0; trial < 20; trial++) {
      View view = Viewing.DRIVE.times(1.1).draw(random);
      float[] x = random(random, 0, 1);
      float[] g = random(random, -1, 1);
      float[] seen = new float[SHAPE.size()];
      float[] back = new float[SHAPE.size()];
      float[] scratch = new float[SHAPE.size()];
      view.optics(SHAPE, x, 0, seen, 0, scratch);
      double forward = dot(seen, g);
      view.opticsBackward(SHAPE, g, 0, back, 0, scratch);
      assertThat(dot(x, back)).isCloseTo(forward, within(1e-3));
    }
  }

  @Test
  void aDifferentNumberOfRowsAndColumnsIsBlurredBothWays() {
    // A point off the corner spreads over its neighbours in rows and in columns.
    View view = new View(1, 0, 0, 1, 0, 0, 0.2, 0, 1, 1, 0, 1);
    float[] point = new float[SHAPE.size()];
    point[(5 * SHAPE.width() + 7) * 3 + 1] = 1;
    float[] seen = new float[SHAPE.size()];
    view.optics(SHAPE, point, 0, seen, 0, new float[SHAPE.size()]);
    assertThat(seen[(5 * SHAPE.width() + 7) * 3 + 1]).isCloseTo(0.36f, within(1e-5f));
    assertThat(seen[(4 * SHAPE.width() + 7) * 3 + 1]).isCloseTo(0.12f, within(1e-5f));
    assertThat(seen[(5 * SHAPE.width() + 8) * 3 + 1]).isCloseTo(0.12f, within(1e-5f));
    assertThat(seen[(6 * SHAPE.width() + 6) * 3 + 1]).isCloseTo(0.04f, within(1e-5f));
    assertThat(seen[(5 * SHAPE.width() + 7) * 3]).isZero();
  }

  @Test
  void toneAdjointAgreesWithFiniteDifferences() {
    RandomStream random = new RandomStream(5);
    View view = Viewing.DRIVE.draw(random);
    float[] seen = random(random, 0, 1);
    float[] weights = random(random, -1, 1);
    float[] out = seen.clone();
    view.tone(out, 0, out.length);
    float[] gradient = weights.clone();
    view.toneBackward(seen, 0, out, 0, gradient, 0, gradient.length);
    int clipped = 0;
    for (int i = 0; i < seen.length; i += 7) {
      float[] up = seen.clone();
      float[] down = seen.clone();
      up[i] += 1e-3f;
      down[i] -= 1e-3f;
      view.tone(up, 0, up.length);
      view.tone(down, 0, down.length);
      double slope = weights[i] * (up[i] - down[i]) / 2e-3;
      boolean kink = out[i] < 0.01 || out[i] > 0.99;
      clipped += kink ? 1 : 0;
      if (!kink && seen[i] > 0.02) {
        assertThat((double) gradient[i]).isCloseTo(slope, within(0.01));
      }
    }
    assertThat(clipped).isLessThan(seen.length / 7 / 2);
  }

  @Test
  void noConditionsLeaveTheImageAsItIs() {
    View view = Viewing.DRIVE.times(0).draw(new RandomStream(9));
    float[] x = random(new RandomStream(4), 0.01, 1);
    float[] seen = new float[SHAPE.size()];
    view.optics(SHAPE, x, 0, seen, 0, new float[SHAPE.size()]);
    view.tone(seen, 0, seen.length);
    assertThat(seen).containsExactly(x, within(1e-5f));
  }
}
