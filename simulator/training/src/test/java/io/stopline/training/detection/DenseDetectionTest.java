package io.stopline.training.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import io.stopline.training.detection.SceneFrame.SceneSign;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The loss of a detector. */
final class DenseDetectionTest {

  private static final int SIDE = 32;
  private static final int PLACES = 8 * 8;

  private final DenseTargets targets = new DenseTargets(SIDE, 2, 7, false);
  private final DenseDetection method = new DenseDetection(targets);

  private Batch batch(List<SceneSign> signs) {
    float[] wanted = new float[targets.size()];
    targets.write(signs, new int[] {0, 1}, wanted, 0);
    return new Batch(new float[0], new int[1], new long[1], wanted, 1);
  }

  /** Against central differences, in each of the raw numbers. */
  @Test
  void theGradientIsThatOfTheLoss() {
    Batch batch =
        batch(List.of(new SceneSign(6, 7, 19, 21, 0), new SceneSign(20, 20, 29, 28.5, 1)));
    RandomStream random = new RandomStream(3);
    float[] raw = new float[PLACES * 6];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = (float) random.uniform(-1.5, 1.5);
    }
    float[] gradient = new float[raw.length];
    method.loss(raw, batch, gradient);

    float[] unused = new float[raw.length];
    double step = 1e-3;
    for (int i = 0; i < raw.length; i++) {
      float kept = raw[i];
      raw[i] = (float) (kept + step);
      double above = method.loss(raw, batch, unused).loss;
      raw[i] = (float) (kept - step);
      double below = method.loss(raw, batch, unused).loss;
      raw[i] = kept;
      assertThat((above - below) / (2 * step))
          .as("number %d", i)
          .isCloseTo(gradient[i], within(2e-3 + 0.02 * Math.abs(gradient[i])));
    }
  }

  @Test
  void whatIsSaidRightCostsNextToNothing() {
    SceneSign sign = new SceneSign(8, 8, 20, 20, 0); // its middle is the middle of place (3, 3)
    float[] raw = new float[PLACES * 6];
    for (int p = 0; p < PLACES; p++) {
      raw[6 * p] = -12;
      raw[6 * p + 1] = -12;
    }
    int middle = 6 * (3 * 8 + 3);
    raw[middle] = 12;
    raw[middle + 4] = (float) Math.log(3);
    raw[middle + 5] = (float) Math.log(3);

    DenseDetection.Sums right = method.loss(raw, batch(List.of(sign)), new float[raw.length]);
    raw[middle + 4] = (float) Math.log(6);
    DenseDetection.Sums wide = method.loss(raw, batch(List.of(sign)), new float[raw.length]);
    raw[middle] = -12;
    DenseDetection.Sums missed = method.loss(raw, batch(List.of(sign)), new float[raw.length]);

    assertThat(right.loss).isLessThan(0.01);
    assertThat(right.right).isEqualTo(1);
    assertThat(wide.loss).isGreaterThan(0.4);
    assertThat(missed.loss).isGreaterThan(5);
    assertThat(missed.right).isZero();
  }

  @Test
  void smallCutAndForeignSignsAreNeitherSignsNorBackground() {
    for (SceneSign ignored :
        List.of(
            new SceneSign(10, 10, 16, 20, 0),
            new SceneSign(-8, 4, 8, 20, 0),
            new SceneSign(4, 4, 20, 20, -1))) {
      float[] raw = new float[PLACES * 6];
      for (int i = 0; i < PLACES; i++) {
        raw[6 * i] = -12;
        raw[6 * i + 1] = -12;
      }
      double calm = method.loss(raw, batch(List.of(ignored)), new float[raw.length]).loss;
      int row = (int) Math.max(0, (ignored.top() + ignored.bottom()) / 8);
      int column = (int) Math.max(0, (ignored.left() + ignored.right()) / 8);
      int place = row * 8 + column;
      raw[6 * place] = 5;
      double hot = method.loss(raw, batch(List.of(ignored)), new float[raw.length]).loss;

      assertThat(calm).isLessThan(1e-3);
      assertThat(hot).as("%s", ignored).isEqualTo(calm);
    }
  }
}
